// Tables that inform and do not judge: the same records counted four ways, products, days and people.
#include "verifier/reconcile/tables.hpp"

#include "tally/text/date.hpp"
#include "verifier/ledger/in_parallel.hpp"
#include "verifier/reconcile/at_once.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <utility>

namespace tally::reconcile {
namespace {

using count::UseGroup;

// Persons and starts by day, of one product.
struct PeopleByDay {
    std::map<std::int64_t, std::uint64_t> persons, starts;
    std::map<std::int64_t, names::Heads> heads; // where names are mixed
};

// What is said of one product.
struct ProductTables {
    ProductUse product;
    FourWays ways;
    std::vector<UserUse> users;
    std::vector<ProductDay> days;
};

void fill_days(const PeaksByDay& most, const PeopleByDay& people, ProductTables& tables) {
    const auto of = [](const std::map<std::int64_t, std::uint64_t>& counts, std::int64_t day) {
        const auto found = counts.find(day);
        return found == counts.end() ? 0 : found->second;
    };
    for (std::size_t i = 0; i < most.uses.peaks().size(); ++i) {
        const std::int64_t day = most.uses.first() + static_cast<std::int64_t>(i);
        const std::uint64_t persons = of(people.persons, day);
        const auto heads = people.heads.find(day);
        tables.days.push_back(
            {tables.product.product, day, most.claims.peaks()[i], most.uses.peaks()[i], persons, of(people.starts, day),
             heads == people.heads.end() ? persons : static_cast<std::uint64_t>(heads->second.least())});
    }
}

// One person's use of one product; `own` are all uses, by start.
UserUse use_of(const Facts& facts, const UseGroup& group, const std::vector<std::uint32_t>& own) {
    const auto& stays = facts.stays;
    UserUse row{facts.persons[group.person].name,
                facts.words[group.word],
                own.size(),
                0,
                0,
                days_used(facts, own),
                0,
                stays.lower(own.front()).from,
                0};
    std::vector<std::uint32_t> clients, devices;
    std::vector<Span> live;
    live.reserve(own.size());
    for (const auto stay : own) {
        const Span span = stays.lower(stay);
        if (const std::uint32_t client = stays.client(stay); clients.empty() || clients.back() != client) {
            clients.push_back(client);
        }
        if (facts.computers.is_mixed()) {
            devices.push_back(stays.device(stay));
        }
        live.push_back(span);
        row.last = std::max({row.last, span.from, span.to});
    }
    std::sort(clients.begin(), clients.end());
    row.clients = static_cast<std::uint64_t>(std::unique(clients.begin(), clients.end()) - clients.begin());
    row.clients_least = devices.empty()
                            ? row.clients
                            : static_cast<std::uint64_t>(count::computers_in(facts, std::move(devices)).lower);
    const auto earlier = [](const Span& a, const Span& b) { return a.from < b.from; };
    if (!std::is_sorted(live.begin(), live.end(), earlier)) {
        std::sort(live.begin(), live.end(), earlier);
    }
    std::int64_t covered = live.front().from;
    for (const auto& span : live) {
        row.seconds += std::max<std::int64_t>(0, span.to - std::max(span.from, covered));
        covered = std::max(covered, span.to);
    }
    return row;
}

// Days on which the uses of one person are live or begin.
void count_days(const Facts& facts, const std::vector<std::uint32_t>& own, PeopleByDay& people) {
    std::vector<std::int64_t> days;
    std::uint64_t begun = 0; // on the day of the last start
    std::int64_t begins = 0;
    for (const auto stay : own) {
        const Span span = facts.stays.lower(stay);
        const std::int64_t first = text::day_of(span.from);
        if (begun > 0 && first != begins) {
            people.starts[begins] += std::exchange(begun, 0);
        }
        begins = first;
        ++begun;
        for (std::int64_t day = first; day <= text::day_of(std::max(span.from, span.to - 1)); ++day) {
            if (days.empty() || days.back() != day) {
                days.push_back(day);
            }
        }
    }
    people.starts[begins] += begun;
    if (!std::is_sorted(days.begin(), days.end())) {
        std::sort(days.begin(), days.end());
    }
    days.erase(std::unique(days.begin(), days.end()), days.end());
    auto place = people.persons.begin();
    for (const auto day : days) {
        place = people.persons.try_emplace(place, day, 0);
        ++place->second;
        if (facts.people.is_mixed()) {
            const std::uint32_t person = facts.stays.kind(own.front()).person;
            people.heads.try_emplace(day, facts.people).first->second.change(person, 1);
        }
        ++place;
    }
}

// Indices of the stays of each product, by start, one product after the other.
struct ByWord {
    std::vector<std::uint32_t> stays;
    std::vector<std::size_t> first; // of each word, and where the last one ends

    explicit ByWord(const Facts& facts) : stays(facts.stays.size()), first(facts.words.size() + 1) {
        for (std::uint32_t i = 0; i < facts.stays.size(); ++i) {
            ++first[facts.stays.kind(i).word + 1];
        }
        std::partial_sum(first.begin(), first.end(), first.begin());
        auto next = first;
        for (std::uint32_t i = 0; i < facts.stays.size(); ++i) {
            stays[next[facts.stays.kind(i).word]++] = i;
        }
    }
    [[nodiscard]] std::span<const std::uint32_t> of(std::uint32_t word) const {
        return {stays.data() + first[word], first[word + 1] - first[word]};
    }
};

ProductTables tables_of(const Facts& facts, std::uint32_t word, std::span<const std::uint32_t> of_word,
                        const std::vector<const UseGroup*>& groups) {
    ProductTables tables;
    tables.product.product = tables.ways.product = facts.words[word];
    tables.product.name = tables.ways.name = facts.display_name(tables.product.product);
    const PeaksByDay most = count_at_once(facts, of_word, tables.product, tables.ways);
    PeopleByDay people;
    std::vector<std::uint32_t> own;
    for (const auto* group : groups) {
        own.clear();
        for (const auto stay : facts.indices_of(*group)) {
            if (facts.stays.kind(stay).is_use()) {
                own.push_back(stay);
            }
        }
        if (!own.empty()) {
            tables.users.push_back(use_of(facts, *group, own));
            count_days(facts, own, people);
        }
    }
    fill_days(most, people, tables);
    return tables;
}

void fill_unmatched(const Facts& facts, Outcome& outcome) {
    std::vector<bool> is_named(facts.words.size()), seen(facts.persons.size());
    for (std::size_t word = 0; word < is_named.size(); ++word) {
        is_named[word] = std::any_of(facts.pools.begin(), facts.pools.end(), [&](const Pool& pool) {
            return pool.first().metric == inputs::Metric::named && pool.covers(facts.words[word]);
        });
    }
    std::set<std::string> unmatched_assigned, unmatched_used;
    for (const auto& kind : facts.stays.kinds()) {
        seen[kind.person] = true;
        if (kind.is_use() && facts.assignments_of[kind.person].empty() && is_named[kind.word]) {
            unmatched_used.insert(facts.persons[kind.person].name);
        }
    }
    for (std::uint32_t person = 0; person < facts.persons.size(); ++person) {
        if (!facts.assignments_of[person].empty() && !seen[person]) {
            unmatched_assigned.insert(facts.persons[person].name);
        }
    }
    outcome.assigned_never_seen.assign(unmatched_assigned.begin(), unmatched_assigned.end());
    outcome.used_never_assigned.assign(unmatched_used.begin(), unmatched_used.end());
}

} // namespace

void fill_tables(const Facts& facts, Outcome& outcome) {
    const ByWord by_word(facts);
    std::vector<std::vector<const UseGroup*>> groups(facts.words.size()); // of each word
    for (const auto& group : facts.groups()) {
        groups[group.word].push_back(&group);
    }
    std::vector<std::uint32_t> words;
    for (std::uint32_t word = 0; word < facts.words.size(); ++word) {
        if (!by_word.of(word).empty()) {
            words.push_back(word);
        }
    }
    const auto order = ledger::longest_first(words.size(), [&](std::size_t i) { return by_word.of(words[i]).size(); });
    std::vector<ProductTables> all(words.size());
    ledger::in_parallel(words.size(), [&](std::size_t turn) {
        const std::size_t i = order[turn];
        all[i] = tables_of(facts, words[i], by_word.of(words[i]), groups[words[i]]);
    });
    for (auto& tables : all) {
        outcome.products.push_back(std::move(tables.product));
        outcome.four_ways.push_back(std::move(tables.ways));
        std::move(tables.users.begin(), tables.users.end(), std::back_inserter(outcome.users));
        outcome.days.insert(outcome.days.end(), tables.days.begin(), tables.days.end());
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
