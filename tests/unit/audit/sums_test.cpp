#include "verifier/audit/sums.hpp"

#include "tally/base/encoding.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using audit::Sum;

namespace {

const std::string zeros(64, '0');
Sum sum_of(const std::string& path) { return {crypto::sha256(path), path}; }

} // namespace

TEST_CASE("sums are written in the order of their paths and read back as they were") {
    const std::string text = audit::to_text({sum_of("b.txt"), sum_of("a/b.csv"), sum_of("a-b")});

    const auto read = audit::read_sums(text);

    REQUIRE(read);
    CHECK(*read == std::vector<Sum>{sum_of("a-b"), sum_of("a/b.csv"), sum_of("b.txt")});
    CHECK(text.starts_with(to_hex(crypto::sha256(std::string("a-b"))) + "  a-b\n"));
}

TEST_CASE("a path that leads out of the folder, or could be an option or hidden, is none of a pack") {
    for (const char* path :
         {"", "/a", "a/", "a//b", "../a", "a/../b", "./a", ".a", "a/.b", "-rf", "a/-b", "a b", "a\nb", "a\\b", "ä"}) {
        CAPTURE(path);
        CHECK_FALSE(audit::well_formed_path(path));
        CHECK_FALSE(audit::read_sums(zeros + "  " + path + "\n"));
    }
    for (const char* path : {"a", "a-b_c.d", "a/b/c.tally.minisig", "a.."}) {
        CAPTURE(path);
        CHECK(audit::well_formed_path(path));
    }
    CHECK(audit::well_formed_path(std::string(200, 'a')));
    CHECK_FALSE(audit::well_formed_path(std::string(201, 'a')));
}

TEST_CASE("sums in any other spelling are refused with their line") {
    const std::string good = zeros + "  a\n";
    for (const auto& [bytes, line] :
         std::vector<std::pair<std::string, std::uint64_t>>{{"", 1},
                                                            {zeros + "  a", 1},
                                                            {good + zeros + "  a\n", 2},
                                                            {zeros + "  b\n" + good, 2},
                                                            {good + "\n", 2},
                                                            {zeros + " *a\n", 1},
                                                            {zeros + " a\n", 1},
                                                            {std::string(64, 'A') + "  a\n", 1},
                                                            {good + zeros.substr(1) + "  b\n", 2},
                                                            {"\\" + good, 1},
                                                            {zeros + "  a\r\n", 1}}) {
        CAPTURE(bytes);
        const auto read = audit::read_sums(bytes);
        REQUIRE_FALSE(read);
        CHECK(read.fault().at == line);
    }
}
