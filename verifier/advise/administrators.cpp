// R-ADMIN: who administers an agreement, against its approved list, its approved number and the directory.
#include "verifier/advise/advise.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/seats.hpp"

#include <algorithm>
#include <set>

namespace tally::advise {
namespace {

using inputs::Administrator;
using inputs::Day;
using text::seconds_per_day;

struct AdministratorRoster {
    std::string agreement;
    std::map<std::string, std::vector<const Administrator*>> rows; // by person_key; one person may have several roles
    std::set<std::string> approved;
    std::optional<std::int64_t> most;
    bool tells_activity = false; // some row says when somebody was last active
};

std::map<std::string, AdministratorRoster> rosters_of(const Facts& facts) {
    std::map<std::string, AdministratorRoster> rosters;
    for (const auto& row : facts.inputs->administrators) {
        if (row.granted.value_or(0) >= facts.as_of_day()) {
            continue;
        }
        AdministratorRoster& roster = rosters[row.agreement];
        roster.agreement = row.agreement;
        roster.rows[person_key(facts, row.user)].push_back(&row);
        roster.tells_activity = roster.tells_activity || row.last_active.has_value();
    }
    for (const auto& row : facts.inputs->approved_administrators) {
        if (rosters.contains(row.agreement)) {
            rosters[row.agreement].approved.insert(person_key(facts, row.user));
        }
    }
    for (const auto& row : facts.inputs->agreements) {
        const bool holds = row.start < facts.as_of_day() && row.end >= facts.as_of_day() - 1;
        if (holds && row.approved_administrators && rosters.contains(row.id)) {
            rosters[row.id].most = row.approved_administrators;
        }
    }
    return rosters;
}

Finding finding_of(const AdministratorRoster& roster, const std::vector<const Administrator*>& rows, Code code) {
    Finding finding;
    finding.code = code;
    finding.severity = severity_of(code);
    finding.rule = rules::admin;
    finding.agreement = roster.agreement;
    finding.subject = finding.person = rows.front()->user;
    finding.quantity = {1, 1};
    finding.unit = "administrators";
    for (const auto* row : rows) {
        finding.rows.push_back(row->at);
    }
    return finding;
}

std::optional<Day> latest(const std::vector<const Administrator*>& rows, std::optional<Day> Administrator::*day) {
    std::optional<Day> last;
    for (const auto* row : rows) {
        if (row->*day) {
            last = std::max(last.value_or(*(row->*day)), *(row->*day));
        }
    }
    return last;
}

// Nobody knows whether somebody was active whose row does not say it; it is possible that he never was.
void judge_inactive(const Facts& facts, const AdministratorRoster& roster,
                    const std::vector<const Administrator*>& rows, Outcome& outcome) {
    const auto active = latest(rows, &Administrator::last_active);
    const auto since = active ? active : latest(rows, &Administrator::granted);
    if (!since || (!active && !roster.tells_activity) || facts.as_of_day() - *since < facts.rules->admin_days) {
        return;
    }
    Finding finding = finding_of(roster, rows, Code::admin_inactive);
    finding.certainty = active ? Certainty::certain : Certainty::possible;
    finding.when = {*since * seconds_per_day, facts.as_of};
    finding.text = (active ? "last active on " : "granted the role and never active since ") +
                   text::format_day(*since) + ", " + std::to_string(facts.as_of_day() - *since) + " days ago";
    finding.details = {{"days", std::to_string(facts.as_of_day() - *since)}};
    finding.remedy = "Take the role away until it is needed";
    add_finding(outcome, std::move(finding));
}

void judge_one(const Facts& facts, const AdministratorRoster& roster, const std::string& key,
               const std::vector<const Administrator*>& rows, Outcome& outcome) {
    const Day granted = latest(rows, &Administrator::granted).value_or(text::day_of(facts.period.from));
    if (!roster.approved.empty() && !roster.approved.contains(key)) {
        Finding finding = finding_of(roster, rows, Code::admin_unapproved);
        finding.when = {granted * seconds_per_day, facts.as_of};
        finding.text = "administers the agreement and is not on the approved list";
        finding.remedy = "Take the role away, or approve it";
        add_finding(outcome, std::move(finding));
    }
    const std::uint32_t number = facts.person(rows.front()->user);
    const Person& person = facts.persons[number];
    if (number != count::nobody && !is_there(facts, person)) {
        Finding finding = finding_of(roster, rows, Code::admin_left);
        Day left = granted;
        for (const auto* entry : person.directory) {
            left = std::max(left, entry->left.value_or(left));
            finding.rows.push_back(entry->at);
        }
        finding.when = {left * seconds_per_day, facts.as_of};
        finding.text = "has left and still administers the agreement";
        finding.remedy = "Take the role away today";
        add_finding(outcome, std::move(finding));
    }
    judge_inactive(facts, roster, rows, outcome);
}

// Without an agreed number: so many, or a share of the people who hold a seat, whichever is more.
std::int64_t most_of(const Facts& facts, const AdministratorRoster& roster) {
    if (roster.most) {
        return *roster.most;
    }
    std::set<std::uint32_t> users;
    for (const auto& seat : count::seats_of(facts)) {
        if (seat.held_at(facts.as_of - 1) && facts.pools[seat.pool].first().agreement == roster.agreement) {
            users.insert(seat.person);
        }
    }
    return std::max(facts.rules->admin_most,
                    static_cast<std::int64_t>(users.size()) * facts.rules->admin_most_percent / 100);
}

void judge_number(const Facts& facts, const AdministratorRoster& roster, Outcome& outcome) {
    const auto number = static_cast<std::int64_t>(roster.rows.size());
    const std::int64_t most = most_of(facts, roster);
    if (number <= most) {
        return;
    }
    Finding finding = finding_of(roster, roster.rows.begin()->second, Code::admin_too_many);
    finding.subject = roster.agreement;
    finding.person.clear();
    finding.rows.clear();
    for (const auto& [key, rows] : roster.rows) {
        finding.persons.push_back(rows.front()->user);
        finding.rows.push_back(rows.front()->at);
    }
    finding.quantity = {number - most, number - most};
    finding.when = facts.period;
    finding.since = 0; // the number is one standing fact of the agreement
    finding.text = std::to_string(number) + " administrators against " + std::to_string(most) +
                   (roster.most ? " approved" : " by the usual measure");
    finding.details = {{"administrators", std::to_string(number)},
                       {roster.most ? "approved" : "at most", std::to_string(most)}};
    finding.remedy = "Reduce the roles to those that are needed";
    add_finding(outcome, std::move(finding));
}

} // namespace

void judge_administrators(const Facts& facts, Outcome& outcome) {
    for (const auto& [agreement, roster] : rosters_of(facts)) {
        for (const auto& [key, rows] : roster.rows) {
            judge_one(facts, roster, key, rows, outcome);
        }
        judge_number(facts, roster, outcome);
    }
}

} // namespace tally::advise
