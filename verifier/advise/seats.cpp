// R-IDENTITY and R-GROUP: seats of people who have left, and groups that hand seats to people who do not use them.
#include "verifier/advise/advise.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/seats.hpp"
#include "verifier/findings/money.hpp"

#include <algorithm>
#include <set>

namespace tally::advise {
namespace {

using count::PersonUse;
using count::Seat;
using count::Sight;
using inputs::Day;
using text::seconds_per_day;

Finding finding_of(const Facts& facts, const Seat& seat) {
    const Pool& pool = facts.pools[seat.pool];
    const auto& line = pool.priced_on(facts.as_of_day() - 1);
    Finding finding;
    finding.agreement = line.agreement;
    finding.line = pool.label;
    finding.product = line.product;
    finding.subject = finding.person = facts.persons[seat.person].name;
    finding.rows = {seat.row->at};
    for (const auto* entry : facts.persons[seat.person].directory) {
        finding.rows.push_back(entry->at);
    }
    finding.rule = rules::identity;
    return finding;
}

void add_saving(const Facts& facts, const Pool& pool, std::int64_t seats, Finding& finding) {
    const auto price = price_on(facts, pool, facts.as_of_day() - 1);
    if (price && pool.valid_on(facts.as_of_day() - 1)) {
        finding.currency = price->currency;
        finding.saving = price->price.times(seats);
    }
}

// The last day of somebody who is gone; nothing when the directory only says that the account is disabled.
std::optional<Day> left_on(const Facts& facts, const Person& person) {
    std::optional<Day> left;
    for (const auto* entry : person.directory) {
        if (entry->left && *entry->left < facts.as_of_day()) {
            left = std::max(left.value_or(*entry->left), *entry->left);
        }
    }
    return left;
}

void raise_ghost(const Facts& facts, const Seat& seat, Outcome& outcome) {
    const Person& person = facts.persons[seat.person];
    const auto left = left_on(facts, person);
    const bool certain = seat.lower.has(facts.as_of - 1);
    Finding finding = finding_of(facts, seat);
    finding.code = Code::ghost;
    finding.severity = certain ? Severity::breach : Severity::signal;
    finding.certainty = certain ? Certainty::certain : Certainty::possible;
    finding.unit = "days";
    const Day since = left ? std::max(*left, seat.assigned_day()) : seat.assigned_day();
    finding.quantity = {left ? facts.as_of_day() - since : 0, facts.as_of_day() - since};
    finding.when = {since * seconds_per_day, facts.as_of};
    finding.text = left ? "left on " + text::format_day(*left) + " and is still assigned"
                        : "disabled in the directory and still assigned";
    finding.details = {{"left", left ? text::format_day(*left) : "not said"},
                       {"assigned since", text::format_day(seat.assigned_day())}};
    finding.remedy = "Unassign the seat and give it to somebody else";
    add_saving(facts, facts.pools[seat.pool], 1, finding);
    add_finding(outcome, std::move(finding));
}

// Closed already, but late; only what was closed in the period of the review.
void judge_late(const Facts& facts, const Seat& seat, Outcome& outcome) {
    const Person& person = facts.persons[seat.person];
    const auto& closed = seat.row->unassigned;
    const auto left = left_on(facts, person);
    if (!closed || !left || is_there(facts, person) || closed->from < facts.period.from ||
        closed->from >= facts.as_of) {
        return;
    }
    const Day days = text::day_of(closed->from) - std::max(*left, seat.assigned_day());
    if (days <= facts.rules->on(*left).deprovision_days) {
        return;
    }
    Finding finding = finding_of(facts, seat);
    finding.code = Code::deprovision_late;
    finding.severity = Severity::signal;
    finding.unit = "days";
    finding.quantity = {days, days};
    finding.when = {*left * seconds_per_day, closed->from};
    finding.state = "remedied";
    finding.text =
        "left on " + text::format_day(*left) + ", unassigned on " + text::format_day(text::day_of(closed->from));
    finding.details = {{"left", text::format_day(*left)}, {"unassigned", text::format_day(text::day_of(closed->from))}};
    finding.remedy = "Unassign on the last day of work, by the leaver's process";
    add_finding(outcome, std::move(finding));
}

// The group that a seat came from: as the row says, else the one of the person's groups that grants the product.
std::string group_of(const Facts& facts, const Seat& seat) {
    if (!seat.row->group.empty() || seat.row->source != "group") {
        return seat.row->group;
    }
    const auto* entry = facts.persons[seat.person].entry_on(facts.as_of_day() - 1);
    for (const auto& grant : facts.inputs->groups) {
        const Pool& pool = facts.pools[seat.pool];
        const bool granted = pool.covers(facts.words[facts.word(grant.product)]) || grant.product == pool.label;
        if (granted && entry != nullptr &&
            std::find(entry->groups.begin(), entry->groups.end(), grant.group) != entry->groups.end()) {
            return grant.group;
        }
    }
    return "";
}

// Companies whose people may be given the line; empty: not restricted.
std::vector<std::string> entities_of(const Facts& facts, const inputs::Entitlement& line) {
    if (!line.entities.empty()) {
        return line.entities;
    }
    const inputs::Agreement* newest = nullptr;
    for (const auto& row : facts.inputs->agreements) {
        const bool holds =
            row.id == line.agreement && row.start < facts.as_of_day() && row.end >= facts.as_of_day() - 1;
        newest = holds && (newest == nullptr || newest->start <= row.start) ? &row : newest;
    }
    return newest == nullptr ? std::vector<std::string>{} : newest->entities;
}

struct Members {
    std::vector<const Seat*> all, unused, outside;
    bool clouded = false;
};

Members members_of(const Facts& facts, const PersonUse& use, const std::vector<const Seat*>& seats) {
    const Pool& pool = facts.pools[seats.front()->pool];
    const auto words = count::seat_words(facts, pool);
    const auto entities = entities_of(facts, pool.priced_on(facts.as_of_day() - 1));
    Members members;
    members.all = seats;
    for (const auto* seat : seats) {
        const auto* entry = facts.persons[seat->person].entry_on(facts.as_of_day() - 1);
        if (entry != nullptr && !entry->entity.empty() && !entities.empty() &&
            std::find(entities.begin(), entities.end(), entry->entity) == entities.end()) {
            members.outside.push_back(seat);
        }
        const Day assigned = seat->assigned_day();
        const auto last = use.last(seat->person, words);
        if (facts.as_of_day() - assigned >= facts.rules->group_days && (!last || *last < assigned)) {
            members.unused.push_back(seat);
            const Span since{assigned * seconds_per_day, facts.as_of};
            members.clouded = members.clouded || use.sight(seat->person, since) != Sight::clear;
        }
    }
    return members;
}

void raise_broad(const Facts& facts, const std::string& group, const Members& members, bool is_unused,
                 Outcome& outcome) {
    const auto& concerned = is_unused ? members.unused : members.outside;
    const auto number = static_cast<std::int64_t>(concerned.size());
    const std::size_t of = members.all.size();
    Finding finding = finding_of(facts, *concerned.front());
    finding.code = Code::group_broad;
    finding.severity = Severity::signal;
    finding.rule = rules::group;
    finding.subject = group;
    finding.person.clear();
    finding.rows.clear();
    finding.unit = "persons";
    finding.quantity = {number, number};
    finding.certainty = is_unused && members.clouded ? Certainty::possible : Certainty::certain;
    Day first = concerned.front()->assigned_day();
    for (const auto* seat : concerned) {
        first = std::min(first, seat->assigned_day());
        finding.persons.push_back(facts.persons[seat->person].name);
        finding.rows.push_back(seat->row->at);
    }
    finding.when = {first * seconds_per_day, facts.as_of};
    finding.text = std::to_string(number) + " of " + std::to_string(of) + " members " +
                   (is_unused ? "have never used the product" : "are of a company that the line does not name");
    finding.details = {{"members", std::to_string(of)},
                       {"never used it", std::to_string(members.unused.size())},
                       {"percent", std::to_string(members.unused.size() * 100 / of)},
                       {"of other companies", std::to_string(members.outside.size())}};
    finding.remedy = "Narrow the group to those who work with the product";
    add_saving(facts, facts.pools[concerned.front()->pool], number, finding);
    add_finding(outcome, std::move(finding));
}

void judge_groups(const Facts& facts, const std::vector<Seat>& seats, Outcome& outcome) {
    const PersonUse use(facts);
    const auto& rules = *facts.rules;
    std::map<std::pair<std::string, std::size_t>, std::map<std::uint32_t, const Seat*>> groups;
    for (const auto& seat : seats) {
        const std::string group = seat.held_at(facts.as_of - 1) ? group_of(facts, seat) : "";
        if (!group.empty() && facts.persons[seat.person].listed_account) {
            groups[{group, seat.pool}].try_emplace(seat.person, &seat);
        }
    }
    for (const auto& [key, by_person] : groups) {
        std::vector<const Seat*> held;
        for (const auto& [person, seat] : by_person) {
            held.push_back(seat);
        }
        const Members members = members_of(facts, use, held);
        const auto unused = static_cast<std::int64_t>(members.unused.size());
        const bool many = unused >= rules.group_persons &&
                          unused * 100 >= rules.group_percent * static_cast<std::int64_t>(held.size());
        if (many || !members.outside.empty()) {
            raise_broad(facts, key.first, members, many, outcome);
        }
    }
}

} // namespace

void judge_seats(const Facts& facts, Outcome& outcome) {
    const auto seats = count::seats_of(facts);
    for (const auto& seat : seats) {
        const Person& person = facts.persons[seat.person];
        if (seat.held_at(facts.as_of - 1) && !is_there(facts, person)) {
            raise_ghost(facts, seat, outcome);
        } else {
            judge_late(facts, seat, outcome);
        }
    }
    judge_groups(facts, seats, outcome);
}

} // namespace tally::advise
