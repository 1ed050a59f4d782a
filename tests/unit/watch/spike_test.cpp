#include "tests/unit/watch/estate.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using findings::Bounds;
using findings::Code;

namespace {

struct Weekdays : Estate {
    // So many sessions on each Wednesday from 2025-12-24 on, the last of them being the day in question.
    explicit Weekdays(const std::vector<int>& counts, const std::string& first = "2025-12-24") {
        std::int64_t at = day(first);
        for (const int sessions : counts) {
            start(at, sessions);
            at += 7;
        }
    }
    void start(std::int64_t at, int sessions, bool automation = false) {
        for (int i = 0; i < sessions; ++i) {
            const std::int64_t from = at * text::seconds_per_day + 36'000 + i;
            watched("u" + std::to_string(i), "n01", "CIVIL", "2026", from, from + 600).automation = automation;
        }
    }
};

} // namespace

TEST_CASE("a weekday with 26 sessions after 20 21 19 20 22 20 18 20 is a spike of 4.05, one with 25 is none") {
    Weekdays high({20, 21, 19, 20, 22, 20, 18, 20, 26});
    const auto* spike = find(high.run(watch::judge_spikes), Code::spike, "CIVIL");
    REQUIRE(spike != nullptr);
    CHECK(spike->quantity == Bounds{26, 26});
    CHECK(spike->details == std::vector<std::pair<std::string, std::string>>{{"median", "20"}, {"score", "4.05"}});
    CHECK(spike->when.from == instant("2026-02-18T00:00Z"));
    CHECK(spike->records_total == 26);
    Weekdays low({20, 21, 19, 20, 22, 20, 18, 20, 25});
    CHECK(low.run(watch::judge_spikes).findings.empty());
}

TEST_CASE("sixteen sessions where ten are usual are a spike, fifteen are not") {
    for (const int sessions : {16, 15}) {
        Weekdays estate({10, 10, 10, 10, 10, 10, 10, 10, sessions});
        CHECK((find(estate.run(watch::judge_spikes), Code::spike) != nullptr) == (sessions == 16));
    }
}

TEST_CASE("a high score needs a rise of five sessions as well") {
    for (const int sessions : {5, 4}) {
        Weekdays estate({0, 0, 0, 0, 0, 0, 0, 0, sessions});
        estate.start(day("2025-12-01"), 1); // the product is not new
        estate.rules.spike_score_milli = 2'000;
        CHECK((find(estate.run(watch::judge_spikes), Code::spike) != nullptr) == (sessions == 5));
    }
}

TEST_CASE("the score is compared exactly") {
    for (const bool fires : {true, false}) {
        Weekdays estate({10, 10, 10, 10, 10, 10, 10, 10, 17}); // 7 / 1.4826 = 4.72144…
        estate.rules.spike_score_milli = fires ? 4'721 : 4'722;
        CHECK((find(estate.run(watch::judge_spikes), Code::spike) != nullptr) == fires);
    }
}

TEST_CASE("seven earlier weekdays are too few to call anything unusual") {
    Weekdays seven({10, 10, 10, 10, 10, 10, 10, 16}, "2026-01-07");
    CHECK(seven.run(watch::judge_spikes).findings.empty());
}

TEST_CASE("a holiday without any session is no spike, and does not make the next week one") {
    Weekdays estate({10, 10, 10, 10, 10, 10, 10, 10, 0, 11});
    CHECK(estate.run(watch::judge_spikes).findings.empty());
}

TEST_CASE("batch programs make no spike") {
    Weekdays estate({10, 10, 10, 10, 10, 10, 10, 10});
    estate.start(day("2026-02-18"), 30, true);
    CHECK(estate.run(watch::judge_spikes).findings.empty());
}

TEST_CASE("use in the review period stands beside the same number of days before it") {
    Estate estate;
    const auto use = [&](const std::string& user, const std::string& from) {
        estate.watched(user, "n01", "MAYA", "2026", instant(from), instant(from) + 3600);
    };
    use("u1", "2025-10-02T10:00Z"); // 91 days before: not compared
    use("u1", "2025-10-03T10:00Z"); // 90 days before
    use("u1", "2026-01-05T10:00Z");
    use("u1", "2026-01-06T10:00Z");
    use("u2", "2026-01-06T10:00Z");
    const auto& changes = estate.run(watch::judge_spikes).watched.changes;
    REQUIRE(changes.size() == 1);
    CHECK(changes.front().persons == 2);
    CHECK(changes.front().persons_before == 1);
    CHECK(changes.front().sessions == 3);
    CHECK(changes.front().sessions_before == 1);
    CHECK(changes.front().seconds == 3 * 3600);
}

TEST_CASE("half as many persons more, and five of them, break the pattern; a fall does as well as a rise") {
    const auto changed = [](int before, int now, bool reaches = true) {
        Estate estate;
        estate.options.period_from_day = day("2026-01-01");
        estate.add("x", "h", "OTHER", instant(reaches ? "2025-10-02T08:00Z" : "2025-10-04T08:00Z"),
                   instant(reaches ? "2025-10-02T09:00Z" : "2025-10-04T09:00Z"));
        for (int i = 0; i < std::max(before, now); ++i) {
            for (const std::string on : {"2025-11-04", "2026-02-03"}) {
                if (i < (on < "2026" ? before : now)) {
                    estate.add("u" + std::to_string(i), "h", "MAYA", instant(on + "T08:00Z"), instant(on + "T09:00Z"));
                }
            }
        }
        const auto* found = find(estate.run(watch::judge_spikes), Code::pattern_break, "MAYA");
        return found == nullptr ? 0 : found->quantity.lower;
    };
    CHECK(changed(20, 30) == 10);
    CHECK(changed(20, 29) == 0);
    CHECK(changed(8, 13) == 5);
    CHECK(changed(8, 12) == 0);
    CHECK(changed(20, 10) == 10);
    CHECK(changed(20, 11) == 0);
    CHECK(changed(20, 30, false) == 0); // the records do not reach over the period before
}

TEST_CASE("a spike beside weekdays of which nothing is known is possible only") {
    for (const bool lost : {true, false}) {
        Weekdays estate({20, 21, 0, 0, 0, 0, 18, 20, 60});
        estate.hear("n01", "2025-12-24");
        if (lost) {
            estate.forget("n01", "2026-01-03", "2026-02-01"); // the bundle of a month never came
        }
        const auto* spike = find(estate.run(watch::judge_spikes), Code::spike, "CIVIL");
        REQUIRE(spike != nullptr);
        CHECK(spike->certainty == (lost ? findings::Certainty::possible : findings::Certainty::certain));
    }
}

TEST_CASE("a month missing at a host that never saw the product makes no spike doubtful") {
    Weekdays estate({20, 21, 0, 0, 0, 0, 18, 20, 60});
    estate.hear("n01", "2025-12-24");
    estate.hear("n02", "2025-12-24");
    estate.forget("n02", "2026-01-03", "2026-02-01");
    CHECK(find(estate.run(watch::judge_spikes), Code::spike)->certainty == findings::Certainty::certain);
}
