// Named seats against what was bought.
#include "tests/unit/advise/world.hpp"
#include "verifier/comply/comply.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;

namespace {

Outcome named_judged(const World& w) { return w.judge(comply::count_named); }

World sixty_three() {
    World w;
    w.line("L01", "AutoCAD", 60, "1940.00");
    for (int i = 0; i < 63; ++i) {
        w.assign("p" + std::to_string(i), "AutoCAD", i < 60 ? "2025-01-01T00:00Z" : "2025-10-02T00:00Z");
    }
    return w;
}

// How its amounts were reckoned: days × seats × price.
std::string sheet(const Finding& finding) {
    std::string text;
    for (const auto& part : finding.parts) {
        text += std::string(findings::name(part.of)) + " " + text::format_day(part.from) + " " +
                text::format_day(part.until) + " " + std::to_string(part.days) + " × " + std::to_string(part.seats) +
                " × " + part.price.str() + " " + part.priced_by + " = " + part.product()->str() + "\n";
    }
    return text;
}

} // namespace

TEST_CASE("Three seats above for 181 days cost by days, and three years' seats cure it") {
    const auto outcome = named_judged(sixty_three());
    const auto* finding = find(outcome, Code::over_assigned, "L01");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{3, 3});
    CHECK(finding->when.from == instant("2025-10-02T00:00Z"));
    CHECK(finding->when.to == instant("2026-04-01T00:00Z"));
    CHECK(detail(*finding, "days above") == "181");
    CHECK(amount(finding->exposure) == "2886.08");
    CHECK(amount(finding->cure) == "5820.00");
    CHECK(finding->currency == "EUR");
    CHECK(sheet(*finding) == "exposure 2025-10-02 2026-03-31 181 × 3 × 1940.00 line L01 = 1053420.00\n"
                             "cure 2026-03-31 2026-03-31 1 × 3 × 1940.00 line L01 = 5820.00\n");
    CHECK(finding->state == "open");
    CHECK(find(outcome, Code::under_assigned) == nullptr);
}

TEST_CASE("Only days above cost, each at the price of that day") {
    World w = sixty_three();
    for (std::size_t i = 60; i < 63; ++i) {
        w.inputs.assignments[i].unassigned = moment("2025-10-12T00:00Z");
    }
    auto later = w.inputs.entitlements.front();
    w.inputs.entitlements.front().end_day = day("2025-10-06"); // five days at the old price, five at the new
    later.start_day = day("2025-10-07");
    later.list_price_units = 20'000'000;
    w.inputs.entitlements.push_back(later);
    const auto outcome = named_judged(w);
    const auto* finding = find(outcome, Code::over_assigned);
    REQUIRE(finding != nullptr);
    CHECK(amount(finding->exposure) == "161.92"); // 15 × (1,940 + 2,000) / 365
    CHECK(sheet(*finding) == "exposure 2025-10-02 2025-10-06 5 × 3 × 1940.00 line L01 = 29100.00\n"
                             "exposure 2025-10-07 2025-10-11 5 × 3 × 2000.00 line L01 = 30000.00\n");
    CHECK(finding->state == "remedied");
    CHECK_FALSE(finding->cure.has_value()); // nothing has to be bought any more
}

TEST_CASE("A seat handed over in one second is one seat; by dates it may have been two") {
    World w;
    w.line("L01", "AutoCAD", 2);
    w.assign("A", "AutoCAD", "2026-01-01T00:00Z", "2026-01-15T12:00Z");
    w.assign("B", "AutoCAD", "2026-01-15T12:00Z");
    w.assign("C", "AutoCAD", "2026-01-01T00:00Z");
    auto outcome = named_judged(w);
    CHECK(find(outcome, Code::over_assigned) == nullptr);
    CHECK(outcome.positions.front().peak == Bounds{2, 2});

    w.inputs.assignments[0].unassigned = moment("2026-01-15");
    w.inputs.assignments[1].assigned = moment("2026-01-15");
    outcome = named_judged(w);
    CHECK(outcome.positions.front().peak == Bounds{2, 3});
    CHECK(find(outcome, Code::over_assigned)->certainty == Certainty::possible);
    CHECK_FALSE(find(outcome, Code::over_assigned)->exposure.has_value());
}

TEST_CASE("A person assigned by two teams takes two seats, twice by one team takes one") {
    World w;
    w.line("L01", "AutoCAD", 1);
    w.assign("A", "AutoCAD", "2026-01-01T00:00Z").team = "T1";
    w.assign("A", "AutoCAD", "2026-02-01T00:00Z").team = "T1";
    CHECK(named_judged(w).positions.front().peak == Bounds{1, 1});
    w.inputs.assignments.back().team = "T2";
    CHECK(named_judged(w).positions.front().peak == Bounds{2, 2});
}

TEST_CASE("Two accounts of one person are one seat") {
    World w;
    w.line("L01", "AutoCAD", 1);
    w.inputs.aliases.push_back({{}, "anna.b", "A", 0, inputs::for_ever});
    w.assign("A", "AutoCAD", "2026-01-01T00:00Z");
    w.assign("anna.b", "AutoCAD", "2026-01-01T00:00Z");
    CHECK(named_judged(w).positions.front().peak == Bounds{1, 1});
}

TEST_CASE("Free seats are named with their price a year, and since when they are free") {
    World w;
    w.line("L03", "Civil 3D", 10, "2700.00");
    for (int i = 0; i < 7; ++i) {
        w.assign("p" + std::to_string(i), "Civil 3D", i < 6 ? "2025-01-01T00:00Z" : "2025-07-01T00:00Z",
                 i == 0 ? "2025-09-01T00:00Z" : "");
    }
    const auto outcome = named_judged(w);
    const auto* finding = find(outcome, Code::under_assigned, "L03");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{4, 4});
    CHECK(amount(finding->saving) == "10800.00");
    CHECK(finding->when.from == instant("2020-01-01T00:00Z")); // there never were ten
    w.inputs.entitlements.front().quantity = 6;
    CHECK(find(named_judged(w), Code::under_assigned) == nullptr);
}

TEST_CASE("Seats still assigned to a line that has ended are counted, until somebody renews it") {
    World w;
    w.line("L10", "Vault", 5, "600.00", "2025-12-31");
    for (const auto* person : {"c05", "c06", "c07"}) {
        w.assign(person, "Vault", "2025-01-01");
    }
    const auto outcome = named_judged(w);
    const auto* finding = find(outcome, Code::over_assigned_expired, "L10");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{3, 3});
    CHECK(finding->when.from == instant("2026-01-01T00:00Z"));
    CHECK(finding->persons == std::vector<std::string>{"c05", "c06", "c07"});
    CHECK(find(outcome, Code::under_assigned) == nullptr);

    World renewed = w;
    auto& line = renewed.line("L10b", "Vault", 5, "600.00");
    line.agreement = "AG2";
    line.start_day = day("2026-01-01");
    const auto after = named_judged(renewed);
    CHECK(find(after, Code::over_assigned_expired) == nullptr);
    CHECK(find(after, Code::under_assigned)->quantity == Bounds{2, 2});

    World gone = w;
    for (auto& row : gone.inputs.assignments) {
        row.unassigned = moment("2025-12-31");
    }
    CHECK(named_judged(gone).findings.empty());
}

TEST_CASE("A line of the last day is not expired on its last day") {
    World w;
    w.line("L10", "Vault", 5, "600.00", "2026-03-31");
    w.assign("c05", "Vault", "2025-01-01");
    CHECK(find(named_judged(w), Code::over_assigned_expired) == nullptr);
    w.inputs.entitlements.front().end_day = day("2026-03-30");
    CHECK(find(named_judged(w), Code::over_assigned_expired) != nullptr);
}
