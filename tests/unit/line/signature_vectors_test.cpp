#include "tally/crypto/ed25519.hpp"
#include "tests/support/vector_table.hpp"

using namespace tally;
using tally::test::bytes_of;
using tally::test::read_table;

TEST_CASE("published Ed25519 signatures verify or are refused as their authors say") {
    std::size_t valid = 0;
    for (const auto& row : read_table("vectors/wycheproof/ed25519.tsv", 5)) {
        INFO("case " << row[0]);
        crypto::PublicKey key;
        REQUIRE(from_hex(row[1], key));
        const std::string message = bytes_of(row[2]);
        crypto::Signature signature;
        const bool whole =
            row[3] != "-" && from_hex(row[3], signature); // a signature of another length has no type here

        CHECK((whole && crypto::verify(key, as_bytes(message), signature)) == (row[4] == "valid"));
        CHECK(crypto::acceptable(key));
        valid += row[4] == "valid" ? 1U : 0U;
    }
    CHECK(valid >= 80);
}

TEST_CASE("keys of low order, off the curve or in another spelling are not acceptable") {
    const auto acceptable = [](const char* hex) {
        crypto::PublicKey key;
        REQUIRE(from_hex(hex, key));
        return crypto::acceptable(key);
    };
    CHECK_FALSE(acceptable("0000000000000000000000000000000000000000000000000000000000000000"));
    CHECK_FALSE(acceptable("0100000000000000000000000000000000000000000000000000000000000000"));
    CHECK_FALSE(acceptable("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));
    CHECK_FALSE(acceptable("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"));
    CHECK_FALSE(acceptable("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"));
    CHECK_FALSE(acceptable("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")); // p + 1
    CHECK_FALSE(acceptable("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"));
    CHECK_FALSE(acceptable("0200000000000000000000000000000000000000000000000000000000000000")); // not on the curve
}
