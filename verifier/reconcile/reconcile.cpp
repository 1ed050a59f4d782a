#include "verifier/reconcile/reconcile.hpp"

#include "verifier/advise/advise.hpp"
#include "verifier/comply/comply.hpp"
#include "verifier/count/joins.hpp"
#include "verifier/insight/insight.hpp"
#include "verifier/reconcile/tables.hpp"
#include "verifier/watch/watch.hpp"

#include <algorithm>
#include <tuple>

namespace tally::reconcile {

Outcome reconcile(const ledger::Usage& usage, const inputs::Inputs& inputs, const Options& options,
                  const rules::Values& rules) {
    const Facts facts = count::prepare(usage, inputs, rules, options);
    Outcome outcome;
    outcome.rules = rules.pack;
    outcome.observed = facts.observed;
    outcome.period = facts.period;
    outcome.as_of = facts.as_of;
    outcome.sessions = facts.stays.size();
    for (std::size_t kind = 0; kind < facts.stays.kinds().size(); ++kind) {
        const bool is_open = facts.stays.kinds()[kind].session->kind == ledger::EndKind::open;
        outcome.sessions_open += is_open ? facts.stays.totals()[kind].stays : 0;
    }
    comply::count_concurrent(facts, outcome);
    comply::count_named(facts, outcome);
    comply::count_devices(facts, outcome);
    comply::count_tokens(facts, outcome);
    std::stable_sort(outcome.positions.begin(), outcome.positions.end(), [](const Position& a, const Position& b) {
        return std::tie(a.agreement, a.line) < std::tie(b.agreement, b.line);
    });
    comply::judge_use(facts, outcome);
    advise::judge_seats(facts, outcome);
    advise::judge_administrators(facts, outcome);
    advise::judge_waste(facts, outcome);
    fill_tables(facts, outcome);
    outcome.joins = count::joins(facts);
    fill_requests(facts, outcome);
    comply::judge_served(facts, outcome);
    comply::judge_denials(facts, outcome);
    comply::judge_persons(facts, outcome);
    watch::watch(facts, outcome);
    insight::fill(facts, outcome);
    findings::doubt_names(facts, outcome);
    findings::apply_waivers(facts, outcome);
    findings::settle_precedence(outcome);
    std::stable_sort(outcome.findings.begin(), outcome.findings.end(), [](const Finding& a, const Finding& b) {
        return std::tie(a.severity, a.certainty, a.code, a.agreement, a.line, a.product, a.subject, a.when.from) <
               std::tie(b.severity, b.certainty, b.code, b.agreement, b.line, b.product, b.subject, b.when.from);
    });
    advise::sum_up(facts, outcome);
    return outcome;
}

} // namespace tally::reconcile
