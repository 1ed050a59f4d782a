// Windows, packs and peaks as plain arithmetic.
#include "tests/support/usage_builder.hpp"
#include "verifier/count/draw.hpp"
#include "verifier/count/windows.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::count;
using namespace tally::test;

namespace {

std::vector<Window> windows_in(const UsageBuilder& b) {
    const inputs::Inputs inputs;
    const rules::Values rules;
    const auto facts = prepare(b.usage, inputs, rules, {});
    std::vector<Stay> stays;
    for (const auto& stay : facts.stays) {
        stays.push_back(stay);
    }
    auto windows = windows_of(facts, stays).windows;
    for (auto& window : windows) {
        window.stay = nullptr; // the facts end here
    }
    return windows;
}

} // namespace

TEST_CASE("a window is proved, or only not ruled out; a use already running opens one at the end of the last") {
    UsageBuilder b;
    b.add("u", "h", "CAD", clock_time("09:00"), clock_time("09:00") + 2 * 86'400 + 60);

    auto windows = windows_in(b);
    REQUIRE(windows.size() == 3);
    CHECK(windows[0].sure);
    CHECK_FALSE(windows[0].is_continuation);
    CHECK_FALSE(windows[1].sure);
    CHECK(windows[1].at == clock_time("09:00") + 86'400);
    CHECK(windows[2].is_continuation);

    b.usage.sessions[0].idle_known = true;
    windows = windows_in(b);
    REQUIRE(windows.size() == 3);
    CHECK(windows[2].sure);
}

TEST_CASE("of two sessions at a window's end one at work is enough, and a short launch running over the end goes on") {
    UsageBuilder b;
    const auto end = clock_time("09:00") + 86'400;
    b.add("u", "h", "CAD", clock_time("09:00"), end + 3600).idle_known = true;
    b.usage.idle = {{0, end - 3600, end + 3600}};
    CHECK(windows_in(b).size() == 1);
    b.add("u", "i", "CAD", end - 60, end + 60).idle_known = true;
    REQUIRE(windows_in(b).size() == 2);
    CHECK(windows_in(b)[1].at == end);
}

TEST_CASE("a start known as a range opens its proved window at the latest instant") {
    UsageBuilder b;
    auto& session = b.add("u", "h", "CAD", clock_time("09:00"), clock_time("12:00"));
    session.start_to = clock_time("10:00");
    const auto windows = windows_in(b);
    REQUIRE(windows.size() == 1);
    CHECK(windows[0].sure);
    CHECK(windows[0].at == clock_time("10:00"));
}

TEST_CASE("equal packs pay by name, days of a pack are inside, and a later pack pays no old debt") {
    const std::vector<Pack> packs = {{"b", 5, 10, 20}, {"a", 5, 10, 20}, {"c", 5, 22, 30}};
    const auto drawn = draw_down(packs, {{10 * 86'400, 6}, {21 * 86'400 - 1, 5}, {22 * 86'400, 2}});
    CHECK(drawn.left == std::vector<std::int64_t>{0, 0, 3});
    REQUIRE(drawn.portions.size() == 5);
    CHECK(drawn.portions[0].pack == 1);
    CHECK(drawn.portions[1].pack == 0);
    CHECK(drawn.portions[3].pack == no_pack);
    CHECK(drawn.portions[3].tokens == 1);
    CHECK(draw_down(packs, {{21 * 86'400, 1}}).portions[0].pack == no_pack);
}

TEST_CASE("the peak inside a span starts from what is carried in and names its first instant") {
    const std::vector<Step> steps = {{0, 3}, {50, 5}, {60, 3}, {70, 5}};
    CHECK(peak_in(steps, 10, 50) == Step{10, 3});
    CHECK(peak_in(steps, 10, 51) == Step{50, 5});
    CHECK(peak_in(steps, 55, 100) == Step{55, 5});
    CHECK(peak_in({}, 0, 10) == Step{0, 0});
}
