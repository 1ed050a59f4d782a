#include "verifier/advise/allocation.hpp"

#include "tally/text/date.hpp"
#include "verifier/advise/roster.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::advise {
namespace {

using Choice = std::vector<std::size_t>; // offers that together cover somebody

bool covers(const Offer& offer, std::uint32_t product) {
    return std::binary_search(offer.products.begin(), offer.products.end(), product);
}

// Singles for all products; nothing when one of them has none.
std::optional<Choice> singles_for(const std::vector<std::uint32_t>& products, const std::vector<Offer>& offers) {
    std::set<std::size_t> choice;
    for (const auto product : products) {
        const auto found = std::find_if(offers.begin(), offers.end(), [&](const Offer& offer) {
            return !offer.is_collection && covers(offer, product);
        });
        if (found == offers.end()) {
            return std::nullopt;
        }
        choice.insert(static_cast<std::size_t>(found - offers.begin()));
    }
    return Choice(choice.begin(), choice.end());
}

// What covers somebody: products alone, or a collection and alone what it does not contain. Preferred first.
std::vector<Choice> choices_of(const std::vector<std::uint32_t>& products, const std::vector<Offer>& offers) {
    std::vector<Choice> choices;
    if (auto alone = singles_for(products, offers)) {
        choices.push_back(std::move(*alone));
    }
    for (std::size_t i = 0; i < offers.size(); ++i) {
        std::vector<std::uint32_t> rest;
        std::copy_if(products.begin(), products.end(), std::back_inserter(rest),
                     [&](std::uint32_t product) { return !covers(offers[i], product); });
        auto alone =
            offers[i].is_collection && rest.size() < products.size() ? singles_for(rest, offers) : std::nullopt;
        if (alone) {
            alone->push_back(i);
            choices.push_back(std::move(*alone));
        }
    }
    return choices;
}

class Allocation {
public:
    Allocation(const std::vector<std::vector<std::uint32_t>>& people, const std::vector<Offer>& offers)
        : given_(people.size()) {
        for (const auto& offer : offers) {
            free_.push_back(offer.seats);
        }
        for (const auto& products : people) {
            choices_.push_back(choices_of(products, offers));
        }
    }

    std::vector<Choice> run() {
        if (choices_.size() <= few) {
            best_ = given_;
            try_all(0, 0);
            return best_;
        }
        std::vector<std::size_t> order(choices_.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            order[i] = i;
        }
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return choices_[a].size() < choices_[b].size(); // those who have no other choice first
        });
        for (const auto person : order) {
            std::set<std::size_t> moved{person};
            seat(person, moved);
        }
        return given_;
    }

private:
    static constexpr std::size_t few = 8; // so many that every possibility can be tried

    // The first of those that cover the most.
    void try_all(std::size_t person, std::size_t covered) {
        if (person == choices_.size()) {
            if (covered > covered_) {
                covered_ = covered;
                best_ = given_;
            }
            return;
        }
        if (covered + choices_.size() - person <= covered_) {
            return;
        }
        for (const auto& choice : choices_[person]) {
            if (fits(choice)) {
                take(person, choice);
                try_all(person + 1, covered + 1);
                release(person);
            }
        }
        try_all(person + 1, covered);
    }

    bool fits(const Choice& choice) const {
        return std::all_of(choice.begin(), choice.end(), [&](std::size_t offer) { return free_[offer] > 0; });
    }
    void take(std::size_t person, const Choice& choice) {
        for (const auto offer : choice) {
            --free_[offer];
        }
        given_[person] = choice;
    }
    void release(std::size_t person) {
        for (const auto offer : given_[person]) {
            ++free_[offer];
        }
        given_[person].clear();
    }

    bool seat(std::size_t person, std::set<std::size_t>& moved) {
        for (const auto& choice : choices_[person]) {
            if (fits(choice)) {
                take(person, choice);
                return true;
            }
        }
        return std::any_of(choices_[person].begin(), choices_[person].end(),
                           [&](const Choice& choice) { return make_room(person, choice, moved); });
    }

    // Somebody else gives way whose seats make this choice fit, and finds others.
    bool make_room(std::size_t person, const Choice& choice, std::set<std::size_t>& moved) {
        for (std::size_t other = 0; other < given_.size(); ++other) {
            if (given_[other].empty() || choices_[other].size() < 2 || moved.contains(other)) {
                continue;
            }
            const Choice before = given_[other];
            release(other);
            if (fits(choice)) {
                moved.insert(other);
                take(person, choice);
                if (seat(other, moved)) {
                    return true;
                }
                release(person);
            }
            take(other, before);
        }
        return false;
    }

    std::vector<std::vector<Choice>> choices_; // by person
    std::vector<Choice> given_, best_;         // by person
    std::size_t covered_ = 0;                  // people, in best_
    std::vector<std::int64_t> free_;           // by offer
};

} // namespace

std::vector<std::vector<std::size_t>> allocate(const std::vector<std::vector<std::uint32_t>>& people,
                                               const std::vector<Offer>& offers) {
    return Allocation(people, offers).run();
}

namespace {

// Of the named lines of one agreement, for everybody who used a product of them in the period.
void allot_agreement(const Facts& facts, const std::string& agreement, Outcome& outcome) {
    std::vector<Offer> offers;
    std::vector<std::string> labels;
    for (const auto& pool : facts.pools) {
        const bool named = pool.first().metric == inputs::Metric::named && pool.first().agreement == agreement;
        if (named && pool.valid_on(facts.as_of_day() - 1)) {
            const auto words = count::seat_words(facts, pool);
            offers.push_back({words, value_at(pool.allowed, facts.as_of - 1), words.size() > 1});
            labels.push_back(pool.label);
        }
    }
    std::map<std::uint32_t, std::set<std::uint32_t>> used;
    for (const auto& row : facts.days) {
        const bool named =
            std::any_of(offers.begin(), offers.end(), [&](const Offer& offer) { return covers(offer, row.word); });
        if (named && !row.automation && facts.period.has(row.day * text::seconds_per_day)) {
            used[row.person].insert(row.word);
        }
    }
    std::vector<std::vector<std::uint32_t>> people;
    for (const auto& [person, words] : used) {
        people.emplace_back(words.begin(), words.end());
    }
    const auto given = allocate(people, offers);
    std::size_t next = 0;
    for (const auto& [person, words] : used) {
        Allotment row;
        row.person = facts.persons[person].name;
        row.agreement = agreement;
        for (const auto offer : given[next++]) {
            row.lines.push_back(labels[offer]);
        }
        outcome.advice.allotments.push_back(std::move(row));
    }
}

} // namespace

void allot_lines(const Facts& facts, Outcome& outcome) {
    if (!facts.inputs->assignments.empty()) {
        return;
    }
    std::set<std::string> agreements;
    for (const auto& pool : facts.pools) {
        agreements.insert(pool.first().agreement);
    }
    for (const auto& agreement : agreements) {
        allot_agreement(facts, agreement, outcome);
    }
}

} // namespace tally::advise
