// One person at several computers, and accounts of several people.
#include "tests/unit/comply/quarter.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;
using inputs::HostClass;
using inputs::Metric;

namespace {

struct Desk {
    UsageBuilder b;
    inputs::Inputs inputs;

    Desk() {
        observe_quarter(b);
        inputs.entitlements = {line("L02", "Revit", Metric::named, 9), line("L05", "Inventor", Metric::concurrent, 99)};
    }
    ledger::Session& revit(const std::string& host, const std::string& from, const std::string& to,
                           const std::string& user = "c14") {
        auto& session = b.watched(user, host, "Revit", "2026", on(from), on(to));
        session.idle_known = true;
        return session;
    }
    void idle(const std::string& from, const std::string& to) {
        b.usage.idle.push_back({static_cast<std::uint32_t>(b.usage.sessions.size() - 1), on(from), on(to)});
    }
    [[nodiscard]] Outcome outcome() const { return judged(b, inputs); }
};

Desk overlap(const std::string& second_from) {
    Desk d;
    d.revit("h1", "02-03 09:00", "02-03 12:00");
    d.revit("h2", "02-03 " + second_from, "02-03 13:00");
    return d;
}

// Live on `hosts` computers at once on each of the first `days` days of February, on `all` computers in all.
Desk account(int hosts, int days, int all) {
    Desk d;
    for (int day = 1; day <= days; ++day) {
        const std::string date = "02-0" + std::to_string(day);
        for (int host = 0; host < hosts; ++host) {
            d.b.watched("cad", "a" + std::to_string(host), "Inventor", "2026", on(date + " 09:00"),
                        on(date + " 10:00"));
        }
    }
    for (int host = hosts; host < all; ++host) {
        const std::string date = "02-" + std::to_string(10 + host);
        d.b.watched("cad", "a" + std::to_string(host), "Inventor", "2026", on(date + " 09:00"), on(date + " 10:00"));
    }
    return d;
}

} // namespace

TEST_CASE("two evenings on two computers at once: two episodes, the longest raw and after the allowance") {
    Desk d;
    for (const std::string day : {"02-03", "02-10"}) {
        d.revit("n04", day + " 18:00", day + " 20:00");
        d.revit("s04", day + " 19:00", day + " 21:00");
    }
    const auto outcome = d.outcome();

    const auto* finding = find(outcome, Code::multi_host, "c14");
    REQUIRE(finding != nullptr);
    CHECK(finding->product == "Revit");
    CHECK(finding->line == "L02");
    CHECK(finding->quantity == Bounds{2, 2});
    CHECK(finding->certainty == Certainty::certain);
    CHECK(detail(*finding, "longest overlap s") == "3600");
    CHECK(detail(*finding, "after allowance s") == "3240");
    CHECK(detail(*finding, "hosts") == "n04, s04");
    CHECK(finding->records_total == 4);
    CHECK(count_of(outcome, Code::multi_host) == 1);
}

TEST_CASE("moving over within five minutes and half a minute for each clock is no overlap") {
    CHECK(find(overlap("11:58").outcome(), Code::multi_host) == nullptr);
    CHECK(find(overlap("11:54").outcome(), Code::multi_host) == nullptr); // 360 - 60 - 300
    const auto outcome = overlap("11:53:59").outcome();
    REQUIRE(find(outcome, Code::multi_host) != nullptr);
    CHECK(detail(*find(overlap("11:50").outcome(), Code::multi_host), "after allowance s") == "240");
    rules::Values strict;
    strict.multi_clock_s = 0;
    const auto d = overlap("11:54:59");
    CHECK(find(judged(d.b, d.inputs, strict), Code::multi_host) != nullptr);
}

TEST_CASE("a record that says by how much its clock may be wrong loses that much once, not twice") {
    const auto with_ranges = [](const std::string& second_from) {
        auto d = overlap(second_from);
        for (auto& session : d.b.usage.sessions) {
            session.start_from -= 30;
            session.start_to += 30;
            session.end_from -= 30;
            session.end_to += 30;
        }
        return d.outcome();
    };
    CHECK(find(with_ranges("11:54"), Code::multi_host) == nullptr); // nor possibly
    const auto outcome = with_ranges("11:50");
    CHECK(find(outcome, Code::multi_host)->certainty == Certainty::certain);
    CHECK(detail(*find(outcome, Code::multi_host), "longest overlap s") == "600");
}

TEST_CASE("pooled desktops, build hosts and batch programs are nobody's second computer") {
    for (const auto type : {HostClass::vdi_pool, HostClass::build}) {
        auto d = overlap("10:00");
        d.inputs.hosts = {host_row("h2", type)};
        CHECK(find(d.outcome(), Code::multi_host) == nullptr);
    }
    auto batch = overlap("10:00");
    batch.b.usage.sessions.back().automation = true;
    CHECK(find(batch.outcome(), Code::multi_host) == nullptr);
    CHECK(find(overlap("10:00").outcome(), Code::multi_host) != nullptr);
}

TEST_CASE("a session parked idle over the whole overlap is a note; idle for a part of it is not enough") {
    Desk parked;
    parked.revit("h1", "02-03 09:00", "02-03 12:00");
    parked.idle("02-03 10:00", "02-03 12:00");
    parked.revit("h2", "02-03 10:00", "02-03 13:00");
    const auto outcome = parked.outcome();
    const auto* finding = find(outcome, Code::multi_host);
    REQUIRE(finding != nullptr);
    CHECK(finding->severity == Severity::note);
    CHECK(finding->quantity == Bounds{0, 1});
    CHECK(detail(*finding, "parked") == "1");

    Desk partly;
    partly.revit("h1", "02-03 09:00", "02-03 12:00");
    partly.idle("02-03 11:00", "02-03 12:00");
    partly.revit("h2", "02-03 10:00", "02-03 13:00");
    const auto partly_outcome = partly.outcome();
    CHECK(find(partly_outcome, Code::multi_host)->severity == Severity::breach);
    CHECK(detail(*find(partly_outcome, Code::multi_host), "longest overlap s") == "3600");
}

TEST_CASE("an end known as a range may overlap: possible only") {
    Desk d;
    d.revit("h1", "02-03 09:00", "02-03 10:00").end_to = on("02-03 12:00");
    d.revit("h2", "02-03 11:00", "02-03 13:00");
    const auto outcome = d.outcome();
    REQUIRE(find(outcome, Code::multi_host) != nullptr);
    CHECK(find(outcome, Code::multi_host)->certainty == Certainty::possible);
    CHECK(find(outcome, Code::multi_host)->severity == Severity::signal);
}

TEST_CASE("on concurrent lines a person may sit at many computers") {
    Desk d;
    d.b.watched("x", "h1", "Inventor", "2026", on("02-03 09:00"), on("02-03 12:00"));
    d.b.watched("x", "h2", "Inventor", "2026", on("02-03 09:00"), on("02-03 12:00"));
    CHECK(find(d.outcome(), Code::multi_host) == nullptr);
}

TEST_CASE("a clock that was set during a session does not make a second computer of it") {
    auto d = overlap("12:00");
    d.b.usage.clock_steps.push_back({d.b.host("h1"), on("02-03 11:00"), 3'600'000, 7});
    CHECK(find(d.outcome(), Code::multi_host) == nullptr);
}

TEST_CASE("four computers within ninety days are too many, three are not, nor a fourth ninety-one days ago") {
    Desk d;
    for (const std::string host : {"n06", "n07", "n08"}) {
        d.revit(host, "03-" + host.substr(1) + " 09:00", "03-" + host.substr(1) + " 10:00", "c15");
    }
    CHECK(find(d.outcome(), Code::too_many_devices) == nullptr);

    d.b.watched("c15", "n09", "Revit", "2026", instant("2025-12-31T09:00Z"), instant("2025-12-31T10:00Z"));
    CHECK(find(d.outcome(), Code::too_many_devices) == nullptr);
    d.revit("n09", "01-01 09:00", "01-01 10:00", "c15"); // the ninetieth day back
    const auto outcome = d.outcome();
    const auto* finding = find(outcome, Code::too_many_devices, "c15");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{4, 4});
    CHECK(finding->product == "Revit");
    CHECK(detail(*finding, "hosts") == "n06, n07, n08, n09");
    CHECK(find(outcome, Code::multi_host) == nullptr);
}

TEST_CASE(
    "an account live on three computers on three days is shared by three to nine, and nothing else is said of it") {
    const auto outcome = account(3, 3, 9).outcome();

    const auto* finding = find(outcome, Code::shared_account, "cad");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{3, 9});
    CHECK(finding->unit == "persons");
    CHECK(finding->line == "L05");
    CHECK(detail(*finding, "days") == "3");
    CHECK(find(outcome, Code::multi_host) == nullptr);

    auto named = account(3, 3, 9);
    named.inputs.entitlements = {line("L02", "Inventor", Metric::named, 9)};
    CHECK(find(named.outcome(), Code::shared_account) != nullptr);
    CHECK(find(named.outcome(), Code::multi_host) == nullptr);
    CHECK(find(named.outcome(), Code::too_many_devices) == nullptr);
}

TEST_CASE("two at once, or three on two days only, are not yet a shared account, however many computers") {
    CHECK(find(account(2, 3, 9).outcome(), Code::shared_account) == nullptr);
    CHECK(find(account(3, 2, 9).outcome(), Code::shared_account) == nullptr);
}

TEST_CASE("an account that the directory calls shared is one, a service account is nobody") {
    auto d = account(1, 1, 1);
    inputs::DirectoryEntry entry;
    entry.user = "cad";
    entry.kind = inputs::PersonKind::shared;
    d.inputs.directory = {entry};
    CHECK(find(d.outcome(), Code::shared_account, "cad")->quantity == Bounds{1, 1});
    d.inputs.directory[0].kind = inputs::PersonKind::service;
    CHECK(find(d.outcome(), Code::shared_account) == nullptr);

    auto service = overlap("10:00");
    entry.user = "c14";
    entry.kind = inputs::PersonKind::service;
    service.inputs.directory = {entry};
    CHECK(find(service.outcome(), Code::multi_host) == nullptr);
}
