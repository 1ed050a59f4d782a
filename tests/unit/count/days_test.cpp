#include "tests/support/day.hpp"
#include "tests/support/usage_builder.hpp"
#include "verifier/count/facts.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

using namespace tally;
using namespace tally::test;

namespace {

count::Facts facts_of(const UsageBuilder& b, const inputs::Inputs& inputs, const rules::Values& rules) {
    return count::prepare(b.usage, inputs, rules, {});
}

using tally::test::day;

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

// People who keep to one day and computer are counted another way than the others: both are held to counting by tens of
// minutes.
TEST_CASE("days of use are those that counting every ten minutes gives, for people of any habits") {
    struct Row {
        std::set<std::int64_t> live; // tens of minutes
        std::uint32_t starts = 0, first = count::Stays::none;
        bool automation = true;
    };
    constexpr std::int64_t step = 600;
    for (std::uint32_t seed = 1; seed <= 120; ++seed) {
        std::mt19937 random(seed);
        const auto below = [&random](std::int64_t bound) { return static_cast<std::int64_t>(random()) % bound; };
        UsageBuilder b;
        const bool over_midnight = seed % 2 == 0;
        for (int i = 0; i < 60; ++i) {
            const std::int64_t start =
                instant("2024-03-01T00:00Z") + below(4) * 86'400 + below(over_midnight ? 144 : 96) * step;
            const std::int64_t end = start + below(over_midnight ? 200 : 48) * step;
            auto& session = b.add("u" + std::to_string(below(3)), "h" + std::to_string(below(3)),
                                  below(2) == 0 ? "87545ACD_2022_0F" : "87545ACD_2023_0F", start, end,
                                  below(9) == 0 ? ledger::Layer::package : ledger::Layer::feature);
            session.automation = below(4) == 0;
        }
        const inputs::Inputs inputs;
        const rules::Values rules;
        const auto facts = facts_of(b, inputs, rules);
        std::map<std::tuple<std::uint32_t, std::uint32_t, std::int64_t, std::uint32_t, unsigned>, Row> wanted;
        for (const auto& stay : facts.stays) {
            if (!stay.is_use()) {
                continue;
            }
            const std::int64_t last = std::max(stay.lower.from, stay.lower.to - step);
            for (std::int64_t at = stay.lower.from; at <= last; at += step) {
                Row& row = wanted[{stay.person, stay.word, text::day_of(at), stay.device, stay.release}];
                row.starts += at == stay.lower.from ? 1 : 0;
                row.automation = row.automation && stay.session->automation;
                row.first = std::min(row.first, stay.index);
                if (stay.lower.from < stay.lower.to) {
                    row.live.insert(at);
                }
            }
        }
        INFO("seed " << seed);
        REQUIRE(facts.days.size() == wanted.size());
        auto row = facts.days.begin();
        for (const auto& [key, expected] : wanted) {
            CHECK(std::tuple(row->person, row->word, std::int64_t{row->day}, row->device, row->release) == key);
            CHECK(row->starts == expected.starts);
            CHECK(row->seconds == static_cast<std::int64_t>(expected.live.size()) * step);
            CHECK(row->automation == expected.automation);
            CHECK(row->first_stay == expected.first);
            ++row;
        }
    }
}
