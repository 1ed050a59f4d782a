// Use and assignment held against what was bought (docs/reference/rules.md): what an auditor would call a gap.
// Each judge adds its findings and positions to the outcome; they may run in any order.
#pragma once

#include "verifier/findings/judge.hpp"

namespace tally::comply {

using namespace findings; // NOLINT(google-build-using-namespace): the judges' vocabulary

void count_concurrent(const Facts& facts, Outcome& outcome); // R-CONC, R-OVER: positions, OVER_PEAK, SUSTAINED_OVER
void judge_served(const Facts& facts, Outcome& outcome);     // R-CONC: SERVED_EXCEEDS_BOUGHT
void judge_denials(const Facts& facts, Outcome& outcome);    // R-CONC: DENIALS, of outcome.requests
void count_devices(const Facts& facts, Outcome& outcome);    // R-DEVICE, R-PERP: positions, DEVICE_OVER, PERP_OVER
void judge_persons(const Facts& facts, Outcome& outcome);    // R-MULTI, R-SHARED: one person at several computers
void count_tokens(const Facts& facts, Outcome& outcome);     // R-WINDOW, R-TOKEN: charges, packs, positions, TOKEN_*
void count_named(const Facts& facts, Outcome& outcome);      // R-NAMED: positions, OVER_ASSIGNED*, UNDER_ASSIGNED
void judge_use(const Facts& facts, Outcome& outcome);        // R-RIGHT, R-SCOPE, R-VERSION: use that no right covers

} // namespace tally::comply
