#include "verifier/inputs/joins.hpp"

#include <catch2/catch.hpp>

using namespace tally::inputs;

TEST_CASE("a join lists what stands on either side only, each name once, without regard to case") {
    const auto joined = join("left", {"Ana", "ben", "ben", "", "cem"}, "right", {"ANA", "dan"});

    REQUIRE(joined);
    CHECK(joined->both == 1);
    CHECK(joined->left_only == std::vector<std::string>{"ben", "cem"});
    CHECK(joined->right_only == std::vector<std::string>{"dan"});
}

TEST_CASE("a table that was not handed in joins with nothing") {
    CHECK_FALSE(join("left", {"ana"}, "right", {}));
    CHECK_FALSE(join("left", {""}, "right", {"ana"}));
    CHECK(joins(Inputs()).empty());
}

TEST_CASE("tables meet by person through the aliases, by group, line, agreement, pool and host") {
    Inputs inputs;
    inputs.assignments.resize(2);
    inputs.assignments[0].user = "ext\\ana";
    inputs.assignments[0].group = "G1";
    inputs.assignments[1].user = "zoe";
    inputs.directory.resize(1);
    inputs.directory[0].user = "ana";
    inputs.directory[0].groups = {"G2"};
    inputs.aliases.resize(1);
    inputs.aliases[0].account = "EXT\\ana";
    inputs.aliases[0].user = "ana";
    inputs.groups.resize(1);
    inputs.groups[0].group = "G1";
    inputs.entitlements.resize(1);
    inputs.entitlements[0].line = "L1";
    inputs.entitlements[0].agreement = "AG1";
    inputs.agreements.resize(1);
    inputs.agreements[0].id = "AG2";
    inputs.billing.resize(1);
    inputs.billing[0].line = "L1";

    const auto all = joins(inputs);

    REQUIRE(all.size() == 5);
    CHECK(all[0].left == "persons assigned");
    CHECK(all[0].both == 1);
    CHECK(all[0].left_only == std::vector<std::string>{"zoe"});
    CHECK(all[1].left_only == std::vector<std::string>{"G2"});
    CHECK(all[1].right_only == std::vector<std::string>{"G1"});
    CHECK(all[2].both == 1);
    CHECK(all[3].left == "lines billed");
    CHECK(all[3].both == 1);
    CHECK(all[4].right_only == std::vector<std::string>{"AG2"});
}
