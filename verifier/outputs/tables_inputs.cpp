// What was handed in, which names stand on one side only, and the vendor's own export beside the records.
#include "verifier/outputs/tables.hpp"

namespace tally::outputs {
namespace {

Cell moment(const std::optional<inputs::Moment>& value) {
    if (!value) {
        return {};
    }
    return value->from == value->to ? instant(value->from) : day(text::day_of(value->from));
}

Table entitlements(const inputs::Inputs& inputs) {
    Table table{"entitlements",
                {"line", "agreement", "product", "name", "metric", "quantity", "features", "start", "end",
                 "version_min", "version_max", "list_price", "currency", "order"},
                {}};
    for (const auto& row : inputs.entitlements) {
        const auto year = [](std::int64_t number) { return number != 0 ? Cell(number) : Cell(); };
        table.add({row.line, row.agreement, row.product, row.name, findings::name(row.metric), row.quantity,
                   joined(row.features), day(row.start_day), day(row.end_day), year(row.versions.min),
                   year(row.versions.max),
                   row.list_price_units ? Cell(text::Decimal::of_units(*row.list_price_units)) : Cell(), row.currency,
                   row.order});
    }
    return table;
}

Table assignments(const inputs::Inputs& inputs) {
    Table table{
        "assignments", {"user", "product", "team", "assigned", "unassigned", "source", "status", "last_accessed"}, {}};
    for (const auto& row : inputs.assignments) {
        table.add({row.user, row.product, row.team, moment(row.assigned), moment(row.unassigned), row.source,
                   row.status, moment(row.last_accessed)});
    }
    return table;
}

Table files(const inputs::Inputs& inputs) {
    Table table{"input_files", {"input", "file", "as_of", "layout", "rows", "sha256"}, {}};
    for (const auto& row : inputs.files) {
        table.add({findings::name(row.kind), row.name, day(row.as_of), row.layout, row.rows, row.digest});
    }
    return table;
}

Table one_side(const findings::Outcome& outcome) {
    Table table{"one_side", {"these", "those", "only_in", "name"}, {}};
    for (const auto& join : outcome.joins) {
        for (const auto& name : join.left_only) {
            table.add({join.left, join.right, "these", name});
        }
        for (const auto& name : join.right_only) {
            table.add({join.left, join.right, "those", name});
        }
    }
    for (const auto& name : outcome.assigned_never_seen) {
        table.add({"assigned", "used", "these", name});
    }
    for (const auto& name : outcome.used_never_assigned) {
        table.add({"assigned", "used", "those", name});
    }
    return table;
}

// Ours less the vendor's, at least and at most.
Table vendor_use(const findings::Outcome& outcome) {
    Table table{"vendor_use",
                {"user", "product", "first", "last", "vendor_days", "own_days_lower", "own_days_upper",
                 "difference_lower", "difference_upper", "vendor_sessions", "own_sessions", "reason"},
                {}};
    for (const auto& row : outcome.watched.vendor_use) {
        table.add({row.person.empty() ? Cell() : Cell(row.person), row.product, day(row.first), day(row.last),
                   row.vendor_days, row.own_days.lower, row.own_days.upper, row.own_days.lower - row.vendor_days,
                   row.own_days.upper - row.vendor_days, row.vendor_sessions, row.own_sessions, row.reason});
    }
    return table;
}

} // namespace

void add_inputs(const Subject& subject, std::vector<Table>& tables) {
    tables.push_back(entitlements(subject.inputs));
    tables.push_back(assignments(subject.inputs));
    tables.push_back(files(subject.inputs));
    tables.push_back(one_side(subject.outcome));
    tables.push_back(vendor_use(subject.outcome));
}

} // namespace tally::outputs
