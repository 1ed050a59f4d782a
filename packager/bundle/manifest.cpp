#include "tally/bundle/manifest.hpp"

#include "packager/bundle/member_rules.hpp"

#include "tally/line/parse.hpp"

#include <algorithm>

namespace tally::bundle {
namespace {

Defect bad(std::string_view line, std::string_view part, std::string what, Kind kind = Kind::non_canonical) {
    const bool inside = part.data() >= line.data() && part.data() <= line.data() + line.size();
    const std::uint64_t at = inside ? static_cast<std::uint64_t>(part.data() - line.data()) : 0;
    return {kind, std::string(manifest_name), at, std::move(what)};
}

std::string digits(std::uint64_t value, std::size_t width) {
    std::string text = std::to_string(value);
    return std::string(text.size() < width ? width - text.size() : 0, '0') + text;
}

// Reads the fields of one manifest; the first defect stays.
class Reader {
public:
    explicit Reader(std::string_view line) : line_(line) {}

    Checked<Manifest> read() {
        if (line_.size() > line::max_manifest) {
            return bad(line_, line_, "manifest longer than 1 MiB", Kind::limit_exceeded);
        }
        if (const auto problem = fields_.parse(line_, line::max_manifest)) {
            return Defect{Kind::non_canonical, std::string(manifest_name), problem.at, problem.what};
        }
        if (known_fields() && fields_.string("format") != format_name) {
            fail(line_, "format is not tally-bundle-1");
        }
        const auto site = id("site");
        const auto agreement = id("agreement");
        const auto label = id("label");
        const auto created = integer(fields_, "created", 0, line::max_integer);
        const auto n = integer(fields_, "n", 1, max_sequence);
        const auto audience = optional_hash("audience");
        const auto previous = optional_hash("previous");
        const auto receipt = read_receipt();
        auto cut = read_cut();
        const auto until = optional_integer("until");
        const auto [level, version] = zstd();
        const Volume volume = read_volume();
        if (cut && volume.k == 1) {
            fail(line_, "volume 1 begins inside a log");
        }
        auto members = read_members(level);
        if (defect_) {
            return *defect_;
        }
        return Manifest{*site,   *agreement, audience,           *label,  created,        n,    previous, level,
                        version, volume,     std::move(members), receipt, std::move(cut), until};
    }

private:
    void fail(std::string_view part, std::string what, Kind kind = Kind::non_canonical) {
        if (!defect_) {
            defect_ = bad(line_, part, std::move(what), kind);
        }
    }

    bool known_fields() {
        static constexpr std::string_view known[] = {"agreement", "audience", "created", "cut",      "format",
                                                     "label",     "members",  "n",       "previous", "receipt",
                                                     "site",      "until",    "volume",  "zstd"};
        static constexpr std::string_view later[] = {"challenge", "marking"};
        for (const auto& field : fields_) {
            if (std::find(std::begin(known), std::end(known), field.key) != std::end(known)) {
                continue;
            }
            const bool reserved = std::find(std::begin(later), std::end(later), field.key) != std::end(later);
            fail(field.key, (reserved ? "field of a later version: " : "unknown field: ") + std::string(field.key));
        }
        return !defect_;
    }

    std::optional<SiteId> id(std::string_view key) {
        auto parsed = SiteId::parse(fields_.string(key).value_or(""));
        if (!parsed) {
            fail(line_, std::string(key) + " is not 1 to 24 characters of A-Z, 0-9 and _");
        }
        return parsed;
    }

    std::uint64_t integer(const line::Fields& from, std::string_view key, std::uint64_t low, std::uint64_t high) {
        const auto value = from.integer(key);
        if (!value || *value < low) {
            fail(line_, std::string(key) + " is missing or too small");
            return low;
        }
        if (*value > high) {
            fail(from.find(key)->text, std::string(key) + " is above " + std::to_string(high), Kind::limit_exceeded);
        }
        return *value;
    }

    std::optional<Hash> optional_hash(std::string_view key) {
        const line::Value* value = fields_.find(key);
        Hash hash{};
        if (value == nullptr) {
            return std::nullopt;
        }
        if (value->kind != line::Kind::string || !from_hex(value->text, hash)) {
            fail(value->text, std::string(key) + " is not a hash");
        }
        return hash;
    }

    // The fields of the object `key`, exactly `count` of them.
    line::Fields object(std::string_view key, std::size_t count) {
        line::Fields inner;
        const auto text = fields_.object(key);
        if (!text || inner.parse(*text, text->size()) || inner.size() != count) {
            fail(text.value_or(line_), std::string(key) + " is missing or has other fields");
        }
        return inner;
    }

    std::optional<LastReceipt> read_receipt() {
        if (fields_.find("receipt") == nullptr) {
            return std::nullopt;
        }
        const auto inner = object("receipt", 3);
        LastReceipt receipt{integer(inner, "n", 1, max_sequence), {}, {}};
        if (!from_hex(inner.string("hash").value_or(""), receipt.hash) ||
            !from_hex(inner.string("challenge").value_or(""), receipt.challenge)) {
            fail(line_, "receipt has not a hash and a challenge");
        }
        return receipt;
    }

    std::optional<std::uint64_t> optional_integer(std::string_view key) {
        return fields_.find(key) == nullptr ? std::nullopt : std::optional(integer(fields_, key, 0, line::max_integer));
    }

    std::optional<Cut> read_cut() {
        if (fields_.find("cut") == nullptr) {
            return std::nullopt;
        }
        const auto inner = object("cut", 5);
        const auto host = HostId::parse(inner.string("host").value_or(""));
        const auto range = inner.array("range");
        const auto first = integer(inner, "first", 1, line::max_tree - 1);
        auto compact = range && first > 0 ? read_range(first, *range) : std::nullopt;
        crypto::PublicKey key{};
        if (!host || !compact || !inner.integer("epoch") || !from_hex(inner.string("key").value_or(""), key) ||
            !crypto::acceptable(key)) {
            fail(line_, "cut has not a log's name, a range that fits first, an epoch and an acceptable key");
            return std::nullopt;
        }
        return Cut{*host, first, std::move(*compact), {*inner.integer("epoch")}, key};
    }

    std::pair<int, std::string> zstd() {
        const auto inner = object("zstd", 2);
        const auto level = integer(inner, "level", 0, static_cast<std::uint64_t>(max_level));
        const auto version = inner.string("version").value_or("");
        if (!is_version(version)) {
            fail(line_, "zstd version is not spelled like 1.5.4");
        }
        return {static_cast<int>(level), std::string(version)};
    }

    Volume read_volume() {
        const auto inner = object("volume", 2);
        const Volume volume{integer(inner, "k", 1, max_volumes), integer(inner, "n", 1, max_volumes)};
        if (volume.k > volume.n) {
            fail(line_, "volume k is above n");
        }
        return volume;
    }

    std::vector<Member> read_members(int level) {
        std::vector<Member> members;
        const auto array = fields_.array("members");
        if (!array) {
            fail(line_, "members is missing");
            return members;
        }
        line::Items items(*array);
        for (line::Value item; !defect_ && items.next(item);) {
            read_member(item, level, members);
        }
        if (!defect_ && members.size() < 3) {
            fail(*array, "without " + expected_name(members.size(), level), Kind::missing_member);
        }
        return members;
    }

    void read_member(const line::Value& item, int level, std::vector<Member>& members) {
        const std::size_t index = members.size();
        line::Fields fields;
        if (index == max_lines_members + 2) {
            fail(item.text, "more than 4096 lines members", Kind::limit_exceeded);
            return;
        }
        if (item.kind != line::Kind::object || fields.parse(item.text, item.text.size()) || fields.size() != 4) {
            fail(item.text, "a member has exactly name, raw, sha256 and size");
            return;
        }
        const auto name = fields.string("name");
        const auto hash = fields.string("sha256");
        Member member{
            std::string(name.value_or("")), fields.integer("raw").value_or(0), fields.integer("size").value_or(0), {}};
        if (!name || !hash || !from_hex(*hash, member.sha256)) {
            fail(item.text, "a member has exactly name, raw, sha256 and size");
        } else if (index >= 2 && member.name == other_name(index, level)) {
            fail(*name,
                 level == stored_level ? "compressed, and level 0 means stored" : "stored, and a level is named");
        } else if (member.name != expected_name(index, level)) {
            const bool later = member.name == site_name || member.name.starts_with("LINES_");
            fail(*name, "expected " + expected_name(index, level), later ? Kind::missing_member : Kind::extra_member);
        } else if (const char* problem = size_problem(index, level, member)) {
            fail(item.text, problem, is_limit(index, member) ? Kind::limit_exceeded : Kind::non_canonical);
        }
        members.push_back(std::move(member));
    }

    // Of the member of lines that a bundle would have there if it were stored instead of compressed, or the other way
    // round.
    static std::string other_name(std::size_t index, int level) {
        return level == stored_level ? lines_name(index - 1) : stored_name(index - 1);
    }

    std::string_view line_;
    line::Fields fields_;
    std::optional<Defect> defect_;
};

} // namespace

std::string lines_name(std::size_t number) {
    TALLY_ASSERT(number >= 1 && number <= max_lines_members);
    return stored_name(number) + ".zst";
}

std::string stored_name(std::size_t number) {
    TALLY_ASSERT(number >= 1 && number <= max_lines_members);
    return "LINES_" + digits(number, 4) + ".jsonl";
}

std::string_view code(Kind kind) {
    switch (kind) {
    case Kind::truncated:
        return "TRUNCATED";
    case Kind::bad_hash:
        return "BAD_HASH";
    case Kind::non_canonical:
        return "NON_CANONICAL";
    case Kind::missing_member:
        return "MISSING_MEMBER";
    case Kind::extra_member:
        return "EXTRA_MEMBER";
    case Kind::limit_exceeded:
        return "LIMIT_EXCEEDED";
    }
    return "";
}

Checked<Manifest> read_manifest(std::string_view line) { return Reader(line).read(); }

std::string bundle_name(const Manifest& manifest) {
    return manifest.site.text() + "_" + manifest.label.text() + "_" + digits(manifest.n, 6) + "_V" +
           std::to_string(manifest.volume.k) + "OF" + std::to_string(manifest.volume.n) + ".tally";
}

std::string export_comment(const SiteId& site, std::uint64_t n, const Volume& volume) {
    return "tally-export-1 " + site.text() + " " + std::to_string(n) + " " + std::to_string(volume.k) + "/" +
           std::to_string(volume.n);
}

} // namespace tally::bundle
