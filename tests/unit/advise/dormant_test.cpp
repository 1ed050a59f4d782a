#include "tests/unit/advise/world.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;

namespace {

World one_seat(const std::string& last_use, const std::string& assigned = "2025-06-01") {
    World w;
    w.line("L02", "Revit", 10, "2400.00");
    w.assign("c41", "Revit", assigned);
    if (!last_use.empty()) {
        w.use("c41", "Revit", last_use);
    }
    return w;
}

} // namespace

TEST_CASE("Ninety days without any use make a dormant user, with the price of the seat") {
    const auto outcome = one_seat("2026-01-01").waste();

    const auto* finding = find(outcome, Code::dormant_user, "c41");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{90, 90});
    CHECK(finding->certainty == Certainty::certain);
    CHECK(finding->line == "L02");
    CHECK(finding->person == "c41");
    CHECK(amount(finding->saving) == "2400.00");
    CHECK(find(outcome, Code::dormant_seat) == nullptr);
}

TEST_CASE("Eighty-nine days are not dormant") {
    CHECK(find(one_seat("2026-01-02").waste(), Code::dormant_user) == nullptr);
}

TEST_CASE("A seat that was never used is dormant ninety days after it was assigned, not eighty-nine") {
    CHECK(find(one_seat("", "2026-01-01").waste(), Code::dormant_user) != nullptr);
    CHECK(find(one_seat("", "2026-01-02").waste(), Code::dormant_user) == nullptr);
}

TEST_CASE("Use before a recent assignment does not make the seat dormant at once") {
    CHECK(find(one_seat("2025-03-01", "2026-02-01").waste(), Code::dormant_user) == nullptr);
}

TEST_CASE("Somebody who uses other products keeps his name and loses the idle seat") {
    World w = one_seat("2026-03-30");
    w.line("L12", "Robot", 3, "1500.00");
    w.assign("c41", "Robot", "2025-01-01");
    w.use("c41", "Robot", "2025-11-20");

    const auto outcome = w.waste();

    const auto* finding = find(outcome, Code::dormant_seat, "c41");
    REQUIRE(finding != nullptr);
    CHECK(finding->line == "L12");
    CHECK(finding->quantity == Bounds{132, 132});
    CHECK(amount(finding->saving) == "1500.00");
    CHECK(find(outcome, Code::dormant_user) == nullptr);
}

TEST_CASE("Use on the connected side counts: what the vendor exported cures dormancy") {
    World w = one_seat("2025-09-01");
    w.exported("c41", "Revit", "2026-03-10", "2026-03-12", 3);
    CHECK(find(w.waste(), Code::dormant_user) == nullptr);

    w.inputs.usage_exports.front().days = 0; // a row that says nobody used it
    CHECK(find(w.waste(), Code::dormant_user) != nullptr);
}

TEST_CASE("A batch program that runs all night cures nobody's dormancy") {
    World w = one_seat("2026-01-01");
    w.use("c41", "Revit", "2026-03-20", "20:00", 600).automation = true;
    CHECK(find(w.waste(), Code::dormant_user) != nullptr);
}

TEST_CASE("A gap of the recorder on the person's computer leaves dormancy possible") {
    World w = one_seat("2026-01-01");
    w.dark("h1", "2026-03-09T08:00Z", "2026-03-11T16:00Z");
    CHECK(find(w.waste(), Code::dormant_user)->certainty == Certainty::possible);

    World other = one_seat("2026-01-01");
    other.dark("h2", "2026-03-09T08:00Z", "2026-03-11T16:00Z"); // somebody else's computer
    CHECK(find(other.waste(), Code::dormant_user)->certainty == Certainty::certain);

    World off = one_seat("2026-01-01");
    off.dark("h1", "2026-03-09T08:00Z", "2026-03-11T16:00Z");
    off.b.usage.unobserved.front().kind = ledger::Darkness::host_off; // nothing can have run
    CHECK(find(off.waste(), Code::dormant_user)->certainty == Certainty::certain);
}

TEST_CASE("A session whose end nobody saw leaves dormancy possible as long as it may have run on") {
    World w = one_seat("2026-01-01");
    auto& session = w.b.usage.sessions.back();
    session.end_to = instant("2026-01-20T10:00Z");
    const auto outcome = w.waste();
    REQUIRE(find(outcome, Code::dormant_user) != nullptr);
    CHECK(find(outcome, Code::dormant_user)->certainty == Certainty::possible);
    CHECK(find(outcome, Code::dormant_user)->quantity == Bounds{71, 90});
}

TEST_CASE("Records that do not reach back ninety days prove no dormancy") {
    World w = one_seat("");
    w.b.usage.sessions.clear();
    w.use("somebody", "Other", "2026-01-02");
    CHECK(find(w.waste(), Code::dormant_user) == nullptr);
    w.use("somebody", "Other", "2026-01-01");
    CHECK(find(w.waste(), Code::dormant_user) != nullptr);
}

TEST_CASE("Service and shared accounts are no persons, and are not dormant") {
    World w = one_seat("2026-01-01");
    w.person("c41").kind = inputs::PersonKind::service;
    CHECK(w.waste().findings.empty());
}

TEST_CASE("Two seats of one dormant user are one finding with both prices") {
    World w = one_seat("2025-12-01");
    w.line("L12", "Robot", 3, "1500.00");
    w.assign("c41", "Robot", "2025-01-01");
    const auto outcome = w.waste();
    CHECK(std::count_if(outcome.findings.begin(), outcome.findings.end(),
                        [](const Finding& f) { return f.code == Code::dormant_user; }) == 1);
    CHECK(amount(find(outcome, Code::dormant_user)->saving) == "3900.00");
}

TEST_CASE("A seat of a line that has ended costs nothing and is not dormant") {
    World w;
    w.line("L10", "Vault", 5, "600.00", "2025-12-31");
    w.assign("c06", "Vault", "2025-01-01");
    CHECK(w.waste().findings.empty());
}

TEST_CASE("Use of another vendor's product does not keep a user alive") {
    World w = one_seat("2025-12-01");
    inputs::Agreement agreement;
    agreement.id = "AG1";
    agreement.vendor = "V";
    w.inputs.agreements.push_back(agreement);
    inputs::ProductRow product;
    product.product = "Editor";
    product.vendor = "Somebody else";
    w.inputs.products.push_back(product);
    w.use("c41", "Editor", "2026-03-30");
    CHECK(find(w.waste(), Code::dormant_user) != nullptr);
    w.inputs.products.front().vendor = "v";
    CHECK(find(w.waste(), Code::dormant_user) == nullptr);
}

TEST_CASE("The vendor's count by calendar months stands beside ours and differs from it") {
    const auto in_january = one_seat("2026-01-01").waste();
    REQUIRE(in_january.advice.seats.size() == 1);
    CHECK(in_january.advice.seats.front().is_dormant);
    CHECK_FALSE(in_january.advice.seats.front().is_inactive_by_months);
    CHECK(in_january.advice.seats.front().is_rare);

    const auto in_december = one_seat("2025-12-31").waste();
    CHECK(in_december.advice.seats.front().is_inactive_by_months);
    CHECK(in_december.advice.seats.front().days_idle == 91);
}

TEST_CASE("Four sessions in a year are not rare, three are") {
    World w = one_seat("2025-08-01");
    w.use("c41", "Revit", "2025-09-01");
    w.use("c41", "Revit", "2025-10-01");
    CHECK(w.waste().advice.seats.front().is_rare);
    w.use("c41", "Revit", "2025-11-01");
    CHECK_FALSE(w.waste().advice.seats.front().is_rare);
}
