#include "packager/release/review.hpp"

#include "tally/line/write.hpp"
#include "tally/text/date.hpp"
#include "tally/text/html.hpp"

#include <algorithm>

namespace tally::release {
namespace {

constexpr std::size_t shown_rows = 100;    // of hosts, keys, words, fields
constexpr std::size_t values_on_page = 12; // of a field
constexpr std::size_t shown_text = 120;    // characters of a value

constexpr std::string_view page_style = R"css(
:root{--paper:#fff;--ink:#1b1c1e;--soft:#5d5f63;--rule:#e3e2dc;--desk:#f3f2ee;--tint:#f4f3ee;--good:#27633a;--goodbg:#e2efe5;--warn:#855a00;--warnbg:#f7edd6;--bad:#a8201a;--badbg:#f7e3e0;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--paper:#1d1e20;--ink:#ecebe6;--soft:#a3a5aa;--rule:#37393c;--desk:#141516;--tint:#26282b;--good:#7cc08f;--goodbg:#1f2d23;--warn:#d9a94a;--warnbg:#322a19;--bad:#f08a80;--badbg:#38211f}}
*,*::before{box-sizing:border-box;margin:0;padding:0}
body{background:var(--desk);color:var(--ink);font:15px/1.5 "Inter","Segoe UI","Helvetica Neue",Arial,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums lining-nums}
main{max-width:64rem;margin:2rem auto;padding:2.5rem 3rem;background:var(--paper)}
h1,h2{font-family:"Charter","Palatino Linotype",Palatino,"Liberation Serif",Georgia,serif;font-weight:600;letter-spacing:-.005em}
h1{font-size:1.75rem;line-height:1.2}
h2{font-size:1.15rem;margin:2.2rem 0 .5rem;padding-bottom:.25rem;border-bottom:1px solid var(--ink);break-after:avoid}
.eyebrow{font-size:.75rem;letter-spacing:.12em;text-transform:uppercase;color:var(--soft);margin-bottom:.5rem}
.verdict{margin:1.2rem 0;padding:.8rem 1.1rem;border-left:.4rem solid;break-inside:avoid}
.verdict b{display:block;font-size:1.1rem}
.good{border-color:var(--good);background:var(--goodbg)}.good b{color:var(--good)}
.warn{border-color:var(--warn);background:var(--warnbg)}.warn b{color:var(--warn)}
.bad{border-color:var(--bad);background:var(--badbg)}.bad b{color:var(--bad)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.5rem;margin:1.2rem 0}
dt,.soft,small{color:var(--soft)}
dd,td,th{overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;table-layout:fixed}
th,td{text-align:left;vertical-align:top;padding:.28rem 1rem .28rem 0;border-bottom:1px solid var(--rule);font-weight:400}
th:last-child,td:last-child{padding-right:0}
thead th{font-size:.8rem;color:var(--soft);border-bottom:1px solid var(--soft)}
tr{break-inside:avoid}
.n{text-align:right;white-space:nowrap}
.mark{font-weight:600;white-space:nowrap}.mark.bad{color:var(--bad);background:none}.mark.good{color:var(--good);background:none}.mark.warn{color:var(--warn);background:none}
code{font:.8rem/1.5 ui-monospace,"Cascadia Mono",Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}
.v{display:inline-block;margin:0 .5rem .15rem 0;padding:0 .35rem;background:var(--tint)}
p{margin:.4rem 0}
.sign{display:grid;grid-template-columns:1fr 1fr;gap:2.5rem;margin-top:3.5rem;color:var(--soft);font-size:.8rem;break-inside:avoid}
.sign div{border-top:1px solid var(--soft);padding-top:.2rem}
footer{margin-top:2rem;padding-top:.8rem;border-top:1px solid var(--rule);color:var(--soft);font-size:.85rem}
@media (max-width:40rem){main{margin:0;padding:1.5rem 1.1rem}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}.sign{grid-template-columns:1fr}}
@page{size:A4;margin:16mm 15mm}
@media print{:root{--paper:#fff;--ink:#1b1c1e;--soft:#5d5f63;--rule:#d9d8d2;--desk:#fff;--tint:#f4f3ee;--good:#27633a;--goodbg:#e2efe5;--warn:#855a00;--warnbg:#f7edd6;--bad:#a8201a;--badbg:#f7e3e0}body{font-size:9.5pt}main{max-width:none;margin:0;padding:0}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)css";

std::string number(std::uint64_t value) {
    std::string digits = std::to_string(value);
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        digits.insert(at - 3, " ");
    }
    return digits;
}

std::string counted(std::uint64_t value, const char* one, const char* many) {
    return number(value) + " " + (value == 1 ? one : many);
}

// Bytes of others, cut to what a person can take in.
std::string safe(std::string_view raw) {
    const std::string text = text::shown(raw);
    std::size_t at = 0;
    std::uint32_t point = 0;
    for (std::size_t characters = 0; at < text.size() && characters < shown_text; ++characters) {
        at += std::max<std::size_t>(1, text::utf8_length(std::string_view(text).substr(at), point));
    }
    return text::html(std::string_view(text).substr(0, at)) + (at < text.size() ? "…" : "");
}

// A value as its line spells it, with what that means where it is not the same.
std::string value(const std::string& spelled) {
    const std::string meant = line::decode_text(spelled);
    if (spelled.empty()) {
        return "<small>empty</small>";
    }
    return "<code class=\"v\">" + safe(meant) + "</code>" +
           (meant == spelled ? "" : "<small>spelled <code>" + safe(spelled) + "</code></small> ");
}

std::string code(std::string_view raw) { return "<code>" + safe(raw) + "</code>"; }

std::string instant(std::uint64_t wall_ms) {
    constexpr std::uint64_t last_second = 253'402'300'799U;
    return text::html(text::format_instant(static_cast<std::int64_t>(std::min(wall_ms / 1000, last_second))));
}

std::string cut_off(std::size_t all, std::size_t shown) {
    return all > shown ? "<p class=\"soft\">" + number(all - shown) +
                             " more are not on this page; <code>inspect --json</code> has them.</p>\n"
                       : "";
}

std::string row(const std::vector<std::string>& cells) {
    std::string text = "<tr>";
    for (const auto& cell : cells) {
        text += "<td>" + cell + "</td>";
    }
    return text + "</tr>\n";
}

struct Column {
    const char* head;
    const char* width; // of CSS; empty: what is left
};

std::string table(const std::vector<Column>& columns, const std::string& rows) {
    std::string widths;
    std::string heads;
    for (const auto& column : columns) {
        const std::string width = column.width;
        widths += width.empty() ? "<col>" : "<col style=\"width:" + width + "\">";
        heads += std::string("<th scope=\"col\">") + column.head + "</th>";
    }
    return "<table><colgroup>" + widths + "</colgroup><thead><tr>" + heads + "</tr></thead><tbody>\n" + rows +
           "</tbody></table>\n";
}

std::string mark(const char* style, const std::string& text) {
    return std::string("<span class=\"mark ") + style + "\">" + text + "</span>";
}

std::string verdict(const Inspection& seen, const Review& review) {
    if (!seen.clean()) {
        std::string what;
        for (std::size_t i = 0; i < std::min(seen.defects.size(), shown_rows); ++i) {
            const auto& defect = seen.defects[i];
            what += "<p>" + std::string(bundle::code(defect.kind)) + " " + safe(defect.member) + " at byte " +
                    number(defect.at) + ": " + safe(defect.what) + "</p>";
        }
        what += cut_off(seen.defects.size(), shown_rows);
        return "<div class=\"verdict bad\"><b>Do not release</b>Not every byte of the file is accounted for." + what +
               "</div>\n";
    }
    if (review.alarming()) {
        return "<div class=\"verdict warn\"><b>Read before you release</b>Every byte is accounted for. Words of the "
               "list, or markings that were not declared, are in it: see below.</div>\n";
    }
    return "<div class=\"verdict good\"><b>Every byte is accounted for</b>Each byte of the file belongs to a member, "
           "and compressing again gives the same bytes: nothing can hide in the encoding. Whether what is in it may "
           "leave is for you to say.</div>\n";
}

std::string facts(const Inspection& seen, const Review& review) {
    const auto& manifest = seen.bundle->manifest();
    std::string compared;
    for (const auto& file : review.against) {
        compared += (compared.empty() ? "" : ", ") + code(os::fs::path(file).filename().string());
    }
    compared += review.against.empty()
                    ? (review.receipt ? "receipt " + number(*review.receipt) + ": everything since what it acknowledged"
                                      : std::string("nothing: no receipt yet, everything from the beginning"))
                    : (review.is_previous ? ", the bundle before" : ", which is not the bundle before this one");
    const auto fact = [](const char* name, const std::string& text) {
        return std::string("<dt>") + name + "</dt><dd>" + text + "</dd>";
    };
    return "<dl>" + fact("File", code(seen.path.filename().string()) + " " + number(seen.size) + " bytes") +
           fact("SHA-256", code(seen.sha256)) +
           fact("For", manifest.agreement.text() + ", bundle " + number(manifest.n) + ", volume " +
                           number(manifest.volume.k) + " of " + number(manifest.volume.n)) +
           fact("Made", instant(manifest.created_ms) + " by the station's clock") +
           fact("Holds", counted(seen.lines, "line", "lines") + " of " + counted(seen.logs.size(), "log", "logs")) +
           fact("Compared with", compared) + "</dl>\n";
}

std::string hosts_and_keys(const Review& review) {
    std::string rows;
    const auto add = [&](const char* style, const char* what, const std::vector<LogChange>& logs) {
        for (std::size_t i = 0; i < std::min(logs.size(), shown_rows); ++i) {
            rows +=
                row({mark(style, what), safe(line::decode_text(logs[i].label)), safe(line::decode_text(logs[i].group)),
                     code(logs[i].log.text()), number(logs[i].first) + " to " + number(logs[i].next)});
        }
    };
    add("warn", "new", review.new_logs);
    add("", "goes on", review.grown_logs);
    add("", "nothing new", review.silent_logs);
    for (std::size_t i = 0; i < std::min(review.gone_logs.size(), shown_rows); ++i) {
        rows += row({mark("warn", "gone"), "", "", code(review.gone_logs[i].text()), ""});
    }
    std::size_t most = 0;
    for (const auto size :
         {review.new_logs.size(), review.grown_logs.size(), review.silent_logs.size(), review.gone_logs.size()}) {
        most = std::max<std::size_t>(most, size);
    }
    std::string text =
        "<h2>Hosts</h2>\n" +
        table({{"", "6.5rem"}, {"Label", "22%"}, {"Group", "18%"}, {"Log", ""}, {"Lines", "7rem"}}, rows) +
        cut_off(most, shown_rows);
    std::string keys;
    const auto add_keys = [&](const char* style, const char* what, const std::vector<KeyListed>& list) {
        for (std::size_t i = 0; i < std::min(list.size(), shown_rows); ++i) {
            keys += row({mark(style, what), safe(list[i].role), safe(list[i].person), code(list[i].key)});
        }
    };
    add_keys("warn", "new", review.new_keys);
    add_keys("warn", "gone", review.gone_keys);
    text += "<h2>Keys</h2>\n<p>" +
            (review.site_version == 0 ? std::string("SITE.jsonl is no site file: ask who made this bundle. ")
                                      : "Site file version " + number(review.site_version) + ", " +
                                            counted(review.keys.size(), "key", "keys") + ". ") +
            (keys.empty() ? "No key is new and none is gone.</p>\n" : "</p>\n");
    return text +
           (keys.empty() ? "" : table({{"", "4rem"}, {"Role", "5.5rem"}, {"Person", "9rem"}, {"Key", ""}}, keys));
}

const char* label_of(Sort sort) {
    return sort == Sort::word ? "word of the list" : sort == Sort::pseudonym ? "as a pseudonym" : "marking";
}

std::string words(const Scan& scan) {
    std::string text =
        "<h2>Words and markings</h2>\n<p>" + counted(scan.words, "word", "words") + " of the list" +
        (scan.pseudonyms ? ", each also as the pseudonyms that this site makes of it" : "") +
        "; marking declared: " + (scan.marking.empty() ? std::string("none") : "<b>" + safe(scan.marking) + "</b>") +
        ".</p>\n";
    if (scan.found.empty()) {
        return text + "<p>None of them is in the bundle, and no other marking.</p>\n";
    }
    std::string rows;
    for (std::size_t i = 0; i < std::min(scan.found.size(), shown_rows); ++i) {
        const auto& word = scan.found[i];
        std::string places;
        for (const auto& place : word.places) {
            places += "<div>" + code(place.field.empty() ? place.member : place.field) + " " + value(place.value) +
                      "<small>" + (place.seq ? "line " + number(*place.seq) + " of " + safe(place.log) : "") +
                      "</small></div>";
        }
        if (word.lines > word.places.size()) {
            places += "<small>and " + number(word.lines - word.places.size()) + " more</small>";
        }
        rows += row({word.expected ? mark("good", "declared") : mark("bad", "found"),
                     safe(word.word) + "<br><small>" + label_of(word.sort) + "</small>", number(word.lines), places});
    }
    return text + table({{"", "5.5rem"}, {"Word", "28%"}, {"Lines", "4.5rem"}, {"Where", ""}}, rows) +
           cut_off(scan.found.size(), shown_rows);
}

std::string difference(const Review& review) {
    std::string rows;
    std::size_t left = shown_rows;
    for (const auto& [field, found] : review.new_values) {
        if (left-- == 0) {
            break;
        }
        std::string some;
        for (std::size_t i = 0; i < std::min(found.some.size(), values_on_page); ++i) {
            some += value(found.some[i]);
        }
        some +=
            found.count > values_on_page ? "<small>and " + number(found.count - values_on_page) + " more</small>" : "";
        rows += row({code(field) + (found.new_field ? " <small>new field</small>" : ""),
                     found.comparable ? number(found.count) : "–",
                     found.comparable ? some : "<small>too many values to compare</small>"});
    }
    std::string types;
    for (const auto& type : review.new_types) {
        types += " " + code(type);
    }
    return "<h2>What was not there before</h2>\n" + (types.empty() ? "" : "<p>New types of line:" + types + "</p>\n") +
           (rows.empty() ? "<p>No field has a value that it did not have before.</p>\n"
                         : table({{"Field", "26%"}, {"New values", "6rem"}, {"Some of them", ""}}, rows)) +
           cut_off(review.new_values.size(), shown_rows);
}

std::string names(const Review& review) {
    std::string rows;
    std::size_t left = shown_rows;
    for (const auto& [field, found] : review.names) {
        if (left-- == 0) {
            break;
        }
        const auto some = [](const std::vector<std::string>& texts, std::uint64_t all) {
            std::string cell = "<b>" + number(all) + "</b> ";
            for (const auto& text : texts) {
                cell += value(text);
            }
            return cell + (all > texts.size() ? "<small>and " + number(all - texts.size()) + " more</small>" : "");
        };
        rows += row({code(field), some(found.some_pseudonyms, found.pseudonyms), some(found.some_clear, found.clear)});
    }
    return "<h2>Names</h2>\n<p>Distinct values of the fields that may name a person, a host or a place.</p>\n" +
           table({{"Field", "16%"}, {"As pseudonyms", ""}, {"Clear", ""}}, rows) +
           cut_off(review.names.size(), shown_rows);
}

std::string fields(const Inspection& seen) {
    std::string rows;
    std::size_t left = shown_rows;
    for (const auto& [name, field] : seen.fields) {
        if (left-- == 0) {
            break;
        }
        std::vector<std::pair<std::uint64_t, std::string>> all;
        std::size_t identifiers = 0;
        all.reserve(field.values.size());
        for (const auto& [text, count] : field.values) {
            identifiers += is_identifier(text) ? 1U : 0U;
            all.emplace_back(UINT64_MAX - count, text); // the most frequent first
        }
        const std::size_t shown = std::min(all.size(), values_on_page);
        std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), all.end());
        std::string some = field.numeric ? number(field.low) + " to " + number(field.high) : "";
        const bool told = !field.numeric && identifiers < all.size();
        for (std::size_t i = 0; i < shown && told; ++i) {
            some += value(all[i].second);
        }
        some += !field.numeric && !told ? "<small>digests, keys or identifiers</small>" : "";
        some +=
            !field.numeric && all.size() > shown ? "<small>and " + number(all.size() - shown) + " more</small>" : "";
        rows += row({code(name), number(field.count), (field.complete ? "" : "over ") + number(all.size()), some});
    }
    return "<h2>Every field</h2>\n<p>Values as the lines have them, the most frequent first; of numbers the lowest and "
           "the highest. <code>inspect --all</code> prints all of them.</p>\n" +
           table({{"Field", "24%"}, {"Places", "5rem"}, {"Values", "5rem"}, {"Which", ""}}, rows) +
           cut_off(seen.fields.size(), shown_rows);
}

} // namespace

std::string review_page(const Inspection& seen, const Review& review) {
    const std::string site = seen.bundle ? seen.bundle->manifest().site.text() : "";
    const std::string title = "Review of " + safe(seen.path.filename().string());
    std::string page = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                       "content=\"width=device-width, initial-scale=1\"><title>" +
                       title + "</title><style>" + std::string(page_style) +
                       "</style></head><body><main>\n<p class=\"eyebrow\">Before release" +
                       (site.empty() ? "" : ", site " + site) + "</p><h1>" + title + "</h1>\n" + verdict(seen, review);
    if (seen.bundle) {
        page += facts(seen, review) + hosts_and_keys(review) + (review.scan ? words(*review.scan) : "") +
                (review.against.empty() ? "" : difference(review)) + names(review) + fields(seen);
    }
    return page +
           "<div class=\"sign\"><div>read by</div><div>date, decision</div></div>\n<footer>Written by tally-packager "
           "inspect from the file itself, without any key. It does not say who made the bundle; "
           "<code>tally-packager release</code> signs the bytes whose SHA-256 stands above.</footer>\n"
           "</main></body></html>\n";
}

} // namespace tally::release
