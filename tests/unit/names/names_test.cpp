#include "verifier/names/names.hpp"

#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <set>
#include <string>

using namespace tally;
using names::Heads;
using names::Names;
using names::Way;

namespace {

struct Counted {
    std::int64_t least = 0, most = 0;
    bool operator==(const Counted&) const = default;
};

Counted count(const Names& names, const std::set<Names::Name>& of) {
    Heads heads(names);
    for (const auto name : of) {
        heads.change(name, 1);
    }
    return {heads.least(), heads.most()};
}

std::string pseudonym(char letter, const std::string& epoch) {
    return letter + epoch + "_6JF6GTFHXJ3WQ6D4XQBRVQ4EOBJFCBSK";
}

} // namespace

TEST_CASE("a name says the epoch that it was made in, or that it is none") {
    CHECK(names::epoch_of(pseudonym('u', "1"), names::Of::person) == 1);
    CHECK(names::epoch_of(pseudonym('u', "12"), names::Of::person) == 12);
    CHECK(names::epoch_of(pseudonym('h', "2"), names::Of::computer) == 2);
    CHECK(names::epoch_of(pseudonym('d', "2"), names::Of::domain) == 2);
    CHECK(names::epoch_of(pseudonym('h', "2"), names::Of::person) == 0);
    CHECK(names::epoch_of("hig", names::Of::person) == 0);
    CHECK(names::epoch_of("", names::Of::person) == 0);
}

TEST_CASE("where every site writes in one way nothing is mixed, and every name is somebody") {
    Names names;
    names.see(1, {7, 1});
    names.see(2, {7, 1});
    names.see(3, {8, 0});
    names.know(2, 1);
    names.settle();
    CHECK_FALSE(names.is_mixed());
    CHECK(count(names, {1, 2, 3}) == Counted{3, 3});
    CHECK_FALSE(names.may_be_one(1, 3));
}

TEST_CASE("of the names of two ways the larger number is the least, their sum the most") {
    Names names;
    for (const Names::Name name : {1U, 2U, 3U}) {
        names.see(name, {0, 1});
    }
    names.see(4, {0, 2});
    names.see(5, {0, 2});
    names.settle();
    REQUIRE(names.is_mixed());
    CHECK(count(names, {1, 2, 3, 4, 5}) == Counted{3, 5});
    CHECK(count(names, {4, 5}) == Counted{2, 2}); // one way only in what is counted
    CHECK(count(names, {1, 4}) == Counted{1, 2});
    CHECK(names.may_be_one(1, 4));
    CHECK_FALSE(names.may_be_one(1, 2));
}

TEST_CASE("a name that a table knows in another way too is nobody who is named in that way") {
    Names names;
    names.see(1, {0, 1});
    names.see(2, {0, 1});
    names.see(3, {0, 2});
    names.know(1, 2); // by the table of accounts
    names.settle();
    CHECK_FALSE(names.may_be_one(1, 3));
    CHECK(names.may_be_one(2, 3));
    CHECK(count(names, {1, 3}) == Counted{2, 2});
    CHECK(count(names, {1, 2, 3}) == Counted{2, 3});
}

TEST_CASE("a name that only a table has may be anybody's who is named in another way") {
    Names names;
    names.see(1, {0, 1});
    names.see(2, {0, 2});
    names.know(9, 2);
    names.know(8, 3); // of an epoch that no record shows
    names.settle();
    CHECK(names.may_be_one(1, 9));
    CHECK_FALSE(names.may_be_one(2, 9));
    CHECK_FALSE(names.may_be_one(1, 8));
}

TEST_CASE("a site that writes in one way is not touched by another that changed its way") {
    Names names;
    names.see(1, {0, 1});
    names.see(2, {0, 2});
    names.see(3, {5, 0});
    names.know(3, 0);
    names.settle();
    CHECK(count(names, {1, 2, 3}) == Counted{2, 3});
    CHECK_FALSE(names.may_be_one(1, 3));
}

TEST_CASE("two sites that both changed count each for itself") {
    Names names;
    for (const Names::Name name : {1U, 2U}) {
        names.see(name, {0, 1});
        names.see(name + 10, {0, 2});
        names.see(name + 20, {5, 3});
        names.see(name + 30, {5, 4});
    }
    names.settle();
    CHECK(count(names, {1, 2, 11, 12, 21, 22, 31, 32}) == Counted{4, 8});
}

// People with a name in clear and one for each epoch of the sites they work at; the tables join some of them.
TEST_CASE("the number of people lies between the least and the most, whoever they are") {
    std::mt19937 random(test::usual_seed());
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    for (int round = 0; round < 400; ++round) {
        struct Person {
            std::uint32_t site = 0;
            std::map<std::uint64_t, Names::Name> by_epoch;
        };
        std::vector<Person> people(static_cast<std::size_t>(1 + below(12)));
        std::map<Names::Name, std::size_t> whose;
        Names names;
        Names::Name next = 1;
        for (std::size_t i = 0; i < people.size(); ++i) {
            people[i].site = static_cast<std::uint32_t>(below(2));
            const Names::Name joined = below(4) == 0 ? next++ : 0; // one name for all of them, by the accounts
            for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
                if (below(3) > 0) {
                    const Names::Name name = joined != 0 ? joined : next++;
                    people[i].by_epoch[epoch] = name;
                    names.see(name, {people[i].site, epoch});
                    names.know(name, joined != 0 ? 2 : epoch);
                    whose[name] = i;
                }
            }
        }
        names.settle();
        std::set<Names::Name> shown;
        std::set<std::size_t> truth;
        for (const auto& [name, person] : whose) {
            if (below(3) > 0) {
                shown.insert(name);
                truth.insert(person);
            }
        }
        const auto counted = count(names, shown);
        CAPTURE(round);
        CHECK(counted.least <= static_cast<std::int64_t>(truth.size()));
        CHECK(static_cast<std::int64_t>(truth.size()) <= counted.most);
        bool apart = false; // two names of one person that are taken for two people
        for (const auto& [a, of_a] : whose) {
            for (const auto& [b, of_b] : whose) {
                apart = apart || (of_a == of_b && a != b && !names.may_be_one(a, b));
            }
        }
        CHECK_FALSE(apart);
    }
}

TEST_CASE("keys at one computer may be one person's, at two they are two") {
    Names people, computers;
    people.see(1, {0, 1});
    people.see(2, {0, 2});
    people.settle();
    computers.settle();
    names::LeastKeys live(people, computers);
    live.change({1, 1, 0}, 1);
    live.change({1, 2, 0}, 1);
    CHECK(live.value() == 1);
    live.change({2, 2, 1}, 1);
    CHECK(live.value() == 2);
    live.change({1, 1, 0}, -1);
    CHECK(live.value() == 2);
    live.change({1, 2, 0}, 3); // it weighs four now
    CHECK(live.value() == 5);
}

TEST_CASE("computers under two names are the more of either way") {
    Names people, computers;
    people.settle();
    computers.see(1, {0, 1});
    computers.see(2, {0, 1});
    computers.see(3, {0, 2});
    computers.settle();
    names::LeastKeys live(people, computers);
    live.change({1, 0, 0}, 1);
    live.change({2, 0, 1}, 1);
    live.change({3, 0, 2}, 1);
    CHECK(live.value() == 2);
}
