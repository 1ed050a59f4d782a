#include "verifier/comply/gaps.hpp"

#include "tally/text/date.hpp"
#include "verifier/findings/money.hpp"

#include <algorithm>
#include <map>

namespace tally::comply {
namespace {

using People = std::map<std::uint32_t, std::vector<const Stay*>>;

People by_person(const std::vector<const Stay*>& stays) {
    People people;
    for (const auto* stay : stays) {
        people[stay->person].push_back(stay);
    }
    return people;
}

// Days used by each person, added up.
Bounds person_days(const Facts& facts, const Gap& gap) {
    Bounds days;
    for (const auto& [person, stays] : by_person(gap.certain)) {
        days.lower += days_used(facts, stays).lower;
    }
    for (const auto& [person, stays] : by_person(gap.stays)) {
        days.upper += days_used(facts, stays).upper;
    }
    days.upper = std::max(days.lower, days.upper);
    return days;
}

Bounds people_at(const Facts& facts, const std::vector<const Stay*>& stays) {
    std::vector<std::uint32_t> persons;
    persons.reserve(stays.size());
    for (const auto* stay : stays) {
        persons.push_back(stay->person);
    }
    return count::people_in(facts, std::move(persons));
}

Bounds persons(const Facts& facts, const Gap& gap) {
    return {people_at(facts, gap.certain).lower, people_at(facts, gap.stays).upper};
}

std::string counted(std::size_t count, const std::string& one) {
    return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

std::string joined(const std::set<std::string>& items) {
    std::string text;
    for (const auto& item : items) {
        text += (text.empty() ? "" : ", ") + item;
    }
    return text;
}

std::set<std::string> hosts(const Facts& facts, const Gap& gap) {
    std::set<std::string> names;
    for (const auto* stay : gap.stays) {
        names.insert(facts.devices[stay->device].name);
    }
    names.erase("");
    return names;
}

std::set<std::string> releases(const Gap& gap) {
    std::set<std::string> names;
    for (const auto* stay : gap.stays) {
        names.insert(std::to_string(stay->release));
    }
    return names;
}

// What is found, and what to do about it, each one sentence without a full stop.
struct Words {
    std::string text, remedy;
};

Words words_of_version(const Gap& gap, const std::string& product) {
    const std::string used = product + " " + joined(releases(gap));
    const std::string line = gap.pool == nullptr ? "the right of the host" : "line " + gap.pool->label;
    switch (gap.code) {
    case Code::version_newer:
        return {"release " + joined(releases(gap)) + " is newer than " + line + " allows",
                "Remove " + used + " or buy a right that covers it"};
    case Code::edition_above:
        return {product + " was used, " + line + " is of a lower edition",
                "Go back to the edition that was bought or buy " + product};
    default:
        return gap.is_signal ? Words{"release " + joined(releases(gap)) + " is older than " + line +
                                         " allows; it was there before the line left it behind",
                                     "Move to a supported release"}
                             : Words{"release " + joined(releases(gap)) + " is older than " + line +
                                         " allows and was first used after the line had left it behind",
                                     "Replace " + used + " by a release that the line covers"};
    }
}

Words words_of(const Facts& facts, const Gap& gap) {
    const std::string product = facts.display_name(gap.word);
    const std::string sessions = counted(gap.stays.size(), "session");
    switch (gap.code) {
    case Code::use_after_leaving:
        return {sessions + " by somebody who had left", "Close the account and find out who used it"};
    case Code::out_of_territory:
        return {sessions + " in " + gap.place + ", where the line gives no right",
                "Move the use to a place that the line allows or have the line extended"};
    case Code::out_of_scope_product:
        return {sessions + " of a product that no line valid on the day covers", "Remove " + product + " or buy it"};
    case Code::expired_use: {
        inputs::Day last = 0;
        for (const auto* line : gap.pool->lines) {
            last = std::max(last, line->end_day);
        }
        return {sessions + " after the line ended on " + text::format_day(last), "Renew the line or remove " + product};
    }
    case Code::edu_commercial:
        return {sessions + " of an education licence on a host of a commercial agreement",
                "Replace it by the commercial product"};
    case Code::contractor_unassigned:
        return {sessions + " by an outsider without an assignment (" + joined(gap.reasons) + ")",
                "Assign a seat for the time of the contract or stop the use"};
    case Code::unknown_account:
        return {sessions + " by an account that no directory lists",
                "Find out whose account it is, then assign a seat or stop the use"};
    case Code::use_unassigned:
        return {sessions + " without an assignment to the product", "Assign a seat or stop the use"};
    default:
        return words_of_version(gap, product);
    }
}

// One person is the subject; where several are told of together, what unites them.
void name_subject(const Facts& facts, const Gap& gap, Finding& finding) {
    for (const auto& [person, stays] : by_person(gap.stays)) {
        finding.persons.push_back(facts.persons[person].name);
    }
    if (gap.person != count::nobody) {
        finding.subject = finding.person = facts.persons[gap.person].name;
    } else if (gap.code == Code::out_of_territory) {
        finding.subject = gap.place;
    } else {
        finding.subject = finding.product;
        if (gap.code == Code::version_old || gap.code == Code::version_newer) {
            finding.subject += " " + joined(releases(gap));
        }
    }
}

void add_details(const Facts& facts, const Gap& gap, const Bounds& days, Finding& finding) {
    const auto span = [](const Bounds& b) {
        return b.lower == b.upper ? std::to_string(b.lower)
                                  : std::to_string(b.lower) + " to " + std::to_string(b.upper);
    };
    finding.details.emplace_back("sessions", std::to_string(gap.stays.size()));
    finding.details.emplace_back("persons", span(persons(facts, gap)));
    finding.details.emplace_back("days", span(days));
    const auto names = hosts(facts, gap);
    finding.details.emplace_back("hosts", std::to_string(names.size()));
    if (names.size() == 1) {
        finding.details.emplace_back("host", *names.begin());
    }
    if (gap.code == Code::version_newer || gap.code == Code::version_old) {
        finding.details.emplace_back("releases", joined(releases(gap)));
    }
    if (!gap.reasons.empty()) {
        finding.details.emplace_back("reasons", joined(gap.reasons));
    }
}

// A seat for each day on which somebody used it without one, and a year's seat for each of them now.
void price(const Facts& facts, const Gap& gap, Finding& finding) {
    const bool needs_seat = gap.code != Code::use_after_leaving && gap.code != Code::version_old;
    if (!needs_seat || finding.certainty != Certainty::certain) {
        return;
    }
    std::map<inputs::Day, std::set<std::uint32_t>> days;
    for (const auto* stay : gap.certain) {
        days[text::day_of(stay->lower.from)].insert(stay->person);
    }
    std::vector<SeatsOfDay> seats;
    for (const auto& [day, who] : days) {
        seats.push_back({day, static_cast<std::int64_t>(who.size())});
    }
    // The line next to it says nothing about the price of what it does not cover.
    const bool by_line = gap.pool != nullptr && gap.code != Code::edition_above && gap.code != Code::version_newer;
    const inputs::Day last = seats.back().day;
    const auto now = by_line ? price_on(facts, *gap.pool, last) : listed_price(facts, gap.word, last);
    if (!now) {
        return;
    }
    const auto back = by_line ? exposure_of(facts, *gap.pool, seats) : std::nullopt;
    set_exposure(finding, back ? back : exposure_at(*now, seats));
    set_cure(finding, *now, gap.is_remedied ? 0 : persons(facts, gap).lower, last);
}

} // namespace

void raise(const Facts& facts, const Gap& gap, Outcome& outcome) {
    Finding finding;
    finding.code = gap.code;
    finding.product = facts.display_name(gap.word);
    finding.when = {gap.stays.front()->upper.from, 0};
    for (const auto* stay : gap.stays) {
        finding.when.to = std::max({finding.when.to, stay->lower.to, stay->upper.from + 1});
        finding.records_total += 1;
        if (finding.records.size() < rules::evidence_kept) {
            finding.records.push_back(facts.start_of(*stay));
        }
    }
    if (gap.pool != nullptr) {
        finding.agreement = gap.pool->first().agreement;
        finding.line = gap.pool->label;
        for (const auto* line : gap.pool->lines) {
            finding.rows.push_back(line->at);
        }
    }
    finding.certainty = gap.certain.empty() ? Certainty::possible : Certainty::certain;
    finding.severity = gap.certain.empty() || gap.is_signal ? Severity::signal : severity_of(gap.code);
    const Bounds days = person_days(facts, gap);
    finding.quantity = gap.person != count::nobody ? days : persons(facts, gap);
    finding.unit = gap.person != count::nobody ? "days" : "persons";
    name_subject(facts, gap, finding);
    add_details(facts, gap, days, finding);
    const Words words = words_of(facts, gap);
    finding.text = words.text;
    finding.remedy = words.remedy;
    finding.state = gap.is_remedied ? "remedied" : "open";
    price(facts, gap, finding);
    add_finding(outcome, std::move(finding));
}

void raise(const Facts& facts, const FeatureGap& gap, Outcome& outcome) {
    const std::uint32_t word = facts.word(gap.row->addon);
    Finding finding;
    finding.code = Code::feature_unentitled;
    finding.severity = severity_of(finding.code);
    finding.agreement = gap.agreement;
    finding.product = word == 0 ? gap.row->addon : facts.display_name(word);
    finding.subject = finding.person = facts.persons[facts.stays.kind(gap.uses.begin()->first).person].name;
    finding.quantity = {static_cast<std::int64_t>(gap.uses.size()), static_cast<std::int64_t>(gap.uses.size())};
    finding.unit = "sessions";
    finding.when = {facts.stays.upper(gap.uses.begin()->first).from, 0};
    for (const auto& [index, seq] : gap.uses) {
        const Stay stay = facts.stays[index];
        finding.when.to = std::max({finding.when.to, stay.lower.to, stay.upper.from + 1});
        finding.records.push_back({facts.usage->logs[stay.session->log], seq});
    }
    finding.text = counted(gap.uses.size(), "session") + " with " + gap.row->feature + ", which needs " +
                   finding.product + ", and no right to that";
    finding.remedy = "Buy " + finding.product + " or stop the use of " + gap.row->feature;
    finding.details.emplace_back("feature", gap.row->feature);
    finding.rows.push_back(gap.row->at);
    add_finding(outcome, std::move(finding));
}

void raise_unknown(const Facts& facts, std::uint32_t feature, const std::vector<Stay>& stays, Outcome& outcome) {
    Finding finding;
    finding.code = Code::unknown_code;
    finding.severity = severity_of(finding.code);
    finding.product = facts.display_name(stays.front().word);
    finding.subject = facts.usage->features[feature];
    finding.quantity = {static_cast<std::int64_t>(stays.size()), static_cast<std::int64_t>(stays.size())};
    finding.unit = "starts";
    finding.when = {stays.front().upper.from, 0};
    for (const auto& stay : stays) {
        finding.when.to = std::max({finding.when.to, stay.lower.to, stay.upper.from + 1});
        finding.records.push_back(facts.start_of(stay));
    }
    finding.text = counted(stays.size(), "start") + " of a product code that no table of products and no line knows";
    finding.remedy = "Add the code to the table of products, or find out what runs there";
    add_finding(outcome, std::move(finding));
}

} // namespace tally::comply
