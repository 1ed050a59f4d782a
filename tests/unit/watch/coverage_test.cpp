#include "tests/unit/watch/estate.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using findings::Bounds;
using findings::Code;
using findings::DayClass;
using ledger::Darkness;

namespace {

DayClass class_on(const findings::Outcome& outcome, const std::string& host, const std::string& date) {
    for (const auto& row : outcome.watched.hosts) {
        if (row.host == host) {
            return row.days.at(static_cast<std::size_t>(day(date) - row.first_day));
        }
    }
    FAIL("no such host: " << host);
    return DayClass::unknown;
}

ledger::Declaration declared(ledger::DeclarationKind kind, const std::string& about, const std::string& from,
                             std::int64_t to = ledger::unknown) {
    ledger::Declaration word;
    word.kind = kind;
    word.site = "NORD";
    word.about = about;
    word.from = instant(from);
    word.to = to;
    word.reason = "repair";
    return word;
}

} // namespace

TEST_CASE("time in which nobody watched a running machine is a coverage gap in hours") {
    Estate estate;
    estate.hear("n20");
    estate.usage.installations.push_back(
        {estate.host("n20"), UsageBuilder::id(estate.usage.features, "INVENTOR"), 0, instant("2025-01-01T00:00Z")});
    estate.unobserved("n20", Darkness::recorder_off, "2026-03-09T08:00Z", "2026-03-11T16:00Z");
    const auto& outcome = estate.run(watch::judge_coverage);
    REQUIRE(outcome.findings.size() == 1);
    const auto& gap = outcome.findings.front();
    CHECK(gap.code == Code::coverage_gap);
    CHECK(gap.subject == "n20");
    CHECK(gap.unit == "hours");
    CHECK(gap.quantity == Bounds{56, 56});
    CHECK(gap.when.from == instant("2026-03-09T08:00Z"));
    CHECK(gap.when.to == instant("2026-03-11T16:00Z"));
    CHECK(gap.details.back().second == "INVENTOR");
    CHECK(gap.records.size() == 1);
    CHECK(class_on(outcome, "n20", "2026-03-08") == DayClass::observed);
    CHECK(class_on(outcome, "n20", "2026-03-10") == DayClass::recorder_off);
}

TEST_CASE("an hour of unobserved time in the period is a gap, a second less is not") {
    for (const bool fires : {true, false}) {
        Estate estate;
        estate.hear("n20");
        estate.unobserved("n20", Darkness::recorder_off, "2026-03-09T08:00:00Z",
                          fires ? "2026-03-09T09:00:00Z" : "2026-03-09T08:59:59Z");
        CHECK((find(estate.run(watch::judge_coverage), Code::coverage_gap) != nullptr) == fires);
    }
}

TEST_CASE("a gap before the review period is that review's") {
    Estate estate;
    estate.hear("n20", "2025-10-01");
    estate.unobserved("n20", Darkness::recorder_off, "2025-12-09T08:00Z", "2025-12-11T16:00Z");
    CHECK(estate.run(watch::judge_coverage).findings.empty());
}

TEST_CASE("a host that boot records prove off for three weeks is neither a gap nor silent") {
    Estate estate;
    estate.hear("n01");
    estate.hear("n02");
    estate.forget("n02", "2026-02-02", "2026-02-22");
    estate.unobserved("n02", Darkness::host_off, "2026-02-01T18:00Z", "2026-02-23T06:00Z");
    const auto& outcome = estate.run(watch::judge_coverage);
    CHECK(outcome.findings.empty());
    CHECK(class_on(outcome, "n02", "2026-02-10") == DayClass::host_off);
    CHECK(outcome.watched.complete_through == day("2026-03-31"));
}

TEST_CASE("a recorder that is off while the machine is off too misses nothing") {
    Estate estate;
    estate.hear("n02");
    estate.unobserved("n02", Darkness::host_off, "2026-02-01T18:00Z", "2026-02-02T06:00Z");
    estate.unobserved("n02", Darkness::recorder_off, "2026-02-01T18:00Z", "2026-02-02T06:30Z");
    CHECK(estate.run(watch::judge_coverage).findings.empty());
}

TEST_CASE("a host of which nothing comes any more is silent since the day after its last sign of life") {
    Estate estate;
    estate.hear("s24");
    estate.hear("s25", "2025-01-01", "2026-01-31");
    const auto& outcome = estate.run(watch::judge_coverage);
    REQUIRE(outcome.findings.size() == 1);
    const auto& silent = outcome.findings.front();
    CHECK(silent.code == Code::host_silent);
    CHECK(silent.subject == "s25");
    CHECK(silent.quantity == Bounds{59, 59});
    CHECK(silent.when.from == instant("2026-02-01T00:00Z"));
    CHECK(class_on(outcome, "s25", "2026-02-01") == DayClass::missing);
    CHECK(outcome.watched.complete_through == day("2026-01-31"));
    CHECK(outcome.watched.complete_until_host == "s25");
}

TEST_CASE("a host is silent after thirty days, not after twenty-nine") {
    for (const bool fires : {true, false}) {
        Estate estate;
        estate.hear("s24");
        estate.hear("s25", "2026-01-01", fires ? "2026-03-01" : "2026-03-02");
        CHECK((find(estate.run(watch::judge_coverage), Code::host_silent, "s25") != nullptr) == fires);
    }
}

TEST_CASE("a retired host and one that the site declared silent raise nothing, and are shown as declared") {
    Estate estate;
    estate.hear("n01");
    estate.hear("n02", "2026-01-01", "2026-01-31");
    estate.hear("n03", "2026-01-01", "2026-01-31");
    estate.usage.declarations = {
        declared(ledger::DeclarationKind::retired, "Hn02", "2026-02-01T00:00Z"),
        declared(ledger::DeclarationKind::gap, "Hn03", "2026-02-01T00:00Z", instant("2026-04-15T00:00Z"))};
    const auto& outcome = estate.run(watch::judge_coverage);
    CHECK(outcome.findings.empty());
    CHECK(class_on(outcome, "n02", "2026-02-10") == DayClass::declared);
    CHECK(class_on(outcome, "n03", "2026-02-10") == DayClass::declared);
    CHECK(outcome.watched.complete_through == day("2026-03-31"));
}

TEST_CASE("a declaration about one host does not excuse another") {
    Estate estate;
    estate.hear("n01");
    estate.hear("n02", "2026-01-01", "2026-01-31");
    estate.usage.declarations = {declared(ledger::DeclarationKind::gap, "Hn01", "2026-02-01T00:00Z")};
    CHECK(find(estate.run(watch::judge_coverage), Code::host_silent, "n02") != nullptr);
}

TEST_CASE("an enrolled host that never sent anything is silent from the beginning of the review period") {
    Estate estate;
    estate.hear("n01");
    ledger::LogState enrolled;
    enrolled.log = estate.host("n02", "NORD");
    enrolled.site = "NORD";
    enrolled.label = "n02";
    enrolled.role = "recorder";
    estate.usage.coverage.logs.push_back(enrolled);
    const auto& outcome = estate.run(watch::judge_coverage);
    REQUIRE(find(outcome, Code::host_silent, "n02") != nullptr);
    CHECK(find(outcome, Code::host_silent, "n02")->quantity == Bounds{90, 90});
}

TEST_CASE("days missing between two signs of life are one gap for all hosts of the site that miss the same") {
    Estate estate;
    for (const auto* name : {"n01", "n02", "n03"}) {
        estate.hear(name);
        estate.forget(name, "2026-02-01", "2026-02-28");
    }
    const auto& outcome = estate.run(watch::judge_coverage);
    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings.front().code == Code::coverage_gap);
    CHECK(outcome.findings.front().subject == "NORD");
    CHECK(outcome.findings.front().quantity == Bounds{28 * 24, 28 * 24});
    CHECK(outcome.watched.complete_through == day("2026-01-31"));
}

TEST_CASE("a whole site that falls silent is one gap after seven days, not a finding for every host") {
    for (const bool fires : {true, false}) {
        Estate estate;
        estate.hear("n01");
        estate.hear("s01", "2026-01-01", fires ? "2026-03-24" : "2026-03-25", "SUED");
        estate.hear("s02", "2026-01-01", fires ? "2026-03-24" : "2026-03-25", "SUED");
        const auto& outcome = estate.run(watch::judge_coverage);
        CHECK((find(outcome, Code::coverage_gap, "SUED") != nullptr) == fires);
        CHECK(find(outcome, Code::host_silent) == nullptr);
    }
}

TEST_CASE("a site of one host is silent like any other") {
    Estate estate;
    estate.hear("n01");
    estate.hear("s01", "2026-01-01", "2026-02-01", "SUED");
    const auto& outcome = estate.run(watch::judge_coverage);
    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings.front().code == Code::coverage_gap);
    CHECK(outcome.findings.front().subject == "SUED");
}

TEST_CASE("a station is no host") {
    Estate estate;
    estate.hear("n01");
    ledger::LogState station;
    station.log = estate.hear("station", "2026-01-01", "2026-01-05");
    station.site = "NORD";
    station.role = "station";
    estate.usage.coverage.logs.push_back(station);
    const auto& outcome = estate.run(watch::judge_coverage);
    CHECK(outcome.findings.empty());
    CHECK(outcome.watched.hosts.size() == 1);
}

TEST_CASE("lost events are a gap that counts them") {
    Estate estate;
    estate.hear("n01");
    estate.unobserved("n01", Darkness::source_loss, "2026-03-09T08:00Z", "2026-03-09T09:00Z", 12);
    const auto& outcome = estate.run(watch::judge_coverage);
    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings.front().unit == "events");
    CHECK(outcome.findings.front().quantity == Bounds{12, 12});
    CHECK(class_on(outcome, "n01", "2026-03-09") == DayClass::source_loss);
}

TEST_CASE("what was imported from before a host's first line is neither observed nor missing") {
    Estate estate;
    const auto log = estate.hear("n01", "2026-03-01");
    estate.usage.coverage.imports.push_back(
        {log, 0, 3, 100, instant("2026-01-05T08:00Z"), instant("2026-01-09T17:00Z"), "app.log", "", ""});
    const auto& outcome = estate.run(watch::judge_coverage);
    CHECK(outcome.findings.empty());
    CHECK(class_on(outcome, "n01", "2026-01-07") == DayClass::imported);
    CHECK(class_on(outcome, "n01", "2026-02-07") == DayClass::unknown);
    CHECK(class_on(outcome, "n01", "2026-03-07") == DayClass::observed);
}

namespace {

struct HighUse : Estate {
    // `taken` claims of twelve at 10:00 on 10 March, and n20 is not watched then.
    explicit HighUse(std::int64_t taken) {
        hear("n20");
        unobserved("n20", Darkness::recorder_off, "2026-03-09T08:00Z", "2026-03-11T16:00Z");
        install("n20");
        findings::Position position;
        position.agreement = "AG1";
        position.line = "L05";
        position.name = "Inventor Professional";
        position.metric = inputs::Metric::concurrent;
        position.words = {"INVENTOR"};
        position.allowed = {{0, 12}};
        position.lower =
            std::vector<count::Step>{{instant("2026-03-10T10:00Z"), taken}, {instant("2026-03-10T11:00Z"), 0}};
        outcome.positions.push_back(position);
    }
    void install(const std::string& name) {
        usage.installations.push_back(
            {host(name), UsageBuilder::id(usage.features, "INVENTOR"), 0, instant("2025-01-01T00:00Z")});
    }
};

} // namespace

TEST_CASE("a gap at high use carries what was observed, and one more for each unwatched host with the product") {
    HighUse estate(10);
    const auto& outcome = estate.run(watch::judge_gaps_at_high_use);
    REQUIRE(outcome.findings.size() == 1);
    const auto& gap = outcome.findings.front();
    CHECK(gap.code == Code::gap_at_high_use);
    CHECK(gap.subject == "n20/L05");
    CHECK(gap.line == "L05");
    CHECK(gap.product == "Inventor Professional");
    CHECK(gap.quantity == Bounds{10, 11});
    CHECK(gap.when.from == instant("2026-03-10T10:00Z"));
    CHECK(gap.when.to == instant("2026-03-10T11:00Z"));
}

TEST_CASE("two unwatched hosts raise the upper bound by two") {
    HighUse estate(10);
    estate.hear("n21");
    estate.install("n21");
    estate.unobserved("n21", Darkness::recorder_off, "2026-03-10T09:30Z", "2026-03-10T10:30Z");
    const auto& outcome = estate.run(watch::judge_gaps_at_high_use);
    REQUIRE(find(outcome, Code::gap_at_high_use, "n20/L05") != nullptr);
    CHECK(find(outcome, Code::gap_at_high_use, "n20/L05")->quantity == Bounds{10, 12});
}

TEST_CASE("use is high at eighty per cent of the quantity and not below") {
    for (const bool fires : {true, false}) {
        HighUse estate(8);
        estate.outcome.positions.front().allowed = {{0, fires ? 10 : 11}};
        CHECK((find(estate.run(watch::judge_gaps_at_high_use), Code::gap_at_high_use) != nullptr) == fires);
    }
}

TEST_CASE("a gap on a host without the product says nothing about the line") {
    HighUse estate(10);
    estate.usage.installations.clear();
    CHECK(estate.run(watch::judge_gaps_at_high_use).findings.empty());
}

TEST_CASE("a gap that the site declared is not held against it at high use") {
    HighUse estate(10);
    estate.usage.declarations = {
        declared(ledger::DeclarationKind::gap, "Hn20", "2026-03-09T00:00Z", instant("2026-03-12T00:00Z"))};
    CHECK(estate.run(watch::judge_gaps_at_high_use).findings.empty());
}
