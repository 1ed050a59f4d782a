#include "verifier/count/joins.hpp"

#include "tests/support/usage_builder.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace tally;

TEST_CASE("records and tables are joined on both sides") {
    test::UsageBuilder records;
    records.add("ana", "n01", "ACD", test::clock_time("09:00"), test::clock_time("10:00"));
    records.add("ghost", "n02", "MAYA", test::clock_time("09:00"), test::clock_time("10:00"));
    inputs::Inputs inputs;
    inputs.directory.resize(2);
    inputs.directory[0].user = "ana";
    inputs.directory[1].user = "zoe";
    inputs.hosts.resize(1);
    inputs.hosts[0].host = "N01";
    inputs.products.resize(1);
    inputs.products[0].product = "ACD";
    inputs.products[0].name = "AutoCAD";
    inputs.entitlements = {test::line("L1", "ACD", inputs::Metric::named, 1)};
    inputs.assignments.resize(1);
    inputs.assignments[0].user = "zoe";
    inputs.assignments[0].product = "L1";
    const rules::Values rules;

    const auto joins = count::joins(count::prepare(records.usage, inputs, rules, {}));

    const auto of = [&](const std::string& left, const std::string& right) {
        const auto found = std::find_if(joins.begin(), joins.end(),
                                        [&](const auto& join) { return join.left == left && join.right == right; });
        REQUIRE(found != joins.end());
        return *found;
    };
    using Names = std::vector<std::string>;
    CHECK(of("persons recorded", "persons in the directory").left_only == Names{"ghost"});
    CHECK(of("persons recorded", "persons in the directory").right_only == Names{"zoe"});
    CHECK(of("persons recorded", "persons assigned").right_only == Names{"zoe"});
    CHECK(of("hosts recorded", "hosts in the table of hosts").both == 1);
    CHECK(of("hosts recorded", "hosts in the table of hosts").left_only == Names{"n02"});
    CHECK(of("products used", "products bought").left_only == Names{"MAYA"});
    CHECK(of("products assigned", "products bought").left_only.empty());
}

TEST_CASE("each name in the table of products leads to its product, however that was bought and used") {
    test::UsageBuilder records;
    records.add("ana", "n01", "RVT", test::clock_time("09:00"), test::clock_time("10:00"));
    inputs::Inputs inputs;
    inputs.products.resize(1);
    inputs.products[0].product = "RVT";
    inputs.products[0].name = "Revit";
    inputs.products[0].words = {"Revit 2026 for architects"};
    inputs.entitlements = {test::line("L1", "RVT", inputs::Metric::named, 1)};
    const rules::Values rules;

    const auto facts = count::prepare(records.usage, inputs, rules, {});

    REQUIRE(facts.word("RVT") != 0);
    CHECK(facts.word("Revit") == facts.word("RVT"));
    CHECK(facts.word("revit 2026 for architects") == facts.word("RVT"));
    CHECK(facts.word("Maya") == 0);
}
