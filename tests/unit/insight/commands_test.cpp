#include "tests/unit/insight/fleet.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using findings::Availability;
using findings::InsightKind;

namespace {

struct Commands : Fleet {
    Commands() {
        for (const auto* row : {"TRIM", "ARC", "COPY"}) {
            inputs::CommandCategory category;
            category.command = row;
            category.category = std::string(row) == "ARC" ? "Draw" : "Modify";
            inputs.command_categories.push_back(category);
        }
        for (int i = 1; i <= 5; ++i) {
            const auto by = works("u" + std::to_string(i), "2026-02-03");
            commanded(by, "trim", 10, 8, 2, 1);
            commanded(by, "ARC", 5, 5);
            commanded(by, "PLOT", 1, 0, 1);
        }
    }
};

const findings::CommandRow* row_of(const std::vector<findings::CommandRow>& rows, const std::string& category,
                                   const std::string& command = "") {
    for (const auto& row : rows) {
        if (row.category == category && row.command == command) {
            return &row;
        }
    }
    return nullptr;
}

} // namespace

TEST_CASE("commands are counted by category and by how they ended, whatever their case") {
    Commands fleet;
    const auto& insights = fleet.look();
    REQUIRE(insights.categories.size() == 3);
    CHECK(insights.categories.front().category == "Modify"); // most started first
    const auto* modify = row_of(insights.categories, "Modify");
    REQUIRE(modify != nullptr);
    CHECK(modify->of.started == 50);
    CHECK(modify->of.completed == 40);
    CHECK(modify->of.cancelled == 10);
    CHECK(modify->of.undone == 5);
    CHECK(modify->persons == 5);
    CHECK(modify->share_milli == 625); // 50 of 80
    CHECK(row_of(insights.categories, "not in the table") != nullptr);
    REQUIRE(insights.top_commands.size() == 3);
    CHECK(insights.top_commands.front().command == "trim");
}

TEST_CASE("a program that tells categories only needs no table, and one that names a category of it is understood") {
    Commands fleet;
    fleet.commanded(fleet.works("u1", "2026-02-04"), "draw", 100, 100);
    CHECK(row_of(fleet.look().categories, "Draw")->of.started == 125);
    Commands without;
    without.inputs.command_categories.clear();
    const auto& insights = without.look();
    CHECK(insights.categories.empty());
    CHECK(insights.top_commands.size() == 3);
}

TEST_CASE("commands of fewer than five persons are not shown, those of another period do not count") {
    Commands fleet;
    fleet.commanded(fleet.works("u1", "2025-12-30"), "ARC", 1000, 1000);
    CHECK(row_of(fleet.look().categories, "Draw")->of.started == 25);
    Commands alone;
    alone.commanded(alone.works("u1", "2026-02-04"), "SECRET", 70, 70);
    alone.inputs.command_categories.push_back({{}, "SECRET", "Of one"});
    CHECK(row_of(alone.look().categories, "Of one") == nullptr);
    CHECK(row_of(alone.outcome.insights.top_commands, "Of one", "SECRET") == nullptr);
    CHECK(row_of(alone.outcome.insights.categories, "Modify")->share_milli == 333); // 50 of 150, all of it
    Fleet few;
    for (int i = 1; i <= 4; ++i) {
        few.commanded(few.works("u" + std::to_string(i), "2026-02-03"), "ARC", 5, 5);
    }
    const auto& insights = few.look();
    CHECK(insights.top_commands.empty());
    CHECK(state_of(insights, InsightKind::commands)->availability == Availability::too_few_persons);
}

TEST_CASE("counts that no number holds stay at the largest, and their shares stay shares") {
    Commands fleet;
    const auto by = fleet.works("u1", "2026-02-05");
    for (int i = 0; i < 2; ++i) {
        fleet.commanded(by, "ARC", UINT64_MAX, 0);
    }
    const auto& insights = fleet.look();
    CHECK(row_of(insights.categories, "Draw")->of.started == UINT64_MAX);
    for (const auto& row : insights.categories) {
        CHECK((row.share_milli >= 0 && row.share_milli <= 1000));
    }
}

TEST_CASE("five names of three people are too few to show what they do") {
    for (const bool mixed : {true, false}) {
        Fleet fleet;
        for (int i = 1; i <= 5; ++i) { // three in one epoch, two in the next: perhaps two of them again
            const std::string who = std::string(31, 'A') + static_cast<char>('A' + i);
            const auto by = fleet.works((mixed && i > 3 ? "u2_" : "u1_") + who, "2026-02-03");
            fleet.commanded(by, "TRIM", 10, 8, 2, 1);
        }
        CHECK(fleet.look().top_commands.empty() == mixed);
    }
}
