#include "verifier/advise/settlement.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/seats.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::advise {
namespace {

using text::Decimal;

Decimal part_of(const Decimal& gap, std::int64_t milli) {
    return Decimal::of_units(text::scaled_half_even(gap.units(), milli, 1000).value_or(0));
}

bool is_excess(Code code) {
    return code == Code::sustained_over || code == Code::over_peak || code == Code::over_assigned ||
           code == Code::device_over || code == Code::perp_over || code == Code::token_short ||
           code == Code::served_exceeds_bought;
}

void true_up(Outcome& outcome) {
    for (const auto& position : outcome.positions) {
        TrueUp row;
        row.agreement = position.agreement;
        row.line = position.line;
        row.product = position.product;
        row.metric = position.metric;
        row.bought = position.quantity;
        row.peak = position.peak;
        row.due = position.excess;
        row.currency = position.currency;
        row.price = position.list_price;
        if (row.price) {
            row.amount = row.price->times(row.due.lower);
        }
        for (const auto& finding : outcome.findings) {
            if (is_excess(finding.code) && finding.line == row.line && finding.agreement == row.agreement) {
                row.findings.push_back(finding.id);
            }
        }
        outcome.advice.true_up.push_back(std::move(row));
    }
}

// Different people that findings of the code are about.
std::int64_t people_of(const Outcome& outcome, Code code) {
    std::set<std::string> people;
    for (const auto& finding : outcome.findings) {
        if (finding.code == code) {
            people.insert(finding.persons.begin(), finding.persons.end());
            if (!finding.person.empty()) {
                people.insert(finding.person);
            }
        }
    }
    return static_cast<std::int64_t>(people.size());
}

// How many of them are surely different ones (R-NAMES).
std::int64_t least_people_of(const Facts& facts, const Outcome& outcome, Code code) {
    const std::int64_t names = people_of(outcome, code);
    if (!facts.people.is_mixed()) {
        return names;
    }
    std::vector<std::uint32_t> people;
    for (const auto& finding : outcome.findings) {
        if (finding.code == code) {
            for (const auto& name : finding.persons) {
                people.push_back(facts.person(name));
            }
            if (!finding.person.empty()) {
                people.push_back(facts.person(finding.person));
            }
        }
    }
    return count::people_in(facts, std::move(people)).lower;
}

void benchmarks(const Facts& facts, Outcome& outcome) {
    std::set<std::uint32_t> roster, subscribers, users;
    for (const auto& seat : count::seats_of(facts)) {
        if (seat.held_at(facts.as_of - 1) && facts.persons[seat.person].listed_account) {
            roster.insert(seat.person);
            const auto& words = facts.pools[seat.pool].words;
            const bool collection = std::any_of(words.begin(), words.end(), [&](const auto& word) {
                return !facts.products[facts.word_ids.at(word)].parts.empty();
            });
            if (collection) {
                subscribers.insert(seat.person);
            }
        }
    }
    for (const auto& row : facts.days) {
        if (facts.period.has(row.day * text::seconds_per_day)) {
            users.insert(row.person);
        }
    }
    const auto size = [&facts](const std::set<std::uint32_t>& set) {
        return count::people_in(facts, {set.begin(), set.end()});
    };
    const auto add = [&](const std::string& name, std::int64_t from, std::int64_t to, Code code, const Bounds& of,
                         const std::string& saving) {
        Benchmark row;
        row.name = name;
        row.source = "an advisory's published guide, typical prevalence; not measured here";
        row.published_from = from;
        row.published_to = to;
        row.own_count = people_of(outcome, code);
        row.own_of = of.upper;
        row.own_of_least = of.lower;
        row.own_count_least = least_people_of(facts, outcome, code);
        row.saving = saving;
        outcome.advice.benchmarks.push_back(std::move(row));
    };
    add("named users without use for 90 days, of the roster", 150, 220, Code::dormant_user, size(roster),
        "the price of each seat");
    add("users with fewer than four sessions a month, of the roster", 120, 180, Code::low_freq, size(roster),
        "$600 to $1,200 for each user and year");
    add("users of one product of a collection, of its subscribers", 250, 350, Code::single_in_collection,
        size(subscribers), "$800 to $1,500 for each user and year");
    add("users of two tools for one function", 0, 0, Code::duplicate_tool, size(users),
        "the full price of the tool that is given up");
    add("contractors without an assignment (published: of companies)", 80, 150, Code::contractor_unassigned,
        size(users), "a risk less, no amount");
}

void costs(const Facts& facts, Outcome& outcome) {
    std::map<std::string, std::int64_t> gaps;
    for (const auto& finding : outcome.findings) {
        if (finding.cure && finding.certainty == Certainty::certain) {
            gaps[finding.currency] += finding.cure->units();
        }
    }
    for (const auto& [currency, units] : gaps) {
        outcome.advice.costs.push_back(compare_costs(Decimal::of_units(units), currency, *facts.rules));
    }
}

} // namespace

CostComparison compare_costs(const Decimal& gap, const std::string& currency, const rules::Values& rules) {
    CostComparison result;
    result.currency = currency;
    result.label = "from an advisory's illustration, not a price list";
    result.gap = gap;
    const auto add = [&](const std::string& name, const std::string& found, bool licences, std::int64_t from,
                         std::int64_t to) {
        result.cases.push_back({name, found, licences ? gap : Decimal(), part_of(gap, from), part_of(gap, to)});
    };
    add("own review", "after 3 months", true, 0, 0);
    add("own review", "after 12 months", true, rules.cost_year_milli, rules.cost_year_milli);
    add("audit, settled", "after 18 months", true, rules.cost_audit_from_milli, rules.cost_audit_to_milli);
    add("audit without cooperation", "all in all", false, rules.cost_refuse_from_milli, rules.cost_refuse_to_milli);
    return result;
}

void settle_up(const Facts& facts, Outcome& outcome) {
    true_up(outcome);
    benchmarks(facts, outcome);
    costs(facts, outcome);
}

} // namespace tally::advise
