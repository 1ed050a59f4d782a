// What is live of some keys while a walk along starts and ends goes on, and the least that it may be where names of people
// or computers are mixed (R-NAMES). Not for other stages.
#pragma once

#include "verifier/count/claims.hpp"
#include "verifier/count/edges.hpp"
#include "verifier/names/names.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace tally::reconcile {

class Counter {
public:
    Counter(std::size_t keys, const std::vector<std::uint32_t>& weights, const count::KeyHolders& holders)
        : live_(keys, weights), holders_(&holders) {
        if (holders.is_needed()) {
            least_.emplace(holders.least());
        }
    }
    void change(std::uint32_t key, std::uint32_t number, int by) {
        const std::int64_t before = live_.value();
        live_.change(key, number, by);
        if (least_ && live_.value() != before) {
            least_->change((*holders_)[key], live_.value() - before);
        }
    }
    [[nodiscard]] std::int64_t value() const { return live_.value(); }
    [[nodiscard]] std::int64_t least() const { return least_ ? least_->value() : live_.value(); }

private:
    count::Live live_;
    const count::KeyHolders* holders_;
    std::optional<names::LeastKeys> least_;
};

// The least number of people that live spellings may be.
class LeastPeople {
public:
    explicit LeastPeople(const count::Facts& facts)
        : facts_(&facts), heads_(facts.people), open_(facts.persons.size()) {}
    void change(std::uint32_t person, int by) {
        const std::uint32_t one = facts_->spelled_alike[person];
        const bool was = open_[one] > 0;
        open_[one] += by;
        if (was != (open_[one] > 0)) {
            heads_.change(one, by);
        }
    }
    [[nodiscard]] std::int64_t value() const { return heads_.least(); }

private:
    const count::Facts* facts_;
    names::Heads heads_;
    std::vector<std::int32_t> open_; // of each person
};

} // namespace tally::reconcile
