#include "tests/unit/advise/world.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;

namespace {

// So many administrators, all approved, active yesterday; the agreement approves four.
World roster(int administrators, std::optional<std::int64_t> approved = 4) {
    World w;
    inputs::Agreement agreement;
    agreement.id = "AG1";
    agreement.approved_administrators = approved;
    w.inputs.agreements.push_back(agreement);
    for (int i = 1; i <= administrators; ++i) {
        inputs::Administrator row;
        row.agreement = "AG1";
        row.user = "c5" + std::to_string(i);
        row.granted = day("2025-01-01");
        row.last_active = day("2026-03-30");
        w.inputs.administrators.push_back(row);
        w.inputs.approved_administrators.push_back({{}, "AG1", row.user});
        w.person(row.user);
    }
    return w;
}
Outcome administrators_judged(const World& w) { return w.judge(advise::judge_administrators); }

} // namespace

TEST_CASE("Administrators who are active, approved, present and few are no finding") {
    CHECK(administrators_judged(roster(4)).findings.empty());
}

TEST_CASE("An administrator idle for ninety days is inactive, for eighty-nine not") {
    World w = roster(4);
    w.inputs.administrators.front().last_active = day("2026-01-01");
    const auto outcome = administrators_judged(w);
    REQUIRE(find(outcome, Code::admin_inactive, "c51") != nullptr);
    CHECK(find(outcome, Code::admin_inactive)->quantity == Bounds{1, 1});
    CHECK(detail(*find(outcome, Code::admin_inactive), "days") == "90");
    w.inputs.administrators.front().last_active = day("2026-01-02");
    CHECK(administrators_judged(w).findings.empty());
}

TEST_CASE("Whether an administrator without a date was ever active is only possible to say") {
    World w = roster(4);
    w.inputs.administrators.front().last_active.reset();
    CHECK(find(administrators_judged(w), Code::admin_inactive)->certainty == Certainty::possible);
    for (auto& row : w.inputs.administrators) {
        row.last_active.reset(); // the table does not tell it of anybody
    }
    CHECK(administrators_judged(w).findings.empty());
}

TEST_CASE("An administrator missing from the approved list is unapproved; without a list nobody is") {
    World w = roster(4);
    w.inputs.approved_administrators.erase(w.inputs.approved_administrators.begin() + 1);
    const auto outcome = administrators_judged(w);
    CHECK(outcome.findings.size() == 1);
    CHECK(find(outcome, Code::admin_unapproved, "c52") != nullptr);
    w.inputs.approved_administrators.clear();
    CHECK(administrators_judged(w).findings.empty());
}

TEST_CASE("An administrator who has left is one too many") {
    World w = roster(4);
    w.inputs.directory[2].left = day("2026-02-28");
    const auto outcome = administrators_judged(w);
    CHECK(outcome.findings.size() == 1);
    CHECK(find(outcome, Code::admin_left, "c53") != nullptr);
}

TEST_CASE("Five administrators against four approved are one too many, counted by people") {
    World w = roster(5);
    const auto outcome = administrators_judged(w);
    REQUIRE(find(outcome, Code::admin_too_many, "AG1") != nullptr);
    CHECK(find(outcome, Code::admin_too_many)->quantity == Bounds{1, 1});
    w.inputs.administrators.back().user = "c51"; // a second role of the first
    CHECK(administrators_judged(w).findings.empty());
}

TEST_CASE("Without an approved number three are usual, or one in fifty of the users") {
    CHECK(administrators_judged(roster(3, std::nullopt)).findings.empty());
    World w = roster(4, std::nullopt);
    CHECK(find(administrators_judged(w), Code::admin_too_many) != nullptr);
    w.line("L01", "AutoCAD", 300);
    for (int i = 0; i < 199; ++i) {
        w.assign("u" + std::to_string(i), "AutoCAD", "2025-01-01");
    }
    CHECK_FALSE(administrators_judged(w).findings.empty());
    w.assign("u199", "AutoCAD", "2025-01-01");
    CHECK(administrators_judged(w).findings.empty());
}
