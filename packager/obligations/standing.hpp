// What the site owes, reckoned from its own lines: terms, bundles made, nil returns, receipts (docs/operations/routine.md).
// A bundle answers every period that ended before it was made, because bundles go on where the one before ended. A period
// is judged by the civil days of the agreement's zone. Reads no clock: the caller says what time it is, and how far that
// is to be believed. Never refuses anything: a late report is better than none.
#pragma once

#include "packager/obligations/calendar.hpp"
#include "packager/submission/station_log.hpp"
#include "recorder/capture/time_zone.hpp"

#include <memory>

namespace tally::obligations {

using submission::StationLog;

inline constexpr std::size_t listed_periods = 24; // of one agreement that are unanswered, the newest
inline constexpr std::int64_t warning_days[] = {7, 14, 30};

// The clock against the last line of the station's log. behind: that line is from a later time, so its time is taken.
// ahead: nothing was done here for more than a year, or the clock is wrong.
enum class ClockTrust : std::uint8_t { fair, behind, ahead };
struct Now {
    std::int64_t utc_s = 0;
    ClockTrust trust = ClockTrust::fair;
};
[[nodiscard]] Now reckoned_now(std::uint64_t clock_ms, std::uint64_t last_line_ms);

// The zone's civil day of an instant, and the instant at which a civil day begins. A zone that this machine does not have
// is taken for UTC.
class SiteDays {
public:
    explicit SiteDays(const std::string& zone);
    [[nodiscard]] bool known() const { return known_; }
    [[nodiscard]] std::int64_t day_of(std::int64_t utc_s) const;
    [[nodiscard]] std::int64_t begin_of(std::int64_t day) const;

private:
    std::shared_ptr<const capture::TimeZone> zone_;
    bool known_ = true;
};

// A bundle of the agreement, and what is known of its way.
struct Sent {
    std::uint64_t n = 0;
    std::int64_t made_s = 0, reach_s = 0; // when it was made; up to when it can answer
    bool written = false;                 // whole on a medium
    std::string receipt;                  // status of the newest receipt that names it; empty: none
};
struct Receipt {
    std::uint64_t n = 0;
    std::int64_t taken_s = 0;
    std::string status;
};

// running: the period is not over. open: over, the due day is ahead. due: it has come, grace is running. overdue: that is
// over as well.
enum class Owed : std::uint8_t { running, open, due, overdue, answered, nil };
struct Duty {
    Period period;
    Owed owed = Owed::running;
    std::int64_t due_day = 0, last_day = 0;
    std::optional<std::int64_t> warning; // of warning_days, the one within which the due day lies
    std::optional<std::uint64_t> bundle; // that answered it
};

struct Standing {
    AgreementTerms terms;
    std::int64_t today = 0;
    bool zone_known = true;
    std::vector<Duty> duties;   // unanswered ones, the answered one before them, the running one; by time
    bool earlier = false;       // there are unanswered periods before the listed ones
    std::optional<Sent> bundle; // the newest
    std::optional<Receipt> receipt;
    bool justified = false; // a justification holds today
};

// The newest terms of each agreement, by id.
[[nodiscard]] std::vector<AgreementTerms> agreements_of(StationLog& log);
[[nodiscard]] std::vector<Standing> standings_of(StationLog& log, const Now& now);
// Something is due or overdue.
[[nodiscard]] bool is_due(const std::vector<Standing>& standings);

} // namespace tally::obligations
