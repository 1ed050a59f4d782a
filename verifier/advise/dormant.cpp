// R-IDLEUSER: people and seats without use, and the vendor's own definitions beside it.
#include "verifier/advise/roster.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::advise {
namespace {

using text::seconds_per_day;

// Days without use of some products, by proved use (the most) and by what cannot be ruled out (the least).
struct Idle {
    std::optional<Day> last;
    Day most = 0, least = 0;
};

Idle idle_of(const Roster& roster, std::uint32_t person, const std::vector<std::uint32_t>& words, Day assigned) {
    Idle idle;
    idle.last = roster.use.last(person, words);
    idle.most = roster.today() - idle.last.value_or(assigned);
    idle.least = idle.most;
    if (idle.most >= roster.facts->rules->dormant_days) {
        idle.least = roster.today() - roster.use.last_possible(person, words).value_or(assigned);
    }
    return idle;
}

void fill(const Roster& roster, const Idle& idle, Day assigned, Finding& finding) {
    const std::int64_t dormant = roster.facts->rules->dormant_days;
    const Day since = idle.last.value_or(assigned);
    const Span unused{(roster.today() - std::min(idle.most, dormant)) * seconds_per_day, roster.facts->as_of};
    const std::uint32_t person = roster.facts->person(finding.person);
    const bool clear = roster.use.sight(person, unused) == Sight::clear;
    finding.certainty = idle.least >= dormant && clear ? Certainty::certain : Certainty::possible;
    finding.quantity = {idle.least, idle.most};
    finding.unit = "days";
    finding.when = {since * seconds_per_day, roster.facts->as_of};
    finding.since = finding.when.from;
    finding.details.emplace_back("last used", idle.last ? text::format_day(*idle.last) : "never");
    finding.details.emplace_back("assigned since", text::format_day(assigned));
    if (!clear) {
        finding.details.emplace_back("possible because", "a computer of the person was not watched all the time");
    }
}

void add_saving(const std::optional<SeatPrice>& price, Finding& finding) {
    if (!price || (!finding.currency.empty() && finding.currency != price->currency)) {
        return;
    }
    finding.currency = price->currency;
    finding.saving = Decimal::of_units(finding.saving.value_or(Decimal()).units() + price->price.units());
}

const std::string& vendor_of(const Facts& facts, const std::string& agreement) {
    static const std::string none;
    for (const auto& row : facts.inputs->agreements) {
        if (row.id == agreement) {
            return row.vendor;
        }
    }
    return none;
}

bool old_enough(const Roster& roster, const Seat& seat) {
    return roster.days_assigned(seat) >= roster.facts->rules->assigned_days;
}

// One finding for all the seats of somebody who uses nothing of the vendor.
bool judge_user(const Roster& roster, const std::vector<const Seat*>& seats, Outcome& outcome) {
    const Seat& first = *seats.front();
    Day assigned = first.assigned_day();
    for (const auto* seat : seats) {
        assigned = std::min(assigned, seat->assigned_day());
    }
    const auto& agreement = roster.pool(first).first().agreement;
    const auto words = roster.use.words_of_vendor(first.person, vendor_of(*roster.facts, agreement));
    const Idle idle = idle_of(roster, first.person, words, assigned);
    if (idle.most < roster.facts->rules->dormant_days) {
        return false;
    }
    Finding finding = finding_of(roster, first, Code::dormant_user);
    finding.rows.clear();
    fill(roster, idle, assigned, finding);
    std::string lines;
    for (const auto* seat : seats) {
        finding.rows.push_back(seat->row->at);
        lines += (lines.empty() ? "" : ", ") + roster.pool(*seat).label;
        add_saving(roster.price(*seat), finding);
    }
    if (seats.size() > 1) {
        finding.line.clear();
        finding.product.clear();
    }
    finding.details.emplace_back("seats", lines);
    finding.text = (idle.last ? "nothing used for " + std::to_string(idle.most)
                              : "never used anything in " + std::to_string(idle.most)) +
                   " days, " + std::to_string(seats.size()) + (seats.size() == 1 ? " seat" : " seats") + " held";
    finding.remedy = "Unassign and give the seat to somebody who waits, or buy fewer at renewal";
    add_finding(outcome, std::move(finding));
    return true;
}

void judge_seat(const Roster& roster, const Seat& seat, Outcome& outcome) {
    const Idle idle = idle_of(roster, seat.person, roster.words[seat.pool], seat.assigned_day());
    if (idle.most < roster.facts->rules->dormant_days) {
        return;
    }
    Finding finding = finding_of(roster, seat, Code::dormant_seat);
    fill(roster, idle, seat.assigned_day(), finding);
    add_saving(roster.price(seat), finding);
    finding.text = (idle.last ? "not used for " : "never used in ") + std::to_string(idle.most) +
                   " days by somebody who uses other products";
    finding.remedy = "Unassign this seat; the person keeps the others";
    add_finding(outcome, std::move(finding));
}

// Our definition and the vendor's beside each other, for every seat.
void list(const Roster& roster, const Seat& seat, Outcome& outcome) {
    const auto& rules = *roster.facts->rules;
    const auto& words = roster.words[seat.pool];
    const Span months = count::complete_months(*roster.facts, rules.low_months);
    const Span year{(roster.today() - rules.year_days) * seconds_per_day, roster.facts->as_of};
    const auto last = roster.use.last(seat.person, words);
    const bool old = old_enough(roster, seat);
    SeatUse row;
    row.person = roster.facts->persons[seat.person].name;
    row.agreement = roster.pool(seat).first().agreement;
    row.line = roster.pool(seat).label;
    row.product = roster.pool(seat).first().product;
    row.assigned_day = seat.assigned_day();
    row.last_day = last;
    row.days_idle = roster.today() - last.value_or(seat.assigned_day());
    row.is_dormant = old && row.days_idle >= rules.dormant_days;
    row.is_inactive_by_months = old && roster.use.used(seat.person, words, months).empty();
    row.is_rare = old && roster.sessions(seat.person, words, year, rules.rare_sessions) < rules.rare_sessions &&
                  roster.use.exports(seat.person, words).empty();
    outcome.advice.seats.push_back(std::move(row));
}

} // namespace

void judge_dormant(const Roster& roster, Outcome& outcome) {
    std::map<std::pair<std::uint32_t, std::string>, std::vector<const Seat*>> by_person;
    for (const auto& seat : roster.seats) {
        list(roster, seat, outcome);
        if (old_enough(roster, seat)) {
            by_person[{seat.person, roster.pool(seat).first().agreement}].push_back(&seat);
        }
    }
    if (!roster.reaches_back_to(roster.today() - roster.facts->rules->dormant_days)) {
        return; // what was not recorded yet proves no idleness
    }
    for (const auto& [key, seats] : by_person) {
        if (!judge_user(roster, seats, outcome)) {
            for (const auto* seat : seats) {
                judge_seat(roster, *seat, outcome);
            }
        }
    }
}

} // namespace tally::advise
