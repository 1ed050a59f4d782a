#include "verifier/outputs/tables.hpp"

namespace tally::outputs {

std::vector<Table> tables(const Subject& subject) {
    std::vector<Table> all;
    add_counted(subject, all);
    add_findings(subject, all);
    add_advice(subject, all);
    add_insights(subject, all);
    add_inputs(subject, all);
    add_basis(subject, all);
    std::erase_if(all, [&](const Table& table) { return !subject.view.shows(table.name); });
    return all;
}

std::vector<File> to_csv(const Subject& subject) {
    std::vector<File> files;
    for (auto& table : tables(subject)) {
        files.push_back(to_csv(marked(std::move(table), subject.outcome.what_if)));
    }
    return files;
}

std::string to_json(const Subject& subject) {
    const auto& outcome = subject.outcome;
    text::Json json;
    json.object().member("format", "tally-report-data-1").member("program", subject.basis.program_version);
    json.member("view", subject.view.name)
        .member("not_shown", subject.view.hidden)
        .member("rules", outcome.rules)
        .key("what_if")
        .array();
    for (const auto& change : outcome.what_if) {
        json.value(change);
    }
    json.end_array().member("as_of", text::format_instant(outcome.as_of)).key("observed").array();
    json.value(text::format_instant(outcome.observed.from)).value(text::format_instant(outcome.observed.to));
    json.end_array().key("complete_through");
    day(outcome.watched.complete_through).put(json);
    if (!subject.view.is_of_people()) { // numbers of the whole estate
        json.member("complete_until_host", outcome.watched.complete_until_host).member("sessions", outcome.sessions);
        json.member("sessions_open", outcome.sessions_open).member("over_entitlement", outcome.over_entitlement);
    }
    json.key("tables").object();
    for (const auto& table : tables(subject)) {
        json.key(table.name);
        put(json, table);
    }
    json.end_object().end_object();
    return json.str();
}

} // namespace tally::outputs
