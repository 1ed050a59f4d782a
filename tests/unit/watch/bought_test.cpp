#include "tests/unit/watch/estate.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using findings::Bounds;
using findings::Code;

namespace {

struct Orders : Estate {
    Orders() {
        auto bought = line("L01", "AUTOCAD", inputs::Metric::named, 60);
        bought.order = "7781";
        bought.list_price_units = 19'400'000;
        bought.currency = "EUR";
        inputs.entitlements = {bought};
    }
    void bill(std::int64_t quantity, const std::string& date = "", const std::string& order = "7781") {
        inputs::Bill row;
        row.order = order;
        row.line = order == "7781" ? "L01" : "";
        row.quantity = quantity;
        if (!date.empty()) {
            row.day = day(date);
        }
        inputs.billing.push_back(row);
    }
};

} // namespace

TEST_CASE("an order that bills two seats more than the entitlement has is a mismatch of two seats") {
    Orders estate;
    estate.bill(62);
    const auto& outcome = estate.run(watch::judge_bought);
    REQUIRE(outcome.findings.size() == 1);
    const auto& found = outcome.findings.front();
    CHECK(found.code == Code::billing_mismatch);
    CHECK(found.subject == "L01/7781");
    CHECK(found.line == "L01");
    CHECK(found.quantity == Bounds{2, 2});
    REQUIRE(found.saving.has_value());
    CHECK(found.saving->str() == "3880.00");
    CHECK(found.currency == "EUR");
}

TEST_CASE("a bill and its return add up, and equal quantities are no mismatch") {
    Orders estate;
    estate.bill(62);
    estate.bill(-2);
    CHECK(estate.run(watch::judge_bought).findings.empty());
}

TEST_CASE("a bill for less than the entitlement has is a mismatch that costs when it is mended") {
    Orders estate;
    estate.bill(59);
    const auto* found = find(estate.run(watch::judge_bought), Code::billing_mismatch);
    REQUIRE(found != nullptr);
    CHECK(found->quantity == Bounds{-1, -1});
    CHECK(found->cure->str() == "1940.00");
    CHECK_FALSE(found->saving.has_value());
}

TEST_CASE("an order that no entitlement names is a mismatch of all it bills") {
    Orders estate;
    estate.bill(3, "2026-02-01", "9000");
    const auto* found = find(estate.run(watch::judge_bought), Code::billing_mismatch, "9000");
    REQUIRE(found != nullptr);
    CHECK(found->quantity == Bounds{3, 3});
}

TEST_CASE("last year's bill of the same order is not added to this year's") {
    for (const bool both : {true, false}) {
        Orders estate;
        estate.bill(60, "2026-02-01");
        estate.bill(60, both ? "2025-04-01" : "2025-03-31"); // 365 and 366 days before
        CHECK((find(estate.run(watch::judge_bought), Code::billing_mismatch) != nullptr) == both);
    }
}

TEST_CASE("a renewal is due for comparing ninety days before, and not a day earlier") {
    for (const auto* renewal : {"2026-06-20", "2026-06-30", "2026-07-01", "2026-03-31"}) {
        Orders estate;
        estate.inputs.entitlements.front().renewal = day(renewal);
        const auto* found = find(estate.run(watch::judge_bought), Code::renewal_due, "L01");
        const std::int64_t left = day(renewal) - day("2026-04-01");
        REQUIRE((found != nullptr) == (left >= 0 && left <= 90));
        if (found != nullptr) {
            CHECK(found->quantity == Bounds{left, left});
        }
    }
}

TEST_CASE("a renewal in eighty days was due for comparing ten days ago") {
    Orders estate;
    estate.inputs.entitlements.front().renewal = day("2026-06-20");
    const auto* found = find(estate.run(watch::judge_bought), Code::renewal_due);
    REQUIRE(found != nullptr);
    CHECK(found->when.from == instant("2026-03-22T00:00Z"));
    CHECK(found->details.back().second == "10");
}

TEST_CASE("the bill's renewal day counts where the entitlement has none") {
    Orders estate;
    estate.bill(60);
    estate.inputs.billing.front().renewal = day("2026-06-20");
    CHECK(find(estate.run(watch::judge_bought), Code::renewal_due, "L01") != nullptr);
}
