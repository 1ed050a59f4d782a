#include "verifier/advise/advise.hpp"

#include "verifier/advise/roster.hpp"

namespace tally::advise {

void judge_waste(const Facts& facts, Outcome& outcome) {
    const Roster roster(facts);
    judge_dormant(roster, outcome);
    judge_frequency(roster, outcome);
    judge_collections(roster, outcome);
    judge_adoption(roster, outcome);
    judge_tools(facts, outcome);
}

} // namespace tally::advise
