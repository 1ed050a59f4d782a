// Values that change while records are counted: what happens at an instant is judged by those of its day, what looks back
// from the last day by those of that day.
#include "tests/support/day.hpp"
#include "tests/unit/rules/example_world.hpp"

#include "verifier/count/curve.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <set>

using namespace tally;
using test::day;

namespace {

constexpr std::int64_t always = std::numeric_limits<std::int64_t>::max() / 2;

// As docs/reference/rules.md, "Values", lists them.
const std::set<std::string, std::less<>> by_day = {"cascade_s",
                                                   "retry_s",
                                                   "over_long_episode_s",
                                                   "over_material_percent",
                                                   "multi_tolerance_s",
                                                   "multi_clock_s",
                                                   "window_s",
                                                   "short_launch_s",
                                                   "window_idle_s",
                                                   "superseded_days",
                                                   "deprovision_days",
                                                   "spike_weeks",
                                                   "spike_score_milli",
                                                   "spike_rise",
                                                   "clock_step_s",
                                                   "sources_differ_s",
                                                   "high_use_percent"};

rules::Values changed(const rules::Values& values, const rules::DatedValue& item, std::int64_t number) {
    auto other = values;
    other.*item.about->field = number;
    return other;
}

// A number with which the example that just does not fire gives something else than it says.
std::optional<rules::Values> other_side(const rules::Values& values, const rules::DatedValue& item,
                                        const rules::Example& rests) {
    for (const std::int64_t number : {item.rests_at, item.rests_at + 1, item.rests_at - 1}) {
        const auto other = changed(values, item, number);
        if (number >= 0 && !test::differences(rests, other).empty()) {
            return other;
        }
    }
    return std::nullopt;
}

} // namespace

TEST_CASE("values of the days before decide what happened on them, and nothing that looks back from the last day") {
    const auto values = rules::standard().newest();
    std::size_t tried = 0;
    for (const auto& item : rules::standard().values) {
        if (item.about->use != rules::Use::threshold) {
            continue;
        }
        const auto& rests = *rules::standard().example(item.rests);
        const auto other = other_side(values, item, rests);
        if (!other) {
            continue;
        }
        ++tried;
        auto dated = values;
        dated.former.push_back({always, *other});
        INFO(item.about->name << " by the example " << rests.id);
        CHECK(test::differences(rests, dated).empty() == !by_day.contains(item.about->name));
    }
    CHECK(tried > 40);
}

TEST_CASE("a value that changes inside of the period counts for each episode as it was on its day") {
    rules::Values values;
    values.over_long_episode_s = 600;
    rules::Values january;
    january.over_long_episode_s = 900;
    values.former.push_back({day("2026-01-31"), january});
    const auto episodes = [](const std::vector<std::string>& days) {
        std::vector<count::Episode> made;
        for (const auto& text : days) {
            made.push_back({day(text) * 86'400, day(text) * 86'400 + 700, 1, day(text) * 86'400});
        }
        return made;
    };
    constexpr std::int64_t observed = 90 * 86'400;

    CHECK(persistence_of(episodes({"2026-02-01", "2026-02-03", "2026-02-05"}), observed, values) ==
          count::Persistence::sustained);
    CHECK(persistence_of(episodes({"2026-01-29", "2026-01-30", "2026-01-31"}), observed, values) ==
          count::Persistence::momentary);
    CHECK(persistence_of(episodes({"2026-01-31", "2026-02-01", "2026-02-03"}), observed, values) ==
          count::Persistence::recurrent);
}

TEST_CASE("a number that is tried instead of a value counts for all days") {
    rules::Values values;
    values.former.push_back({day("2026-01-31"), {}});

    REQUIRE(rules::set_value(values, "R-WINDOW.short_launch_s=77").ok());

    CHECK(values.on(day("2026-01-31")).short_launch_s == 77);
    CHECK(values.at(day("2026-02-01") * 86'400 - 1).short_launch_s == 77);
    CHECK(values.short_launch_s == 77);
}
