// Tables that inform and do not judge: the same records counted four ways, products, days and people.
#include "verifier/reconcile/tables.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/in_parallel.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <span>

namespace tally::reconcile {
namespace {

using count::UseGroup;

using Keyed = std::vector<std::uint32_t>; // a key for each stay of a product
using count::Edges;

// Stays of one product, by start, and what they are counted under. Made once and counted in many ways.
class ProductStays {
public:
    ProductStays(const Facts& facts, std::span<const std::uint32_t> stays) : facts_(facts), stays_(stays) {
        lower_.reserve(stays.size());
        for (const auto stay : stays) {
            const auto span = facts.stays.lower(stay);
            const auto count = facts.stays.kind(stay).session->count;
            lower_.add(span.from, span.to);
            weight_.push_back(count);
        }
        if (std::all_of(weight_.begin(), weight_.end(), [](auto weight) { return weight == 1; })) {
            weight_ = {};
        }
        lower_.sort();
    }

    void count_ways(FourWays& row) const {
        const auto& stays = facts_.stays;
        Keyed key(stays_.size(), 0);
        row.all_lines = lower_.peak_of_sum(key, weight_);
        row.package_lines = lower_.peak_of_sum(keyed([&](auto stay) {
                                                   const auto layer = stays.kind(stay).session->layer;
                                                   return layer == ledger::Layer::package ? 0U : Edges::left_out;
                                               }),
                                               weight_);
        const auto users = facts_.usage->users.size();
        row.users = proved(keyed([&](auto stay) { return stays.kind(stay).folded; }), users);
        row.users_as_written = proved(keyed([&](auto stay) { return stays.kind(stay).session->user; }), users);
        Keys keys;
        const auto by_client = keyed([&](auto stay) {
            return keys.id({stays.client(stay), stays.kind(stay).session->user, 0, 0});
        });
        row.clients = proved(by_client, keys.size());
        row.sessions = stays_.size();
    }

    // Claims and uses, by the proved reading and by the possible one.
    void count_product(ProductUse& product) const {
        const auto& stays = facts_.stays;
        Keys keys;
        Keyed claims, uses;
        Edges upper;
        upper.reserve(stays_.size());
        for (const auto stay : stays_) {
            const auto& kind = stays.kind(stay);
            const auto key = keys.id(count_key(kind, stays.device(stay)));
            claims.push_back(kind.is_claim() ? key : Edges::left_out);
            uses.push_back(kind.is_use() ? key : Edges::left_out);
            const Span span = stays.upper(stay);
            upper.add(span.from, span.to + (span.from < span.to && span.to < facts_.observed.to ? 1 : 0));
            product.sessions += kind.is_use() ? 1U : 0U;
        }
        upper.sort();
        auto used = lower_.sweep(uses, keys.size(), weight_);
        auto claimed = lower_.sweep(claims, keys.size(), weight_);
        product.use_peak = {used.peak, std::max(used.peak, upper.sweep(uses, keys.size(), weight_).peak)};
        product.use_peak_at = used.peak_at;
        product.claims_peak = {claimed.peak, std::max(claimed.peak, upper.sweep(claims, keys.size(), weight_).peak)};
        product.use_lower = std::move(used.steps);
        product.claims_lower = std::move(claimed.steps);
        count_names(product);
    }

private:
    void count_names(ProductUse& product) const {
        std::vector<bool> written(facts_.usage->users.size()), folded(facts_.usage->users.size()),
            clients(facts_.usage->clients.size());
        for (const auto stay : stays_) {
            const auto& kind = facts_.stays.kind(stay);
            written[kind.session->user] = folded[kind.folded] = clients[facts_.stays.client(stay)] = true;
        }
        const auto size = [](const std::vector<bool>& set) { return std::count(set.begin(), set.end(), true); };
        product.users = {size(folded), size(written)};
        product.clients = static_cast<std::uint64_t>(size(clients));
    }
    template <class KeyOf>
    [[nodiscard]] Keyed keyed(const KeyOf& key_of) const {
        Keyed keys;
        keys.reserve(stays_.size());
        for (const auto stay : stays_) {
            keys.push_back(key_of(stay));
        }
        return keys;
    }
    // Whatever a session takes, somebody is one.
    [[nodiscard]] std::int64_t proved(const Keyed& key, std::size_t keys) const {
        return lower_.sweep(key, keys, {}).peak;
    }

    const Facts& facts_;
    std::span<const std::uint32_t> stays_;
    Edges lower_;
    Keyed weight_; // empty: 1 each
};

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

// Persons and starts by day, of one product.
struct PeopleByDay {
    std::map<std::int64_t, std::uint64_t> persons, starts;
};

// What is said of one product.
struct ProductTables {
    ProductUse product;
    FourWays ways;
    std::vector<UserUse> users;
    std::vector<ProductDay> days;
};

void fill_days(const Facts& facts, const PeopleByDay& people, ProductTables& tables) {
    const auto& product = tables.product;
    const auto claims = daily_peaks(product.claims_lower, facts.observed);
    const auto uses = daily_peaks(product.use_lower, facts.observed);
    const auto of = [](const std::map<std::int64_t, std::uint64_t>& counts, std::int64_t day) {
        const auto found = counts.find(day);
        return found == counts.end() ? 0 : found->second;
    };
    for (const auto& [day, peak] : uses) {
        const auto claim = claims.find(day);
        tables.days.push_back({product.product, day, claim == claims.end() ? 0 : claim->second, peak,
                               of(people.persons, day), of(people.starts, day)});
    }
}

// One person's use of one product; `own` are all uses, by start.
UserUse use_of(const Facts& facts, const UseGroup& group, const std::vector<std::uint32_t>& own) {
    const auto& stays = facts.stays;
    UserUse row{facts.persons[group.person].name,
                facts.words[group.word],
                own.size(),
                0,
                days_used(facts, own),
                0,
                stays.lower(own.front()).from,
                0};
    std::vector<std::uint32_t> clients;
    std::vector<Span> live;
    for (const auto stay : own) {
        const Span span = stays.lower(stay);
        clients.push_back(stays.client(stay));
        live.push_back(span);
        row.last = std::max({row.last, span.from, span.to});
    }
    std::sort(clients.begin(), clients.end());
    row.clients = static_cast<std::uint64_t>(std::unique(clients.begin(), clients.end()) - clients.begin());
    std::sort(live.begin(), live.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
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
    for (const auto stay : own) {
        const Span span = facts.stays.lower(stay);
        const std::int64_t first = text::day_of(span.from);
        people.starts[first] += 1;
        for (std::int64_t day = first; day <= text::day_of(std::max(span.from, span.to - 1)); ++day) {
            days.push_back(day);
        }
    }
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
    for (const auto day : days) {
        people.persons[day] += 1;
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
    const ProductStays stays(facts, of_word);
    ProductTables tables;
    tables.product.product = tables.ways.product = facts.words[word];
    tables.product.name = tables.ways.name = facts.display_name(tables.product.product);
    stays.count_product(tables.product);
    stays.count_ways(tables.ways);
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
    fill_days(facts, people, tables);
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
    std::vector<ProductTables> all(words.size());
    count::in_parallel(words.size(), [&](std::size_t i) {
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
