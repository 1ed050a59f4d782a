// Use and assignment held against what was bought (docs/reference/rules.md): what an auditor would call a gap.
// Each judge adds its findings and positions to the outcome; they may run in any order.
#pragma once

#include "verifier/findings/judge.hpp"

namespace tally::comply {

using namespace findings; // NOLINT(google-build-using-namespace): the judges' vocabulary

void count_concurrent(const Facts& facts, Outcome& outcome); // R-CONC, R-OVER: positions, OVER_PEAK, SUSTAINED_OVER
void count_named(const Facts& facts, Outcome& outcome);      // R-NAMED: positions, OVER_ASSIGNED, UNDER_ASSIGNED
void judge_use(const Facts& facts, Outcome& outcome);        // R-RIGHT, R-SCOPE, R-VERSION: use that no right covers

} // namespace tally::comply
