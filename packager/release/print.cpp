#include "packager/release/inspect.hpp"

#include "tally/text/date.hpp"
#include "tally/text/json.hpp"

#include <algorithm>

namespace tally::release {
namespace {

std::string_view word(bundle::Spelling spelling) {
    switch (spelling) {
    case bundle::Spelling::equal:
        return "equal";
    case bundle::Spelling::differs:
        return "differs";
    case bundle::Spelling::unknown:
        return "unknown";
    }
    return "";
}

std::string instant(std::uint64_t wall_ms) {
    return wall_ms == 0 ? "-"
                        : text::format_instant(
                              static_cast<std::int64_t>(std::min<std::uint64_t>(wall_ms / 1000, 253'402'300'799U)));
}

using Value = std::pair<std::string_view, std::uint64_t>;

// The most frequent first; equal ones by their spelling, so that the same bundle always reads the same.
std::vector<Value> sorted_values(const FieldSeen& field) {
    std::vector<Value> values;
    values.reserve(field.values.size());
    for (const auto& entry : field.values) {
        values.emplace_back(entry.first, entry.second);
    }
    std::sort(values.begin(), values.end(), [](const Value& a, const Value& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    return values;
}

void print_head(const Inspection& seen, const Sink& out) {
    out("file       " + seen.path.string() + "\nsize       " + std::to_string(seen.size) + " bytes\nsha256     " +
        seen.sha256 + "\n");
    if (!seen.bundle) {
        return;
    }
    const bundle::Manifest& manifest = seen.bundle->manifest();
    out("site       " + manifest.site.text() + "\nagreement  " + manifest.agreement.text() + "\naudience   " +
        (manifest.audience ? to_hex(*manifest.audience) : "anyone") + "\nlabel      " + manifest.label.text() +
        "\nbundle     " + std::to_string(manifest.n) + ", volume " + std::to_string(manifest.volume.k) + " of " +
        std::to_string(manifest.volume.n) + "\ncreated    " + instant(manifest.created_ms) +
        " by the station's clock\nprevious   " + (manifest.previous ? to_hex(*manifest.previous) : "none") +
        "\nzstd       level " + std::to_string(manifest.zstd_level) + ", version " + manifest.zstd_version + "\n");
}

void print_members(const Inspection& seen, const Sink& out) {
    out("\nmembers (size, raw size, encoding compared by compressing again)\n");
    for (const auto& [member, spelling] : seen.members) {
        out("  " + member.name + "  " + std::to_string(member.size) + "  " + std::to_string(member.raw) + "  " +
            (member.name.starts_with("LINES_") ? std::string(word(spelling)) : "plain") + "\n");
    }
    out("\nlogs (lines from, to, of them seals, first and last time by the log's own clock)\n");
    for (const auto& log : seen.logs) {
        out("  " + log.row.host.text() + "  " + (log.label.empty() ? "-" : log.label) + "  " +
            std::to_string(log.row.first) + "  " + std::to_string(log.row.next) + "  " + std::to_string(log.seals) +
            "  " + instant(log.first_wall_ms) + "  " + instant(log.last_wall_ms) + "\n");
    }
    out("\nlines by type\n");
    for (const auto& [type, count] : seen.types) {
        out("  " + type + "  " + std::to_string(count) + "\n");
    }
}

void print_field(const std::string& name, const FieldSeen& field, std::size_t shown, const Sink& out) {
    out("  " + name + ": " + (field.complete ? "" : "more than ") + std::to_string(field.values.size()) +
        (field.values.size() == 1 ? " value" : " values") + " in " + std::to_string(field.count) + " places" +
        (field.numeric ? ", " + std::to_string(field.low) + " to " + std::to_string(field.high) : "") + "\n");
    std::size_t left = shown;
    for (const auto& [value, count] : sorted_values(field)) {
        if (left-- == 0) {
            out("      ... and " + std::to_string(field.values.size() - shown) + " more\n");
            break;
        }
        out("      " + std::string(value) + "  " + std::to_string(count) + "\n");
    }
}

void print_verdict(const Inspection& seen, const Sink& out) {
    for (const auto& defect : seen.defects) {
        out(std::string(bundle::code(defect.kind)) + (defect.member.empty() ? "" : " in " + defect.member) +
            " at byte " + std::to_string(defect.at) + ": " + defect.what + "\n");
    }
    for (const auto& [member, spelling] : seen.members) {
        if (spelling == bundle::Spelling::differs) {
            out("NON_CANONICAL in " + member.name +
                ": another encoding than compressing again gives; it may hide bytes\n");
        } else if (spelling == bundle::Spelling::unknown) {
            out("ENCODING_UNCHECKED in " + member.name + ": this program compresses otherwise than zstd " +
                (seen.bundle ? seen.bundle->manifest().zstd_version : "") + ", or could not read it\n");
        }
    }
    out(seen.clean() ? "every byte of the file is accounted for; nothing can be hidden in the encoding\n"
                     : "do not sign or send this file: not every byte of it is accounted for\n");
}

std::string_view manifest_line(const Inspection& seen) {
    return seen.bundle ? std::string_view(seen.bundle->manifest_line()) : std::string_view("null");
}

// Emits the items of a JSON array or object with commas between.
class Items {
public:
    Items(const Sink& out, std::string_view open) : out_(out) { out_(open); }
    void item(const std::string& text) {
        out_(first_ ? text : "," + text);
        first_ = false;
    }
    void end(std::string_view close) { out_(close); }

private:
    const Sink& out_;
    bool first_ = true;
};

std::string number(std::uint64_t value) { return std::to_string(value); }

void json_defects(const Inspection& seen, const Sink& out) {
    Items items(out, "\"defects\":[");
    for (const auto& defect : seen.defects) {
        items.item("{\"code\":\"" + std::string(code(defect.kind)) +
                   "\",\"member\":" + text::json_string(defect.member) + ",\"at\":" + number(defect.at) +
                   ",\"what\":" + text::json_string(defect.what) + "}");
    }
    items.end("],");
}

void json_members(const Inspection& seen, const Sink& out) {
    Items members(out, "\"members\":[");
    for (const auto& [member, spelling] : seen.members) {
        members.item("{\"name\":\"" + member.name + "\",\"size\":" + number(member.size) +
                     ",\"raw\":" + number(member.raw) + ",\"sha256\":\"" + to_hex(member.sha256) +
                     "\",\"encoding\":\"" + std::string(word(spelling)) + "\"}");
    }
    members.end("],");
    Items spans(out, "\"bytes\":[");
    for (const auto& span : seen.spans) {
        spans.item("{\"from\":" + number(span.from) + ",\"to\":" + number(span.to) + ",\"what\":\"" + span.what +
                   "\",\"member\":\"" + span.member + "\"}");
    }
    spans.end("],");
}

void json_logs(const Inspection& seen, const Sink& out) {
    Items logs(out, "\"logs\":[");
    for (const auto& log : seen.logs) {
        logs.item("{\"host\":\"" + log.row.host.text() + "\",\"label\":\"" + log.label +
                  "\",\"first\":" + number(log.row.first) + ",\"next\":" + number(log.row.next) + ",\"root\":\"" +
                  to_hex(log.row.root) + "\",\"lines\":" + number(log.lines) + ",\"seals\":" + number(log.seals) +
                  ",\"first_wall\":" + number(log.first_wall_ms) + ",\"last_wall\":" + number(log.last_wall_ms) + "}");
    }
    logs.end("],");
    Items site(out, "\"site_file\":[");
    for (const auto& line : seen.site) {
        site.item(line);
    }
    site.end("],");
}

void json_fields(const Inspection& seen, const Sink& out) {
    Items types(out, "\"types\":{");
    for (const auto& [type, count] : seen.types) {
        types.item("\"" + type + "\":" + number(count));
    }
    types.end("},");
    Items fields(out, "\"fields\":{");
    for (const auto& [name, field] : seen.fields) {
        fields.item("\"" + name + "\":{\"count\":" + number(field.count) +
                    ",\"distinct\":" + number(field.values.size()) +
                    ",\"complete\":" + (field.complete ? "true" : "false") + ",\"values\":");
        Items values(out, "{");
        for (const auto& [value, count] : sorted_values(field)) {
            values.item("\"" + std::string(value) + "\":" + number(count));
        }
        values.end("}}");
    }
    fields.end("}");
}

} // namespace

void print_text(const Inspection& seen, Show show, std::size_t shown_values, const Sink& out, std::string_view review) {
    print_head(seen, out);
    out(review);
    if (seen.bundle) {
        print_members(seen, out);
        out("\nfields (values as they are spelled in the lines, and how often)\n");
        for (const auto& [name, field] : seen.fields) {
            print_field(name, field, shown_values, out);
        }
        out("\nSITE.jsonl\n");
        for (const auto& line : seen.site) {
            out("  " + line + "\n");
        }
    }
    if (show == Show::lines && seen.bundle) {
        out("\nMANIFEST.json\n" + seen.bundle->manifest_line() + "\n");
        std::string member;
        each_line(seen, [&](std::string_view in, std::string_view line) {
            if (member != in) {
                member = in;
                out("\n" + member + "\n");
            }
            out(line);
            out("\n");
        });
    }
    out("\n");
    print_verdict(seen, out);
}

void print_json(const Inspection& seen, Show show, const Sink& out, std::string_view review) {
    out("{\"file\":" + text::json_string(seen.path.string()) + ",\"size\":" + number(seen.size) + ",\"sha256\":\"" +
        seen.sha256 + "\",\"clean\":" + (seen.clean() ? "true" : "false") + ",\"manifest\":");
    out(manifest_line(seen));
    out(",\"line_count\":" + number(seen.lines) + ",");
    json_defects(seen, out);
    json_members(seen, out);
    json_logs(seen, out);
    json_fields(seen, out);
    out(review.empty() ? "" : ",\"review\":");
    out(review);
    if (show == Show::lines) {
        Items lines(out, ",\"lines\":[");
        each_line(seen, [&](std::string_view, std::string_view line) { lines.item(std::string(line)); });
        lines.end("]");
    }
    out("}\n");
}

} // namespace tally::release
