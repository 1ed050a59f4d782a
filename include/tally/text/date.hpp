// Calendar dates and UTC instants as people write them: "2022-05-05", "2022-05-05T08:42:20Z". Days and seconds count
// from 1970-01-01; the proleptic Gregorian calendar, no leap seconds, years 0001–9999. Holds no time zones.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tally::text {

inline constexpr std::int64_t seconds_per_day = 86'400;

inline std::int64_t day_of(std::int64_t seconds) {
    return seconds >= 0 ? seconds / seconds_per_day : -((seconds_per_day - 1 - seconds) / seconds_per_day);
}

// Exactly `size` digits.
inline std::optional<unsigned> digits(std::string_view text, std::size_t size) {
    unsigned value = 0;
    if (text.size() != size) {
        return std::nullopt;
    }
    for (const char c : text) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value;
}

// YYYY-MM-DD → day number. Nothing when it is no date.
inline std::optional<std::int64_t> parse_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto year = digits(text.substr(0, 4), 4);
    const auto month = digits(text.substr(5, 2), 2);
    const auto day = digits(text.substr(8, 2), 2);
    if (!year || !month || !day || *year == 0) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                           std::chrono::day(*day)};
    return date.ok() ? std::optional<std::int64_t>(std::chrono::sys_days(date).time_since_epoch().count())
                     : std::nullopt;
}

// YYYY-MM-DDTHH:MM[:SS]Z → seconds; a space may stand for T. Nothing otherwise.
inline std::optional<std::int64_t> parse_instant(std::string_view text) {
    if ((text.size() != 17 && text.size() != 20) || text.back() != 'Z' || (text[10] != 'T' && text[10] != ' ') ||
        text[13] != ':' || (text.size() == 20 && text[16] != ':')) {
        return std::nullopt;
    }
    const auto day = parse_day(text.substr(0, 10));
    const auto hour = digits(text.substr(11, 2), 2);
    const auto minute = digits(text.substr(14, 2), 2);
    const auto second = text.size() == 20 ? digits(text.substr(17, 2), 2) : std::optional<unsigned>(0);
    if (!day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) {
        return std::nullopt;
    }
    return *day * seconds_per_day + static_cast<std::int64_t>(*hour * 3600 + *minute * 60 + *second);
}

inline std::string padded(std::int64_t value, std::size_t width) {
    const std::string text = std::to_string(value);
    return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

inline std::string format_day(std::int64_t day) {
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
    return padded(static_cast<int>(date.year()), 4) + "-" + padded(static_cast<unsigned>(date.month()), 2) + "-" +
           padded(static_cast<unsigned>(date.day()), 2);
}

inline std::string format_instant(std::int64_t seconds) {
    const std::int64_t day = day_of(seconds);
    const std::int64_t rest = seconds - day * seconds_per_day;
    return format_day(day) + "T" + padded(rest / 3600, 2) + ":" + padded(rest / 60 % 60, 2) + ":" +
           padded(rest % 60, 2) + "Z";
}

} // namespace tally::text
