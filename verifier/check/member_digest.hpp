// One LINES member, decompressed and read line by line: leaf hashes, unbroken runs of each log, and the few lines that
// the later steps must read themselves. Everything that needs no other member is decided here, so members can be
// digested in parallel. Does not verify seals: a seal needs the tree of all lines before it.
#pragma once

#include "tally/line/tree.hpp"
#include "verifier/check/finding.hpp"
#include "verifier/check/record.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::check {

struct KeptLine {
    RecordType type = RecordType::other;
    std::uint64_t seq = 0;
    std::uint64_t member_line = 0; // from 1
    std::string bytes;
};

// When a line was stamped.
struct Stamp {
    std::string boot;
    std::uint64_t up = 0, wall = 0;
};

// The clock of one log moved between two neighbouring lines and no clock line says so.
struct ClockJump {
    std::uint64_t seq = 0; // of the later line
    std::uint64_t expected = 0, read = 0;
};

// When a session began, in UTC seconds, and the line that says so.
struct UsedAt {
    std::uint64_t from = 0, to = 0; // equal when it is known exactly
    std::uint64_t seq = 0;
};

// Lines of one log with consecutive seq that follow each other in the member.
struct Run {
    std::string host;
    std::uint64_t first = 0;
    std::uint64_t member_line = 0;   // of the first line, from 1
    std::uint64_t faulty_before = 0; // lines right before it that could not be read
    std::size_t leaf = 0, count = 0; // [leaf, leaf + count) of MemberDigest::leaves
    std::vector<KeptLine> kept;
    std::vector<ClockJump> jumps;
    std::vector<UsedAt> used;
    Stamp earliest, latest;
    RecordType first_type = RecordType::other;
    std::uint64_t sessions = 0, imports = 0, imported_first = 0, imported_last = 0;
};

struct MemberDigest {
    std::uint64_t lines = 0;
    std::size_t bytes = 0, first_line = 0; // of the member and of its first line, LF included
    std::vector<line::Hash> leaves;
    std::vector<Run> runs;
    std::vector<Finding> faults;     // without member name; at most max_member_faults
    std::uint64_t more_faults = 0;   // not listed
    std::uint64_t faulty_at_end = 0; // lines after the last run that could not be read
};

inline constexpr std::size_t max_member_faults = 8;
inline constexpr std::uint64_t clock_tolerance_ms = 2000; // docs/formats/record.md, `clock`

// Milliseconds between where the clock should stand at `later` and where it does; nothing when that is within the
// tolerance or cannot be known. Over a boot only a clock that went backwards can be seen.
[[nodiscard]] std::optional<ClockJump> clock_jump(std::string_view boot, std::uint64_t up, std::uint64_t wall,
                                                  const Stamp& earlier);

// `raw` is the decompressed member. Reusable, one per thread.
class MemberReader {
public:
    [[nodiscard]] MemberDigest read(std::string_view raw);

private:
    void take(std::string_view line, MemberDigest& digest);
    void extend(const Record& record, std::string_view line, MemberDigest& digest);
    void hash_pending(MemberDigest& digest);
    void fault(MemberDigest& digest, Code code, std::string text);

    line::Fields fields_;
    line::TreeHasher hasher_;
    std::vector<std::string_view> pending_; // lines of the runs whose leaves are not made yet
    bool broken_ = true;                    // the next good line starts a new run
};

} // namespace tally::check
