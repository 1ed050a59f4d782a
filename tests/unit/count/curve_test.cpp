#include "verifier/count/curve.hpp"

#include <catch2/catch.hpp>
#include <map>
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

TEST_CASE("thousands of intervals in any order are swept as few are, all of them or those with a key") {
    std::mt19937 random(11);
    constexpr std::uint32_t keys = 90;
    constexpr std::size_t horizon = 200'000;
    std::vector<std::vector<int>> live(keys, std::vector<int>(horizon + 1)); // changes, then how many
    Edges edges;
    std::vector<std::uint32_t> key;
    for (int i = 0; i < 6000; ++i) {
        const auto start = random() % (horizon - 5000);
        const auto end = start + random() % 5000;
        key.push_back(random() % 5 == 0 ? Edges::left_out : static_cast<std::uint32_t>(random() % keys));
        edges.add(static_cast<std::int64_t>(start) + 1'700'000'000, static_cast<std::int64_t>(end) + 1'700'000'000);
        if (key.back() != Edges::left_out) {
            ++live[key.back()][start];
            --live[key.back()][end];
        }
    }
    edges.sort();
    const auto curve = edges.sweep(key, keys, {});
    std::int64_t peak = 0, most = 0;
    for (std::size_t at = 0; at < horizon; ++at) {
        std::int64_t expected = 0, all = 0;
        for (auto& one : live) {
            one[at] += at == 0 ? 0 : one[at - 1];
            expected += one[at] > 0 ? 1 : 0;
            all += one[at];
        }
        peak = std::max(peak, expected);
        most = std::max(most, all);
        if (value_at(curve.steps, static_cast<std::int64_t>(at) + 1'700'000'000) != expected) {
            FAIL("second " << at);
        }
    }
    CHECK(curve.peak == peak);
    CHECK(edges.peak_of_sum(key, {}) == most);
}

TEST_CASE("equal tuples have one number, others the next") {
    std::mt19937 random(5);
    const auto small = [&random] { return static_cast<std::uint32_t>(random() % 9); };
    Keys keys;
    std::map<Keys::Tuple, std::uint32_t> numbers;
    for (int i = 0; i < 5000; ++i) {
        const Keys::Tuple key{small(), small(), small(), small()};
        const auto wanted = numbers.try_emplace(key, static_cast<std::uint32_t>(numbers.size())).first->second;
        REQUIRE(keys.id(key) == wanted);
    }
    CHECK(keys.size() == numbers.size());
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
