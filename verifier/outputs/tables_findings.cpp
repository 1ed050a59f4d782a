// What was found: findings, those that a stronger one tells, their numbers, records and rows.
#include "verifier/outputs/tables.hpp"

namespace tally::outputs {
namespace {

using findings::Finding;
using findings::Outcome;

Table list(std::string name, const std::vector<Finding>& findings) {
    Table table{std::move(name),
                {"id",    "code",     "severity", "certainty",      "state",          "rule", "agreement",
                 "line",  "product",  "subject",  "quantity_lower", "quantity_upper", "unit", "from",
                 "until", "exposure", "cure",     "currency",       "records",        "text", "group",
                 "title", "since",    "remedy",   "saving",         "links"},
                {}};
    static constexpr const char* groups[] = {"gap", "identity", "optimisation", "signal", "duty"};
    for (const auto& row : findings) {
        table.add({row.id,
                   findings::name(row.code),
                   findings::name(row.severity),
                   findings::name(row.certainty),
                   row.state,
                   row.rule,
                   row.agreement,
                   row.line,
                   row.product,
                   row.subject,
                   row.quantity.lower,
                   row.quantity.upper,
                   row.unit,
                   instant(row.when.from),
                   instant(row.when.to),
                   row.exposure,
                   row.cure,
                   row.currency,
                   row.records_total,
                   row.text,
                   groups[static_cast<std::size_t>(findings::group_of(row.code))],
                   findings::title_of(row.code),
                   row.since ? instant(*row.since) : Cell(),
                   row.remedy,
                   row.saving,
                   joined(row.links)});
    }
    return table;
}

Table details(const Outcome& outcome) {
    Table table{"finding_details", {"finding", "name", "value"}, {}};
    for (const auto* findings : {&outcome.findings, &outcome.absorbed}) {
        for (const auto& finding : *findings) {
            for (const auto& [name, value] : finding.details) {
                table.add({finding.id, name, value});
            }
        }
    }
    return table;
}

// How each amount was reckoned: the sum of `product`, divided, and rounded once, is the amount of its finding.
Table amounts(const Outcome& outcome) {
    Table table{
        "finding_amounts",
        {"finding", "amount", "from", "until", "days", "seats", "price", "priced_by", "product", "divisor", "currency"},
        {}};
    for (const auto* findings : {&outcome.findings, &outcome.absorbed}) {
        for (const auto& finding : *findings) {
            for (const auto& part : finding.parts) {
                table.add({finding.id, findings::name(part.of), day(part.from), day(part.until), part.days, part.seats,
                           part.price, part.priced_by, part.product(), findings::divisor_of(part.of),
                           finding.currency});
            }
        }
    }
    return table;
}

Table records(const Outcome& outcome) {
    Table table{"finding_records", {"finding", "log", "seq"}, {}};
    for (const auto* findings : {&outcome.findings, &outcome.absorbed}) {
        for (const auto& finding : *findings) {
            for (const auto& record : finding.records) {
                table.add({finding.id, record.log, record.seq});
            }
        }
    }
    return table;
}

Table rows(const Subject& subject) {
    Table table{"finding_rows", {"finding", "input", "file", "line"}, {}};
    for (const auto* findings : {&subject.outcome.findings, &subject.outcome.absorbed}) {
        for (const auto& finding : *findings) {
            for (const auto& row : finding.rows) {
                const auto* file = subject.inputs.file_of(row);
                table.add({finding.id, findings::name(row.kind), file != nullptr ? Cell(file->name) : Cell(), row.row});
            }
        }
    }
    return table;
}

} // namespace

void add_findings(const Subject& subject, std::vector<Table>& tables) {
    tables.push_back(list("findings", subject.outcome.findings));
    tables.push_back(list("absorbed", subject.outcome.absorbed));
    tables.push_back(details(subject.outcome));
    tables.push_back(amounts(subject.outcome));
    tables.push_back(records(subject.outcome));
    tables.push_back(rows(subject));
}

} // namespace tally::outputs
