// 24-hour windows of use (R-WINDOW): what is charged in tokens, and what a day of use is.
// A window is sure when even the favourable reading of the records has it; otherwise the records cannot rule it out.
// Windows run on over the edges of days and periods: they come from all stays, not from those of a period.
// Does not know rates, rights or products that open others: those are the judges'.
#pragma once

#include "verifier/count/facts.hpp"

#include <vector>

namespace tally::count {

struct Window {
    std::int64_t at = 0;          // when it opens; the proved instant when it is sure
    bool sure = true;             // both readings have it
    const Stay* stay = nullptr;   // the use that opens it
    bool is_continuation = false; // opened by a use that was already running
};

struct Windows {
    std::vector<Window> windows; // by instant
    Bounds days;                 // different dates of windows, and of short launches outside of them
};

// `stays`: use of one product by one person, on whatever computers and of whatever releases. The windows point into it.
[[nodiscard]] Windows windows_of(const Facts& facts, const std::vector<Stay>& stays);

} // namespace tally::count
