#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"
#include "tests/support/written_again.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace tally::line;
using tally::test::written_again;

namespace {

class Random {
public:
    explicit Random(std::uint32_t seed) : engine_(seed) {}
    std::size_t below(std::size_t bound) { return engine_() % bound; }
    std::string bytes(std::size_t longest) {
        std::string text(below(longest + 1), '\0');
        for (auto& c : text) {
            c = static_cast<char>(below(3) == 0 ? below(256) : 'a' + below(26));
        }
        return text;
    }
    std::string token() {
        static constexpr std::string_view usual = "abcXYZ019 ,:[]{}~!#";
        std::string text(below(8), '\0');
        for (auto& c : text) {
            c = usual[below(usual.size())];
        }
        return text;
    }
    std::string key() {
        static constexpr std::string_view rest = "abz09_";
        std::string text(1, static_cast<char>('a' + below(3)));
        for (std::size_t more = below(4); more > 0; --more) {
            text += rest[below(rest.size())];
        }
        return text;
    }
    std::uint64_t integer() {
        return ((static_cast<std::uint64_t>(engine_()) << 32U) | engine_()) >> (11 + below(53));
    }
    Object flat() {
        Object object;
        for (std::size_t fields = below(4); fields > 0; --fields) {
            put(object, 2);
        }
        return object;
    }
    Object object() {
        Object object;
        for (std::size_t fields = below(12); fields > 0; --fields) {
            put(object, 7);
        }
        return object;
    }

private:
    void put(Object& object, std::size_t kinds) {
        const std::string name = key();
        if (object.has(name)) {
            return;
        }
        switch (below(kinds)) {
        case 0:
            object.text(name, bytes(below(4) == 0 ? 400 : 20));
            break;
        case 1:
            object.integer(name, integer());
            break;
        case 2:
            object.token(name, token());
            break;
        case 3:
            object.integers(name, std::vector<std::uint64_t>(below(4), integer()));
            break;
        case 4:
            object.tokens(name, std::vector<std::string>(below(4), token()));
            break;
        case 5:
            object.objects(name, {flat(), flat()});
            break;
        default:
            object.value(name, flat().str());
        }
    }
    std::mt19937 engine_;
};

std::uint32_t fresh_seed() {
    const char* wanted = std::getenv("TALLY_TEST_SEED");
    return wanted != nullptr ? static_cast<std::uint32_t>(std::stoul(wanted)) : std::random_device{}();
}

} // namespace

TEST_CASE("whatever is put into an object, what it writes parses and is its own re-encoding") {
    const std::uint32_t seed = fresh_seed();
    INFO("TALLY_TEST_SEED=" << seed);
    Random random(seed);
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
    Random random(seed);
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
    Random random(seed);
    static constexpr std::string_view alphabet = "{}[]\",:%0129aAbF_ \\\n\xC3";
    Fields fields;
    std::size_t accepted = 0;
    for (int round = 0; round < 60'000; ++round) {
        std::string line = random.object().str();
        for (std::size_t changes = 1 + random.below(2); changes > 0; --changes) {
            const std::size_t at = random.below(line.size() + 1);
            const std::string piece(1, alphabet[random.below(alphabet.size())]);
            line.replace(at, at < line.size() ? random.below(2) : 0, random.below(3) == 0 ? "" : piece);
        }
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
