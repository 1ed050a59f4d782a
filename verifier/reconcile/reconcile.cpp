#include "verifier/reconcile/reconcile.hpp"

#include "verifier/reconcile/facts.hpp"
#include "verifier/reconcile/rules.hpp"

#include <algorithm>
#include <tuple>

namespace tally::reconcile {

Outcome reconcile(const ledger::Usage& usage, const ledger::Inputs& inputs, const Options& options) {
    const Facts facts = prepare(usage, inputs, options);
    Outcome outcome;
    outcome.rules = rules::version;
    outcome.observed = facts.observed;
    outcome.as_of = facts.as_of;
    outcome.sessions = facts.stays.size();
    for (const auto& stay : facts.stays) {
        outcome.sessions_open += stay.session->kind == ledger::EndKind::open ? 1 : 0;
    }
    count_concurrent(facts, outcome);
    count_named(facts, outcome);
    std::stable_sort(outcome.positions.begin(), outcome.positions.end(), [](const Position& a, const Position& b) {
        return std::tie(a.agreement, a.line) < std::tie(b.agreement, b.line);
    });
    judge_use(facts, outcome);
    fill_tables(facts, outcome);
    fill_requests(facts, outcome);
    std::stable_sort(outcome.findings.begin(), outcome.findings.end(), [](const Finding& a, const Finding& b) {
        return std::tie(a.severity, a.certainty, a.code, a.agreement, a.line, a.product, a.subject, a.when.from) <
               std::tie(b.severity, b.certainty, b.code, b.agreement, b.line, b.product, b.subject, b.when.from);
    });
    return outcome;
}

} // namespace tally::reconcile
