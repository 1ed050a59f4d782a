#include "tests/unit/advise/world.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;

namespace {

// c43 holds Revit for 2,400.00 a year; a window costs 10 tokens of 3.00.
World seldom(std::int64_t sessions, std::int64_t minutes = 60) {
    World w;
    w.line("L02", "Revit", 10, "2400.00");
    w.assign("c43", "Revit", "2025-06-01");
    for (std::int64_t i = 0; i < sessions; ++i) {
        w.use("c43", "Revit", text::format_day(day("2026-01-05") + i * 7), "10:00", minutes, "w01").idle_known = true;
    }
    inputs::TokenRate rate;
    rate.product = "Revit";
    rate.tokens = 10;
    w.inputs.token_rates.push_back(rate);
    inputs::TokenPack pack;
    pack.agreement = "AG1";
    pack.tokens = 300;
    pack.price = inputs::Money{30'000, "EUR"};
    w.inputs.token_packs.push_back(pack);
    inputs::Host host;
    host.host = "w01";
    host.sign_in_hours = 24;
    w.inputs.hosts.push_back(host);
    return w;
}

} // namespace

TEST_CASE("Eleven sessions in three months are low use, and tokens save the rest of the price") {
    const auto outcome = seldom(11).waste();

    const auto* finding = find(outcome, Code::low_freq, "c43");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{11, 11});
    CHECK(finding->certainty == Certainty::certain);
    CHECK(detail(*finding, "break_even") == "80");
    CHECK(detail(*finding, "windows") == "11");
    CHECK(detail(*finding, "projected") == "45");
    CHECK(detail(*finding, "advice") == "tokens");
    CHECK(amount(finding->saving) == "1050.00");
    CHECK(finding->records_total == 11);
}

TEST_CASE("Twelve sessions in three months are not low use") {
    CHECK(find(seldom(12).waste(), Code::low_freq) == nullptr);
}

TEST_CASE("Sessions closer than five minutes are one, at five minutes they are two") {
    World w = seldom(10);
    w.use("c43", "Revit", "2026-03-30", "10:00", 10, "w01");
    w.use("c43", "Revit", "2026-03-30", "10:15", 10, "w01");
    CHECK(find(w.waste(), Code::low_freq) == nullptr); // 12
    World merged = seldom(10);
    merged.use("c43", "Revit", "2026-03-30", "10:00", 10, "w01");
    auto& second = merged.use("c43", "Revit", "2026-03-30", "10:15", 10, "w01");
    second.start_from = second.start_to = instant("2026-03-30T10:14:59Z");
    CHECK(find(merged.waste(), Code::low_freq)->quantity == Bounds{11, 11});
}

TEST_CASE("On a computer that cannot sign in every day tokens are no way out") {
    World w = seldom(11);
    w.inputs.hosts.clear();
    const auto outcome = w.waste();
    const auto* finding = find(outcome, Code::low_freq, "c43");
    REQUIRE(finding != nullptr);
    CHECK(detail(*finding, "advice") == "share a pool");
    CHECK_FALSE(finding->saving.has_value());

    w = seldom(11);
    w.inputs.hosts.front().sign_in_hours = 25;
    CHECK(detail(*find(w.waste(), Code::low_freq), "advice") == "share a pool");
}

TEST_CASE("Few but long sessions open many windows: the seat stays") {
    const auto outcome = seldom(11, 40 * 60).waste(); // 22 windows, 90 in a year
    const auto* finding = find(outcome, Code::low_freq);
    REQUIRE(finding != nullptr);
    CHECK(detail(*finding, "windows") == "22");
    CHECK(detail(*finding, "projected") == "90");
    CHECK(detail(*finding, "advice") == "keep");
    CHECK_FALSE(finding->saving.has_value());
}

TEST_CASE("At the break-even tokens are advised, one window above the seat is kept") {
    World w = seldom(11);
    w.inputs.entitlements.front().list_price_units = 45 * 30 * 10'000; // exactly 45 windows
    CHECK(detail(*find(w.waste(), Code::low_freq), "advice") == "tokens");
    w.inputs.entitlements.front().list_price_units = 45 * 30 * 10'000 - 1;
    CHECK(detail(*find(w.waste(), Code::low_freq), "break_even") == "44");
    CHECK(detail(*find(w.waste(), Code::low_freq), "advice") == "keep");
}

TEST_CASE("1,940.00 a year against windows of 21.00 breaks even at 92 windows") {
    World w = seldom(11);
    w.inputs.entitlements.front().list_price_units = 19'400'000;
    w.inputs.token_rates.front().tokens = 7;
    CHECK(detail(*find(w.waste(), Code::low_freq), "break_even") == "92");
}

TEST_CASE("A seat that was not assigned throughout is not judged by its frequency") {
    World w = seldom(11);
    w.inputs.assignments.front().assigned = moment("2026-01-02");
    CHECK(find(w.waste(), Code::low_freq) == nullptr);
    w.inputs.assignments.front().assigned = moment("2026-01-01");
    CHECK(find(w.waste(), Code::low_freq) != nullptr);
}

TEST_CASE("No session at all is dormancy, not low use") { CHECK(find(seldom(0).waste(), Code::low_freq) == nullptr); }

TEST_CASE("What the vendor exported of a connected computer is the same use, not more of it") {
    World w = seldom(11);
    w.exported("c43", "Revit", "2026-01-01", "2026-03-31", 11);
    CHECK(find(w.waste(), Code::low_freq)->quantity == Bounds{11, 11});
}

TEST_CASE("Exported use of another computer comes on top of the records of an unconnected one") {
    World w = seldom(8);
    w.inputs.hosts.clear();
    w.exported("c43", "Revit", "2026-01-01", "2026-03-31", 4);
    const auto outcome = w.waste();
    CHECK(find(outcome, Code::low_freq)->quantity == Bounds{8, 12});
    CHECK(find(outcome, Code::low_freq)->certainty == Certainty::possible);
}

TEST_CASE("A recorder that was off leaves low use possible; a computer that fell silent leaves nothing to say") {
    World w = seldom(11);
    w.dark("w01", "2026-02-01T08:00Z", "2026-02-01T09:00Z");
    CHECK(find(w.waste(), Code::low_freq)->certainty == Certainty::possible);

    w = seldom(11);
    ledger::LogState state;
    state.log = w.b.host("w01");
    state.last_wall = instant("2026-03-02T00:00Z") * 1000;
    w.b.usage.coverage.logs = {state};
    CHECK(find(w.waste(), Code::low_freq) == nullptr);
    w.b.usage.coverage.logs.front().last_wall = instant("2026-03-31T23:00Z") * 1000;
    CHECK(find(w.waste(), Code::low_freq)->certainty == Certainty::certain);
}

TEST_CASE("Use every day is not low, however many sessions it is merged from") {
    World w = seldom(0);
    w.use_daily("c43", "Revit", "2026-01-01", "2026-03-31");
    CHECK(find(w.waste(), Code::low_freq) == nullptr);
}

TEST_CASE("One session of a month without an end is one session") {
    World w = seldom(0);
    w.use("c43", "Revit", "2026-01-10", "10:00", 60 * 24 * 30, "w01");
    CHECK(find(w.waste(), Code::low_freq)->quantity == Bounds{1, 1});
}

TEST_CASE("Low use is possible only where a month of the person's computer never came") {
    for (const bool lost : {true, false}) {
        World w = seldom(11);
        const auto log = w.b.host("w01");
        for (inputs::Day on = day("2026-01-01"); on <= day("2026-03-31"); ++on) {
            if (!lost || on < day("2026-02-01") || on >= day("2026-03-01")) {
                w.b.usage.coverage.days.push_back({log, on, 10, 1, 0});
            }
        }
        const auto outcome = w.waste();
        const auto* finding = find(outcome, Code::low_freq, "c43");
        REQUIRE(finding != nullptr);
        CHECK(finding->certainty == (lost ? Certainty::possible : Certainty::certain));
    }
}

TEST_CASE("A month that boot records or the site's word explain hides no use") {
    World w = seldom(11);
    const auto log = w.b.host("w01");
    for (inputs::Day on = day("2026-01-01"); on <= day("2026-03-31"); ++on) {
        if (on < day("2026-02-01") || on >= day("2026-03-01")) {
            w.b.usage.coverage.days.push_back({log, on, 10, 1, 0});
        }
    }
    w.b.usage.unobserved.push_back(
        {log, ledger::Darkness::host_off, instant("2026-02-01T00:00Z"), instant("2026-03-01T00:00Z"), 0, 7});
    CHECK(find(w.waste(), Code::low_freq, "c43")->certainty == Certainty::certain);
}
