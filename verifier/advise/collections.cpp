// R-IDLEUSER: collections of which too little is used, rights held twice, and lines that few of the assigned use.
#include "verifier/advise/roster.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::advise {
namespace {

using text::seconds_per_day;

// What a collection contains, without products that come with others or cost nothing.
std::vector<std::uint32_t> parts_of(const Facts& facts, const Pool& pool) {
    std::set<std::uint32_t> parts;
    for (const auto& text : pool.words) {
        for (const auto part : facts.products[facts.word_ids.at(text)].parts) {
            const auto& product = facts.products[part];
            const bool child = product.row != nullptr && !product.row->child_of.empty();
            if (!child && product.type != inputs::ProductClass::viewer &&
                product.type != inputs::ProductClass::service) {
                parts.insert(part);
            }
        }
    }
    return {parts.begin(), parts.end()};
}

// A seat of the product alone: of a named line of the agreement, else by the price list.
std::optional<SeatPrice> standalone_price(const Facts& facts, const std::string& agreement, std::uint32_t word) {
    const Day today = facts.as_of_day() - 1;
    for (const auto& pool : facts.pools) {
        const bool alone = pool.first().metric == inputs::Metric::named && pool.first().agreement == agreement &&
                           pool.words.size() == 1 && pool.covers(facts.words[word]) && pool.valid_on(today);
        const auto price = alone ? price_on(facts, pool, today) : std::nullopt;
        if (price) {
            return price;
        }
    }
    return listed_price(facts, word, today);
}

// The price of all of them as seats of their own; nothing when one of them has none.
std::optional<SeatPrice> standalone_prices(const Facts& facts, const std::string& agreement,
                                           const std::vector<std::uint32_t>& words) {
    SeatPrice sum;
    for (const auto word : words) {
        const auto price = standalone_price(facts, agreement, word);
        if (!price || (!sum.currency.empty() && sum.currency != price->currency)) {
            return std::nullopt;
        }
        sum.currency = price->currency;
        sum.price = Decimal::of_units(sum.price.units() + price->price.units());
    }
    return sum;
}

std::string names_of(const Facts& facts, const std::vector<std::uint32_t>& words) {
    std::string names;
    for (const auto word : words) {
        names += (names.empty() ? "" : " and ") + facts.display_name(word);
    }
    return names;
}

void judge_single(const Roster& roster, const Seat& seat, Outcome& outcome) {
    const Facts& facts = *roster.facts;
    const auto parts = parts_of(facts, roster.pool(seat));
    const Span span{(roster.today() - facts.rules->collection_days) * seconds_per_day, facts.as_of};
    if (parts.empty() || roster.days_assigned(seat) < facts.rules->assigned_days) {
        return;
    }
    const auto used = roster.use.used(seat.person, parts, span);
    const auto price = roster.price(seat);
    const auto alone = standalone_prices(facts, roster.pool(seat).first().agreement, used);
    const Sight sight = roster.use.sight(seat.person, span);
    if (used.empty() || sight == Sight::lost || !price || !alone || alone->currency != price->currency ||
        alone->price >= price->price) {
        return;
    }
    Finding finding = finding_of(roster, seat, Code::single_in_collection);
    finding.certainty = sight == Sight::clear ? Certainty::certain : Certainty::possible;
    finding.quantity = {static_cast<std::int64_t>(used.size()), static_cast<std::int64_t>(used.size())};
    finding.unit = "products";
    finding.when = {std::max(span.from, seat.row->assigned.from), span.to};
    finding.currency = price->currency;
    finding.saving = Decimal::of_units(price->price.units() - alone->price.units());
    finding.text = "uses only " + names_of(facts, used) + " of the collection";
    finding.details = {{"used", names_of(facts, used)},
                       {"collection", price->price.str()},
                       {"standalone", alone->price.str()},
                       {"days looked at", std::to_string(facts.rules->collection_days)}};
    finding.remedy = "Replace the collection by " + names_of(facts, used) + " at the next renewal";
    add_finding(outcome, std::move(finding));
}

// A seat of a product of which the same person holds a collection, too.
void judge_double(const Roster& roster, const std::vector<const Seat*>& seats, Outcome& outcome) {
    const Facts& facts = *roster.facts;
    for (const auto* collection : seats) {
        const auto parts = parts_of(facts, roster.pool(*collection));
        for (const auto* alone : seats) {
            const auto& words = roster.pool(*alone).words;
            const bool contained = std::all_of(words.begin(), words.end(), [&](const auto& word) {
                return std::binary_search(parts.begin(), parts.end(), facts.word_ids.at(word));
            });
            if (alone->pool == collection->pool || !contained) {
                continue;
            }
            Finding finding = finding_of(roster, *alone, Code::double_right);
            finding.rows.push_back(collection->row->at);
            finding.quantity = {1, 1};
            finding.unit = "seats";
            finding.when = {std::max(alone->row->assigned.from, collection->row->assigned.from), facts.as_of};
            finding.since = finding.when.from;
            finding.text = "holds " + roster.pool(*collection).first().product + ", which contains " + finding.product;
            finding.details = {{"collection", roster.pool(*collection).label}};
            finding.remedy = "Unassign the seat of the single product";
            if (const auto price = roster.price(*alone)) {
                finding.currency = price->currency;
                finding.saving = price->price;
            }
            add_finding(outcome, std::move(finding));
        }
    }
}

struct Adoption {
    const Seat* first = nullptr;
    std::set<std::uint32_t> assigned, used, unclear;
    std::vector<inputs::RowRef> rows;
    std::int64_t since = 0;
};

void raise_adoption(const Roster& roster, const Adoption& line, const Span& months, Outcome& outcome) {
    const auto& rules = *roster.facts->rules;
    const auto of = static_cast<std::int64_t>(line.assigned.size());
    const auto used = static_cast<std::int64_t>(line.used.size());
    const std::int64_t at_most = used + static_cast<std::int64_t>(line.unclear.size());
    if (of < rules.adoption_persons || used * 100 >= of * rules.adoption_percent) {
        return;
    }
    Finding finding = finding_of(roster, *line.first, Code::low_adoption);
    finding.subject = finding.line;
    finding.person.clear();
    finding.rows = line.rows;
    finding.since = line.since;
    finding.when = months;
    finding.quantity = {used, at_most};
    finding.unit = "persons";
    finding.certainty = at_most * 100 < of * rules.adoption_percent ? Certainty::certain : Certainty::possible;
    for (const auto person : line.assigned) {
        if (!line.used.contains(person)) {
            finding.persons.push_back(roster.facts->persons[person].name);
        }
    }
    finding.text = std::to_string(used) + " of " + std::to_string(of) + " assigned people used it in " +
                   std::to_string(rules.adoption_months) + " months";
    finding.details = {
        {"used", std::to_string(used)}, {"assigned", std::to_string(of)}, {"percent", std::to_string(used * 100 / of)}};
    finding.remedy = "Ask the others whether they need it before the line is renewed";
    add_finding(outcome, std::move(finding));
}

} // namespace

void judge_collections(const Roster& roster, Outcome& outcome) {
    std::map<std::uint32_t, std::vector<const Seat*>> by_person;
    for (const auto& seat : roster.seats) {
        by_person[seat.person].push_back(&seat);
        judge_single(roster, seat, outcome);
    }
    for (const auto& [person, seats] : by_person) {
        judge_double(roster, seats, outcome);
    }
}

void judge_adoption(const Roster& roster, Outcome& outcome) {
    const Span months = count::complete_months(*roster.facts, roster.facts->rules->adoption_months);
    if (!roster.reaches_back_to(text::day_of(months.from))) {
        return;
    }
    std::map<std::size_t, Adoption> lines;
    for (const auto& seat : roster.seats) {
        Adoption& line = lines[seat.pool];
        line.since = line.first == nullptr ? seat.row->assigned.from : std::min(line.since, seat.row->assigned.from);
        line.first = line.first == nullptr ? &seat : line.first;
        line.rows.push_back(seat.row->at);
        if (!line.assigned.insert(seat.person).second) {
            continue;
        }
        if (!roster.use.used(seat.person, roster.words[seat.pool], months).empty()) {
            line.used.insert(seat.person);
        } else if (roster.use.sight(seat.person, months) != Sight::clear) {
            line.unclear.insert(seat.person);
        }
    }
    for (const auto& [pool, line] : lines) {
        raise_adoption(roster, line, months, outcome);
    }
}

} // namespace tally::advise
