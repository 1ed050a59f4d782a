#include "tests/unit/advise/world.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;

namespace {

// Three days of each month with both tools of the function.
World two_tools() {
    World w;
    w.line("L11", "3ds Max", 5);
    w.line("L06", "Maya", 5);
    w.inputs.functions = {{{}, "rendering", "3ds Max"}, {{}, "rendering", "Maya"}};
    for (const auto* month : {"2026-01", "2026-02", "2026-03"}) {
        for (const auto* date : {"-05", "-12", "-19"}) {
            w.use("c47", "3ds Max", std::string(month) + date, "18:00");
            w.use("c47", "Maya", std::string(month) + date, "20:00");
        }
    }
    return w;
}

// The team works with 2026 on `days` days; one day of 2023 by somebody of it.
World one_old_day(std::int64_t days) {
    World w;
    w.line("L01", "AutoCAD", 60);
    for (const auto* person : {"a", "b"}) {
        w.person(person).team = "T7";
    }
    w.use("a", "AutoCAD", "2026-01-01");
    for (std::int64_t i = 1; i < days; ++i) {
        w.use(i % 2 == 0 ? "a" : "b", "AutoCAD", text::format_day(day("2026-01-01") + i / 2));
    }
    w.use("b", "AutoCAD", "2026-03-31").version = UsageBuilder::id(w.b.usage.versions, "2023");
    return w;
}

} // namespace

TEST_CASE("Two tools of one function, each on three days of every month, are one too many") {
    const auto outcome = two_tools().waste();
    const auto* finding = find(outcome, Code::duplicate_tool, "rendering");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{1, 1});
    CHECK(finding->persons == std::vector<std::string>{"c47"});
    CHECK(detail(*finding, "tools") == "3ds Max, Maya");
}

TEST_CASE("Two days in one of the months are not regular use") {
    World w = two_tools();
    const auto maya = UsageBuilder::id(w.b.usage.features, "Maya");
    auto& sessions = w.b.usage.sessions;
    sessions.erase(std::find_if(sessions.begin(), sessions.end(), [&](const auto& s) { return s.feature == maya; }));
    CHECK(find(w.waste(), Code::duplicate_tool) == nullptr);
}

TEST_CASE("A batch program that renders every night is nobody's second tool") {
    World w = two_tools();
    const auto maya = UsageBuilder::id(w.b.usage.features, "Maya");
    for (auto& session : w.b.usage.sessions) {
        session.automation = session.feature == maya;
    }
    CHECK(find(w.waste(), Code::duplicate_tool) == nullptr);
}

TEST_CASE("Two people with one tool each need both") {
    World w = two_tools();
    const auto maya = UsageBuilder::id(w.b.usage.features, "Maya");
    const auto other = UsageBuilder::id(w.b.usage.users, "c48");
    for (auto& session : w.b.usage.sessions) {
        session.user = session.feature == maya ? other : session.user;
    }
    CHECK(find(w.waste(), Code::duplicate_tool) == nullptr);
}

TEST_CASE("A release on one of 101 days of a team is an outlier, on one of 100 it is not") {
    const auto outcome = one_old_day(100).waste();
    const auto* finding = find(outcome, Code::outlier_version, "T7/AutoCAD 2023");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{1, 1});
    CHECK(detail(*finding, "user_days") == "101");
    CHECK(finding->persons == std::vector<std::string>{"b"});
    CHECK(finding->records_total == 1);

    CHECK(find(one_old_day(99).waste(), Code::outlier_version) == nullptr);
}

TEST_CASE("One person on two computers on one day is one day of use") {
    World w = one_old_day(99);
    w.use("a", "AutoCAD", "2026-01-01", "12:00", 60, "h2");
    CHECK(find(w.waste(), Code::outlier_version) == nullptr);
}

TEST_CASE("Teams are looked at one by one") {
    World w = one_old_day(100);
    w.inputs.directory.back().team = "T8"; // b's: 50 days of one release and one of the other
    CHECK(find(w.waste(), Code::outlier_version) == nullptr);
}
