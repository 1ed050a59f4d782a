#include "verifier/count/curve.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <set>

using namespace tally::count;

TEST_CASE("sweeping agrees with counting second by second") {
    std::mt19937 random(7);
    for (int round = 0; round < 60; ++round) {
        std::vector<Interval> intervals;
        for (unsigned i = 0; i < 1 + random() % 30; ++i) {
            const auto start = static_cast<std::int64_t>(random() % 40);
            intervals.push_back({start, start + static_cast<std::int64_t>(random() % 12),
                                 static_cast<std::uint32_t>(random() % 6),
                                 1 + static_cast<std::uint32_t>(random() % 3)});
        }
        const auto curve = sweep(intervals, 6);
        std::int64_t peak = 0;
        for (std::int64_t at = -1; at < 60; ++at) {
            std::int64_t expected = 0;
            for (std::uint32_t key = 0; key < 6; ++key) {
                std::int64_t weight = 0;
                for (const auto& interval : intervals) {
                    if (interval.key == key && interval.start <= at && at < interval.end) {
                        weight = std::max<std::int64_t>(weight, interval.weight);
                    }
                }
                expected += weight;
            }
            REQUIRE(value_at(curve.steps, at) == expected);
            peak = std::max(peak, expected);
        }
        CHECK(curve.peak == peak);
        CHECK(value_at(curve.steps, curve.peak_at) == peak);
    }
}

TEST_CASE("a key reopened in the same second stays one claim and makes no step") {
    const auto curve = sweep({{0, 10, 0, 1}, {10, 20, 0, 1}}, 1);
    CHECK(curve.steps == std::vector<Step>{{0, 1}, {20, 0}});
}

TEST_CASE("episodes are maximal, follow a changing allowance and are clipped to the observed time") {
    const std::vector<Step> steps = {{0, 3}, {50, 5}, {60, 3}};
    const auto constant = episodes_over(steps, {{0, 2}}, 10, 100);
    REQUIRE(constant.size() == 1);
    CHECK(constant[0].from == 10);
    CHECK(constant[0].to == 100);
    CHECK(constant[0].excess == 3);
    CHECK(constant[0].excess_at == 50);

    const auto changing = episodes_over(steps, {{0, 2}, {20, 4}, {55, 9}}, 10, 100);
    REQUIRE(changing.size() == 2);
    CHECK(changing[0].to == 20);
    CHECK(changing[1].from == 50);
    CHECK(changing[1].to == 55);
    CHECK(seconds_of(changing) == 15);

    CHECK(episodes_over(steps, {{0, 5}}, 0, 100).empty());
    CHECK(episodes_over({}, {}, 0, 0).empty());
}
