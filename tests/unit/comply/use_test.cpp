// R-RIGHT: what covers a use, and what is found where nothing does.
#include "tests/unit/comply/use_estate.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;
using comply::Lack;
using comply::Right;
using inputs::Metric;
using inputs::ProductClass;

TEST_CASE("four evenings of a product that somebody was never assigned are four days unassigned, with their price") {
    UseEstate e;
    e.buy("L02", "Revit", Metric::named);
    e.price(2400);
    for (const std::string date : {"2026-02-03", "2026-02-10", "2026-02-17", "2026-02-24"}) {
        e.use("c01", "Revit", date + "T18:00Z");
        e.use("c01", "Revit", date + "T20:00Z");
    }

    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 1);
    const auto& finding = outcome.findings[0];
    CHECK(finding.code == Code::use_unassigned);
    CHECK(finding.subject == "c01");
    CHECK(finding.person == "c01");
    CHECK(finding.product == "Revit");
    CHECK(finding.line == "L02");
    CHECK(finding.quantity == Bounds{4, 4});
    CHECK(finding.unit == "days");
    CHECK(finding.certainty == Certainty::certain);
    CHECK(finding.state == "open");
    CHECK(finding.records_total == 8);
    CHECK(finding.when.from == instant("2026-02-03T18:00Z"));
    CHECK(finding.when.to == instant("2026-02-24T21:00Z"));
    CHECK(finding.exposure->str() == "26.30"); // 4 × 2400 / 365
    CHECK(finding.cure->str() == "2400.00");
    CHECK_FALSE(finding.remedy.empty());
}

TEST_CASE("use on the two days before an assignment is remedied by it and costs nothing more") {
    UseEstate e;
    e.buy("L02", "Revit", Metric::named);
    e.price(2400);
    e.assign("c02", "Revit", "2026-03-12T00:00Z");
    e.use("c02", "Revit", "2026-03-10T18:00Z");
    e.use("c02", "Revit", "2026-03-11T18:00Z");
    e.use("c02", "Revit", "2026-03-12T18:00Z");

    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings[0].quantity == Bounds{2, 2});
    CHECK(outcome.findings[0].state == "remedied");
    CHECK(outcome.findings[0].cure->str() == "0.00");
}

TEST_CASE("use in the second in which an assignment begins is covered, a second earlier it is not") {
    UseEstate e;
    e.buy("L02", "Revit", Metric::named);
    e.assign("ana", "Revit", "2026-02-02T09:00Z");
    e.use("ana", "Revit", "2026-02-02T09:00Z");
    CHECK(e.judge().findings.empty());

    e.usage.sessions.back().start_from -= 1;
    e.usage.sessions.back().start_to -= 1;
    CHECK(find(e.judge(), Code::use_unassigned, "ana")->certainty == Certainty::certain);
}

TEST_CASE("use in the second in which an assignment ends is not covered, a second earlier it is") {
    UseEstate e;
    e.buy("L02", "Revit", Metric::named);
    e.assign("ana", "Revit", "2026-01-01T00:00Z", "2026-02-02T09:00Z");
    e.use("ana", "Revit", "2026-02-02T09:00Z");
    CHECK(find(e.judge(), Code::use_unassigned, "ana") != nullptr);

    e.usage.sessions.back().start_from -= 1;
    e.usage.sessions.back().start_to -= 1;
    CHECK(e.judge().findings.empty());
}

TEST_CASE("an assignment known by its day covers that day perhaps and the next one surely") {
    UseEstate e;
    e.buy("L02", "Revit", Metric::named);
    e.assign("ana", "Revit", "2026-02-02");
    e.use("ana", "Revit", "2026-02-03T00:00Z");
    CHECK(e.judge().findings.empty());

    e.use("ana", "Revit", "2026-02-02T23:00Z");
    const auto& outcome = e.judge();
    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings[0].certainty == Certainty::possible);
    CHECK(outcome.findings[0].severity == Severity::signal);
    CHECK(outcome.findings[0].quantity == Bounds{0, 1});
    CHECK_FALSE(outcome.findings[0].exposure.has_value());
}

TEST_CASE("a part is covered by the collection that contains it, not by another") {
    UseEstate e;
    e.product("Revit");
    e.product("AEC collection");
    e.inputs.collections = {{{}, "AEC collection", "Revit"}};
    e.buy("L04", "AEC collection", Metric::named);
    e.assign("ana", "AEC collection");
    e.use("ana", "Revit", "2026-02-02T09:00Z");

    CHECK(e.judge().findings.empty());
    CHECK(e.cover().right == Right::collection);

    e.inputs.collections[0].product = "Civil 3D";
    CHECK(find(e.judge(), Code::out_of_scope_product, "Revit") != nullptr);
}

TEST_CASE("a product of the vendor in no line is told once, with its persons and days; viewers, services, trials and "
          "other vendors' products are not") {
    UseEstate e;
    e.buy("L02", "Revit", Metric::named);
    e.product("Advance Steel");
    for (const std::string date : {"2026-02-02", "2026-02-03", "2026-02-04"}) {
        e.use("c03", "Advance Steel", date + "T18:00Z");
    }
    e.use("c04", "Advance Steel", "2026-02-02T18:00Z");
    e.use("c04", "Advance Steel", "2026-02-05T18:00Z");
    e.product("DWG viewer", ProductClass::viewer);
    e.product("Licensing", ProductClass::service);
    e.product("Fusion trial", ProductClass::trial);
    e.product("Word").vendor = "W";
    for (const std::string name : {"DWG viewer", "Licensing", "Fusion trial", "Word"}) {
        for (int i = 0; i < 30; ++i) {
            e.use("v" + std::to_string(i), name, "2026-02-02T18:00Z");
        }
    }

    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 1);
    const auto& finding = outcome.findings[0];
    CHECK(finding.code == Code::out_of_scope_product);
    CHECK(finding.subject == "Advance Steel");
    CHECK(finding.quantity == Bounds{2, 2});
    CHECK(finding.unit == "persons");
    CHECK(detail(finding, "days") == "5");
    CHECK(finding.persons == std::vector<std::string>{"c03", "c04"});
}

TEST_CASE("use after the last day of a line is expired, for each person; the last day itself is inside") {
    UseEstate e;
    e.buy("L10", "Vault Professional", Metric::named, "2025-01-01", "2025-12-31");
    e.price(600);
    e.assign("c05", "Vault Professional");
    e.use("c05", "Vault Professional", "2025-12-31T18:00Z");
    CHECK(e.judge().findings.empty());

    e.use("c05", "Vault Professional", "2026-01-01T00:00Z");
    e.use("c05", "Vault Professional", "2026-01-15T18:00Z");
    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 1);
    const auto& finding = outcome.findings[0];
    CHECK(finding.code == Code::expired_use);
    CHECK(finding.subject == "c05");
    CHECK(finding.line == "L10");
    CHECK(finding.quantity == Bounds{2, 2});
    CHECK(finding.exposure->str() == "3.29"); // 2 × 600 / 365
}

TEST_CASE("what covers a use as it begins covers it until its 24-hour window ends, and is asked for again then") {
    UseEstate e;
    e.buy("L10", "Vault", Metric::named, "2025-01-01", "2025-12-31");
    e.assign("c05", "Vault");
    auto& session = e.use("c05", "Vault", "2025-12-31T20:00Z", "n01", "", 24 * 3600);
    session.idle_known = true; // and none recorded: somebody was at work throughout
    CHECK(e.judge().findings.empty());

    e.usage.sessions.back().end_from = e.usage.sessions.back().end_to = instant("2026-01-01T20:01Z");
    const auto* finding = find(e.judge(), Code::expired_use, "c05");
    REQUIRE(finding != nullptr);
    CHECK(finding->records_total == 1);
    CHECK(finding->quantity == Bounds{1, 1}); // the day of the second window, not that of the first
    CHECK(finding->when.from == instant("2026-01-01T20:00Z"));
}

TEST_CASE("use a day after leaving stands before every other reason, the evening of the last day does not") {
    UseEstate e;
    e.buy("L02", "Revit", Metric::named);
    e.list("c20").left = day("2026-02-15");
    e.assign("c20", "Revit");
    e.use("c20", "Revit", "2026-02-15T17:00Z");
    CHECK(e.judge().findings.empty());

    e.use("c20", "Revit", "2026-02-20T18:00Z");
    e.use("c20", "AutoCAD", "2026-02-16T00:00Z"); // that no line covers
    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 2);
    CHECK(outcome.findings[0].code == Code::use_after_leaving);
    CHECK(outcome.findings[1].code == Code::use_after_leaving);
    const auto& seat = outcome.findings[0].line.empty() ? outcome.findings[1] : outcome.findings[0];
    CHECK(seat.product == "Revit");
    CHECK(seat.subject == "c20");
    CHECK(seat.quantity == Bounds{1, 1});
}

TEST_CASE("somebody who came back has not left") {
    UseEstate e;
    e.buy("L02", "Revit", Metric::named);
    e.list("ana").left = day("2025-06-30");
    e.list("ana").joined = day("2026-02-01");
    e.assign("ana", "Revit");
    e.use("ana", "Revit", "2026-02-01T09:00Z");
    CHECK(e.judge().findings.empty());

    e.use("ana", "Revit", "2026-01-31T09:00Z");
    CHECK(find(e.judge(), Code::use_after_leaving, "ana") != nullptr);
}

TEST_CASE(
    "an education build is a gap on a commercial host, whatever is assigned, and none under a training agreement") {
    UseEstate e;
    e.buy("L02", "Revit", Metric::named);
    e.product("Revit education", ProductClass::education);
    e.assign("c16", "Revit");
    inputs::Agreement training;
    training.id = "AG3";
    training.vendor_class = "training";
    e.inputs.agreements.push_back(training);
    e.place("n02").agreement = "AG3";
    e.use("t01", "Revit education", "2026-02-02T09:00Z", "n02");
    CHECK(e.judge().findings.empty());

    e.place("n01").agreement = "AG1";
    e.use("c16", "Revit education", "2026-02-02T18:00Z");
    e.use("c16", "Revit education", "2026-02-09T18:00Z");
    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings[0].code == Code::edu_commercial);
    CHECK(outcome.findings[0].subject == "c16");
    CHECK(outcome.findings[0].quantity == Bounds{2, 2});
}

TEST_CASE("a feature that needs an add-on is a gap for who has no right to that") {
    UseEstate e;
    e.buy("L05", "Inventor", Metric::concurrent);
    e.inputs.addons = {{{}, "Inventor", "NASTRAN", "NINCAD"}};
    for (int i = 0; i < 5; ++i) {
        e.use("c12", "Inventor", "2026-02-0" + std::to_string(i + 2) + "T18:00Z");
        for (const std::uint64_t seq : {70U, 71U}) { // twice in the session
            e.usage.feature_uses.push_back({static_cast<std::uint32_t>(e.usage.sessions.size() - 1), "nastran", 1,
                                            seq + static_cast<unsigned>(i)});
        }
    }

    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 1);
    const auto& finding = outcome.findings[0];
    CHECK(finding.code == Code::feature_unentitled);
    CHECK(finding.subject == "c12");
    CHECK(finding.product == "NINCAD");
    CHECK(finding.quantity == Bounds{5, 5});
    CHECK(finding.unit == "sessions");

    e.buy("L13", "NINCAD", Metric::concurrent);
    CHECK(e.judge().findings.empty());
}

TEST_CASE("a feature inside of an uncovered use is not told beside that use") {
    UseEstate e;
    e.buy("L05", "Inventor", Metric::named);
    e.inputs.addons = {{{}, "Inventor", "NASTRAN", "NINCAD"}};
    e.use("c12", "Inventor", "2026-02-02T18:00Z");
    e.usage.feature_uses.push_back({0, "NASTRAN", 1, 7});

    const auto& outcome = e.judge();

    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings[0].code == Code::use_unassigned);
}

TEST_CASE(
    "a code of the licence server that no table of products knows is listed; without a table nothing is unknown") {
    UseEstate e;
    e.buy("L01", "ACD", Metric::concurrent);
    for (const std::string time : {"09:00", "10:00", "11:00"}) {
        e.add("ana", "pc", "99999XYZ_2026_0F", instant("2026-02-02T" + time + "Z"), instant("2026-02-02T12:00Z"));
    }
    CHECK(find(e.judge(), Code::out_of_scope_product, "XYZ") != nullptr);
    CHECK(find(e.outcome, Code::unknown_code) == nullptr);

    e.product("Revit");
    const auto& outcome = e.judge();
    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings[0].code == Code::unknown_code);
    CHECK(outcome.findings[0].subject == "99999XYZ_2026_0F");
    CHECK(outcome.findings[0].quantity == Bounds{3, 3});

    e.buy("L02", "XYZ", Metric::concurrent);
    CHECK(e.judge().findings.empty());
}

TEST_CASE("spellings of one name that differ in case are one person when the site says so") {
    UseEstate e;
    e.buy("L02", "Revit", Metric::named);
    e.assign("HIG", "Revit");
    e.use("hig", "Revit", "2026-02-02T09:00Z");
    CHECK(find(e.judge(), Code::use_unassigned, "hig") != nullptr);

    e.options.spelling = count::Spelling::fold_case;
    CHECK(e.judge().findings.empty());
}

TEST_CASE("rights are tried in one order: claim, host, seat, collection, pool, tokens") {
    UseEstate e;
    e.product("ACD").name = "AutoCAD";
    e.inputs.collections = {{{}, "AEC", "ACD"}};
    e.inputs.token_packs = {{{}, "A", "AG1", "flex", "", 100, day("2026-01-01"), day("2026-12-31"), std::nullopt}};
    e.inputs.token_rates = {{{}, "ACD", "", "demo", 7, inputs::TokenUnit::window, 0, inputs::for_ever}};
    auto& use = e.use("ana", "ACD", "2026-02-02T09:00Z", "n01", "2024");

    auto cover = e.cover();
    CHECK(cover.right == Right::tokens);
    CHECK(cover.token_pool == "flex");
    CHECK(cover.lack == Lack::nothing);

    e.buy("L1", "ACD", Metric::concurrent);
    CHECK(e.cover().right == Right::pool);
    CHECK_FALSE(e.cover().takes_tokens());
    e.buy("L2", "AEC", Metric::named);
    e.assign("ana", "AEC");
    CHECK(e.cover().right == Right::collection);
    e.buy("L3", "ACD", Metric::named);
    e.assign("ana", "ACD");
    CHECK(e.cover().right == Right::assignment);
    CHECK(e.cover().pool->label == "L3");
    e.buy("L4", "ACD", Metric::device);
    CHECK(e.cover().right == Right::device);
    inputs::PerpetualRight own;
    own.product = "ACD";
    own.host = "N01";
    own.version = 2024;
    e.inputs.perpetual = {own};
    CHECK(e.cover().right == Right::perpetual);
    e.inputs.perpetual[0].version = 2023;
    CHECK(e.cover().right == Right::device);
    e.buy("L5", "86815COL_T_F", Metric::concurrent);
    use.package = UsageBuilder::id(e.usage.features, "86815COL_T_F");
    CHECK(e.cover().right == Right::claim);
    use.package = 0;
    use.pool = UsageBuilder::id(e.usage.pools, "flex");
    CHECK(e.cover().right == Right::claim);
    CHECK(e.cover().token_pool == "flex");
}

TEST_CASE("tokens need a pack, a rate, a listed person, and a host that reaches the vendor once a window") {
    UseEstate e;
    e.buy("L01", "ACD", Metric::named);
    e.list("ana");
    e.place("n01").sign_in_hours = 24;
    e.inputs.token_packs = {{{}, "A", "AG1", "flex", "", 100, day("2026-01-01"), day("2026-02-02"), std::nullopt}};
    e.inputs.token_rates = {{{}, "ACD", "", "demo", 7, inputs::TokenUnit::window, 0, inputs::for_ever}};
    e.use("ana", "ACD", "2026-02-02T09:00Z");
    CHECK(e.cover().right == Right::tokens);
    CHECK(e.judge().findings.empty());

    SECTION("the day after the pack's end") { e.inputs.token_packs[0].end -= 1; }
    SECTION("before its start") { e.inputs.token_packs[0].start = day("2026-02-03"); }
    SECTION("no rate of the product") { e.inputs.token_rates[0].product = "RVT"; }
    SECTION("nobody of the directory") { e.inputs.directory[0].user = "ben"; }
    SECTION("the host signs in every 25 hours") { e.inputs.hosts[0].sign_in_hours = 25; }
    SECTION("the host never signs in") { e.inputs.hosts[0].sign_in_hours.reset(); }
    SECTION("the host is under another agreement") { e.inputs.hosts[0].agreement = "AG9"; }
    SECTION("the line of the tokens is for another site") {
        e.buy("L09", "tokens", Metric::token).sites = {"WEST"};
        e.inputs.token_packs[0].line = "L09";
    }
    CHECK(e.cover().right == Right::none);
    CHECK(e.cover().lack == Lack::unassigned);
}

TEST_CASE("without any line nothing is uncovered") {
    UseEstate e;
    e.use("ana", "Revit", "2026-02-02T09:00Z");
    CHECK(e.judge().findings.empty());
}

TEST_CASE("what is surely covered by the days is not found by the hours, and what is not is looked at use by use") {
    UseEstate e;
    e.buy("L02", "Revit", Metric::named);
    e.assign("ana", "Revit", "2025-01-01T00:00Z", "2026-02-02T12:00Z");
    e.assign("ana", "Revit", "2026-02-02T12:00Z");
    e.use("ana", "Revit", "2026-02-01T09:00Z");
    e.use("ana", "Revit", "2026-02-02T09:00Z");
    e.use("ana", "Revit", "2026-02-02T13:00Z");
    CHECK(e.judge().findings.empty()); // across a renewal that no hour is without

    e.inputs.assignments[1].assigned = moment("2026-02-02T13:30Z");
    CHECK(find(e.judge(), Code::use_unassigned, "ana")->records_total == 1);
}
