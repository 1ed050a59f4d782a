// Calendar months as numbers, so that periods can be reckoned: months since year 0, days since 1970-01-01 (UTC).
#pragma once

#include <chrono>
#include <cstdint>

namespace tally::count {

[[nodiscard]] inline std::int64_t month_of(std::int64_t day) {
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
    return static_cast<int>(date.year()) * std::int64_t{12} + static_cast<unsigned>(date.month()) - 1;
}

[[nodiscard]] inline std::int64_t first_of_month(std::int64_t month) {
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(month / 12)),
                                           std::chrono::month(static_cast<unsigned>(month % 12 + 1)),
                                           std::chrono::day(1)};
    return std::chrono::sys_days(date).time_since_epoch().count();
}

// The first month of the quarter that a month lies in.
[[nodiscard]] inline std::int64_t quarter_of(std::int64_t month) { return month / 3 * 3; }

} // namespace tally::count
