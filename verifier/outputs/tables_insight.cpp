// How fast programs are, which commands are used, who is on which release; and why there is nothing to say.
#include "verifier/outputs/tables.hpp"

#include "verifier/count/months.hpp"

namespace tally::outputs {
namespace {

using findings::Insights;

Table states(const Insights& insights) {
    Table table{"insight_states", {"insight", "product", "state", "has", "needs", "because", "to_do", "resolved"}, {}};
    for (const auto& row : insights.states) {
        const bool counted = row.needs > 0;
        table.add({findings::name(row.kind), row.product, findings::name(row.availability),
                   counted ? Cell(row.has) : Cell(), counted ? Cell(row.needs) : Cell(), row.text, row.remedy,
                   joined(row.resolved, "; ")});
    }
    return table;
}

Cell release_cell(unsigned release) { return release == 0 ? Cell() : Cell(release); }

Table performance(const Insights& insights) {
    Table table{"performance",
                {"product", "release", "measure", "persons", "samples", "q25_ms", "q50_ms", "q75_ms", "fastest_quarter",
                 "second_quarter", "third_quarter", "slowest_quarter", "document_bytes", "reference_from",
                 "reference_to", "reference_frozen"},
                {}};
    for (const auto& row : insights.bands) {
        const auto& reference = row.reference;
        const auto band = [&](std::size_t i) { return reference ? Cell(row.persons[i]) : Cell(); };
        table.add({row.product, release_cell(row.release), findings::name(row.measure), row.now.persons, row.samples,
                   row.now.q25_ms, row.now.q50_ms, row.now.q75_ms, band(0), band(1), band(2), band(3),
                   row.document_bytes, reference ? day(reference->from_day) : Cell(),
                   reference ? day(reference->to_day) : Cell(), reference ? Cell(reference->frozen) : Cell()});
    }
    return table;
}

// In the columns of the table that is handed in, so that handing it in freezes it.
Table references(const Insights& insights) {
    Table table{"performance_references",
                {"product", "version", "measure", "q25_ms", "q50_ms", "q75_ms", "persons", "from", "to", "source"},
                {}};
    for (const auto& row : insights.bands) {
        if (row.reference) {
            const auto& of = row.reference->of;
            table.add({row.product, release_cell(row.release), findings::name(row.measure), of.q25_ms, of.q50_ms,
                       of.q75_ms, of.persons, day(row.reference->from_day), day(row.reference->to_day),
                       row.reference->source});
        }
    }
    return table;
}

Table months(const Insights& insights) {
    Table table{
        "performance_months", {"product", "release", "measure", "month", "persons", "q25_ms", "q50_ms", "q75_ms"}, {}};
    for (const auto& row : insights.bands) {
        for (const auto& month : row.months) {
            table.add({row.product, release_cell(row.release), findings::name(row.measure),
                       text::format_day(count::first_of_month(month.month)).substr(0, 7), month.of.persons,
                       month.of.q25_ms, month.of.q50_ms, month.of.q75_ms});
        }
    }
    return table;
}

Table commands(const Insights& insights) {
    Table table{
        "commands",
        {"product", "category", "command", "started", "completed", "cancelled", "undone", "persons", "share_milli"},
        {}};
    for (const auto* rows : {&insights.categories, &insights.top_commands}) {
        for (const auto& row : *rows) {
            table.add({row.product, row.category, row.command, row.of.started, row.of.completed, row.of.cancelled,
                       row.of.undone, row.persons, row.share_milli});
        }
    }
    return table;
}

Table releases(const Insights& insights) {
    Table table{
        "releases",
        {"product", "release", "persons", "hosts", "days", "share_milli", "last_day", "released", "newest", "outlier"},
        {}};
    for (const auto& row : insights.releases) {
        table.add({row.product, release_cell(row.release), row.persons, row.hosts, row.days,
                   row.release == 0 ? Cell() : Cell(row.share_milli), row.days == 0 ? Cell() : day(row.last_day),
                   day(row.released_day), row.is_newest, row.is_outlier});
    }
    return table;
}

} // namespace

void add_insights(const Subject& subject, std::vector<Table>& tables) {
    const auto& insights = subject.outcome.insights;
    for (auto table : {states(insights), performance(insights), references(insights), months(insights),
                       commands(insights), releases(insights)}) {
        tables.push_back(std::move(table));
    }
}

} // namespace tally::outputs
