#include "tests/unit/advise/world.hpp"
#include "verifier/advise/sizing.hpp"
#include "verifier/comply/comply.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;

namespace {

// A pool of twelve; `peaks[i]` computers at once on the i-th working day of March.
World pool_of_twelve(const std::vector<int>& peaks) {
    World w;
    w.inputs.entitlements = {line("L05", "Inventor", inputs::Metric::concurrent, 12)};
    w.inputs.entitlements.front().list_price_units = 30'000'000;
    w.inputs.entitlements.front().currency = "EUR";
    inputs::Day on = day("2026-03-02"); // a Monday
    for (std::size_t i = 0; i < peaks.size(); ++i, on += i % 5 == 0 ? 3 : 1) {
        for (int person = 0; person < peaks[i]; ++person) {
            const std::string name = "u" + std::to_string(person);
            w.use(name, "Inventor", text::format_day(on), "10:00", 60, "h" + name);
        }
    }
    return w;
}

Outcome sized(const World& w) {
    return w.judge(comply::count_concurrent, comply::count_named, advise::judge_waste, advise::sum_up);
}

} // namespace

TEST_CASE("The 95th percentile of twenty days from 1 to 20 is the nineteenth") {
    std::vector<std::int64_t> values;
    for (std::int64_t i = 20; i >= 1; --i) {
        values.push_back(i);
    }
    CHECK(advise::nearest_rank(values, 95) == 19);
    CHECK(advise::nearest_rank({7}, 95) == 7);
    CHECK(advise::nearest_rank({1, 2}, 50) == 1);
    CHECK_FALSE(advise::nearest_rank({}, 95).has_value());
}

TEST_CASE("A concurrent line needs the 95th percentile of its working days and a tenth more") {
    World w = pool_of_twelve({5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 9});
    const auto outcome = sized(w);
    REQUIRE(outcome.advice.sizes.size() == 1);
    const auto& row = outcome.advice.sizes.front();
    CHECK(row.days == 64); // working days of the quarter
    CHECK(row.days_left_out == 0);
    CHECK(row.peak.lower == 9);
    CHECK(row.percentile == Bounds{5, 5});
    CHECK(row.recommended == 6); // 5.5, rounded up
    CHECK(amount(row.cost_now) == "36000.00");
    CHECK(amount(row.cost_then) == "18000.00");
}

TEST_CASE("Where requests were lost a line is not recommended below its highest peak") {
    World w = pool_of_twelve({5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 9});
    const auto lose = [](const count::Facts&, Outcome& outcome) {
        Request request;
        request.product = "Inventor";
        request.end = RequestEnd::lost;
        outcome.requests.push_back(request);
    };
    const auto outcome = w.judge(comply::count_concurrent, lose, advise::sum_up);
    CHECK(outcome.advice.sizes.front().recommended == 9);
}

TEST_CASE("Week-ends and days that were watched too little do not count") {
    World w = pool_of_twelve({5, 5, 5, 5, 5});
    w.use("x", "Inventor", "2026-03-08", "10:00", 60, "hx"); // a Sunday
    w.dark("hu0", "2026-03-03T00:00Z", "2026-03-03T07:12Z"); // 5 % of six computers' day
    CHECK(sized(w).advice.sizes.front().days_left_out == 0);
    w.b.usage.unobserved.front().to += 1;
    CHECK(sized(w).advice.sizes.front().days_left_out == 1);
}

TEST_CASE("A named line needs the seats that are used") {
    World w;
    w.line("L02", "Revit", 5, "2400.00");
    for (const auto* person : {"a", "b", "c"}) {
        w.assign(person, "Revit", "2025-01-01");
    }
    w.use("a", "Revit", "2026-03-02");
    w.use("b", "Revit", "2026-03-02");
    const auto outcome = sized(w);
    const auto& row = outcome.advice.sizes.front();
    CHECK(row.recommended == 2);
    CHECK(amount(row.cost_now) == "12000.00");
    CHECK(amount(row.cost_then) == "4800.00");
}
