// What could be saved and what must be settled: seats, sizes, allotments, true-up, published figures, costs of finding.
#include "verifier/outputs/tables.hpp"

namespace tally::outputs {
namespace {

using findings::Advice;

Table seats(const Advice& advice) {
    Table table{"seats",
                {"user", "agreement", "line", "product", "assigned", "last_used", "days_idle", "dormant",
                 "inactive_by_months", "rare"},
                {}};
    for (const auto& row : advice.seats) {
        table.add({row.person, row.agreement, row.line, row.product, day(row.assigned_day), day(row.last_day),
                   row.days_idle, row.is_dormant, row.is_inactive_by_months, row.is_rare});
    }
    return table;
}

Table sizing(const Advice& advice) {
    Table table{"sizing",
                {"agreement", "line", "product", "metric", "bought", "peak_lower", "peak_upper", "percentile_lower",
                 "percentile_upper", "days", "days_left_out", "recommended", "because", "currency", "cost_now",
                 "cost_then"},
                {}};
    for (const auto& row : advice.sizes) {
        table.add({row.agreement, row.line, row.product, findings::name(row.metric), row.quantity, row.peak.lower,
                   row.peak.upper, row.percentile.lower, row.percentile.upper, row.days, row.days_left_out,
                   row.recommended, row.because, row.currency, row.cost_now, row.cost_then});
    }
    return table;
}

Table allotments(const Advice& advice) {
    Table table{"allotments", {"user", "agreement", "line"}, {}};
    for (const auto& row : advice.allotments) {
        if (row.lines.empty()) {
            table.add({row.person, row.agreement, Cell()});
        }
        for (const auto& line : row.lines) {
            table.add({row.person, row.agreement, line});
        }
    }
    return table;
}

Table true_up(const Advice& advice) {
    Table table{"true_up",
                {"agreement", "line", "product", "metric", "bought", "peak_lower", "peak_upper", "due_lower",
                 "due_upper", "currency", "price", "amount", "findings"},
                {}};
    for (const auto& row : advice.true_up) {
        table.add({row.agreement, row.line, row.product, findings::name(row.metric), row.bought, row.peak.lower,
                   row.peak.upper, row.due.lower, row.due.upper, row.currency, row.price, row.amount,
                   joined(row.findings)});
    }
    return table;
}

Table benchmarks(const Advice& advice) {
    Table table{"benchmarks",
                {"name", "own_count", "own_of", "own_per_thousand", "published_from_per_thousand",
                 "published_to_per_thousand", "saving", "source", "own_count_lower", "own_of_lower"},
                {}};
    for (const auto& row : advice.benchmarks) {
        table.add({row.name, row.own_count, row.own_of, row.own_milli(), row.published_from, row.published_to,
                   row.saving, row.source, row.own_count_least, row.own_of_least});
    }
    return table;
}

Table costs(const Advice& advice) {
    Table table{
        "cost_comparison", {"currency", "label", "gap", "name", "found", "licences", "on_top_from", "on_top_to"}, {}};
    for (const auto& comparison : advice.costs) {
        for (const auto& row : comparison.cases) {
            table.add({comparison.currency, comparison.label, comparison.gap, row.name, row.found, row.licences,
                       row.from, row.to});
        }
    }
    return table;
}

} // namespace

void add_advice(const Subject& subject, std::vector<Table>& tables) {
    for (auto make : {seats, sizing, allotments, true_up, benchmarks, costs}) {
        tables.push_back(make(subject.outcome.advice));
    }
}

} // namespace tally::outputs
