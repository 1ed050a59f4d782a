#include "tests/unit/advise/world.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;

namespace {

// c45 holds the collection; AutoCAD and Revit can be had alone.
World collection_seat(const std::string& assigned = "2025-06-01") {
    World w;
    w.line("L01", "AutoCAD", 60, "1940.00");
    w.line("L02", "Revit", 10, "2400.00");
    w.line("L04", "AEC", 20, "3400.00");
    w.collection("AEC", {"AutoCAD", "Revit", "Navisworks", "Viewer"});
    inputs::ProductRow viewer;
    viewer.product = "Viewer";
    viewer.type = inputs::ProductClass::viewer;
    w.inputs.products.push_back(viewer);
    w.assign("c45", "AEC", assigned);
    w.use("c45", "AutoCAD", "2026-03-02");
    return w;
}

} // namespace

TEST_CASE("A collection of which one product is used costs the difference to that product alone") {
    const auto outcome = collection_seat().waste();
    const auto* finding = find(outcome, Code::single_in_collection, "c45");
    REQUIRE(finding != nullptr);
    CHECK(finding->line == "L04");
    CHECK(amount(finding->saving) == "1460.00");
    CHECK(finding->certainty == Certainty::certain);
}

TEST_CASE("Two products that cost more alone justify the collection") {
    World w = collection_seat();
    w.use("c45", "Revit", "2026-03-03");
    CHECK(find(w.waste(), Code::single_in_collection) == nullptr);
}

TEST_CASE("Two products that cost less alone do not justify the collection") {
    World w = collection_seat();
    w.use("c45", "Revit", "2026-03-03");
    w.inputs.entitlements.back().list_price_units = 45'000'000;
    CHECK(amount(find(w.waste(), Code::single_in_collection)->saving) == "160.00");
}

TEST_CASE("A viewer beside the one product is no second product") {
    World w = collection_seat();
    w.use("c45", "Viewer", "2026-03-03");
    CHECK(find(w.waste(), Code::single_in_collection) != nullptr);
}

TEST_CASE("A second product used half a year ago no longer justifies the collection") {
    World w = collection_seat();
    w.use("c45", "Revit", "2025-10-02"); // 181 days before
    CHECK(find(w.waste(), Code::single_in_collection) != nullptr);
    World later = collection_seat();
    later.use("c45", "Revit", "2025-10-03");
    CHECK(find(later.waste(), Code::single_in_collection) == nullptr);
}

TEST_CASE("A collection assigned less than ninety days ago is not judged") {
    CHECK(find(collection_seat("2026-01-01").waste(), Code::single_in_collection) != nullptr);
    CHECK(find(collection_seat("2026-01-02").waste(), Code::single_in_collection) == nullptr);
}

TEST_CASE("Without a price of the product alone nothing is claimed, and the price list is a price") {
    World w = collection_seat();
    w.inputs.entitlements.erase(w.inputs.entitlements.begin());
    CHECK(find(w.waste(), Code::single_in_collection) == nullptr);
    w.inputs.prices.push_back({{}, "AutoCAD", {20'000'000, "EUR"}, day("2020-01-01")});
    CHECK(amount(find(w.waste(), Code::single_in_collection)->saving) == "1400.00");
    w.inputs.prices.front().price.currency = "USD"; // amounts of two currencies do not meet
    CHECK(find(w.waste(), Code::single_in_collection) == nullptr);
}

TEST_CASE("A collection and a product of it in one hand are a double right") {
    World w = collection_seat();
    w.use("c45", "Revit", "2026-03-03");
    CHECK(find(w.waste(), Code::double_right) == nullptr);
    w.assign("c45", "AutoCAD", "2025-06-01");
    const auto outcome = w.waste();
    const auto* finding = find(outcome, Code::double_right, "c45");
    REQUIRE(finding != nullptr);
    CHECK(finding->line == "L01");
    CHECK(amount(finding->saving) == "1940.00");
}

TEST_CASE("A product outside of the collection is no double right") {
    World w = collection_seat();
    w.line("L12", "Robot", 3, "1500.00");
    w.assign("c45", "Robot", "2025-06-01");
    CHECK(find(w.waste(), Code::double_right) == nullptr);
}

TEST_CASE("Fewer than half of the assigned people using a line is low adoption, half is not") {
    World w;
    w.line("L12", "Robot", 4, "1500.00");
    for (const auto* person : {"c42", "c61", "c62", "c63"}) {
        w.assign(person, "Robot", "2026-01-10");
    }
    w.use("c63", "Robot", "2026-01-15");
    const auto outcome = w.waste();
    const auto* finding = find(outcome, Code::low_adoption, "L12");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{1, 1});
    CHECK(detail(*finding, "assigned") == "4");
    CHECK(finding->persons == std::vector<std::string>{"c42", "c61", "c62"});

    w.use("c62", "Robot", "2026-03-31");
    CHECK(find(w.waste(), Code::low_adoption) == nullptr);
}

TEST_CASE("A line of two people says nothing about adoption, one of three does") {
    World w;
    w.line("L12", "Robot", 4, "1500.00");
    w.assign("c42", "Robot", "2026-01-10");
    w.assign("c61", "Robot", "2026-01-10");
    CHECK(find(w.waste(), Code::low_adoption) == nullptr);
    w.assign("c62", "Robot", "2026-01-10");
    w.use("c62", "Robot", "2026-03-31");
    CHECK(find(w.waste(), Code::low_adoption) != nullptr);
}

TEST_CASE("Use outside of the last three complete months is no adoption") {
    World w;
    w.line("L12", "Robot", 4, "1500.00");
    for (const auto* person : {"c42", "c61", "c62"}) {
        w.assign(person, "Robot", "2025-01-10");
        w.use(person, "Robot", "2025-12-31");
    }
    CHECK(find(w.waste(), Code::low_adoption) != nullptr);
}
