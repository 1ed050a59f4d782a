// Insights for administrators (docs/reference/rules.md, R-INSIGHT): how fast programs are beside a frozen reference, which
// commands are used and how they end, who is on which release. Pure: the facts give Outcome::insights, and for each
// product whether there is something to say and, where not, why. Raises no finding.
#pragma once

#include "verifier/findings/judge.hpp"

namespace tally::insight {

using namespace findings; // NOLINT(google-build-using-namespace): the judges' vocabulary

void fill_performance(const Facts& facts, Insights& insights);
void fill_commands(const Facts& facts, Insights& insights);
void fill_releases(const Facts& facts, Insights& insights);

void fill(const Facts& facts, Outcome& outcome); // all of them

} // namespace tally::insight
