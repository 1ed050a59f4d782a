// Who holds seats and roles and should not, what is paid for and not used, and what to do about it
// (docs/reference/rules.md).
// Reads the facts and the positions, adds findings and the tables of Outcome::advice. What it says of somebody's use
// counts what was exported on the connected side too; where a computer was not watched, it says possible or nothing.
#pragma once

#include "verifier/findings/judge.hpp"

namespace tally::advise {

using namespace findings; // NOLINT(google-build-using-namespace): the judges' vocabulary

void judge_seats(const Facts& facts, Outcome& outcome); // R-IDENTITY, R-GROUP: GHOST, DEPROVISION_LATE, GROUP_BROAD
void judge_administrators(const Facts& facts, Outcome& outcome); // R-ADMIN: ADMIN_*
// R-IDLEUSER, R-DUPLICATE, R-OUTLIER, R-SIZING: DORMANT_*, LOW_FREQ, collections, adoption, tools; Outcome::advice
void judge_waste(const Facts& facts, Outcome& outcome);
// What follows from positions, requests and the findings that stand: sizes, allotments, true-up, benchmarks, costs.
// Called last.
void sum_up(const Facts& facts, Outcome& outcome);

} // namespace tally::advise
