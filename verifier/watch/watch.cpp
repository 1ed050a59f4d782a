#include "verifier/watch/watch.hpp"

namespace tally::watch {

void watch(const Facts& facts, Outcome& outcome) {
    judge_coverage(facts, outcome);
    judge_gaps_at_high_use(facts, outcome);
    judge_duty(facts, outcome);
    judge_spikes(facts, outcome);
    judge_entities(facts, outcome);
    judge_clocks(facts, outcome);
    judge_bought(facts, outcome);
    judge_sources(facts, outcome);
    judge_epochs(facts, outcome);
    judge_exports(facts, outcome);
    lay_beside(facts, outcome);
}

} // namespace tally::watch
