// When nobody watched: the time between two runs of the recorder as spans, each of a machine that was off or of one that
// ran. Pure. What no boot record shows as off counts as running: the reading that is never too favourable.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tally::sessions {

// The machine was off in [from_s, to_s), UTC, as `how` (wtmp) shows.
struct Off {
    std::int64_t from_s = 0;
    std::int64_t to_s = 0;
    std::string how;
};

enum class Darkness : std::uint8_t { host_off, recorder_off };
struct Gap {
    Darkness kind = Darkness::recorder_off;
    std::int64_t from_s = 0;
    std::int64_t to_s = 0;
    std::string how; // empty for recorder_off
    bool operator==(const Gap&) const = default;
};

// [from_s, to_s) without a hole, in order; what is shorter than a second is nothing.
[[nodiscard]] std::vector<Gap> gaps_between(std::int64_t from_s, std::int64_t to_s, std::vector<Off> off);

} // namespace tally::sessions
