#include "tests/support/random_line.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/written_again.hpp"

#include <catch2/catch.hpp>

using namespace tally::line;
using tally::test::fresh_seed;
using tally::test::RandomLine;
using tally::test::written_again;

TEST_CASE("whatever is put into an object, what it writes parses and is its own re-encoding") {
    const std::uint32_t seed = fresh_seed();
    INFO("TALLY_TEST_SEED=" << seed);
    RandomLine random(seed);
    Fields fields;
    for (int round = 0; round < 5'000; ++round) {
        const std::string line = random.object().str();
        INFO(line);

        const Problem problem = fields.parse(line, max_manifest);

        REQUIRE(problem.what == nullptr);
        REQUIRE(written_again(fields) == line);
    }
}

TEST_CASE("a text comes back from its encoding unless it was cut, and a cut text keeps its beginning") {
    const std::uint32_t seed = fresh_seed();
    INFO("TALLY_TEST_SEED=" << seed);
    RandomLine random(seed);
    for (int round = 0; round < 5'000; ++round) {
        const std::string raw = random.bytes(round % 2 == 0 ? 60 : 300);

        const std::string encoded = encode_text(raw);
        const std::string decoded = decode_text(encoded);

        REQUIRE(encoded.size() <= max_text);
        if (decoded != raw) {
            REQUIRE(encoded.size() > max_text - 3);
            const std::size_t kept = decoded.size() - 17;
            REQUIRE(decoded[kept] == '~');
            REQUIRE(raw.compare(0, kept, decoded, 0, kept) == 0);
        }
    }
}

TEST_CASE("a damaged line that is still accepted is the one spelling of what was read") {
    const std::uint32_t seed = fresh_seed();
    INFO("TALLY_TEST_SEED=" << seed);
    RandomLine random(seed);
    Fields fields;
    std::size_t accepted = 0;
    for (int round = 0; round < 60'000; ++round) {
        const std::string line = random.damaged(random.object().str());
        if (!fields.parse(line, max_manifest)) {
            ++accepted;
            INFO(line);
            REQUIRE(written_again(fields) == line);
        }
    }
    CHECK(accepted > 1'000);
}

TEST_CASE("fields are found by key and kind") {
    Fields fields;
    REQUIRE_FALSE(fields.parse(R"({"a":[1,"b",[]],"n":7,"o":{"x":1},"s":"t"})", max_record));

    CHECK(fields.integer("n") == 7U);
    CHECK(fields.string("s") == "t");
    CHECK(fields.object("o") == R"({"x":1})");
    CHECK_FALSE(fields.string("n"));
    CHECK_FALSE(fields.integer("missing"));
    Items items(*fields.array("a"));
    Value item;
    REQUIRE(items.next(item));
    CHECK(item.integer == 1);
    REQUIRE(items.next(item));
    CHECK(item.text == "b");
    REQUIRE(items.next(item));
    CHECK(item.kind == Kind::array);
    CHECK_FALSE(items.next(item));
}
