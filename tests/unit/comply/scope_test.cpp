// R-SCOPE and R-CONTRACTOR: where a right holds, and who needs an assignment of his own.
#include "tests/unit/comply/use_estate.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;
using inputs::Metric;

namespace {

// 3ds Max for Germany only, under an agreement for Germany and France.
UseEstate german_line() {
    UseEstate e;
    e.inputs.agreements[0].countries = {"DE", "FR"};
    e.buy("L11", "3ds Max", Metric::named).countries = {"DE"};
    e.place("n02", "DE");
    e.place("w03", "FR", "WEST");
    e.assign("c13", "3ds Max");
    return e;
}

} // namespace

TEST_CASE("use in a country that the line leaves out is told by country, in one it names it is covered") {
    auto e = german_line();
    e.use("c13", "3ds Max", "2026-02-02T18:00Z", "n02");
    CHECK(e.judge().findings.empty());

    for (const std::string date : {"2026-02-03", "2026-02-04", "2026-02-05"}) {
        e.use("c13", "3ds Max", date + "T18:00Z", "w03");
    }
    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 1);
    const auto& finding = outcome.findings[0];
    CHECK(finding.code == Code::out_of_territory);
    CHECK(finding.subject == "FR");
    CHECK(finding.line == "L11");
    CHECK(finding.quantity == Bounds{1, 1});
    CHECK(finding.unit == "persons");
    CHECK(detail(finding, "days") == "3");
    CHECK(detail(finding, "hosts") == "1");
    CHECK(finding.persons == std::vector<std::string>{"c13"});
    CHECK(finding.certainty == Certainty::certain);
}

TEST_CASE("a country that is not known leaves it possible, and nothing is asked where no host has a country") {
    auto e = german_line();
    e.use("c13", "3ds Max", "2026-02-03T18:00Z", "x99");

    const auto& outcome = e.judge();
    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings[0].code == Code::out_of_territory);
    CHECK(outcome.findings[0].certainty == Certainty::possible);
    CHECK(outcome.findings[0].severity == Severity::signal);

    e.inputs.hosts.clear();
    CHECK(e.judge().findings.empty());
}

TEST_CASE("days of travel in a year are allowed up to the rule's number") {
    auto e = german_line();
    e.use("c13", "3ds Max", "2025-12-30T18:00Z", "w03");
    e.use("c13", "3ds Max", "2026-02-03T18:00Z", "w03");
    e.use("c13", "3ds Max", "2026-02-04T18:00Z", "w03");
    e.rules.travel_days = 2;
    CHECK(e.judge().findings.empty());

    e.rules.travel_days = 1; // one day in 2025, two in 2026
    CHECK(find(e.judge(), Code::out_of_territory, "FR")->records_total == 2);
}

TEST_CASE("line and agreement must both allow the site, the country and the entity") {
    UseEstate e;
    e.inputs.agreements[0].entities = {"Holm AG"};
    e.buy("L05", "Inventor", Metric::concurrent).sites = {"NORD"};
    e.place("n01").entity = "Holm AG";
    e.place("s01", "", "SUED").entity = "Holm AG";
    e.place("n02").entity = "Brandt GmbH";
    e.use("ana", "Inventor", "2026-02-02T09:00Z", "n01");
    CHECK(e.judge().findings.empty());

    e.use("ana", "Inventor", "2026-02-02T09:00Z", "s01");
    e.use("ana", "Inventor", "2026-02-02T09:00Z", "n02");
    CHECK(find(e.judge(), Code::out_of_territory, "SUED") != nullptr);
    CHECK(find(e.outcome, Code::out_of_territory, "Brandt GmbH") != nullptr);

    // The agreement is amended: the entity belongs to it from then on, and not before.
    e.inputs.agreements.push_back(e.inputs.agreements[0]);
    e.inputs.agreements[1].entities = {"Brandt GmbH"};
    e.inputs.agreements[1].start = day("2026-02-02");
    CHECK(find(e.judge(), Code::out_of_territory, "Brandt GmbH") == nullptr);
    e.inputs.agreements[1].start = day("2026-02-03");
    CHECK(find(e.judge(), Code::out_of_territory, "Brandt GmbH") != nullptr);
}

TEST_CASE("a contractor without an assignment is told apart, with the reasons; with one he is like anybody") {
    UseEstate e;
    e.buy("L02", "Revit", Metric::named);
    e.inputs.networks = {{{}, "10.1.0.0/16"}};
    e.list("c22", "holm.example").kind = inputs::PersonKind::contractor;
    for (int i = 2; i < 8; ++i) {
        e.use("c22", "Revit", "2026-02-0" + std::to_string(i) + "T18:00Z").address =
            UsageBuilder::id(e.usage.addresses, "10.99.0.7");
    }
    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings[0].code == Code::contractor_unassigned);
    CHECK(outcome.findings[0].subject == "c22");
    CHECK(outcome.findings[0].quantity == Bounds{6, 6});
    CHECK(detail(outcome.findings[0], "reasons") == "kind, network");

    e.assign("c22", "Revit");
    CHECK(e.judge().findings.empty());
}

TEST_CASE("an account that no directory lists is told by its name, with what speaks against it") {
    UseEstate e;
    e.buy("L01", "AutoCAD", Metric::named);
    e.list("ana");
    e.place("w09").owner = inputs::HostOwner::third_party;
    e.use("ext\\mueller", "AutoCAD", "2026-02-02T18:00Z", "w09");
    e.use("ext\\mueller", "AutoCAD", "2026-02-03T18:00Z", "w09");

    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings[0].code == Code::unknown_account);
    CHECK(outcome.findings[0].subject == "ext\\mueller");
    CHECK(outcome.findings[0].quantity == Bounds{2, 2});
    CHECK(detail(outcome.findings[0], "reasons") == "domain, host owner");

    e.inputs.directory.clear(); // without a directory nobody is unknown, but the reasons stand
    CHECK(e.judge().findings[0].code == Code::contractor_unassigned);
}

TEST_CASE("each reason for taking somebody for an outsider can be there alone or not at all") {
    UseEstate e;
    e.buy("L02", "Revit", Metric::named);
    e.inputs.networks = {{{}, "10.1.0.0/16"}, {{}, "192.168.7.4"}};
    e.list("ana", "holm.example");
    e.place("n01");
    auto& session = e.use("ana", "Revit", "2026-02-02T18:00Z");
    const auto account = [&](const std::string& text) { session.account = UsageBuilder::id(e.usage.accounts, text); };
    const auto address = [&](const std::string& text) { session.address = UsageBuilder::id(e.usage.addresses, text); };
    std::string reason;

    SECTION("none") {}
    SECTION("own domain by its short name") { account("HOLM\\ana"); }
    SECTION("own domain in full") { account("ana@holm.example"); }
    SECTION("an address of an own network") { address("10.1.255.255"); }
    SECTION("a single own address") { address("192.168.7.4"); }
    SECTION("another domain") {
        account("other\\ana");
        reason = "domain";
    }
    SECTION("a domain of the directory that the agreement does not name") {
        e.inputs.directory[0].domain = "brandt.example";
        reason = "domain";
    }
    SECTION("an account of the host itself") {
        account("N01\\ana");
        reason = "local account";
    }
    SECTION("somebody else's host") {
        e.inputs.hosts[0].owner = inputs::HostOwner::third_party;
        reason = "host owner";
    }
    SECTION("another kind of address, by its text") {
        e.inputs.networks.push_back({{}, "fe80::1"});
        address("fe80::1");
    }
    SECTION("half an address is none of an own network") {
        address("10.1.0");
        reason = "network";
    }
    SECTION("the next address after an own network") {
        address("10.2.0.0");
        reason = "network";
    }
    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings[0].code == (reason.empty() ? Code::use_unassigned : Code::contractor_unassigned));
    CHECK(detail(outcome.findings[0], "reasons") == reason);
}
