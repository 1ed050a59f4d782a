#include "tests/support/usage_builder.hpp"
#include "verifier/count/facts.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;

namespace {

count::Facts facts_of(const UsageBuilder& b, const inputs::Inputs& inputs, const rules::Values& rules) {
    return count::prepare(b.usage, inputs, rules, {});
}

std::int64_t day(const std::string& text) { return text::parse_day(text).value(); }

} // namespace

TEST_CASE("an end whose start was not seen is use on the day of that end only") {
    UsageBuilder b;
    b.add("early", "h", "CAD", instant("2024-03-01T09:00Z"), instant("2024-03-01T10:00Z"));
    auto& orphan = b.add("u", "h", "CAD", 0, instant("2024-03-04T17:00Z"));
    orphan.start_from = 0;
    orphan.start_to = orphan.end_from;
    orphan.start_seq = ledger::no_seq;
    const inputs::Inputs inputs;
    const rules::Values rules;

    const auto facts = facts_of(b, inputs, rules);

    const auto range = facts.days_of(facts.person("u"));
    REQUIRE(range.second - range.first == 1);
    CHECK(range.first->day == day("2024-03-04"));
    CHECK(range.first->seconds == 0);
    CHECK(range.first->starts == 0);
}

TEST_CASE("a use over midnight has its seconds on both days and begins once, also when its start is a range") {
    UsageBuilder b;
    auto& session = b.add("u", "h", "CAD", instant("2024-03-01T23:00Z"), instant("2024-03-02T01:00Z"));
    session.start_from -= 120;
    const inputs::Inputs inputs;
    const rules::Values rules;

    const auto facts = facts_of(b, inputs, rules);

    const auto range = facts.days_of(facts.person("u"));
    REQUIRE(range.second - range.first == 2);
    CHECK(range.first[0].starts == 1);
    CHECK(range.first[0].seconds == 3600);
    CHECK(range.first[1].starts == 0);
    CHECK(range.first[1].seconds == 3600);
}

TEST_CASE("a start that may lie on either side of midnight counts once") {
    UsageBuilder b;
    auto& session = b.add("u", "h", "CAD", instant("2024-03-02T00:01Z"), instant("2024-03-02T01:00Z"));
    session.start_from -= 120;
    const inputs::Inputs inputs;
    const rules::Values rules;

    const auto facts = facts_of(b, inputs, rules);

    const auto range = facts.days_of(facts.person("u"));
    REQUIRE(range.second - range.first == 1);
    CHECK(range.first->starts == 1);
}
