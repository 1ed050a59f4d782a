#include "verifier/audit/redaction.hpp"

#include "tally/base/encoding.hpp"
#include "tally/base/error.hpp"
#include "tally/crypto/sha256.hpp"
#include "tally/text/csv.hpp"
#include "tally/text/json.hpp"
#include "verifier/inputs/columns.hpp"

#include <algorithm>

namespace tally::audit {
namespace {

using inputs::folded_case;

crypto::Hash hmac(const PseudonymKey& key, std::string_view message) {
    std::string inner(64, '\x36');
    std::string outer(64, '\x5c');
    for (std::size_t i = 0; i < key.size(); ++i) {
        inner[i] = static_cast<char>(0x36U ^ key[i]);
        outer[i] = static_cast<char>(0x5CU ^ key[i]);
    }
    const auto hash = crypto::sha256(inner.append(message));
    return crypto::sha256(outer.append(as_text(hash)));
}

// Of a word: letters and digits of every script, not punctuation and signs.
bool in_word(std::uint32_t point) {
    if (point < 0x80) {
        return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') || (point >= '0' && point <= '9');
    }
    const bool sign = point < 0xC0 || point == 0xD7 || point == 0xF7 || (point >= 0x2000 && point <= 0x2BFF) ||
                      (point >= 0x3000 && point <= 0x303F) || point >= 0xFE00;
    return !sign;
}

// Length of the character at `at`, and whether it is part of a word. A byte that is no UTF-8 is a sign.
std::size_t character(std::string_view text, std::size_t at, bool& word) {
    std::uint32_t point = 0;
    const std::size_t length = text::utf8_length(text.substr(at), point);
    word = length != 0 && in_word(point);
    return std::max<std::size_t>(length, 1);
}

// The word that begins at `at`; empty when none does.
std::string_view word_at(std::string_view text, std::size_t at) {
    std::size_t end = at;
    bool word = true;
    while (end < text.size()) {
        const std::size_t length = character(text, end, word);
        if (!word) {
            break;
        }
        end += length;
    }
    return text.substr(at, end - at);
}

bool ends_word(std::string_view text, std::size_t at) {
    bool word = false;
    return at >= text.size() || (static_cast<void>(character(text, at, word)), !word);
}

bool is_number(std::string_view cell) { return cell.find_first_not_of("0123456789.-") == std::string_view::npos; }

bool about_people(std::string_view heading) {
    static constexpr std::array<std::string_view, 9> known = {"user", "person", "owner", "account",      "subject",
                                                              "who",  "by",     "name",  "administrator"};
    return std::find(known.begin(), known.end(), heading) != known.end();
}

// Words of this program under their own headings and keys, never names.
bool is_vocabulary(std::string_view heading) {
    static constexpr std::array<std::string_view, 16> known = {
        "format", "id",     "code",   "severity", "certainty", "state", "rule", "metric",
        "unit",   "sha256", "digest", "currency", "input",     "kind",  "duty", "persistence"};
    return std::find(known.begin(), known.end(), heading) != known.end();
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> entities = {
    {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}}};

std::string without_entities(std::string_view html) {
    std::string text;
    while (!html.empty()) {
        const auto* found = std::find_if(entities.begin(), entities.end(),
                                         [&](const auto& entity) { return html.starts_with(entity.first); });
        text += found == entities.end() ? html.substr(0, 1) : found->second;
        html.remove_prefix(found == entities.end() ? 1 : found->first.size());
    }
    return text;
}

std::string with_entities(std::string_view text) {
    std::string html;
    for (const char c : text) {
        const auto* found =
            std::find_if(entities.begin(), entities.end(), [&](const auto& entity) { return entity.second[0] == c; });
        html += found == entities.end() ? std::string(1, c) : std::string(found->first);
    }
    return html;
}

void append_utf8(std::string& text, std::uint32_t point) {
    if (point < 0x80) {
        text += static_cast<char>(point);
    } else if (point < 0x800) {
        text += {static_cast<char>(0xC0U | (point >> 6U)), static_cast<char>(0x80U | (point & 0x3FU))};
    } else {
        text += {static_cast<char>(0xE0U | point >> 12U), static_cast<char>(0x80U | (point >> 6U & 0x3FU)),
                 static_cast<char>(0x80U | (point & 0x3FU))};
    }
}

// The inside of a string as tally/text/json.hpp writes it: \" \\ and \uXXXX of the first plane.
std::string json_text(std::string_view inside) {
    std::string text;
    for (std::size_t at = 0; at < inside.size(); ++at) {
        if (inside[at] != '\\' || at + 1 == inside.size()) {
            text += inside[at];
        } else if (inside[++at] == 'u' && at + 4 < inside.size()) {
            append_utf8(text,
                        static_cast<std::uint32_t>(std::stoul(std::string(inside.substr(at + 1, 4)), nullptr, 16)));
            at += 4;
        } else {
            text += inside[at];
        }
    }
    return text;
}

std::size_t end_of_string(std::string_view json, std::size_t at) {
    while (at < json.size() && json[at] != '"') {
        at += json[at] == '\\' ? 2U : 1U;
    }
    return std::min(at, json.size());
}

} // namespace

std::string pseudonym(const PseudonymKey& key, std::string_view kind, std::string_view name) {
    const auto hash = hmac(key, std::string(kind) + "\n" + folded_case(name));
    return (kind == "person" ? "P-" : "C-") + to_hex(hash).substr(0, 12);
}

void Redactor::add_finding(std::string_view id) {
    findings_.emplace(id, to_hex(hmac(key_, "finding\n" + std::string(id))).substr(0, id.size()));
}

std::string Redactor::with_findings(std::string_view bytes) const {
    const auto is_digit = [](char c) { return hex_digit(c) >= 0; };
    std::string result;
    while (!bytes.empty()) {
        const auto* end = std::find_if_not(bytes.begin(), bytes.end(), is_digit);
        const std::string run(bytes.begin(), end);
        const auto found = findings_.find(run);
        result += found != findings_.end() ? found->second : run;
        const auto* next = std::find_if(end, bytes.end(), is_digit);
        result.append(end, next);
        bytes.remove_prefix(static_cast<std::size_t>(next - bytes.begin()));
    }
    return result;
}

void Redactor::add(std::string_view kind, std::string_view name) {
    for (const auto& spelling : {std::string(name), text::shown(name)}) {
        const std::string folded = folded_case(spelling);
        std::size_t at = 0;
        while (at < folded.size() && word_at(folded, at).empty()) {
            ++at;
        }
        if (at == folded.size() || !pseudonyms_.insert(folded).second) {
            continue; // nothing that could be told apart from the text around it, or known
        }
        auto& names = by_word_[std::string(word_at(folded, at))];
        names.push_back({folded.substr(at), pseudonym(key_, kind, name)});
        std::stable_sort(names.begin(), names.end(),
                         [](const Name& a, const Name& b) { return a.folded.size() > b.folded.size(); });
    }
}

const Redactor::Name* Redactor::name_at(std::string_view folded, std::size_t at, std::string_view word) const {
    const auto names = by_word_.find(std::string(word));
    if (names != by_word_.end()) {
        for (const auto& name : names->second) {
            const bool last_in_word = !ends_word(name.folded, name.folded.size() - 1);
            if (folded.substr(at).starts_with(name.folded) &&
                (!last_in_word || ends_word(folded, at + name.folded.size()))) {
                return &name;
            }
        }
    }
    return nullptr;
}

std::string Redactor::in_text(std::string_view text) const {
    const std::string folded = folded_case(text);
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view word = word_at(folded, at);
        if (word.empty()) {
            result += text[at++];
            continue;
        }
        const Name* name = name_at(folded, at, word);
        result += name != nullptr ? std::string_view(name->pseudonym) : text.substr(at, word.size());
        at += name != nullptr ? name->folded.size() : word.size();
    }
    return result;
}

std::string Redactor::in_csv(std::string_view bytes) const {
    text::CsvReader reader(bytes, {std::size_t{1} << 24U, 4096});
    std::vector<std::string> header;
    std::vector<std::string> fields;
    std::string result;
    for (;;) {
        const auto more = reader.next(fields);
        if (!more) {
            throw Error("redact", "a table", more.fault().what);
        }
        if (!*more) {
            return result;
        }
        for (std::size_t i = 0; i < fields.size() && !header.empty(); ++i) {
            const std::string_view heading = i < header.size() ? std::string_view(header[i]) : "";
            if (!is_vocabulary(heading) && (!is_number(fields[i]) || about_people(heading))) {
                fields[i] = in_text(fields[i]);
            }
        }
        header = header.empty() ? fields : header;
        result += text::csv_record(fields);
    }
}

template <class Change>
std::string Redactor::in_json_strings(std::string_view bytes, Change change) const {
    std::string result;
    std::string key;
    for (std::size_t at = 0; at < bytes.size();) {
        if (bytes[at] != '"') {
            result += bytes[at++];
            continue;
        }
        const std::size_t end = end_of_string(bytes, at + 1);
        const std::string_view inside = bytes.substr(at + 1, end - at - 1);
        const bool is_key = bytes.substr(std::min(end + 1, bytes.size())).starts_with(":");
        if (is_key) {
            key = inside;
        }
        const std::string text = json_text(inside);
        const std::string changed = is_key || is_vocabulary(key) ? text : change(text);
        result += changed == text ? std::string(bytes.substr(at, end + 1 - at)) : text::json_string(changed);
        at = end + 1;
    }
    return result;
}

std::string Redactor::in_json(std::string_view bytes) const {
    return in_json_strings(bytes, [this](const std::string& text) { return in_text(text); });
}

std::string Redactor::in_html_text(std::string_view html) const {
    const std::string text = without_entities(html);
    const std::string changed = in_text(text);
    return changed == text ? std::string(html) : with_entities(changed);
}

// "<td class="n" data-k="…">": values of the attributes that hold texts.
std::string Redactor::in_tag(std::string_view tag) const {
    std::string result;
    for (std::size_t at = 0; at < tag.size();) {
        if (tag[at] != '"') {
            result += tag[at++];
            continue;
        }
        const std::size_t end = std::min(tag.find('"', at + 1), tag.size());
        const std::string_view before = std::string_view(result).substr(result.find_last_of(" \n") + 1);
        const bool holds_text = before.starts_with("data-") || before == "title=" || before == "aria-label=" ||
                                before == "alt=" || before == "value=" || before == "content=" || before == "label=";
        const std::string_view value = tag.substr(at + 1, end - at - 1);
        const std::string changed = holds_text && !is_number(value) ? in_html_text(value) : std::string(value);
        result += '"' + changed + (end < tag.size() ? "\"" : "");
        at = end + 1;
    }
    return result;
}

std::string Redactor::in_html(std::string_view bytes) const {
    std::string result;
    while (!bytes.empty()) {
        const std::size_t open = std::min(bytes.find('<'), bytes.size());
        result += in_html_text(bytes.substr(0, open));
        bytes.remove_prefix(open);
        const std::size_t close = std::min(bytes.find('>'), bytes.size());
        const std::string_view tag = bytes.substr(0, std::min(close + 1, bytes.size()));
        result += in_tag(tag);
        bytes.remove_prefix(tag.size());
        if (tag.starts_with("<script") || tag.starts_with("<style")) {
            const std::size_t end = std::min(bytes.find("</"), bytes.size());
            const bool rows = tag.find("application/json") != std::string_view::npos;
            result +=
                rows ? in_json_strings(bytes.substr(0, end), [this](const std::string& html) { return in_html(html); })
                     : std::string(bytes.substr(0, end));
            bytes.remove_prefix(end);
        }
    }
    return result;
}

} // namespace tally::audit
