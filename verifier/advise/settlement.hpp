// What a gap would cost: the true-up by line, published shares beside our own, and the same gap found early or late.
// The last two repeat an advisory's illustration with its own numbers; they are assumptions that whoever reads may
// change, and prove nothing.
#pragma once

#include "verifier/advise/advise.hpp"

namespace tally::advise {

// Multiples of the gap in thousandths.
struct CostAssumptions {
    std::int64_t year_milli = 460;                                   // back period, settled by agreement
    std::int64_t audit_from_milli = 1'500, audit_to_milli = 2'500;   // settlement of an audit
    std::int64_t refuse_from_milli = 3'000, refuse_to_milli = 5'000; // without cooperation, all in all
};
[[nodiscard]] CostComparison compare_costs(const text::Decimal& gap, const std::string& currency,
                                           const CostAssumptions& assumptions = {});

void settle_up(const Facts& facts, Outcome& outcome); // Advice::true_up, benchmarks, costs

} // namespace tally::advise
