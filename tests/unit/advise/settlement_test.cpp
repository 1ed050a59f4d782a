#include "tests/unit/advise/world.hpp"
#include "verifier/advise/settlement.hpp"
#include "verifier/comply/comply.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;
using text::Decimal;

TEST_CASE("The published example: fifty licences at 1,940.00, found early, late, or by somebody else") {
    const auto gap = Decimal::parse("1940.00").value().times(50).value();
    const auto costs = advise::compare_costs(gap, "USD", {});
    CHECK(costs.gap.str() == "97000.00");
    CHECK(costs.label == "from an advisory's illustration, not a price list");
    REQUIRE(costs.cases.size() == 4);
    CHECK(costs.cases[0].licences.str() == "97000.00");
    CHECK(costs.cases[0].to.str() == "0.00");
    CHECK(costs.cases[1].from.str() == "44620.00"); // about 45 thousand
    CHECK(costs.cases[1].to.str() == "44620.00");
    CHECK(costs.cases[2].from.str() == "145500.00");
    CHECK(costs.cases[2].to.str() == "242500.00");
    CHECK(costs.cases[3].from.str() == "291000.00");
    CHECK(costs.cases[3].to.str() == "485000.00");
}

TEST_CASE("The multiples are assumptions that can be changed") {
    rules::Values rules;
    rules.cost_year_milli = 500;
    const auto costs = advise::compare_costs(Decimal::parse("100.00").value(), "EUR", rules);
    CHECK(costs.cases[1].from.str() == "50.00");
}

TEST_CASE("The true-up names what is due for each line, and the findings that prove it") {
    World w;
    w.line("L01", "AutoCAD", 1, "1940.00");
    w.line("L02", "Revit", 5, "2400.00");
    w.assign("a", "AutoCAD", "2026-01-01T00:00Z");
    w.assign("b", "AutoCAD", "2026-01-01T00:00Z");
    const auto outcome = w.judge(comply::count_named, advise::judge_waste, advise::sum_up);
    REQUIRE(outcome.advice.true_up.size() == 2);
    const auto& row = outcome.advice.true_up.front();
    CHECK(row.line == "L01");
    CHECK(row.due == Bounds{1, 1});
    CHECK(row.peak == Bounds{2, 2});
    CHECK(amount(row.amount) == "1940.00");
    REQUIRE(row.findings.size() == 1);
    CHECK(row.findings.front() == find(outcome, Code::over_assigned)->id);
    CHECK(amount(outcome.advice.true_up.back().amount) == "0.00");
    REQUIRE(outcome.advice.costs.size() == 1);
    CHECK(outcome.advice.costs.front().gap.str() == "1940.00");
}

TEST_CASE("Published shares stand beside our own, with their source") {
    World w;
    w.line("L02", "Revit", 5, "2400.00");
    w.assign("a", "Revit", "2025-01-01");
    w.assign("b", "Revit", "2025-01-01");
    w.use("b", "Revit", "2026-03-30");
    const auto outcome = w.judge(advise::judge_waste, advise::sum_up);
    REQUIRE(outcome.advice.benchmarks.size() == 5);
    const auto& dormant = outcome.advice.benchmarks.front();
    CHECK(dormant.published_from == 150);
    CHECK(dormant.published_to == 220);
    CHECK(dormant.own_milli() == 500);
    CHECK_FALSE(dormant.source.empty());
    CHECK_FALSE(outcome.advice.benchmarks[2].own_milli().has_value()); // nobody has a collection
}

TEST_CASE("People who work after the year 2038 are counted among the users") {
    World w;
    w.use("b", "Revit", "2053-03-30");
    count::Options options;
    options.as_of_day = day("2053-03-31");
    const auto facts = count::prepare(w.b.usage, w.inputs, w.rules, options);
    findings::Outcome outcome;
    advise::sum_up(facts, outcome);
    REQUIRE(outcome.advice.benchmarks.size() == 5);
    CHECK(outcome.advice.benchmarks[3].own_of == 1);
}
