#include "recorder/capture/event_counts.hpp"
#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>

using namespace tally;
using capture::EventCounts;
using capture::EventId;

TEST_CASE("every event keeps its own number, also beside others with the same low bits, until all are cleared") {
    const std::uint32_t seed = test::fresh_seed();
    INFO("TALLY_TEST_SEED=" << seed);
    std::mt19937_64 random(seed);
    EventCounts counts;
    for (int round = 0; round < 3; ++round) {
        std::map<EventId, std::uint32_t> expected;
        for (int i = 0; i < 20'000; ++i) {
            // Some come again, 0 among them; many differ in their high bits only.
            const EventId event = i % 3 == 0 ? random() % 500 : i % 3 == 1 ? random() << 40U : random();
            const auto known = expected.find(event);
            const std::uint32_t* found = counts.find(event);
            REQUIRE((found != nullptr) == (known != expected.end()));
            if (found != nullptr) {
                REQUIRE(*found == known->second);
            }
            ++expected[event];
            ++counts[event];
        }
        for (const auto& [event, count] : expected) {
            const std::uint32_t* found = counts.find(event);
            REQUIRE(found != nullptr);
            REQUIRE(*found == count);
        }
        counts.clear();
        REQUIRE(counts.find(expected.begin()->first) == nullptr);
    }
    CHECK(EventCounts().find(7) == nullptr);
}
