// Tables that inform and do not judge: the same records counted four ways, products, days and people.
#include "verifier/reconcile/tables.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/claims.hpp"
#include "verifier/ledger/in_parallel.hpp"
#include "verifier/reconcile/live_counts.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <utility>

namespace tally::reconcile {
namespace {

using count::Edges;
using count::Live;
using count::Reading;
using count::UseGroup;

// The most of each day of [from, to) as a step function goes on, what is carried in included.
class DailyPeaks {
public:
    explicit DailyPeaks(const Span& span)
        : first_(text::day_of(span.from)), days_(span.from < span.to ? text::day_of(span.to - 1) - first_ + 1 : 0) {}

    void settle(std::int64_t at, std::int64_t value) {
        if (value == value_) {
            return;
        }
        const std::int64_t day = text::day_of(at) - first_;
        fill(std::min(day, days_));
        if (day < days_) { // a step at midnight sharp replaces what was carried in
            peak_ = at == (first_ + day) * text::seconds_per_day ? value : std::max(peak_, value);
        }
        value_ = value;
        if (value > most_) {
            most_ = value;
            most_at_ = at;
        }
    }
    void finish() { fill(days_); }

    [[nodiscard]] std::int64_t first() const { return first_; }
    [[nodiscard]] const std::vector<std::int64_t>& peaks() const { return peaks_; }
    [[nodiscard]] std::int64_t most() const { return most_; }
    [[nodiscard]] std::int64_t most_at() const { return most_at_; }

private:
    void fill(std::int64_t until) {
        while (static_cast<std::int64_t>(peaks_.size()) < until) {
            peaks_.push_back(peak_);
            peak_ = value_;
        }
    }

    std::int64_t first_, days_;
    std::int64_t value_ = 0, peak_ = 0, most_ = 0, most_at_ = 0;
    std::vector<std::int64_t> peaks_;
};

// Stays of one product, by start, and what they are counted under: all of it in one walk along their starts and ends.
class ProductStays {
public:
    ProductStays(const Facts& facts, std::span<const std::uint32_t> stays)
        : claims(facts.observed), uses(facts.observed), facts_(facts), stays_(stays), edges_(facts.observed.from),
          holders_(facts, stays), desk_holders_(facts, {}) {
        count::CountKeys keys(facts);
        count::Keys desks;
        std::vector<std::pair<std::uint32_t, std::uint32_t>> last(facts.usage->users.size(), {none, none});
        edges_.reserve(stays.size());
        rows_.reserve(stays.size());
        for (const auto stay : stays) {
            const auto& kind = facts.stays.kind(stay);
            const std::uint32_t client = facts.stays.client(stay);
            auto& [client_then, desk] = last[kind.session->user];
            if (client_then != client || desk == none) {
                client_then = client;
                desk = desks.id({client, kind.session->user, 0, 0});
            }
            rows_.push_back({facts.stays.kind_number(stay), keys.of(stay), desk});
            if (holders_.is_needed()) {
                const std::uint32_t device = facts.stays.device(stay);
                holders_.hold(rows_.back().key, count::count_key(kind, device));
                desk_holders_.hold(desk, {device, kind.person, 0, 0});
            }
            const Span lower = facts.stays.lower(stay);
            const Span upper = facts.stays.upper(stay);
            edges_.add({lower.from, lower.to, 0, 1}, {upper.from, upper.to, 0, 1});
        }
        edges_.sort();
        keys_ = keys.size();
        desks_ = desks.size();
        weigh();
    }

    void count(ProductUse& product, FourWays& ways) {
        Counter claimed(keys_, weight_, holders_), used(keys_, weight_, holders_);
        std::int64_t claims_touch = 0, uses_touch = 0;
        const auto change = [&](std::uint32_t number, int by) {
            const auto& kind = facts_.stays.kinds()[rows_[number].kind];
            claimed.change(kind.is_claim() ? rows_[number].key : Live::left_out, number, by);
            used.change(kind.is_use() ? rows_[number].key : Live::left_out, number, by);
        };
        const auto touch = [&](std::int64_t) {
            claims_touch = std::max(claims_touch, claimed.value());
            uses_touch = std::max(uses_touch, used.value());
        };
        count_lower(claimed, used, change, touch, ways);
        if (!edges_.is_plain()) {
            claims_touch = uses_touch = 0;
            edges_.walk(Reading::upper, change, touch, [](std::int64_t) {});
        }
        product.claims_peak = {claims.most(), std::max(claims.most(), claims_touch)};
        product.use_peak = {uses.most(), std::max(uses.most(), uses_touch)};
        product.use_peak_at = uses.most_at();
        count_names(product);
        ways.sessions = stays_.size();
    }

    DailyPeaks claims, uses;

private:
    static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);
    struct Row {
        std::uint32_t kind = 0, key = 0, desk = 0;
    };

    void weigh() {
        const auto count = [&](const Row& row) { return facts_.stays.kinds()[row.kind].session->count; };
        if (std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) { return count(row) != 1; })) {
            for (const auto& row : rows_) {
                weight_.push_back(count(row));
            }
        }
    }

    // The proved reading: claims and uses as `change` counts them, and the four ways, in which whoever is there is one.
    template <class Change, class Touch>
    void count_lower(Counter& claimed, Counter& used, const Change& change, const Touch& touch, FourWays& ways) {
        const std::vector<std::uint32_t> one_each;
        const std::size_t users = facts_.usage->users.size();
        Live folded(users, one_each), written(users, one_each);
        Counter desks(desks_, one_each, desk_holders_);
        std::optional<LeastPeople> people;
        if (facts_.people.is_mixed()) {
            people.emplace(facts_);
        }
        std::int64_t lines = 0, packages = 0;
        edges_.walk(
            Reading::lower,
            [&](std::uint32_t number, int by) {
                change(number, by);
                const Row& row = rows_[number];
                const auto& kind = facts_.stays.kinds()[row.kind];
                const std::int64_t more =
                    by * (weight_.empty() ? std::int64_t{1} : std::max<std::int64_t>(1, weight_[number]));
                lines += more;
                packages += kind.session->layer == ledger::Layer::package ? more : 0;
                folded.change(kind.folded, number, by);
                written.change(kind.session->user, number, by);
                desks.change(row.desk, number, by);
                if (people) {
                    people->change(kind.person, by);
                }
            },
            touch,
            [&](std::int64_t at) {
                claims.settle(at, claimed.least());
                uses.settle(at, used.least());
                ways.all_lines = std::max(ways.all_lines, lines);
                ways.package_lines = std::max(ways.package_lines, packages);
                ways.users = std::max(ways.users, people ? people->value() : folded.value());
                ways.users_as_written = std::max(ways.users_as_written, written.value());
                ways.clients = std::max(ways.clients, desks.value());
                ways.clients_least = std::max(ways.clients_least, desks.least());
            });
        claims.finish();
        uses.finish();
    }

    void count_names(ProductUse& product) const {
        std::vector<bool> written(facts_.usage->users.size()), folded(facts_.usage->users.size()),
            clients(facts_.usage->clients.size());
        std::vector<std::uint32_t> persons, devices;
        for (std::size_t i = 0; i < stays_.size(); ++i) {
            const auto& kind = facts_.stays.kinds()[rows_[i].kind];
            written[kind.session->user] = folded[kind.folded] = clients[facts_.stays.client(stays_[i])] = true;
            product.sessions += kind.is_use() ? 1U : 0U;
            if (holders_.is_needed()) {
                persons.push_back(kind.person);
                devices.push_back(facts_.stays.device(stays_[i]));
            }
        }
        const auto size = [](const std::vector<bool>& set) { return std::count(set.begin(), set.end(), true); };
        product.users = {size(folded), size(written)};
        product.clients = product.clients_least = static_cast<std::uint64_t>(size(clients));
        if (facts_.people.is_mixed()) {
            product.users.lower = count::people_in(facts_, std::move(persons)).lower;
        }
        if (facts_.computers.is_mixed()) {
            product.clients_least = static_cast<std::uint64_t>(count::computers_in(facts_, std::move(devices)).lower);
        }
    }

    const Facts& facts_;
    std::span<const std::uint32_t> stays_;
    Edges edges_;
    count::KeyHolders holders_, desk_holders_; // of keys, of desks
    std::vector<Row> rows_;
    std::vector<std::uint32_t> weight_; // empty: 1 each
    std::size_t keys_ = 0, desks_ = 0;
};

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

void fill_days(const ProductStays& stays, const PeopleByDay& people, ProductTables& tables) {
    const auto of = [](const std::map<std::int64_t, std::uint64_t>& counts, std::int64_t day) {
        const auto found = counts.find(day);
        return found == counts.end() ? 0 : found->second;
    };
    for (std::size_t i = 0; i < stays.uses.peaks().size(); ++i) {
        const std::int64_t day = stays.uses.first() + static_cast<std::int64_t>(i);
        const std::uint64_t persons = of(people.persons, day);
        const auto heads = people.heads.find(day);
        tables.days.push_back(
            {tables.product.product, day, stays.claims.peaks()[i], stays.uses.peaks()[i], persons,
             of(people.starts, day),
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
    ProductStays stays(facts, of_word);
    stays.count(tables.product, tables.ways);
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
    fill_days(stays, people, tables);
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
    ledger::in_parallel(words.size(), [&](std::size_t i) {
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
