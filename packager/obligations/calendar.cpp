#include "packager/obligations/calendar.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <charconv>

namespace tally::obligations {
namespace {

// Days of which every sum here stays inside the years that dates are written with.
constexpr std::int64_t last_date = 2'932'896; // 9999-12-31
constexpr std::int64_t longest = 1000;        // days or months of a period
constexpr std::uint64_t most_days = 36'500;   // until a report is due

std::int64_t month_of(std::int64_t day) {
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
    return static_cast<int>(date.year()) * std::int64_t{12} + static_cast<unsigned>(date.month()) - 1;
}

std::int64_t first_of_month(std::int64_t month) {
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(month / 12)),
                                           std::chrono::month(static_cast<unsigned>(month % 12 + 1)),
                                           std::chrono::day(1)};
    return std::chrono::sys_days(date).time_since_epoch().count();
}

std::string label_of(std::int64_t month, std::int64_t length) {
    const std::int64_t of_year = month % 12;
    return text::padded(month / 12, 4) + "-" +
           (length == 3 ? "Q" + std::to_string(of_year / 3 + 1) : text::padded(of_year + 1, 2));
}

// The first day of what a label names; the period is then the one that begins there.
std::optional<std::int64_t> day_named(std::string_view name) {
    const auto year = text::digits(name.substr(0, 4), 4);
    if (const auto day = text::parse_day(name); day || !year || name.size() != 7 || name[4] != '-') {
        return day;
    }
    const bool quarter = name[5] == 'Q';
    const auto number = text::digits(name.substr(quarter ? 6 : 5), quarter ? 1 : 2);
    if (*year == 0 || !number || *number < 1 || *number > (quarter ? 4U : 12U)) {
        return std::nullopt;
    }
    return first_of_month(std::int64_t{*year} * 12 + (quarter ? (*number - 1) * 3 : *number - 1));
}

} // namespace

Result<Cadence> parse_cadence(std::string_view text) {
    using Unit = Cadence::Unit;
    static constexpr std::pair<std::string_view, Cadence> words[] = {{"none", {Unit::none, 0}},
                                                                     {"monthly", {Unit::months, 1}},
                                                                     {"quarterly", {Unit::months, 3}},
                                                                     {"half-yearly", {Unit::months, 6}},
                                                                     {"yearly", {Unit::months, 12}}};
    for (const auto& [word, cadence] : words) {
        if (text == word) {
            return cadence;
        }
    }
    std::int64_t length = 0;
    const auto [stopped, failed] = std::from_chars(text.data(), text.data() + text.size(), length);
    const std::string_view unit(stopped, static_cast<std::size_t>(text.data() + text.size() - stopped));
    if (failed == std::errc() && length >= 1 && length <= longest && (unit == " days" || unit == " months")) {
        return Cadence{unit == " days" ? Unit::days : Unit::months, length};
    }
    return Fault{"none of: none, monthly, quarterly, half-yearly, yearly, N days, N months (N from 1 to 1000)"};
}

Result<Calendar> Calendar::of(const AgreementTerms& terms) {
    const auto cadence = parse_cadence(terms.cadence);
    if (!cadence) {
        return Fault{"the cadence is " + cadence.fault().what};
    }
    if (terms.due_days > most_days || terms.grace_days > most_days || terms.start < 0 || terms.start > last_date ||
        (terms.end && (*terms.end < terms.start || *terms.end > last_date))) {
        return Fault{"its days lie outside of any calendar"};
    }
    Calendar calendar;
    calendar.cadence_ = *cadence;
    calendar.start_ = terms.start;
    calendar.end_ = terms.end;
    calendar.due_ = static_cast<std::int64_t>(terms.due_days);
    calendar.grace_ = static_cast<std::int64_t>(terms.grace_days);
    return calendar;
}

std::optional<Period> Calendar::at(std::int64_t day) const {
    if (cadence_.unit == Cadence::Unit::none || day < start_ || day > end_.value_or(last_date)) {
        return std::nullopt;
    }
    Period period;
    if (cadence_.unit == Cadence::Unit::days) {
        period.from = start_ + (day - start_) / cadence_.length * cadence_.length;
        period.to = period.from + cadence_.length;
        period.label = text::format_day(period.from);
    } else {
        const std::int64_t month = month_of(day) / cadence_.length * cadence_.length;
        period.from = first_of_month(month);
        period.to = first_of_month(month + cadence_.length);
        period.label = label_of(month, cadence_.length);
    }
    period.from = std::max(period.from, start_);
    period.to = std::min(period.to, end_.value_or(last_date) + 1);
    return period;
}

std::optional<Period> Calendar::named(std::string_view name) const {
    const auto day = day_named(name);
    if (!day) {
        return std::nullopt;
    }
    if (text::parse_day(name)) {
        return at(*day);
    }
    // An agreement that begins inside the period has the rest of it.
    const auto period = at(std::max(*day, start_));
    return period && period->label == name ? period : std::nullopt;
}

} // namespace tally::obligations
