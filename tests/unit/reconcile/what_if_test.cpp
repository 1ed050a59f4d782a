// Changes to what was bought, before anything is counted.
#include "verifier/reconcile/what_if.hpp"

#include "tests/support/usage_builder.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using findings::Code;
using inputs::Metric;

namespace {

inputs::Inputs bought() {
    inputs::Inputs inputs;
    inputs.entitlements = {line("L05", "CAD", Metric::concurrent, 1, "2020-01-01", "2024-02-29"),
                           line("L05", "CAD", Metric::concurrent, 1, "2024-03-01", "2030-12-31"),
                           line("L06", "MAX", Metric::named, 5)};
    for (auto& row : inputs.entitlements) {
        row.currency = "EUR";
    }
    inputs.entitlements[2].currency.clear();
    return inputs;
}

UsageBuilder two_at_once() {
    UsageBuilder b;
    b.add("u", "h", "CAD", clock_time("09:00"), clock_time("11:00"));
    b.add("v", "i", "CAD", clock_time("10:00"), clock_time("11:00"));
    return b;
}

} // namespace

TEST_CASE("what if a line had other seats, another price or another metric") {
    const auto b = two_at_once();
    auto inputs = bought();
    REQUIRE(find(reconcile::reconcile(b.usage, inputs), Code::sustained_over) != nullptr);

    REQUIRE(reconcile::assume(inputs, "price L05=2500.00").ok());
    const auto priced = reconcile::reconcile(b.usage, inputs);
    CHECK(find(priced, Code::sustained_over)->cure->str() == "2500.00");

    REQUIRE(reconcile::assume(inputs, "seats L05=2").ok());
    const auto more = reconcile::reconcile(b.usage, inputs);
    CHECK(find(more, Code::sustained_over) == nullptr);
    CHECK(inputs.entitlements[0].quantity == 2);
    CHECK(inputs.entitlements[2].quantity == 5);

    REQUIRE(reconcile::assume(inputs, "metric L05=named").ok());
    CHECK(find(reconcile::reconcile(b.usage, inputs), Code::use_unassigned) != nullptr);
}

TEST_CASE("a change that cannot be made says why and changes nothing") {
    auto inputs = bought();
    const auto refused = [&](const std::string& change) {
        const auto made = reconcile::assume(inputs, change);
        return made.ok() ? "" : made.fault().what;
    };

    CHECK(refused("seats L07=1") == "no line has the name 'L07'");
    CHECK(refused("seats L05=-1") == "seats are a whole number from 0 on");
    CHECK(refused("seats L05=1.5") == "seats are a whole number from 0 on");
    CHECK(refused("seats L05=") == "seats are a whole number from 0 on");
    CHECK(refused("price L06=1.00") == "the line names no currency");
    CHECK(refused("price L05=1,00").find("a price is not an amount") == 0);
    CHECK(refused("metric L05=floating") == "a metric is named, concurrent, device, token or perpetual");
    CHECK(refused("colour L05=red") == "only seats, price and metric of a line can be changed");
    for (const auto* bad : {"", "seats", "seats L05", "seats =3", "L05=3"}) {
        CAPTURE(bad);
        CHECK(refused(bad).find("write it as") == 0);
    }
    CHECK(inputs.entitlements[0].quantity == 1);
    CHECK_FALSE(inputs.entitlements[0].list_price_units.has_value());
}
