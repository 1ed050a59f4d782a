// Signals and reporting duty (docs/reference/rules.md, R-SPIKE, R-ENTITY, R-COVERAGE, R-CALENDAR): what is worth a look
// although nothing was bought too little, and whether what was promised came in.
// Each judge adds its findings, and its table to Outcome::watched; they may run in any order, gaps at high use after the
// positions of concurrent lines are there.
#pragma once

#include "verifier/findings/judge.hpp"

namespace tally::watch {

using namespace findings; // NOLINT(google-build-using-namespace): the judges' vocabulary

void judge_coverage(const Facts& facts, Outcome& outcome); // COVERAGE_GAP, HOST_SILENT; the heat map, complete through
void judge_gaps_at_high_use(const Facts& facts, Outcome& outcome); // GAP_AT_HIGH_USE, by the positions' claims
void judge_duty(const Facts& facts, Outcome& outcome);             // LATE, PERIOD_MISSING, NIL_RETURN; the periods
void judge_spikes(const Facts& facts, Outcome& outcome);           // SPIKE, PATTERN_BREAK; use beside the period before
void judge_entities(const Facts& facts, Outcome& outcome);         // ENTITY, HOSTS_RENAMED
void judge_clocks(const Facts& facts, Outcome& outcome);           // CLOCK_STEP
void judge_bought(const Facts& facts, Outcome& outcome);           // BILLING_MISMATCH, RENEWAL_DUE
void judge_sources(const Facts& facts, Outcome& outcome);          // SOURCES_DISAGREE; each source's reach
void judge_epochs(const Facts& facts, Outcome& outcome);           // PSEUDONYM_EPOCH (R-NAMES)
void judge_exports(const Facts& facts, Outcome& outcome);          // SOURCES_DISAGREE, of the vendor's own export

void lay_beside(const Facts& facts, Outcome& outcome); // the vendor's own export beside the records

void watch(const Facts& facts, Outcome& outcome); // all of them

} // namespace tally::watch
