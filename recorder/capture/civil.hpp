// Days and seconds of the proleptic Gregorian calendar without any zone: plain arithmetic, no allocation.
// A day is counted from 1970-01-01; a local second is day × 86400 + second of the day.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tally::capture {

inline constexpr std::int64_t day_s = 86400;

// Algorithm: era arithmetic over 400-year cycles that start on 1 March.
constexpr std::int32_t day_of(int year, int month, int day) {
    const int shifted = month <= 2 ? year - 1 : year;
    const int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    const int of_era = shifted - era * 400;
    const int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct Civil {
    int year = 1970;
    int month = 1;
    int day = 1;
};

constexpr Civil civil_of(std::int32_t day) {
    const int shifted = day + 719468;
    const int era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const int of_era = shifted - era * 146097;
    const int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int of_year = of_era - (365 * year + year / 4 - year / 100);
    const int month = (5 * of_year + 2) / 153;
    const int calendar_month = month < 10 ? month + 3 : month - 9;
    return {year + era * 400 + (calendar_month <= 2 ? 1 : 0), calendar_month, of_year - (153 * month + 2) / 5 + 1};
}

constexpr bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

// False for days that do not exist and for years in which no licence server ran.
constexpr bool is_date(int year, int month, int day) {
    constexpr std::array<int, 12> lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1980 || year > 2199 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    return day <= lengths[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap(year) ? 1 : 0);
}

// "YYYY-MM-DD HH:MM:SS" of a local second, into a buffer of its own.
class LocalText {
public:
    explicit constexpr LocalText(std::int64_t local_s) {
        const auto day = static_cast<std::int32_t>(local_s >= 0 ? local_s / day_s : -((day_s - 1 - local_s) / day_s));
        const auto second = static_cast<int>(local_s - day * day_s);
        const Civil date = civil_of(day);
        put(0, date.year / 100);
        put(2, date.year % 100);
        put(5, date.month);
        put(8, date.day);
        put(11, second / 3600);
        put(14, second / 60 % 60);
        put(17, second % 60);
    }
    [[nodiscard]] constexpr std::string_view view() const { return {text_.data(), text_.size()}; }
    [[nodiscard]] constexpr std::string_view date() const { return view().substr(0, 10); }

private:
    constexpr void put(std::size_t at, int two_digits) {
        text_[at] = static_cast<char>('0' + two_digits / 10);
        text_[at + 1] = static_cast<char>('0' + two_digits % 10);
    }
    std::array<char, 19> text_{'0', '0', '0', '0', '-', '0', '0', '-', '0', '0',
                               ' ', '0', '0', ':', '0', '0', ':', '0', '0'};
};

} // namespace tally::capture
