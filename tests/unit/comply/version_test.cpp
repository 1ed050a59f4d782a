// R-VERSION: releases and editions outside of what a line covers.
#include "tests/unit/comply/use_estate.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;
using inputs::Metric;
using inputs::Versions;

namespace {

// AutoCAD for named users, the current release and three before it.
UseEstate current_minus_three() {
    UseEstate e;
    e.buy("L01", "AutoCAD", Metric::named).versions = {Versions::Rule::current_minus, 0, 0, 3};
    for (std::int64_t year = 2022; year <= 2025; ++year) {
        e.release("AutoCAD", year, std::to_string(year - 1) + "-03-25");
    }
    e.release("AutoCAD", 2026, "2025-03-26");
    e.release("AutoCAD", 2027, "2026-03-25");
    e.assign("c11", "AutoCAD");
    e.use("c11", "AutoCAD", "2025-01-02T18:00Z", "s05", "2025"); // the host is watched since then
    return e;
}

} // namespace

TEST_CASE("the oldest release is inside until the day its successor's successor's successor's comes out") {
    auto e = current_minus_three();
    e.use("c11", "AutoCAD", "2026-03-24T18:00Z", "s05", "2023");
    CHECK(e.judge().findings.empty());
}

TEST_CASE("a release first used on a host after the line left it behind is a breach") {
    auto e = current_minus_three();
    e.use("c11", "AutoCAD", "2026-03-26T18:00Z", "s05", "2023");

    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 1);
    const auto& finding = outcome.findings[0];
    CHECK(finding.code == Code::version_old);
    CHECK(finding.severity == Severity::breach);
    CHECK(finding.certainty == Certainty::certain);
    CHECK(finding.subject == "c11");
    CHECK(finding.line == "L01");
    CHECK(finding.quantity == Bounds{1, 1});
    CHECK(detail(finding, "releases") == "2023");
}

TEST_CASE("a release that left the range long ago, newly installed: two days of breach") {
    auto e = current_minus_three();
    e.use("c11", "AutoCAD", "2026-02-02T18:00Z", "s05", "2022");
    e.use("c11", "AutoCAD", "2026-02-03T18:00Z", "s05", "2022");

    CHECK(find(e.judge(), Code::version_old, "c11")->quantity == Bounds{2, 2});
}

TEST_CASE("a release that was there before the line left it behind is a signal about the release, not about people") {
    auto e = current_minus_three();
    e.use("c11", "AutoCAD", "2025-01-03T18:00Z", "s05", "2023");
    e.use("c11", "AutoCAD", "2026-03-31T18:00Z", "s05", "2023");

    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings[0].severity == Severity::signal);
    CHECK(outcome.findings[0].subject == "AutoCAD 2023");
    CHECK(outcome.findings[0].unit == "persons");
    CHECK(outcome.findings[0].records_total == 1);
}

TEST_CASE("a scan that found the release in time shows as much as use of it") {
    auto e = current_minus_three();
    e.inputs.installations = {{{}, "s05", "AutoCAD", "2023", day("2026-03-24"), inputs::for_ever}};
    e.use("c11", "AutoCAD", "2026-03-31T18:00Z", "s05", "2023");
    CHECK(e.judge().findings.at(0).severity == Severity::signal);

    e.inputs.installations[0].from = day("2026-03-25");
    CHECK(e.judge().findings.at(0).severity == Severity::breach);
}

TEST_CASE("on a host that was not watched then, nobody can say that the release is new there") {
    auto e = current_minus_three();
    e.use("c11", "AutoCAD", "2026-03-31T18:00Z", "s06", "2023");
    CHECK(e.judge().findings.at(0).severity == Severity::signal);
}

TEST_CASE("after an interruption of the plan an old release is a breach again") {
    auto e = current_minus_three();
    e.use("c11", "AutoCAD", "2025-01-03T18:00Z", "s05", "2023");
    e.use("c11", "AutoCAD", "2026-03-31T18:00Z", "s05", "2023");
    e.inputs.entitlements.push_back(e.inputs.entitlements[0]);
    e.inputs.entitlements[0].end_day = day("2025-12-30");
    e.inputs.entitlements[1].start_day = day("2026-01-01");
    CHECK(e.judge().findings.at(0).severity == Severity::breach);

    e.inputs.entitlements[0].end_day = day("2025-12-31"); // no day without a line
    CHECK(e.judge().findings.at(0).severity == Severity::signal);
}

TEST_CASE("a release that no table knows to be out yet raises nothing") {
    auto e = current_minus_three();
    e.use("c11", "AutoCAD", "2026-03-24T18:00Z", "s05", "2027");
    CHECK(e.judge().findings.empty());
}

TEST_CASE("a perpetual right is to its release: a newer one on that host is a breach of that right") {
    UseEstate e;
    e.buy("L01", "AutoCAD", Metric::named);
    e.buy("L08", "AutoCAD", Metric::perpetual).versions = {Versions::Rule::fixed, 2019, 2019, 0};
    inputs::PerpetualRight own;
    own.product = "AutoCAD";
    own.host = "n07";
    own.line = "L08";
    own.version = 2019;
    own.quantity = 1;
    e.inputs.perpetual = {own};
    e.use("c10", "AutoCAD", "2026-02-01T18:00Z", "n07", "2019");
    CHECK(e.judge().findings.empty());

    for (const std::string date : {"2026-02-02", "2026-02-03", "2026-02-04"}) {
        e.use("c10", "AutoCAD", date + "T18:00Z", "n07", "2020");
    }
    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 1);
    const auto& finding = outcome.findings[0];
    CHECK(finding.code == Code::version_newer);
    CHECK(finding.severity == Severity::breach);
    CHECK(finding.subject == "c10");
    CHECK(finding.line == "L08");
    CHECK(finding.quantity == Bounds{3, 3});
    CHECK(detail(finding, "persons") == "1");

    // Who has a seat needs no right of the host.
    e.assign("c10", "AutoCAD");
    CHECK(e.judge().findings.empty());
}

TEST_CASE("without a row of its own a host holds the perpetual right if its release was seen there") {
    UseEstate e;
    e.buy("L01", "AutoCAD", Metric::named);
    e.buy("L08", "AutoCAD", Metric::perpetual).versions = {Versions::Rule::fixed, 2019, 2019, 0};
    e.use("c10", "AutoCAD", "2026-02-02T18:00Z", "n07", "2020");
    CHECK(find(e.judge(), Code::use_unassigned, "c10") != nullptr);

    e.inputs.installations = {{{}, "n07", "AutoCAD", "2019", day("2025-01-01"), inputs::for_ever}};
    CHECK(find(e.judge(), Code::version_newer, "c10") != nullptr);
}

TEST_CASE("an upgrade ends the old perpetual right sixty days later") {
    UseEstate e;
    e.buy("L01", "AutoCAD", Metric::named);
    inputs::PerpetualRight own;
    own.product = "AutoCAD";
    own.host = "n07";
    own.version = 2019;
    own.superseded = day("2026-01-01");
    e.inputs.perpetual = {own};
    e.use("ana", "AutoCAD", "2026-03-02T23:00Z", "n07", "2019"); // the sixtieth day
    CHECK(e.judge().findings.empty());

    e.use("ana", "AutoCAD", "2026-03-03T00:00Z", "n07", "2019");
    CHECK(find(e.judge(), Code::use_unassigned, "ana")->records_total == 1);
}

TEST_CASE("a fixed range has two ends") {
    UseEstate e;
    e.buy("L01", "AutoCAD", Metric::concurrent).versions = {Versions::Rule::fixed, 2020, 2022, 0};
    e.use("ana", "AutoCAD", "2026-02-02T09:00Z", "n01", "2020");
    e.use("ana", "AutoCAD", "2026-02-02T09:00Z", "n01", "2022");
    CHECK(e.judge().findings.empty());

    e.use("ben", "AutoCAD", "2026-02-02T09:00Z", "n01", "2019");
    e.use("cem", "AutoCAD", "2026-02-02T09:00Z", "n01", "2023");
    CHECK(find(e.judge(), Code::version_old) != nullptr);
    CHECK(find(e.outcome, Code::version_newer, "cem") != nullptr);
    CHECK(e.outcome.findings.size() == 2);
}

TEST_CASE(
    "the full edition under a right to the light one is a breach, the light one under the full one is unassigned") {
    UseEstate e;
    auto& light = e.product("AutoCAD LT");
    light.family = "AutoCAD";
    light.tier = 1;
    auto& full = e.product("AutoCAD");
    full.family = "AutoCAD";
    full.tier = 2;
    e.buy("L1", "AutoCAD LT", Metric::named);
    e.buy("L2", "AutoCAD", Metric::named);
    e.assign("ana", "AutoCAD LT");
    e.use("ana", "AutoCAD", "2026-02-02T09:00Z");

    const auto& outcome = e.judge();
    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings[0].code == Code::edition_above);
    CHECK(outcome.findings[0].subject == "ana");
    CHECK(outcome.findings[0].line == "L1");

    e.inputs.assignments[0].product = "AutoCAD";
    CHECK(e.judge().findings.empty());
    e.use("ana", "AutoCAD LT", "2026-02-03T09:00Z");
    CHECK(find(e.judge(), Code::use_unassigned, "ana")->product == "AutoCAD LT");
}
