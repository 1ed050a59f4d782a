// The real fourteen days of tests/data/reconcile: why definitions matter.
#include "tests/unit/reconcile/real_usage.hpp"
#include "verifier/outputs/reconciliation.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;

namespace {

FourWays row_of(const Outcome& outcome, const std::string& product) {
    for (const auto& row : outcome.four_ways) {
        if (row.product == product) {
            return row;
        }
    }
    FAIL("no row for " << product);
    return {};
}

} // namespace

TEST_CASE("the same fourteen days counted four ways give 14, 7, 6, 2 for AutoCAD and 34, 17, 17, 2 for Inventor") {
    const auto outcome = reconcile::reconcile(real_usage(), {});

    const auto autocad = row_of(outcome, "ACD");
    CHECK(autocad.all_lines == 14);
    CHECK(autocad.package_lines == 7);
    CHECK(autocad.clients == 6);
    CHECK(autocad.users == 2);
    const auto inventor = row_of(outcome, "INVPROSA");
    CHECK(inventor.all_lines == 34);
    CHECK(inventor.package_lines == 17);
    CHECK(inventor.clients == 17);
    CHECK(inventor.users == 2);
    CHECK(inventor.users_as_written == 3);
    CHECK(row_of(outcome, "INHSMP").clients == 11);
    CHECK(row_of(outcome, "INHSMP").package_lines == 0);
}

TEST_CASE("claims of the real log are tested against the line that was bought") {
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "AutoCAD", inputs::Metric::concurrent, 5),
                           line("L2", "INVPROSA", inputs::Metric::concurrent, 20)};
    inputs.entitlements[0].features = {"64300ACD_F"};

    const auto outcome = reconcile::reconcile(real_usage(), inputs);

    REQUIRE(outcome.positions.size() == 2);
    CHECK(outcome.positions[0].peak.lower == 6);
    CHECK(outcome.positions[1].peak.lower == 17);
    CHECK(outcome.positions[1].excess == Bounds{0, 0});
    CHECK((find(outcome, Code::over_peak) != nullptr || find(outcome, Code::sustained_over) != nullptr));
    CHECK(find(outcome, Code::out_of_scope_product, "RVT") != nullptr);
    CHECK(find(outcome, Code::out_of_scope_product, "ACD") == nullptr);
}

TEST_CASE("the same usage and inputs give the same findings with the same names") {
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "ACD", inputs::Metric::concurrent, 2)};

    const auto one = outputs::to_json(reconcile::reconcile(real_usage(), inputs));
    const auto two = outputs::to_json(reconcile::reconcile(real_usage(), inputs));

    CHECK(one == two);
    CHECK(one.find("\"id\":\"") != std::string::npos);
}
