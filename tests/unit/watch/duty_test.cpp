#include "tests/unit/watch/estate.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using findings::Bounds;
using findings::Code;
using findings::Duty;

namespace {

inputs::Agreement agreement(const std::string& id, std::vector<std::string> sites) {
    inputs::Agreement row;
    row.id = id;
    row.start = day("2026-01-01");
    row.sites = std::move(sites);
    row.cadence = {inputs::Cadence::Unit::months, 1};
    row.due_days = 10;
    row.grace_days = 5;
    return row;
}

struct Deliveries : Estate {
    void deliver(const std::string& site, const std::string& made, const std::string& received,
                 const std::string& named = "AG1", const std::string& through = "") {
        ledger::Delivery row;
        row.site = site;
        row.agreement = named;
        row.made = instant(made);
        row.received = instant(received);
        row.through = through.empty() ? row.made : instant(through);
        usage.deliveries.push_back(row);
    }
    void nil(const std::string& site, const std::string& named, const std::string& from, const std::string& to) {
        ledger::Declaration word;
        word.log = 1;
        word.kind = ledger::DeclarationKind::nil;
        word.site = site;
        word.agreement = named;
        word.from = instant(from);
        word.to = instant(to);
        word.seq = 5;
        usage.declarations.push_back(word);
    }
    // February and March in time.
    void deliver_others(const std::string& site) {
        deliver(site, "2026-03-02T08:00Z", "2026-03-03T08:00Z");
        deliver(site, "2026-04-01T08:00Z", "2026-04-01T09:00Z");
    }
    const findings::DutyPeriod& period(const std::string& agreement_id, const std::string& label) {
        for (const auto& row : outcome.watched.duties) {
            if (row.agreement == agreement_id && row.label == label) {
                return row;
            }
        }
        FAIL("no such period: " << label);
        return outcome.watched.duties.front();
    }
};

} // namespace

TEST_CASE("a report that comes after the due day and the grace is late by the days since it was due") {
    Deliveries estate;
    estate.inputs.agreements = {agreement("AG1", {"NORD", "WEST"})};
    estate.deliver("WEST", "2026-02-20T08:00Z", "2026-02-22T10:00Z");
    estate.deliver_others("WEST");
    estate.deliver("NORD", "2026-02-02T08:00Z", "2026-02-03T10:00Z");
    estate.deliver_others("NORD");
    const auto& outcome = estate.run(watch::judge_duty);
    REQUIRE(outcome.findings.size() == 1);
    const auto& late = outcome.findings.front();
    CHECK(late.code == Code::late);
    CHECK(late.agreement == "AG1");
    CHECK(late.subject == "WEST-01");
    CHECK(late.unit == "days");
    CHECK(late.quantity == Bounds{12, 12});
    CHECK(late.when.from == instant("2026-01-01T00:00Z"));
}

TEST_CASE("a report within the days of grace is not late, a day later it is") {
    for (const bool fires : {true, false}) {
        Deliveries estate;
        estate.inputs.agreements = {agreement("AG1", {"NORD", "WEST"})};
        for (const auto* site : {"NORD", "WEST"}) {
            estate.deliver(site, "2026-02-02T08:00Z", fires ? "2026-02-16T00:00Z" : "2026-02-15T23:59:59Z");
            estate.deliver_others(site);
        }
        CHECK(count_of(estate.run(watch::judge_duty), Code::late) == (fires ? 2 : 0));
    }
}

TEST_CASE("a period without report or nil return is missing once the grace has passed") {
    Deliveries estate;
    estate.inputs.agreements = {agreement("AG2", {"NORD"})};
    estate.nil("NORD", "AG2", "2026-01-01T00:00Z", "2026-02-01T00:00Z");
    const auto& outcome = estate.run(watch::judge_duty);
    REQUIRE(outcome.findings.size() == 2);
    const auto* nil = find(outcome, Code::nil_return, "AG2-01");
    REQUIRE(nil != nullptr);
    CHECK(nil->quantity == Bounds{1, 1});
    CHECK(nil->severity == findings::Severity::note);
    CHECK(nil->records.size() == 1);
    const auto* missing = find(outcome, Code::period_missing, "AG2-02");
    REQUIRE(missing != nullptr);
    CHECK(missing->quantity == Bounds{22, 22}); // due on 10 March
    CHECK(estate.period("AG2", "2026-03").duty == Duty::not_due);
}

TEST_CASE("a missing period is found on the day after the grace, not on its last day") {
    for (const bool fires : {true, false}) {
        Deliveries estate;
        estate.options.as_of_day = day(fires ? "2026-02-15" : "2026-02-14"); // the report is made on the next day
        estate.inputs.agreements = {agreement("AG1", {"NORD"})};
        CHECK((find(estate.run(watch::judge_duty), Code::period_missing) != nullptr) == fires);
        CHECK(estate.period("AG1", "2026-01").duty == (fires ? Duty::missing : Duty::due));
    }
}

TEST_CASE("a bundle that was made before the period's end does not answer for it") {
    Deliveries estate;
    estate.inputs.agreements = {agreement("AG1", {"NORD"})};
    estate.deliver("NORD", "2026-01-31T23:59:59Z", "2026-02-01T08:00Z");
    CHECK(find(estate.run(watch::judge_duty), Code::period_missing, "AG1-01") != nullptr);
}

TEST_CASE("a bundle answers for the agreement it names, and for all when it names a channel that is none") {
    for (const bool named : {true, false}) {
        Deliveries estate;
        estate.inputs.agreements = {agreement("AG1", {"NORD"}), agreement("AG2", {"NORD"})};
        estate.deliver("NORD", "2026-02-02T08:00Z", "2026-02-03T08:00Z", named ? "AG1" : "DEFAULT");
        estate.deliver("NORD", "2026-03-02T08:00Z", "2026-03-03T08:00Z", named ? "AG1" : "DEFAULT");
        CHECK(count_of(estate.run(watch::judge_duty), Code::period_missing) == (named ? 2 : 0));
    }
}

TEST_CASE("a later bundle that completes an answered period amends it") {
    Deliveries estate;
    estate.inputs.agreements = {agreement("AG1", {"NORD"})};
    estate.deliver("NORD", "2026-02-02T08:00Z", "2026-02-03T08:00Z", "AG1", "2026-01-30T17:00Z");
    estate.deliver("NORD", "2026-03-02T08:00Z", "2026-03-03T08:00Z", "AG1", "2026-02-27T17:00Z");
    CHECK(estate.run(watch::judge_duty).findings.empty());
    const auto& january = estate.period("AG1", "2026-01");
    CHECK(january.duty == Duty::delivered);
    CHECK(january.amended == instant("2026-03-03T08:00Z"));
    CHECK(january.complete);
    CHECK_FALSE(estate.period("AG1", "2026-02").complete);
}

TEST_CASE("a nil return beside recorded use of what only that agreement covers is contradicted") {
    for (const bool only_here : {true, false}) {
        Deliveries estate;
        estate.inputs.agreements = {agreement("AG2", {"NORD"})};
        auto mine = line("L20", "MAYA", inputs::Metric::named, 5);
        mine.agreement = "AG2";
        estate.inputs.entitlements = {mine};
        if (!only_here) {
            estate.inputs.entitlements.push_back(line("L06", "MAYA", inputs::Metric::concurrent, 6));
        }
        estate.host("n01", "NORD");
        estate.watched("u1", "n01", "MAYA", "2026", instant("2026-01-14T09:00Z"), instant("2026-01-14T10:00Z"));
        estate.nil("NORD", "AG2", "2026-01-01T00:00Z", "2026-02-01T00:00Z");
        const auto* nil = find(estate.run(watch::judge_duty), Code::nil_return, "AG2-01");
        REQUIRE(nil != nullptr);
        CHECK((nil->severity == findings::Severity::signal) == only_here);
        CHECK(estate.period("AG2", "2026-01").contradicted == only_here);
    }
}

TEST_CASE(
    "a nil return by the midnights of the site's zone answers the period, and use of the next day does not deny it") {
    for (const bool whole : {true, false}) {
        Deliveries estate;
        estate.inputs.agreements = {agreement("AG2", {"NORD"})};
        auto mine = line("L20", "MAYA", inputs::Metric::named, 5);
        mine.agreement = "AG2";
        estate.inputs.entitlements = {mine};
        estate.host("n01", "NORD");
        // In Tokyo the first of February has begun.
        estate.watched("u1", "n01", "MAYA", "2026", instant("2026-01-31T16:00Z"), instant("2026-01-31T17:00Z"));
        estate.nil("NORD", "AG2", "2025-12-31T15:00Z", whole ? "2026-01-31T15:00Z" : "2026-01-31T09:00Z");
        const auto* nil = find(estate.run(watch::judge_duty), Code::nil_return, "AG2-01");
        REQUIRE((nil != nullptr) == whole);
        CHECK_FALSE(estate.period("AG2", "2026-01").contradicted);
    }
}

TEST_CASE("quarters are those of the calendar, and numbers of days are counted from the agreement's start") {
    Deliveries estate;
    auto quarterly = agreement("AG1", {"NORD"});
    quarterly.cadence.length = 3;
    quarterly.start = day("2025-08-15");
    auto half_yearly = agreement("AG2", {"NORD"});
    half_yearly.cadence = {inputs::Cadence::Unit::days, 60};
    estate.inputs.agreements = {quarterly, half_yearly};
    estate.deliver("NORD", "2025-09-01T08:00Z", "2025-09-01T08:00Z", "AG1");
    estate.run(watch::judge_duty);
    CHECK(estate.period("AG1", "2025-Q3").when.from == instant("2025-08-15T00:00Z"));
    CHECK(estate.period("AG1", "2025-Q4").when.from == instant("2025-10-01T00:00Z"));
    CHECK(estate.period("AG2", "2026-01-01").when.to == instant("2026-03-02T00:00Z"));
    CHECK(find(estate.outcome, Code::period_missing, "AG1-Q4") != nullptr);
}

TEST_CASE("an agreement without a cadence owes no reports") {
    Deliveries estate;
    estate.inputs.agreements = {agreement("AG1", {"NORD"})};
    estate.inputs.agreements.front().cadence = {};
    CHECK(estate.run(watch::judge_duty).watched.duties.empty());
}
