#include "tests/unit/insight/fleet.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using findings::Availability;
using findings::InsightKind;

namespace {

// So many days of work of one release, by three persons, from the day on.
void use(Fleet& fleet, const std::string& version, int days, const std::string& from = "2026-01-01") {
    for (int i = 0; i < days; ++i) {
        fleet.works("u" + std::to_string(i % 3), text::format_day(day(from) + i / 3), version);
    }
}

const findings::ReleaseRow* row_of(const findings::Insights& insights, unsigned release) {
    for (const auto& row : insights.releases) {
        if (row.release == release) {
            return &row;
        }
    }
    return nullptr;
}

} // namespace

TEST_CASE("one day in a hundred is no outlier, one in a hundred and one is") {
    for (const int of : {99, 100}) {
        Fleet fleet;
        use(fleet, "2026", of);
        fleet.works("u9", "2026-02-20", "2019");
        const auto& insights = fleet.look();
        REQUIRE(insights.releases.size() == 2);
        CHECK(insights.releases.front().release == 2026); // newest first
        CHECK(insights.releases.front().persons == 3);
        CHECK(insights.releases.front().hosts == 3);
        CHECK(insights.releases.front().days == of);
        const auto* old = row_of(insights, 2019);
        REQUIRE(old != nullptr);
        CHECK(old->is_outlier == (of == 100));
        CHECK(old->last_day == day("2026-02-20"));
        CHECK_FALSE(row_of(insights, 2026)->is_outlier);
    }
}

TEST_CASE("the newest release is the newest that is out, used or not") {
    Fleet fleet;
    use(fleet, "2026", 9);
    fleet.inputs.releases = {{{}, "CAD", 2026, day("2025-03-26")}, {{}, "CAD", 2027, day("2026-04-01")}};
    const auto& insights = fleet.look();
    CHECK(row_of(insights, 2026)->is_newest);
    CHECK(row_of(insights, 2026)->released_day == day("2025-03-26"));
    Fleet later;
    use(later, "2026", 9);
    later.inputs.releases = {{{}, "CAD", 2026, day("2025-03-26")}, {{}, "CAD", 2027, day("2026-03-31")}};
    CHECK_FALSE(row_of(later.look(), 2026)->is_newest);
    const auto& unused = later.outcome.insights.releases.front();
    CHECK(unused.release == 2027);
    CHECK(unused.is_newest);
    CHECK_FALSE(unused.is_outlier);
    CHECK(unused.days == 0);
}

TEST_CASE("an outlier of the months before that is gone is told as settled") {
    Fleet fleet;
    use(fleet, "2026", 150, "2025-10-01");
    fleet.works("u9", "2025-11-20", "2019");
    use(fleet, "2026", 30);
    const auto* state = state_of(fleet.look(), InsightKind::releases);
    REQUIRE(state != nullptr);
    CHECK(state->availability == Availability::resolved);
    CHECK(state->resolved == std::vector<std::string>{"CAD 2019"});
}

TEST_CASE("days that batch programs used and days outside the months do not count") {
    Fleet fleet;
    use(fleet, "2026", 9);
    fleet.works("u1", "2025-12-31", "2020");
    fleet.works("u1", "2026-02-01", "2021");
    fleet.usage.sessions.back().automation = true;
    const auto& insights = fleet.look();
    CHECK(insights.releases.size() == 1);
    CHECK(insights.releases_from_day == day("2026-01-01"));
    CHECK(insights.releases_to_day == day("2026-03-31"));
}

TEST_CASE("records that tell no release say so, and share nothing") {
    Fleet fleet;
    fleet.add("u1", "h1", "SOLVER", instant("2026-02-03T08:00Z"), instant("2026-02-03T09:00Z"));
    const auto& insights = fleet.look();
    CHECK(state_of(insights, InsightKind::releases, "SOLVER")->availability == Availability::not_instrumented);
    CHECK(row_of(insights, 0)->share_milli == 0);
}
