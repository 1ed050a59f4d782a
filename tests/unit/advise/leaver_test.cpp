// Seats of people who have left, and groups that hand out more than is used.
#include "tests/unit/advise/world.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;

namespace {

World leaver(const std::string& left, const std::string& unassigned = "") {
    World w;
    w.line("L02", "Revit", 10, "2400.00");
    w.person("c17", left);
    w.assign("c17", "Revit", "2025-06-01", unassigned);
    return w;
}
Outcome judged(const World& w) { return w.judge(advise::judge_seats); }

World group(int members, int unused, const std::string& since = "2026-01-01") {
    World w;
    w.line("L04", "AEC", 50, "3400.00");
    w.collection("AEC", {"AutoCAD", "Revit"});
    for (int i = 0; i < members; ++i) {
        const std::string person = "c" + std::to_string(30 + i);
        auto& row = w.assign(person, "AEC", since);
        row.source = "group";
        row.group = "G-CAD";
        if (i >= unused) {
            w.use(person, "Revit", "2026-02-10");
        }
    }
    return w;
}

} // namespace

TEST_CASE("Somebody who left and is still assigned is a ghost, with the days since and the price") {
    const auto outcome = judged(leaver("2026-01-31"));
    const auto* finding = find(outcome, Code::ghost, "c17");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{60, 60});
    CHECK(finding->line == "L02");
    CHECK(finding->certainty == Certainty::certain);
    CHECK(amount(finding->saving) == "2400.00");
    CHECK(finding->severity == Severity::breach);
}

TEST_CASE("Whose last day is the day after the last that counts has not left") {
    CHECK(judged(leaver("2026-04-01")).findings.empty());
    CHECK(find(judged(leaver("2026-03-31")), Code::ghost) != nullptr);
}

TEST_CASE("A disabled account is a ghost, too, of unknown age") {
    World w = leaver("");
    CHECK(judged(w).findings.empty());
    w.inputs.directory.front().enabled = false;
    const auto outcome = judged(w);
    CHECK(find(outcome, Code::ghost)->quantity == Bounds{0, 304});
}

TEST_CASE("Somebody who was hired again is no ghost") {
    World w = leaver("2025-09-30");
    w.person("c17").joined = day("2026-01-01");
    CHECK(judged(w).findings.empty());
}

TEST_CASE("A seat taken back thirty days after leaving was late; within a day it was not") {
    const auto outcome = judged(leaver("2026-01-10", "2026-02-09"));
    const auto* finding = find(outcome, Code::deprovision_late, "c17");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{30, 30});
    CHECK(finding->state == "remedied");
    CHECK(find(outcome, Code::ghost) == nullptr);

    CHECK(judged(leaver("2026-01-10", "2026-01-10")).findings.empty());
    CHECK(judged(leaver("2026-01-10", "2026-01-11")).findings.empty());
    CHECK(find(judged(leaver("2026-01-10", "2026-01-12")), Code::deprovision_late)->quantity == Bounds{2, 2});
}

TEST_CASE("What was taken back late before the period of the review is history") {
    CHECK(judged(leaver("2025-10-01", "2025-12-31")).findings.empty());
    CHECK_FALSE(judged(leaver("2025-10-01", "2026-01-01")).findings.empty());
}

TEST_CASE("A group of which half never used the product is too broad") {
    const auto outcome = judged(group(12, 6));
    const auto* finding = find(outcome, Code::group_broad, "G-CAD");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{6, 6});
    CHECK(detail(*finding, "members") == "12");
    CHECK(detail(*finding, "percent") == "50");
    CHECK(finding->persons == std::vector<std::string>{"c30", "c31", "c32", "c33", "c34", "c35"});
    CHECK(finding->line == "L04");
    CHECK(finding->certainty == Certainty::certain);
}

TEST_CASE("A group is broad from five people and thirty percent on") {
    CHECK(judged(group(14, 4)).findings.empty());
    CHECK(judged(group(5, 4)).findings.empty());
    CHECK(judged(group(17, 5)).findings.empty());       // 29 %
    CHECK_FALSE(judged(group(20, 6)).findings.empty()); // 30 %
    CHECK_FALSE(judged(group(5, 5)).findings.empty());
}

TEST_CASE("Members assigned less than ninety days ago had no time to use it") {
    CHECK(judged(group(12, 6, "2026-01-02")).findings.empty());
}

TEST_CASE("The group comes from the directory when the assignment only says that it was one") {
    World w = group(12, 6);
    w.inputs.groups = {{{}, "G-CAD", "AEC"}};
    for (auto& row : w.inputs.assignments) {
        row.group.clear();
        w.person(row.user).groups = {"G-OTHER", "G-CAD"};
    }
    CHECK(find(judged(w), Code::group_broad, "G-CAD") != nullptr);
    for (auto& row : w.inputs.assignments) {
        row.source = "manual";
    }
    CHECK(judged(w).findings.empty());
}

TEST_CASE("A group that reaches people of a company that the agreement does not name is too broad") {
    World w = group(5, 0);
    inputs::Agreement agreement;
    agreement.id = "AG1";
    agreement.entities = {"Holm AG"};
    w.inputs.agreements.push_back(agreement);
    w.person("c30").entity = "Brandt GmbH";
    const auto outcome = judged(w);
    REQUIRE(find(outcome, Code::group_broad) != nullptr);
    CHECK(find(outcome, Code::group_broad)->persons == std::vector<std::string>{"c30"});

    w.inputs.agreements.push_back(agreement);
    w.inputs.agreements.back().start = day("2026-01-01");
    w.inputs.agreements.back().entities = {"Holm AG", "Brandt GmbH"}; // amended
    CHECK(judged(w).findings.empty());
}
