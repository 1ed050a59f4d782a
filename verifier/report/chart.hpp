// Inline SVG, drawn with classes only so that the page's style decides colours in light, dark and print.
// A column of a chart shows the most that was reached inside it, so that no peak disappears by drawing small.
#pragma once

#include "verifier/findings/outcome.hpp"

#include <string>

namespace tally::report {

struct ChartText {
    std::string id, title, unit; // unit: "claims at once", "seats assigned"
};

// Steps against what was allowed over `span`; a description for those who do not see it is inside.
[[nodiscard]] std::string step_chart(const ChartText& words, const findings::Position& position,
                                     const count::Span& span);

// A bar of `peak` with a mark at `quantity`.
[[nodiscard]] std::string bullet(const count::Bounds& peak, std::int64_t quantity, std::int64_t scale);
// A plain bar.
[[nodiscard]] std::string bar(std::int64_t value, std::int64_t scale);

// Tokens left in a pool over `span`, and where the use of the last days leads from its end on.
[[nodiscard]] std::string token_chart(const ChartText& words, const findings::Outcome& outcome, const std::string& pool,
                                      const count::Span& span);

// One row a host, one column a day: what is known of it. Nothing when no host has a day.
[[nodiscard]] std::string coverage_map(const findings::Watched& watched);

} // namespace tally::report
