// The identity of an event of a licence server's log (docs/formats/record.md): its source, second, verb and names, with
// an ordinal among those that are equal in all of it. The same event has it in whatever file it comes, and it follows
// from the event's record line.
#pragma once

#include "recorder/capture/event_counts.hpp"

#include <string>

namespace tally::capture {

// A loss as an event: what stands in the place of names.
[[nodiscard]] inline std::string loss_name(std::int64_t count, std::int64_t to_s) {
    return std::to_string(count) + " " + std::to_string(to_s);
}

class Identity {
public:
    // `second`: the earliest instant, UTC; `what`: verb and holder key, or verb and daemon, lines joined by LF.
    [[nodiscard]] EventId of(std::string_view source, std::int64_t second, std::string_view what,
                             std::uint32_t ordinal);
    // How many equal events this file had before in the same second: 0, 1, … Those of the last six hours are known:
    // more than clocks go back in autumn, or daemons that write into one log are apart.
    [[nodiscard]] std::uint32_t occurrence(std::int64_t local_s, const EventId& first);

private:
    std::string text_;
    std::int64_t newest_window_ = INT64_MIN;
    EventCounts recent_;
    EventCounts before_;
};

} // namespace tally::capture
