#include "verifier/advise/advise.hpp"

#include "verifier/advise/roster.hpp"
#include "verifier/advise/settlement.hpp"

namespace tally::advise {

void judge_waste(const Facts& facts, Outcome& outcome) {
    const Roster roster(facts);
    judge_dormant(roster, outcome);
    judge_frequency(roster, outcome);
    judge_collections(roster, outcome);
    judge_adoption(roster, outcome);
    judge_tools(facts, outcome);
}

void sum_up(const Facts& facts, Outcome& outcome) {
    size_lines(facts, outcome);
    allot_lines(facts, outcome);
    settle_up(facts, outcome);
}

} // namespace tally::advise
