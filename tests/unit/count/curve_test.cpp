#include "verifier/count/edges.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

using namespace tally::count;

namespace {

using Numbers = std::vector<std::uint32_t>;

struct Drawn {
    Curve curve;
    std::int64_t touching = 0, most = 0; // of all that have a key together
};

Drawn drawn(const Edges& edges, Reading reading, const Numbers& key, std::size_t keys, const Numbers& weight,
            std::int64_t from, std::int64_t to) {
    Live live(keys, weight);
    Pen pen(from, to);
    Drawn result;
    std::int64_t together = 0;
    edges.walk(
        reading,
        [&](std::uint32_t number, int by) {
            live.change(key[number], number, by);
            together += key[number] == Live::left_out ? 0 : by;
        },
        [&](std::int64_t at) { pen.touch(at, live.value()); },
        [&](std::int64_t at) {
            pen.settle(at, live.value());
            result.most = std::max(result.most, together);
        });
    result.touching = pen.touching();
    result.curve = pen.take();
    return result;
}

} // namespace

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
    Edges edges(1'700'000'000);
    std::vector<std::uint32_t> key;
    for (int i = 0; i < 6000; ++i) {
        const auto start = random() % (horizon - 5000);
        const auto end = start + random() % 5000;
        key.push_back(random() % 5 == 0 ? Live::left_out : static_cast<std::uint32_t>(random() % keys));
        edges.add({static_cast<std::int64_t>(start) + 1'700'000'000, static_cast<std::int64_t>(end) + 1'700'000'000});
        if (key.back() != Live::left_out) {
            ++live[key.back()][start];
            --live[key.back()][end];
        }
    }
    edges.sort();
    const auto result = drawn(edges, Reading::lower, key, keys, {}, 0, 0);
    const auto& curve = result.curve;
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
    CHECK(result.most == most);
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

// What many judges rely on: one walk gives both readings, and the peak of the curve whose ends are a second later.
TEST_CASE("both readings and what touches are as if each had been swept by itself, whatever the instants") {
    std::mt19937 random(13);
    for (int round = 0; round < 300; ++round) {
        const auto upto = [&random](std::uint32_t bound) { return static_cast<std::int64_t>(random() % bound); };
        const std::int64_t base = round % 3 == 0 ? -(std::int64_t{1} << 61U) : 1'700'000'000;
        const std::int64_t stretch = round % 4 == 0 ? std::int64_t{1} << 52U : 1;
        const auto at = [&](std::int64_t second) { return base + (second - 1) / 9 * stretch + (second - 1) % 9; };
        const std::int64_t end_of_all = at(60);
        Edges edges(round % 5 == 0 ? at(30) : at(1));
        std::vector<Interval> lower, later, upper;
        Numbers key, weight;
        for (std::uint32_t i = 0; i < 1 + random() % 20; ++i) {
            const std::int64_t from = 1 + upto(40);
            const std::int64_t to = from + upto(15);
            const bool exact = random() % 3 != 0;
            key.push_back(static_cast<std::uint32_t>(random() % 6));
            weight.push_back(round % 2 == 0 ? 1 : 1 + static_cast<std::uint32_t>(random() % 3));
            const Interval proved{at(from), at(to), key[i], weight[i]};
            const Interval possible{at(exact ? from : std::max<std::int64_t>(1, from - 3)),
                                    at(exact ? to : std::min<std::int64_t>(60, to + 4)), key[i], weight[i]};
            edges.add(proved, possible);
            lower.push_back(proved);
            upper.push_back(possible);
            later.push_back(possible);
            later.back().end += possible.start < possible.end && possible.end < end_of_all ? 1 : 0;
        }
        Numbers upper_key = key;
        for (std::uint32_t i = 0; i < random() % 3; ++i) {
            const std::int64_t from = 1 + upto(40);
            const Interval sharp{at(from), at(from + upto(15)), 6, 1};
            edges.add_sharp(sharp);
            key.push_back(Live::left_out);
            upper_key.push_back(6);
            weight.push_back(1);
            upper.push_back(sharp);
            later.push_back(sharp);
        }
        edges.sort();
        const std::int64_t from = at(1 + upto(30));
        const std::int64_t to = std::max(from + 1, at(1 + upto(60)));
        const auto proved = drawn(edges, Reading::lower, key, 7, weight, from, to);
        const auto possible = drawn(edges, Reading::upper, upper_key, 7, weight, from, to);
        INFO("round " << round);
        CHECK(proved.curve.steps == sweep(lower, 7).steps);
        CHECK(possible.curve.steps == sweep(upper, 7).steps);
        CHECK(std::max(peak_in(possible.curve.steps, from, to).value, possible.touching) ==
              peak_in(sweep(later, 7).steps, from, to).value);
    }
}

TEST_CASE("steps are what was put in, small or not, and copies are equal") {
    const std::vector<Step> small = {{0, 1}, {5, (1 << 28) - 1}, {(std::int64_t{1} << 36U) - 1, 0}};
    auto large = small;
    large.push_back({std::int64_t{1} << 40U, std::int64_t{1} << 62U});
    for (const auto& wanted : {small, large, std::vector<Step>{{-5, 1}, {3, 2}}}) {
        const Steps steps = wanted;
        const Steps copy = steps;
        REQUIRE(steps.size() == wanted.size());
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            CHECK(steps[i] == wanted[i]);
            CHECK(steps.after(wanted[i].at) == i + 1);
            CHECK(steps.after(wanted[i].at - 1) == i);
        }
        CHECK(copy == steps);
    }
    CHECK_FALSE(Steps(small) == Steps(large));
    CHECK(Steps().after(7) == 0);
}
