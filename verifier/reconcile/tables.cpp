// Tables that inform and do not judge: the same records counted four ways, products, days and people.
#include "verifier/reconcile/tables.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace tally::reconcile {
namespace {

using KeyOf = std::array<std::uint32_t, 4> (*)(const Stay&);

std::array<std::uint32_t, 4> by_client(const Stay& stay) { return {stay.session->client, stay.session->user, 0, 0}; }
std::array<std::uint32_t, 4> by_user(const Stay& stay) { return {stay.session->user, 0, 0, 0}; }
std::array<std::uint32_t, 4> by_folded_user(const Stay& stay) { return {stay.folded, 0, 0, 0}; }

// Stays of each word, in order of start.
std::map<std::uint32_t, std::vector<const Stay*>> by_word(const Facts& facts) {
    std::map<std::uint32_t, std::vector<const Stay*>> groups;
    for (const auto& stay : facts.stays) {
        groups[stay.word].push_back(&stay);
    }
    return groups;
}

template <class Include>
Curve proved(const std::vector<const Stay*>& stays, Include include, KeyOf key_of) {
    std::vector<Interval> intervals;
    Keys keys;
    for (const auto* stay : stays) {
        if (include(*stay)) {
            intervals.push_back({stay->lower.from, stay->lower.to, keys.id(key_of(*stay)), 1});
        }
    }
    return sweep(intervals, keys.size());
}

// Every event line a seat of its own: what counting lines would give.
template <class Include>
std::int64_t peak_of_lines(const std::vector<const Stay*>& stays, Include include) {
    std::vector<Interval> intervals;
    std::uint32_t key = 0;
    for (const auto* stay : stays) {
        if (include(*stay)) {
            intervals.push_back({stay->lower.from, stay->lower.to, key++, stay->session->count});
        }
    }
    return sweep(intervals, key).peak;
}

FourWays four_ways_of(const std::vector<const Stay*>& stays) {
    const auto all = [](const Stay&) { return true; };
    FourWays row;
    row.all_lines = peak_of_lines(stays, all);
    row.package_lines =
        peak_of_lines(stays, [](const Stay& stay) { return stay.session->layer == ledger::Layer::package; });
    row.clients = proved(stays, all, by_client).peak;
    row.users = proved(stays, all, by_folded_user).peak;
    row.users_as_written = proved(stays, all, by_user).peak;
    row.sessions = stays.size();
    return row;
}

// The most a step function reaches on each day of [from, to), what is carried in included.
std::map<std::int64_t, std::int64_t> daily_peaks(const std::vector<Step>& steps, const Span& span) {
    std::map<std::int64_t, std::int64_t> peaks;
    std::size_t next = 0;
    std::int64_t value = 0;
    for (std::int64_t day = text::day_of(span.from); span.from < span.to && day <= text::day_of(span.to - 1); ++day) {
        std::int64_t& peak = peaks[day];
        peak = value;
        bool first = true;
        while (next < steps.size() && text::day_of(steps[next].at) <= day) {
            // A step at midnight sharp replaces what was carried in.
            const bool at_once = first && steps[next].at == day * text::seconds_per_day;
            value = steps[next].value;
            peak = at_once ? value : std::max(peak, value);
            first = false;
            ++next;
        }
    }
    return peaks;
}

void fill_days(const Facts& facts, const std::vector<const Stay*>& stays, const ProductUse& product, Outcome& outcome) {
    const auto claims = daily_peaks(product.claims_lower, facts.observed);
    const auto uses = daily_peaks(product.use_lower, facts.observed);
    std::map<std::int64_t, std::set<std::uint32_t>> users;
    std::map<std::int64_t, std::uint64_t> starts;
    for (const auto* stay : stays) {
        if (stay->is_use()) {
            starts[text::day_of(stay->lower.from)] += 1;
            for (std::int64_t day = text::day_of(stay->lower.from);
                 day <= text::day_of(std::max(stay->lower.from, stay->lower.to - 1)); ++day) {
                users[day].insert(stay->person);
            }
        }
    }
    for (const auto& [day, peak] : uses) {
        const auto claim = claims.find(day);
        outcome.days.push_back(
            {product.product, day, claim == claims.end() ? 0 : claim->second, peak, users[day].size(), starts[day]});
    }
}

void fill_product(const Facts& facts, std::uint32_t word, const std::vector<const Stay*>& stays, Outcome& outcome) {
    ProductUse product;
    product.product = facts.words[word];
    product.name = facts.display_name(product.product);
    std::vector<const Stay*> used, claimed;
    std::copy_if(stays.begin(), stays.end(), std::back_inserter(used), [](const Stay* stay) { return stay->is_use(); });
    std::copy_if(stays.begin(), stays.end(), std::back_inserter(claimed),
                 [](const Stay* stay) { return stay->is_claim(); });
    auto uses = curves_of(facts, used);
    auto claims = curves_of(facts, claimed);
    product.use_peak = {uses.lower.peak, std::max(uses.lower.peak, uses.upper.peak)};
    product.use_peak_at = uses.lower.peak_at;
    product.claims_peak = {claims.lower.peak, std::max(claims.lower.peak, claims.upper.peak)};
    product.use_lower = std::move(uses.lower.steps);
    product.claims_lower = std::move(claims.lower.steps);
    std::set<std::uint32_t> written, folded, clients;
    for (const auto* stay : stays) {
        written.insert(stay->session->user);
        folded.insert(stay->folded);
        clients.insert(stay->session->client);
        product.sessions += stay->is_use() ? 1U : 0U;
    }
    product.users = {static_cast<std::int64_t>(folded.size()), static_cast<std::int64_t>(written.size())};
    product.clients = clients.size();
    fill_days(facts, stays, product, outcome);
    outcome.products.push_back(std::move(product));
}

void fill_people(const Facts& facts, std::uint32_t word, const std::vector<const Stay*>& stays, Outcome& outcome) {
    std::map<std::uint32_t, std::vector<const Stay*>> people;
    for (const auto* stay : stays) {
        if (stay->is_use()) {
            people[stay->person].push_back(stay);
        }
    }
    for (const auto& [person, own] : people) {
        UserUse row{facts.persons[person].name,
                    facts.words[word],
                    own.size(),
                    0,
                    days_used(facts, own),
                    0,
                    own.front()->lower.from,
                    0};
        std::set<std::uint32_t> clients;
        for (const auto* stay : own) {
            clients.insert(stay->session->client);
            row.last = std::max({row.last, stay->lower.from, stay->lower.to});
        }
        row.clients = clients.size();
        const auto live = proved(
                              own, [](const Stay&) { return true; }, by_user)
                              .steps;
        for (std::size_t i = 0; i + 1 < live.size(); ++i) {
            row.seconds += live[i].value > 0 ? live[i + 1].at - live[i].at : 0;
        }
        outcome.users.push_back(std::move(row));
    }
}

void fill_unmatched(const Facts& facts, Outcome& outcome) {
    std::set<std::uint32_t> seen;
    std::set<std::string> unmatched_assigned, unmatched_used;
    const auto named = [&](const Stay& stay) {
        return std::any_of(facts.pools.begin(), facts.pools.end(), [&](const Pool& pool) {
            return pool.first().metric == inputs::Metric::named && pool.covers(facts.words[stay.word]);
        });
    };
    for (const auto& stay : facts.stays) {
        seen.insert(stay.person);
        const std::string& person = facts.persons[stay.person].name;
        if (stay.is_use() && facts.assignments_of[stay.person].empty() && !unmatched_used.contains(person) &&
            named(stay)) {
            unmatched_used.insert(person);
        }
    }
    for (std::uint32_t person = 0; person < facts.persons.size(); ++person) {
        if (!facts.assignments_of[person].empty() && !seen.contains(person)) {
            unmatched_assigned.insert(facts.persons[person].name);
        }
    }
    outcome.assigned_never_seen.assign(unmatched_assigned.begin(), unmatched_assigned.end());
    outcome.used_never_assigned.assign(unmatched_used.begin(), unmatched_used.end());
}

} // namespace

void fill_tables(const Facts& facts, Outcome& outcome) {
    for (const auto& [word, stays] : by_word(facts)) {
        fill_product(facts, word, stays, outcome);
        FourWays row = four_ways_of(stays);
        row.product = facts.words[word];
        row.name = facts.display_name(row.product);
        outcome.four_ways.push_back(std::move(row));
        fill_people(facts, word, stays, outcome);
    }
    std::stable_sort(outcome.products.begin(), outcome.products.end(), [](const auto& a, const auto& b) {
        return std::tie(b.sessions, a.product) < std::tie(a.sessions, b.product);
    });
    std::stable_sort(outcome.four_ways.begin(), outcome.four_ways.end(), [](const auto& a, const auto& b) {
        return std::tie(b.sessions, a.product) < std::tie(a.sessions, b.product);
    });
    std::stable_sort(outcome.users.begin(), outcome.users.end(), [](const auto& a, const auto& b) {
        return std::tie(a.product, a.user) < std::tie(b.product, b.user);
    });
    std::stable_sort(outcome.days.begin(), outcome.days.end(), [](const auto& a, const auto& b) {
        return std::tie(a.product, a.day) < std::tie(b.product, b.day);
    });
    fill_unmatched(facts, outcome);
}

} // namespace tally::reconcile
