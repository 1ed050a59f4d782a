// Records of one computer that are not there: a log that numbers its records (auditd from each boot on, Windows until the
// log is cleared) has lost those whose number never comes. Numbers may come a little out of order. Bounded memory: old
// holes are settled and counted.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace tally::capture {

// `count` numbers are missing before the event of `line`.
struct Hole {
    std::uint64_t line = 0; // of the first record behind it
    std::uint64_t count = 0;
    std::int64_t from_s = 0; // of the last record before it
    std::int64_t to_s = 0;   // of that record
};

enum class Came : std::uint8_t { in_order, again, anew };

class Serials {
public:
    // `anew`: numbers begin anew, and later than by the disorder of records.
    Came see(std::uint64_t serial, std::int64_t second, std::uint64_t line);
    // All holes, after the last record. Empty when more is missing than is there: then the log was filtered.
    [[nodiscard]] std::vector<Hole> holes();
    [[nodiscard]] bool was_filtered() const { return missing_ > seen_; }

private:
    struct Range { // first ≤ number < next
        std::uint64_t first = 0, next = 0;
        Hole hole;
    };
    void settle_before(std::int64_t second);
    void settle(const Range& range);
    void fill(std::uint64_t serial);

    bool began_ = false;
    std::uint64_t newest_ = 0;
    std::int64_t second_ = 0;
    std::uint64_t seen_ = 0;
    std::uint64_t missing_ = 0;
    std::deque<Range> open_; // young holes, that may still be filled
    std::vector<Hole> settled_;
};

} // namespace tally::capture
