// R-NAMES over a whole reconciliation: what is counted of people under several names, held against the people.
#include "tests/support/seed.hpp"
#include "tests/support/usage_builder.hpp"
#include "tests/unit/watch/estate.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;

namespace {

// "u2_" and 32 characters, the same for the same number.
std::string pseudonym(char letter, int epoch, int number) {
    std::string text(32, 'A');
    for (std::size_t i = 32; number > 0; number /= 32) {
        text[--i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[number % 32];
    }
    return letter + std::to_string(epoch) + "_" + text;
}

// Day on which each epoch begins; before the first of them names are in clear.
struct Policy {
    std::vector<std::int64_t> rotations;
    bool computers = false;
    [[nodiscard]] int epoch_at(std::int64_t at) const {
        int epoch = 0;
        for (const auto day : rotations) {
            epoch += text::day_of(at) >= day ? 1 : 0;
        }
        return epoch;
    }
};

struct Work {
    int person = 0, computer = 0, product = 0;
    std::int64_t from = 0, to = 0;
};

std::string written(char letter, int number, int epoch) {
    return epoch == 0 ? std::string(letter == 'u' ? "person" : "pc") + std::to_string(number)
                      : pseudonym(letter, epoch, number * 7 + epoch);
}

inputs::Inputs lines() {
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", inputs::Metric::concurrent, 4),
                           line("L2", "BIM", inputs::Metric::named, 4)};
    return inputs;
}

Outcome counted(const std::vector<Work>& all, const Policy& policy, const inputs::Inputs& inputs) {
    UsageBuilder builder;
    for (const auto& work : all) {
        const int epoch = policy.epoch_at(work.from);
        builder.add(written('u', work.person, epoch), written('h', work.computer, policy.computers ? epoch : 0),
                    work.product == 0 ? "CAD" : "BIM", work.from, work.to);
    }
    count::Options options;
    options.as_of_day = day("2026-03-31");
    return reconcile::reconcile(builder.usage, inputs, options, rules::Values{});
}

bool within(const Bounds& pair, const Bounds& truth) { return pair.lower <= truth.lower && truth.upper <= pair.upper; }

} // namespace

TEST_CASE("every number of people is a pair that holds the true one, whenever names changed") {
    std::mt19937 random(usual_seed());
    const auto below = [&](std::int64_t n) { return static_cast<std::int64_t>(random() % static_cast<unsigned>(n)); };
    const std::int64_t first = day("2026-03-02");
    bool wide = false;
    for (int round = 0; round < 60; ++round) {
        std::vector<Work> all;
        for (std::int64_t i = 0, n = 1 + below(40); i < n; ++i) {
            const std::int64_t from = (first + below(6)) * text::seconds_per_day + below(24) * 3600;
            all.push_back({static_cast<int>(below(8)), static_cast<int>(below(6)), static_cast<int>(below(2)), from,
                           from + (1 + below(30)) * 3600});
        }
        const auto inputs = lines();
        const Policy policy{{first + 1 + below(2), first + 3 + below(2)}, below(2) == 0};
        const auto truth = counted(all, {{}, false}, inputs);
        const auto seen = counted(all, policy, inputs);
        CAPTURE(round);
        REQUIRE(truth.positions.size() == seen.positions.size());
        for (std::size_t i = 0; i < truth.positions.size(); ++i) {
            CHECK(within(seen.positions[i].users, truth.positions[i].users));
            CHECK(within(seen.positions[i].peak, truth.positions[i].peak));
            CHECK(within(seen.positions[i].use_peak, truth.positions[i].use_peak));
            CHECK(within(seen.positions[i].excess, truth.positions[i].excess));
            wide = wide || seen.positions[i].users.lower < seen.positions[i].users.upper;
        }
        REQUIRE(truth.products.size() == seen.products.size());
        for (const auto& one : truth.products) {
            const auto other = std::find_if(seen.products.begin(), seen.products.end(),
                                            [&](const auto& row) { return row.product == one.product; });
            REQUIRE(other != seen.products.end());
            CHECK(within(other->users, one.users));
            CHECK(within(other->claims_peak, one.claims_peak));
            CHECK((other->clients_least <= one.clients && one.clients <= other->clients));
        }
        for (const auto& one : truth.four_ways) {
            const auto other = std::find_if(seen.four_ways.begin(), seen.four_ways.end(),
                                            [&](const auto& row) { return row.product == one.product; });
            CHECK((other->users <= one.users && one.users <= other->users_as_written));
            CHECK((other->clients_least <= one.clients && one.clients <= other->clients));
        }
        REQUIRE(truth.days.size() == seen.days.size());
        for (std::size_t i = 0; i < truth.days.size(); ++i) {
            CHECK((seen.days[i].users_least <= truth.days[i].users && truth.days[i].users <= seen.days[i].users));
        }
    }
    CHECK(wide);
}

TEST_CASE("in one epoch people count as if they had their names") {
    std::vector<Work> all;
    const std::int64_t first = day("2026-03-02") * text::seconds_per_day;
    for (int i = 0; i < 30; ++i) {
        all.push_back({i % 7, i % 5, i % 2, first + i * 5000, first + i * 5000 + 20'000});
    }
    const auto inputs = lines();
    const auto clear = counted(all, {{}, false}, inputs);
    const auto hidden = counted(all, {{day("2026-01-01")}, true}, inputs);
    REQUIRE(clear.positions.size() == hidden.positions.size());
    for (std::size_t i = 0; i < clear.positions.size(); ++i) {
        CHECK(clear.positions[i].users == hidden.positions[i].users);
        CHECK(clear.positions[i].peak == hidden.positions[i].peak);
        CHECK(clear.positions[i].excess == hidden.positions[i].excess);
    }
    CHECK(find(hidden, Code::pseudonym_epoch) == nullptr);
    CHECK(clear.findings.size() == hidden.findings.size());
    CHECK(clear.four_ways.front().users == hidden.four_ways.front().users);
    CHECK(hidden.four_ways.front().clients == hidden.four_ways.front().clients_least);
}

TEST_CASE("accounts that join the old names with the new ones make every number one") {
    std::vector<Work> all;
    const std::int64_t first = day("2026-03-02") * text::seconds_per_day;
    for (int i = 0; i < 12; ++i) {
        all.push_back({i % 3, i % 3, i % 2, first + i * 43'200, first + i * 43'200 + 7'200});
    }
    const Policy policy{{day("2026-01-01"), day("2026-03-05")}, false};
    auto inputs = lines();
    const auto apart = counted(all, policy, inputs);
    CHECK(apart.positions.front().users == Bounds{3, 6});
    REQUIRE(find(apart, Code::pseudonym_epoch) != nullptr);
    for (int person = 0; person < 3; ++person) {
        inputs::Alias alias;
        alias.account = written('u', person, 1);
        alias.user = written('u', person, 2);
        alias.from = day("2020-01-01");
        alias.to = inputs::for_ever;
        inputs.aliases.push_back(alias);
    }
    const auto joined = counted(all, policy, inputs);
    CHECK(joined.products.front().users.lower == 3);
    CHECK(find(joined, Code::pseudonym_epoch) == nullptr);
}

TEST_CASE("use without assignment is possible only where somebody assigned may be the same person") {
    const std::int64_t first = day("2026-03-02") * text::seconds_per_day;
    const std::vector<Work> all = {{1, 1, 1, first, first + 3600},
                                   {2, 2, 1, first + 8 * 86'400, first + 8 * 86'400 + 3600}};
    const Policy policy{{day("2026-01-01"), day("2026-03-05")}, false};
    auto inputs = lines();
    inputs.assignments = {seat(written('u', 2, 2), "BIM", "2026-01-01")}; // the table of the new epoch alone
    const auto doubtful = counted(all, policy, inputs);
    const auto* finding = find(doubtful, Code::use_unassigned, written('u', 1, 1));
    REQUIRE(finding != nullptr);
    CHECK(finding->certainty == Certainty::possible);
    CHECK(finding->severity == Severity::signal);
    CHECK_FALSE(doubtful.over_entitlement);

    inputs.assignments = {seat(written('u', 2, 1), "BIM", "2026-01-01"), seat(written('u', 2, 2), "BIM", "2026-01-01")};
    inputs.assignments.pop_back(); // the table of the old epoch: he is not in it
    const auto certain = counted(all, policy, inputs);
    CHECK(find(certain, Code::use_unassigned, written('u', 1, 1))->certainty == Certainty::certain);
}

TEST_CASE("a seat of a new name is dormant only as far as nobody of the old names used it") {
    const std::int64_t first = day("2026-02-02") * text::seconds_per_day;
    std::vector<Work> all = {
        {3, 3, 1, day("2025-06-01") * text::seconds_per_day, day("2025-06-01") * text::seconds_per_day + 3600},
        {1, 1, 1, first, first + 3600},
        {2, 2, 1, day("2026-03-20") * text::seconds_per_day, day("2026-03-20") * text::seconds_per_day + 3600}};
    auto inputs = lines();
    const Policy rotated{{day("2025-01-01"), day("2026-03-05")}, false};
    inputs.assignments = {seat(written('u', 5, 2), "BIM", "2025-09-01")};
    const auto doubtful = counted(all, rotated, inputs);
    const auto* finding = find(doubtful, Code::dormant_user, written('u', 5, 2));
    REQUIRE(finding != nullptr);
    CHECK(finding->certainty == Certainty::possible);

    const Policy before{{day("2025-01-01"), day("2025-07-01")}, false}; // the names changed before the seat was his
    const auto certain = counted(all, before, inputs);
    REQUIRE(find(certain, Code::dormant_user, written('u', 5, 2)) != nullptr);
    CHECK(find(certain, Code::dormant_user, written('u', 5, 2))->certainty == Certainty::certain);
}

TEST_CASE("seats of a table with two names for everybody are as many as either way has") {
    const std::int64_t first = day("2026-03-02") * text::seconds_per_day;
    std::vector<Work> all;
    for (int person = 0; person < 3; ++person) {
        all.push_back({person, person, 1, first + person * 7200, first + person * 7200 + 3600});
        all.push_back(
            {person, person, 1, first + 8 * 86'400 + person * 7200, first + 8 * 86'400 + person * 7200 + 3600});
    }
    auto inputs = lines();
    for (int person = 0; person < 3; ++person) {
        inputs.assignments.push_back(seat(written('u', person, 1), "BIM", "2026-01-01"));
        inputs.assignments.push_back(seat(written('u', person, 2), "BIM", "2026-01-01"));
    }
    const auto outcome = counted(all, {{day("2026-01-01"), day("2026-03-05")}, false}, inputs);
    const auto& position = outcome.positions.back();
    CHECK(position.line == "L2");
    CHECK(position.peak == Bounds{3, 6});
    CHECK(position.excess == Bounds{0, 2});
    CHECK(find(outcome, Code::over_assigned)->certainty == Certainty::possible);
}
