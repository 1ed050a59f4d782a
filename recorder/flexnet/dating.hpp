// The day of every line of a log whose lines tell only the time of day. Fed with all lines once; the answer is a table
// of days by line number, as long as the log has days. A day that the log does not tell for certain is a range.
// Rules: a clock that goes back by more than 12 hours is the next day; dates told by the log (anchors) overrule; lines
// before the first anchor are dated backwards from it; where an anchor shows days that the clock did not show, the gap
// is put at the one restart between the anchors, else every line between them is uncertain. Knows no time zones.
#pragma once

#include "recorder/capture/remarks.hpp"
#include "recorder/flexnet/line.hpp"
#include "tally/base/result.hpp"

#include <vector>

namespace tally::flexnet {

// Lines from `line` on are of `day`, or of a day up to `later` days after it.
struct DaySpan {
    std::uint64_t line = 0;
    std::int32_t day = 0;
    std::int32_t later = 0;
};

class Dating {
public:
    // `line` has a time; numbers ascend.
    void see(std::uint64_t number, const Line& line);
    // Fault when no line told a date, or the clock goes back more often than a log can have days.
    [[nodiscard]] Result<std::vector<DaySpan>> finish();
    [[nodiscard]] const capture::Remarks& remarks() const { return remarks_; }

private:
    struct Stretch { // of lines since the last anchor
        std::uint64_t line = 0;
        std::int32_t days = 0;  // midnights seen since the anchor
        std::int32_t steps = 0; // smaller steps back since the anchor
        bool restart = false;   // begins with a restart of the licence manager
    };

    void follow_clock(std::uint64_t number, std::int32_t second);
    void anchor(std::uint64_t number, std::int32_t day);
    void settle(std::uint64_t number, std::int32_t day);
    void settle_with_missing(std::uint64_t number, std::int32_t missing);
    void add_span(std::uint64_t line, std::int32_t day, std::int32_t later);
    void stretch(std::uint64_t number, bool restart = false);

    std::vector<DaySpan> spans_;
    std::vector<Stretch> open_;
    std::int32_t base_ = 0; // day of the last anchor
    std::uint64_t anchor_line_ = 0;
    bool anchored_ = false;
    std::int32_t second_ = -1;
    std::int32_t days_ = 0;
    std::int32_t steps_ = 0;
    bool late_line_ = false;
    std::uint64_t banner_until_ = 0;
    std::int32_t banner_second_ = 0;
    std::uint64_t too_many_at_ = 0; // line number
    capture::Remarks remarks_;
};

} // namespace tally::flexnet
