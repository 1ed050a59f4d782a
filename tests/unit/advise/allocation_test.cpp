#include "tests/unit/advise/world.hpp"
#include "verifier/advise/allocation.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;
using advise::Offer;

namespace {

using People = std::vector<std::vector<std::uint32_t>>;

std::size_t covered(const std::vector<std::vector<std::size_t>>& given) {
    return static_cast<std::size_t>(
        std::count_if(given.begin(), given.end(), [](const auto& offers) { return !offers.empty(); }));
}

bool holds(const std::vector<std::uint32_t>& products, const Offer& offer) {
    return std::all_of(products.begin(), products.end(), [&](std::uint32_t product) {
        return std::find(offer.products.begin(), offer.products.end(), product) != offer.products.end();
    });
}

// The most people that can be covered, by trying every set of offers for every person.
std::size_t most(const People& people, std::vector<Offer>& offers, std::size_t person = 0) {
    if (person == people.size()) {
        return 0;
    }
    std::size_t best = most(people, offers, person + 1); // goes without
    for (unsigned set = 1; set < 1U << offers.size(); ++set) {
        bool possible = true;
        std::vector<std::uint32_t> all;
        for (std::size_t i = 0; i < offers.size(); ++i) {
            if ((set >> i & 1U) != 0) {
                possible = possible && offers[i].seats > 0;
                all.insert(all.end(), offers[i].products.begin(), offers[i].products.end());
            }
        }
        if (!possible || !holds(people[person], {all, 0, false})) {
            continue;
        }
        const auto change = [&](std::int64_t by) {
            for (std::size_t i = 0; i < offers.size(); ++i) {
                offers[i].seats += (set >> i & 1U) != 0 ? by : 0;
            }
        };
        change(-1);
        best = std::max(best, 1 + most(people, offers, person + 1));
        change(1);
    }
    return best;
}

} // namespace

TEST_CASE("Who needs two products gets the collection, who needs one gets that: nobody goes without") {
    const std::vector<Offer> offers = {{{1}, 1, false}, {{1, 2, 3}, 1, true}}; // Revit, AEC
    const auto given = advise::allocate({{1}, {1, 2}}, offers);
    CHECK(given[0] == std::vector<std::size_t>{0});
    CHECK(given[1] == std::vector<std::size_t>{1});
    CHECK(advise::allocate({{1, 2}, {1}}, offers)[1] == std::vector<std::size_t>{0}); // in any order
}

TEST_CASE("Products alone come first while there are free ones, then the collection, in the order of the people") {
    const std::vector<Offer> offers = {{{1}, 1, false}, {{1, 2}, 1, true}};
    const auto given = advise::allocate({{1}, {1}, {1}}, offers);
    CHECK(given[0] == std::vector<std::size_t>{0});
    CHECK(given[1] == std::vector<std::size_t>{1});
    CHECK(given[2].empty());
}

TEST_CASE("Up to six people nobody goes without whom trying everything would cover") {
    std::mt19937 random(20260401);
    const auto below = [&](unsigned n) { return static_cast<std::uint32_t>(random() % n); };
    for (int round = 0; round < 3000; ++round) {
        std::vector<Offer> offers = {
            {{1}, below(3), false}, {{2}, below(3), false}, {{3}, below(2), false}, {{1, 2}, below(3), true}};
        if (below(2) == 0) {
            offers.push_back({{1, 2, 3}, below(3), true});
        }
        People people(1 + below(6));
        for (auto& products : people) {
            const std::uint32_t set = 1 + below(7);
            for (std::uint32_t product = 1; product <= 3; ++product) {
                if ((set >> (product - 1) & 1U) != 0) {
                    products.push_back(product);
                }
            }
        }
        const auto given = advise::allocate(people, offers);
        std::vector<std::int64_t> taken(offers.size());
        for (std::size_t i = 0; i < people.size(); ++i) {
            std::vector<std::uint32_t> all;
            for (const auto offer : given[i]) {
                ++taken[offer];
                all.insert(all.end(), offers[offer].products.begin(), offers[offer].products.end());
            }
            CHECK((given[i].empty() || holds(people[i], {all, 0, false})));
        }
        for (std::size_t i = 0; i < offers.size(); ++i) {
            CHECK(taken[i] <= offers[i].seats);
        }
        INFO("round " << round);
        CHECK(covered(given) == most(people, offers));
    }
}

TEST_CASE("Many people who use one product each: somebody who has a choice makes room for somebody who has none") {
    const std::vector<Offer> offers = {{{1}, 5, false}, {{2}, 3, false}, {{1, 2}, 4, true}, {{2, 3}, 2, true}};
    const People people = {{1}, {2}, {1}, {2}, {1}, {2}, {1}, {2}, {1}, {2}, {1}, {3}, {2}, {3}};
    CHECK(covered(advise::allocate(people, offers)) == people.size());
}

TEST_CASE("Without assignments everybody who used a named product is offered a line or listed without one") {
    World w;
    w.line("L02", "Revit", 1);
    w.line("L04", "AEC", 1);
    w.collection("AEC", {"Revit", "Navisworks"});
    w.use("u1", "Revit", "2026-03-02");
    w.use("u2", "Revit", "2026-03-02");
    w.use("u2", "Navisworks", "2026-03-02");
    w.use("u3", "Navisworks", "2026-03-02");
    const auto outcome = w.judge(advise::sum_up);
    REQUIRE(outcome.advice.allotments.size() == 3);
    CHECK(outcome.advice.allotments[0].lines == std::vector<std::string>{"L02"});
    CHECK(outcome.advice.allotments[1].lines == std::vector<std::string>{"L04"});
    CHECK(outcome.advice.allotments[2].lines.empty());
    w.assign("u1", "Revit", "2025-01-01"); // then it is known
    CHECK(w.judge(advise::sum_up).advice.allotments.empty());
}
