#include "tests/unit/watch/estate.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using findings::Bounds;
using findings::Code;

namespace {

struct TwoSources : Estate {
    // The host sees 09:00–10:00.
    TwoSources() { watched("u1", "n01", "MAYA", "2026", instant("2026-02-03T09:00Z"), instant("2026-02-03T10:00Z")); }
    ledger::Session& serve(const std::string& from, const std::string& to) {
        return add("u1", "n01", "MAYA", instant("2026-02-03T" + from + "Z"), instant("2026-02-03T" + to + "Z"));
    }
};

} // namespace

TEST_CASE("server and host may differ by five minutes about one use, not by a second more") {
    for (const bool fires : {true, false}) {
        TwoSources estate;
        estate.serve("08:58:00", fires ? "10:05:01" : "10:05:00");
        const auto* found = find(estate.run(watch::judge_sources), Code::sources_disagree, "u1/MAYA");
        REQUIRE((found != nullptr) == fires);
        if (found != nullptr) {
            CHECK(found->quantity == Bounds{1, 1});
            CHECK(found->details.back().second == "301");
            CHECK(found->records.size() == 2);
        }
    }
}

TEST_CASE("an end that is known as a range disagrees only where the whole range does") {
    TwoSources estate;
    auto& session = estate.serve("09:00:00", "09:30:00");
    session.end_to = instant("2026-02-03T09:58Z");
    CHECK(estate.run(watch::judge_sources).findings.empty());
}

TEST_CASE("two uses that do not overlap are two uses, not a disagreement") {
    TwoSources estate;
    estate.serve("10:00:00", "11:00:00");
    CHECK(estate.run(watch::judge_sources).findings.empty());
}

TEST_CASE("each source says from when to when it tells") {
    TwoSources estate;
    estate.serve("10:00:00", "11:00:00");
    const auto& sources = estate.run(watch::judge_sources).watched.sources;
    REQUIRE(sources.size() == 2);
    CHECK(sources.front().last == instant("2026-02-03T11:00Z"));
    CHECK(sources.back().host == "n01");
    CHECK(sources.back().first == instant("2026-02-03T09:00Z"));
}
