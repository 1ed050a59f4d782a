#include "verifier/report/words.hpp"

#include "tally/text/date.hpp"

#include <array>
#include <cstdlib>

namespace tally::report {
namespace {

std::string grouped(const std::string& digits) {
    std::string out;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const bool boundary = i > 0 && (digits.size() - i) % 3 == 0 && digits[i - 1] != '-';
        out += (boundary ? "\xE2\x80\xAF" : "") + std::string(1, digits[i]);
    }
    return out;
}

} // namespace

std::string count_text(std::int64_t number) {
    const std::string digits = std::to_string(number);
    return digits.size() > 4 ? grouped(digits) : digits;
}

std::string bounds_text(const count::Bounds& bounds) {
    return bounds.lower == bounds.upper ? count_text(bounds.lower)
                                        : count_text(bounds.lower) + "–" + count_text(bounds.upper);
}

std::string duration_text(std::int64_t seconds) {
    if (seconds < 60) {
        return std::to_string(seconds) + " s";
    }
    if (seconds < 3600) {
        return std::to_string(seconds / 60) + " min" +
               (seconds % 60 != 0 ? " " + std::to_string(seconds % 60) + " s" : "");
    }
    return count_text(seconds / 3600) + " h " + std::to_string(seconds % 3600 / 60) + " min";
}

std::string short_day_text(std::int64_t day) {
    static constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::string iso = text::format_day(day);
    const auto two_digits = [&](std::size_t at) {
        return static_cast<std::size_t>((iso[at] - '0') * 10 + iso[at + 1] - '0');
    };
    return std::to_string(two_digits(8)) + " " + months[(two_digits(5) + 11) % 12];
}

std::string day_text(std::int64_t day) { return short_day_text(day) + " " + text::format_day(day).substr(0, 4); }

std::string instant_text(std::int64_t seconds) {
    std::string iso = text::format_instant(seconds);
    iso[10] = ' ';
    iso.pop_back();
    return iso;
}

std::string what_if_text(const std::vector<std::string>& what_if) {
    std::string text;
    for (const auto& change : what_if) {
        text += (text.empty() ? "What if: " : "; ") + change;
    }
    return text;
}

std::string period_text(const count::Span& span) {
    if (span.from >= span.to) {
        return "no dated record";
    }
    const std::string first = day_text(text::day_of(span.from));
    const std::string last = day_text(text::day_of(span.to - 1));
    const bool same_year = first.substr(first.size() - 4) == last.substr(last.size() - 4);
    return first == last ? first : (same_year ? short_day_text(text::day_of(span.from)) : first) + " – " + last;
}

std::string money_text(const text::Decimal& amount, const std::string& currency) {
    const std::string digits = amount.str();
    const std::size_t point = digits.find('.');
    return grouped(digits.substr(0, point)) + digits.substr(point) + "\xC2\xA0" + currency;
}

std::string_view metric_text(inputs::Metric metric) {
    return metric == inputs::Metric::named ? "named user" : findings::name(metric);
}

std::string plural(std::int64_t number, const std::string& one, const std::string& many) {
    return count_text(number) + " " + (number == 1 ? one : many);
}

} // namespace tally::report
