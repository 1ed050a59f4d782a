#include "verifier/view/view.hpp"

#include "verifier/view/people.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace tally::view {
namespace {

using findings::Finding;
using findings::Group;
using findings::Outcome;

struct About {
    Audience audience;
    std::string_view word, title, shown, hidden;
    std::vector<std::string_view> tables; // empty: all
};
const std::array<About, 6>& about() {
    static const std::array<About, 6> all = {{
        {Audience::everyone, "everyone", "Everything", "Everything that was counted", "", {}},
        {Audience::licence_admin,
         "licence-admin",
         "View for the licence administrator",
         "Everything that was counted",
         "",
         {}},
        {Audience::procurement,
         "procurement",
         "View for procurement",
         "Lines, prices, true-up, sizes, and the findings that are about lines",
         "Names of persons and computers, and the records behind the numbers, are not in this file",
         {"position",          "episodes",     "line_days",   "four_ways", "products",
          "concurrency_daily", "token_packs",  "findings",    "absorbed",  "finding_details",
          "finding_amounts",   "finding_rows", "sizing",      "true_up",   "benchmarks",
          "cost_comparison",   "entitlements", "input_files", "changes",   "releases"}},
        {Audience::auditor,
         "auditor",
         "View for the auditor",
         "What was counted and found, and the evidence that it rests on",
         "Prices, and what could be saved or renewed, are not in this file",
         {"position",
          "episodes",
          "line_days",
          "four_ways",
          "products",
          "concurrency_daily",
          "users",
          "requests",
          "token_packs",
          "token_charges",
          "findings",
          "absorbed",
          "finding_details",
          "finding_records",
          "finding_rows",
          "entitlements",
          "assignments",
          "input_files",
          "one_side",
          "vendor_use",
          "hosts",
          "host_days",
          "coverage_classes",
          "sources",
          "duties",
          "changes",
          "insight_states",
          "performance",
          "commands",
          "releases",
          "coverage",
          "logs",
          "imports",
          "bundles",
          "trust"}},
        {Audience::team,
         "team",
         "View for the lead of team ",
         "Use, seats, tokens and findings of the people and computers of this team",
         "Everybody else, numbers of the whole estate, lines and prices are not in this file",
         {"users", "requests", "token_charges", "findings", "absorbed", "finding_details", "finding_records",
          "finding_rows", "seats", "allotments", "assignments", "vendor_use", "hosts", "host_days"}},
        {Audience::user,
         "user",
         "Own use of ",
         "Own use, seats, tokens and findings",
         "Everybody else, numbers of the whole estate, lines and prices are not in this file",
         {"users", "requests", "token_charges", "findings", "absorbed", "finding_details", "finding_records",
          "finding_rows", "seats", "assignments", "vendor_use"}},
    }};
    return all;
}
// NAME of "team=NAME".
std::string name_in(const View& view) {
    const auto at = view.name.find('=');
    return at == std::string::npos ? "" : view.name.substr(at + 1);
}

template <class Rows, class Keep>
Rows kept(const Rows& rows, Keep keep) {
    Rows out;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(out), keep);
    return out;
}

void take_frame(const Subject& all, Seen& seen) {
    const auto& outcome = all.outcome;
    seen.outcome.rules = outcome.rules;
    seen.outcome.what_if = outcome.what_if;
    seen.outcome.observed = outcome.observed;
    seen.outcome.period = outcome.period;
    seen.outcome.as_of = outcome.as_of;
    seen.outcome.watched.complete_through = outcome.watched.complete_through;
    seen.basis.program_version = all.basis.program_version;
}

// That somebody of a team may stand under two names, without what it says of everybody else.
std::vector<Finding> without_numbers(std::vector<Finding> findings) {
    for (auto& finding : findings) {
        if (finding.code == findings::Code::pseudonym_epoch) {
            finding.text = "the records name people in several ways, so one of them may stand under two names";
            finding.quantity = {};
            finding.details.clear();
            finding.records.clear();
            finding.records_total = 0;
        }
    }
    return findings;
}

Seen of_people(const Subject& all, const People& people, bool hosts) {
    Seen seen;
    take_frame(all, seen);
    const auto& from = all.outcome;
    Outcome& to = seen.outcome;
    to.users = kept(from.users, [&](const auto& row) { return people.has(row.user); });
    to.requests = kept(from.requests, [&](const auto& row) { return people.has(row.user); });
    to.charges = kept(from.charges, [&](const auto& row) { return people.has(row.person); });
    to.advice.seats = kept(from.advice.seats, [&](const auto& row) { return people.has(row.person); });
    to.advice.allotments = kept(from.advice.allotments, [&](const auto& row) { return people.has(row.person); });
    to.watched.vendor_use = kept(from.watched.vendor_use, [&](const auto& row) { return people.has(row.person); });
    if (hosts) {
        to.watched.hosts = kept(from.watched.hosts, [&](const auto& row) { return people.has_host(row.host); });
    }
    const auto own = [&](const Finding& finding) {
        const bool about_all = hosts && finding.code == findings::Code::pseudonym_epoch;
        const bool about_them = about_all || people.has(finding.person) ||
                                (!finding.persons.empty() && finding.person.empty()) ||
                                (hosts && people.has_host(finding.subject));
        return about_them && !people.names_others(finding);
    };
    to.findings = kept(without_numbers(from.findings), own);
    to.absorbed = kept(from.absorbed, own);
    for (auto* findings : {&to.findings, &to.absorbed}) {
        for (auto& finding : *findings) {
            finding.exposure = finding.cure = finding.saving = std::nullopt;
            finding.parts.clear();
            finding.currency.clear();
        }
    }
    std::set<std::string> used;
    for (const auto& row : to.users) {
        used.insert(row.product);
    }
    for (const auto& row : from.products) { // what they are called
        if (used.contains(row.product)) {
            to.products.emplace_back();
            to.products.back().product = row.product;
            to.products.back().name = row.name;
        }
    }
    seen.inputs.files = all.inputs.files;
    seen.inputs.assignments = kept(all.inputs.assignments, [&](const auto& row) { return people.has(row.user); });
    return seen;
}

// Findings about nobody in particular, without the lists of whom they count and without records.
std::vector<Finding> about_lines(std::vector<Finding> findings, const People& nobody) {
    for (auto& finding : findings) {
        finding.persons.clear();
        finding.records.clear();
        std::erase_if(finding.details, [&](const auto& detail) { return nobody.names_others(detail.second); });
    }
    std::erase_if(findings, [&](const Finding& finding) { return nobody.names_others(finding); });
    return findings;
}

Seen of_procurement(const Subject& all, const People& nobody) {
    Seen seen;
    take_frame(all, seen);
    const auto& from = all.outcome;
    Outcome& to = seen.outcome;
    to.sessions = from.sessions;
    to.sessions_open = from.sessions_open;
    to.over_entitlement = from.over_entitlement;
    to.positions = from.positions;
    to.four_ways = from.four_ways;
    to.insights = from.insights;
    to.products = from.products;
    to.days = from.days;
    to.packs = from.packs;
    to.watched.changes = from.watched.changes;
    to.advice = from.advice;
    to.advice.seats.clear();
    to.advice.allotments.clear();
    for (auto& size : to.advice.sizes) {
        size.because = nobody.names_others(size.because) ? "" : size.because;
    }
    to.findings = about_lines(from.findings, nobody);
    to.absorbed = about_lines(from.absorbed, nobody);
    std::set<std::string> sites;
    for (const auto& log : all.basis.logs) {
        if (sites.insert(log.site).second) {
            seen.basis.logs.emplace_back();
            seen.basis.logs.back().site = log.site;
        }
    }
    const auto& inputs = all.inputs;
    seen.inputs.files = inputs.files;
    seen.inputs.entitlements = inputs.entitlements;
    seen.inputs.agreements = inputs.agreements;
    seen.inputs.collections = inputs.collections;
    seen.inputs.billing = inputs.billing;
    seen.inputs.token_packs = inputs.token_packs;
    seen.inputs.token_rates = inputs.token_rates;
    seen.inputs.prices = inputs.prices;
    seen.inputs.products = inputs.products;
    return seen;
}

Seen of_auditor(const Subject& all) {
    Seen seen{all.outcome, all.inputs, all.basis};
    seen.outcome.advice = {};
    for (auto* findings : {&seen.outcome.findings, &seen.outcome.absorbed}) {
        *findings =
            kept(*findings, [](const auto& row) { return findings::group_of(row.code) != Group::optimisation; });
        for (auto& finding : *findings) {
            finding.exposure = finding.cure = finding.saving = std::nullopt;
            finding.parts.clear();
            finding.currency.clear();
        }
    }
    for (auto& position : seen.outcome.positions) {
        position.list_price.reset();
        position.currency.clear();
    }
    for (auto& line : seen.inputs.entitlements) {
        line.list_price_units.reset();
        line.currency.clear();
    }
    seen.inputs.prices.clear();
    seen.inputs.billing.clear();
    return seen;
}

} // namespace

Result<View> parse(std::string_view text) {
    for (const auto& row : about()) {
        const bool named = row.audience == Audience::team || row.audience == Audience::user;
        const bool begins = text.substr(0, row.word.size()) == row.word;
        const std::string_view rest = begins ? text.substr(row.word.size()) : "";
        if (begins && (named ? rest.size() > 1 && rest[0] == '=' : rest.empty())) {
            return View{row.audience,
                        std::string(text),
                        std::string(row.title) + std::string(named ? rest.substr(1) : ""),
                        std::string(row.shown),
                        std::string(row.hidden),
                        row.tables};
        }
    }
    return Fault{"a view is everyone, licence-admin, procurement, auditor, team=NAME or user=NAME"};
}

Result<Seen> seen_by(const View& view, const Subject& all, count::Spelling spelling) {
    People people(all, spelling);
    switch (view.audience) {
    case Audience::everyone:
    case Audience::licence_admin:
        return Seen{all.outcome, all.inputs, all.basis};
    case Audience::auditor:
        return of_auditor(all);
    case Audience::procurement:
        people.close();
        return of_procurement(all, people);
    case Audience::team:
        people.add_team(name_in(view));
        break;
    case Audience::user:
        people.add_user(name_in(view));
        break;
    }
    if (!people.any()) {
        return Fault{view.audience == Audience::team ? "nobody is in team " + name_in(view)
                                                     : "nobody of the name " + name_in(view) + " is known"};
    }
    people.close();
    return of_people(all, people, view.audience == Audience::team);
}

} // namespace tally::view
