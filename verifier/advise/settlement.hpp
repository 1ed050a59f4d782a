// What a gap would cost: the true-up by line, published shares beside our own, and the same gap found early or late.
// The last two repeat an advisory's illustration with its own numbers; they are assumptions that whoever reads may
// change, and prove nothing.
#pragma once

#include "verifier/advise/advise.hpp"

namespace tally::advise {

// The gap: licences missing, at list price for a year. The multiples are rule values.
[[nodiscard]] CostComparison compare_costs(const text::Decimal& gap, const std::string& currency,
                                           const rules::Values& rules);

void settle_up(const Facts& facts, Outcome& outcome); // Advice::true_up, benchmarks, costs

} // namespace tally::advise
