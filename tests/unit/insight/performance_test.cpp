#include "tests/unit/insight/fleet.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using findings::Availability;
using findings::InsightKind;
using findings::Quartiles;

namespace {

constexpr auto performance = InsightKind::performance;

const std::vector<std::uint64_t> eight = {100, 200, 300, 400, 500, 600, 700, 800};

inputs::PerformanceReference reference(std::int64_t q25, std::int64_t q50, std::int64_t q75, std::int64_t version,
                                       const std::string& to = "2025-12-31") {
    inputs::PerformanceReference row;
    row.product = "CAD";
    row.version = version;
    row.measure = inputs::Measured::open;
    row.q25_ms = q25;
    row.q50_ms = q50;
    row.q75_ms = q75;
    row.persons = 40;
    row.from = day("2025-10-01");
    row.to = day(to);
    row.source = "frozen in January";
    return row;
}

} // namespace

TEST_CASE("persons fall into the quarters of the reference, and one on its edge into the faster one") {
    Fleet fleet;
    fleet.sampled("2026-02-03", {100, 101, 200, 201, 300, 301});
    fleet.inputs.performance_references = {reference(100, 200, 300, 2026)};
    const auto& insights = fleet.look();
    REQUIRE(insights.bands.size() == 1);
    const auto& band = insights.bands.front();
    CHECK(band.product == "CAD");
    CHECK(band.release == 2026);
    CHECK(band.persons == std::array<std::int64_t, 4>{1, 2, 2, 1});
    REQUIRE(band.reference);
    CHECK(band.reference->frozen);
    CHECK(band.reference->source == "frozen in January");
    CHECK(state_of(insights, performance)->availability == Availability::available);
}

TEST_CASE("a person's samples are one mean, so that who opens much does not count more") {
    Fleet fleet;
    fleet.sampled("2026-02-03", {100, 100, 100, 100, 100});
    fleet.sampled("2026-02-04", {301});
    const auto& now = fleet.look().bands.at(0).now;
    CHECK(now == Quartiles{100, 100, 100, 5});
    Fleet slower;
    slower.sampled("2026-02-03", eight);
    CHECK(slower.look().bands.at(0).now == Quartiles{200, 400, 600, 8});
}

TEST_CASE("without a reference handed in the quarter before is counted, and said not to be frozen") {
    Fleet fleet;
    fleet.sampled("2025-11-04", eight);
    fleet.sampled("2026-02-03", {50, 150, 450, 900, 950});
    const auto& band = fleet.look().bands.at(0);
    REQUIRE(band.reference);
    CHECK_FALSE(band.reference->frozen);
    CHECK(band.reference->of == Quartiles{200, 400, 600, 8});
    CHECK(band.reference->from_day == day("2025-10-01"));
    CHECK(band.reference->to_day == day("2025-12-31"));
    CHECK(band.persons == std::array<std::int64_t, 4>{2, 0, 1, 2});
}

TEST_CASE("what was frozen does not move when late records change the quarter it was made from") {
    Fleet fleet;
    fleet.sampled("2026-02-03", eight);
    fleet.inputs.performance_references = {reference(100, 200, 300, 2026)};
    const auto before = fleet.look().bands.at(0).persons;
    Fleet late = fleet;
    late.outcome = {};
    late.sampled("2025-11-04", {9000, 9000, 9000, 9000, 9000});
    CHECK(late.look().bands.at(0).persons == before);
}

TEST_CASE(
    "the reference of the release goes before one of all, the newer one before the older, never one of the period") {
    Fleet fleet;
    fleet.sampled("2026-02-03", eight);
    fleet.inputs.performance_references = {reference(1, 2, 3, 0), reference(10, 20, 30, 2026, "2025-06-30"),
                                           reference(11, 22, 33, 2026), reference(5, 6, 7, 2025),
                                           reference(8, 9, 10, 2026, "2026-03-31")};
    CHECK(fleet.look().bands.at(0).reference->of.q25_ms == 11);
}

TEST_CASE("a reference of too few persons is none, and the speeds are shown without bands") {
    Fleet fleet;
    fleet.sampled("2025-11-04", {100, 200, 300, 400});
    fleet.sampled("2026-02-03", eight);
    const auto& band = fleet.look().bands.at(0);
    CHECK_FALSE(band.reference);
    CHECK(band.persons == std::array<std::int64_t, 4>{});
    REQUIRE(band.months.size() == 1);
    CHECK(band.months[0].of.q50_ms == 400);
}

TEST_CASE("four persons say nothing, five do; the state says how many there are and how many are needed") {
    for (const std::size_t persons : {4U, 5U}) {
        Fleet fleet;
        fleet.sampled("2026-02-03", std::vector<std::uint64_t>(persons, 100));
        const auto& insights = fleet.look();
        const auto* state = state_of(insights, performance);
        REQUIRE(state != nullptr);
        CHECK(insights.bands.empty() == (persons == 4));
        CHECK(state->availability == (persons == 4 ? Availability::too_few_persons : Availability::available));
        CHECK(state->has == (persons == 4 ? 4 : 0));
        CHECK(state->needs == (persons == 4 ? 5 : 0));
        CHECK(state->text.empty() == (persons == 5));
    }
}

TEST_CASE("four weeks after the first report there is something to say, a day before not") {
    for (const std::string first : {"2026-03-04", "2026-03-05"}) {
        Fleet fleet;
        fleet.sampled(first, eight);
        const auto* state = state_of(fleet.look(), performance);
        REQUIRE(state != nullptr);
        const bool enough = first == "2026-03-04";
        CHECK(state->availability == (enough ? Availability::available : Availability::not_enough_time));
        CHECK(state->remedy == (enough ? "" : "wait until 2026-04-01"));
    }
}

TEST_CASE("a program that reports nothing is named with what to do, and an empty ledger says that it is empty") {
    Fleet fleet;
    fleet.works("u1", "2026-02-03", "2026", "MAYA");
    const auto* state = state_of(fleet.look(), performance, "MAYA");
    REQUIRE(state != nullptr);
    CHECK(state->availability == Availability::not_instrumented);
    CHECK_FALSE(state->remedy.empty());
    Fleet empty;
    const auto* none = state_of(empty.look(), performance, "");
    REQUIRE(none != nullptr);
    CHECK(none->availability == Availability::no_record);
}

TEST_CASE("what lies after the last day that counts is not seen, and the size of documents is a mean") {
    Fleet fleet;
    fleet.sampled("2026-02-03", eight);
    fleet.usage.timings[0].documents = 1;
    fleet.usage.timings[0].bytes = 100;
    fleet.usage.timings[1].documents = 2;
    fleet.usage.timings[1].bytes = 401;
    const auto before = fleet.look().bands;
    REQUIRE(before.size() == 1);
    CHECK(before[0].document_bytes == 167);
    Fleet later = fleet;
    later.outcome = {};
    later.sampled("2026-04-01", {9999, 9999});
    CHECK(later.look().bands.at(0).now == before[0].now);
}
