// Numbers and times as the report writes them. UTC everywhere; groups of thousands by a narrow no-break space.
#pragma once

#include "tally/text/html.hpp"
#include "verifier/findings/outcome.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tally::report {

[[nodiscard]] std::string count_text(std::int64_t number);          // "1 474"
[[nodiscard]] std::string bounds_text(const count::Bounds& bounds); // "6" or "6–8"
[[nodiscard]] std::string duration_text(std::int64_t seconds);      // "3 h 12 min", "45 s"
[[nodiscard]] std::string day_text(std::int64_t day);               // "5 May 2022"
[[nodiscard]] std::string short_day_text(std::int64_t day);         // "5 May"
[[nodiscard]] std::string instant_text(std::int64_t seconds);       // "2022-05-05 08:42:20"
[[nodiscard]] std::string period_text(const count::Span& span);     // "5 May – 19 May 2022"
[[nodiscard]] std::string money_text(const text::Decimal& amount, const std::string& currency);
[[nodiscard]] std::string_view metric_text(inputs::Metric metric); // "named user"
// "What if: seats ACD=4; price RVT=9"; "" when nothing was assumed.
[[nodiscard]] std::string what_if_text(const std::vector<std::string>& what_if);
[[nodiscard]] std::string plural(std::int64_t number, const std::string& one, const std::string& many);

// Of a count.
[[nodiscard]] inline std::int64_t whole(std::uint64_t number) { return static_cast<std::int64_t>(number); }
// As HTML that is safe.
[[nodiscard]] inline std::string n(std::int64_t number) { return std::to_string(number); }
[[nodiscard]] inline std::string chip(std::string_view kind, std::string_view words) {
    return "<span class=\"chip " + std::string(kind) + "\">" + text::html(words) + "</span>";
}
[[nodiscard]] inline std::string person(const std::string& name) { return "<bdi>" + text::html(name) + "</bdi>"; }

} // namespace tally::report
