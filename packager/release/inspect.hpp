// Everything that leaves in a bundle, for the person who must answer for it: what each byte of the file is, which logs
// and lines, which values each field has, and whether anything could be hidden in the encoding. Works without keys and
// trusts none: it does not say who made the bundle, nor that the lines are sealed.
#pragma once

#include "tally/bundle/lines_member.hpp"
#include "tally/line/parse.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tally::release {

struct Span { // [from, to) of the file
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::string what; // "header", "data", "padding", "end", "unaccounted"
    std::string member;
};

struct MemberSeen {
    bundle::Member member;
    bundle::Spelling spelling = bundle::Spelling::equal; // of members that are not compressed: always equal
};

struct LogSeen {
    bundle::HostRow row;
    std::string label; // encoded text, as its own genesis line says it; empty when that is not in the bundle
    std::uint64_t lines = 0;
    std::uint64_t seals = 0;
    std::uint64_t first_wall_ms = 0;
    std::uint64_t last_wall_ms = 0;
};

// Values as they are spelled in the lines. An inner object's field is named "outer.inner", an array's item "name[]".
struct FieldSeen {
    std::uint64_t count = 0;
    std::unordered_map<std::string, std::uint64_t> values;
    bool complete = true; // false: there are more values than were kept
    bool numeric = true;
    std::uint64_t low = UINT64_MAX; // of a numeric field
    std::uint64_t high = 0;
};

// A line `enrol` of the station, texts encoded.
struct EnrolSeen {
    std::string log, label, group;
};

enum class Keep : std::uint8_t { some_values, all_values };
inline constexpr std::size_t kept_values = 10'000; // of one field, with Keep::some_values

struct Inspection {
    os::fs::path path;
    std::uint64_t size = 0;
    std::string sha256; // hex
    bundle::Hash sha256_bytes{};
    std::array<std::uint8_t, 64> blake2b512{};      // what a signature signs
    std::optional<bundle::UnverifiedBundle> bundle; // nothing when it is not even an archive of ours
    std::vector<bundle::Defect> defects;
    std::vector<Span> spans; // from 0 to size without hole or overlap
    std::vector<MemberSeen> members;
    std::vector<LogSeen> logs;
    std::vector<EnrolSeen> enrolled;
    std::vector<std::string> site; // lines of SITE.jsonl
    std::map<std::string, std::uint64_t> types;
    std::map<std::string, FieldSeen> fields;
    std::uint64_t lines = 0;

    // Nothing found that could hide anything. Whoever signs a release needs this.
    [[nodiscard]] bool clean() const;
};

// Reads the file once into a private copy. Throws Error when the machine refuses.
[[nodiscard]] Inspection inspect(const os::fs::path& path, Keep keep = Keep::some_values);

// All lines of all members but MANIFEST.json in the order of the file, again from the private copy. A line that is not
// canonical is given as its encoded text, so that nothing reaches a terminal that is not printable.
using TakeLine = std::function<void(std::string_view member, std::string_view line)>;
void each_line(const Inspection& inspection, const TakeLine& take);

enum class Show : std::uint8_t { summary, lines };
using Sink = std::function<void(std::string_view)>;

// For people. `shown_values` of each field at most; `review` goes behind the head.
void print_text(const Inspection& seen, Show show, std::size_t shown_values, const Sink& out,
                std::string_view review = {});
// One JSON object and LF; docs/formats/bundle.md, "inspect --json". `review`, if not empty, is the member of that name.
void print_json(const Inspection& seen, Show show, const Sink& out, std::string_view review = {});

} // namespace tally::release
