#include "verifier/reconcile/at_once.hpp"

#include "tally/base/assert.hpp"
#include "verifier/count/claims.hpp"
#include "verifier/reconcile/live_counts.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace tally::reconcile {
namespace {

using count::Edges;
using count::Live;
using count::Reading;

// Stays of one product, by start, and what they are counted under: all of it in one walk along their starts and ends.
class ProductStays {
public:
    ProductStays(const Facts& facts, std::span<const std::uint32_t> stays)
        : claims(facts.observed), uses(facts.observed), facts_(facts), stays_(stays), edges_(facts.observed.from),
          holders_(facts, stays), desk_holders_(facts, {}), folded_of_user_(facts.usage->users.size(), none) {
        count::CountKeys keys(facts);
        count::Keys desks;
        std::vector<std::pair<std::uint32_t, std::uint32_t>> last(facts.usage->users.size(), {none, none});
        edges_.reserve(stays.size());
        rows_.reserve(stays.size());
        for (const auto stay : stays) {
            const auto& kind = facts.stays.kind(stay);
            const std::uint32_t client = facts.stays.client(stay);
            const std::uint32_t user = kind.session->user;
            auto& [client_then, desk] = last[user];
            if (client_then != client || desk == none) {
                client_then = client;
                desk = desks.id({client, user, 0, 0});
                if (desk == user_of_desk_.size()) {
                    user_of_desk_.push_back(user);
                    folded_of_user_[user] = kind.folded;
                }
            }
            const bool is_package = kind.layer == ledger::Layer::package;
            rows_.push_back({keys.of(stay), desk & most_desks, kind.is_claim(), kind.is_use(), is_package});
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
        TALLY_ASSERT(desks_ <= most_desks);
        weigh();
    }

    void count(ProductUse& product, FourWays& ways) {
        Counter claimed(keys_, weight_, holders_), used(keys_, weight_, holders_);
        std::int64_t claims_touch = 0, uses_touch = 0;
        const auto change = [&](std::uint32_t number, int by) {
            const Row& row = rows_[number];
            claimed.change(row.is_claim ? row.key : Live::left_out, number, by);
            used.change(row.is_use ? row.key : Live::left_out, number, by);
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
    static constexpr unsigned desk_bits = 29;
    static constexpr std::uint32_t most_desks = (1U << desk_bits) - 1;
    struct Row {
        std::uint32_t key, desk : desk_bits;
        bool is_claim : 1, is_use : 1, is_package : 1;
    };
    [[nodiscard]] const count::StayKind& kind(std::size_t number) const { return facts_.stays.kind(stays_[number]); }

    // Two spellings of one user, as far as this product knows them.
    [[nodiscard]] bool has_spellings() const {
        std::vector<std::uint32_t> folded;
        std::copy_if(folded_of_user_.begin(), folded_of_user_.end(), std::back_inserter(folded),
                     [](std::uint32_t one) { return one != none; });
        std::sort(folded.begin(), folded.end());
        return std::adjacent_find(folded.begin(), folded.end()) != folded.end();
    }

    void weigh() {
        const auto count = [&](std::uint32_t stay) { return facts_.stays.kind(stay).session->count; };
        if (std::any_of(stays_.begin(), stays_.end(), [&](auto stay) { return count(stay) != 1; })) {
            std::transform(stays_.begin(), stays_.end(), std::back_inserter(weight_), count);
        }
    }

    // The proved reading: claims and uses as `change` counts them, and the four ways, in which whoever is there is one.
    template <class Change, class Touch>
    void count_lower(Counter& claimed, Counter& used, const Change& change, const Touch& touch, FourWays& ways) {
        const std::vector<std::uint32_t> one_each;
        const std::size_t users = facts_.usage->users.size();
        Live folded(users, one_each), written(users, one_each);
        const bool is_folded = has_spellings();
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
                const std::uint32_t user = user_of_desk_[row.desk];
                const std::int64_t more =
                    by * (weight_.empty() ? std::int64_t{1} : std::max<std::int64_t>(1, weight_[number]));
                lines += more;
                packages += row.is_package ? more : 0;
                written.change(user, number, by);
                desks.change(row.desk, number, by);
                if (is_folded) {
                    folded.change(folded_of_user_[user], number, by);
                }
                if (people) {
                    people->change(kind(number).person, by);
                }
            },
            touch,
            [&](std::int64_t at) {
                claims.settle(at, claimed.least());
                uses.settle(at, used.least());
                ways.all_lines = std::max(ways.all_lines, lines);
                ways.package_lines = std::max(ways.package_lines, packages);
                ways.users = std::max(ways.users, people      ? people->value()
                                                  : is_folded ? folded.value()
                                                              : written.value());
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
            clients[facts_.stays.client(stays_[i])] = true;
            product.sessions += rows_[i].is_use ? 1U : 0U;
            if (holders_.is_needed()) {
                persons.push_back(kind(i).person);
                devices.push_back(facts_.stays.device(stays_[i]));
            }
        }
        for (const auto user : user_of_desk_) {
            written[user] = folded[folded_of_user_[user]] = true;
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
    std::vector<std::uint32_t> weight_;                        // empty: 1 each
    std::vector<std::uint32_t> user_of_desk_, folded_of_user_; // none: of a user who was not seen
    std::size_t keys_ = 0, desks_ = 0;
};

} // namespace

PeaksByDay count_at_once(const Facts& facts, std::span<const std::uint32_t> stays, ProductUse& product,
                         FourWays& ways) {
    ProductStays walk(facts, stays);
    walk.count(product, ways);
    return {std::move(walk.claims), std::move(walk.uses)};
}

} // namespace tally::reconcile
