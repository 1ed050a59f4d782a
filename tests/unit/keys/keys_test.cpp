#include "tally/minisig/keys.hpp"

#include "tally/crypto/sha256.hpp"
#include "tally/os/file.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::minisig;

namespace {

std::string data(const std::string& name) { return os::read_file("data/minisig/" + name, 4096); }

std::string with_text(const std::string& text) { return "untrusted comment: a key\n" + text + "\n"; }

std::string line_two(const std::string& file) {
    const std::size_t from = file.find('\n') + 1;
    return file.substr(from, file.size() - from - 1);
}

// The secret key file with byte `at` of its image set.
std::string patched(const std::string& file, std::size_t at, std::uint8_t byte) {
    auto image = *from_base64(line_two(file));
    image[at] = byte;
    return with_text(to_base64(image));
}

} // namespace

TEST_CASE("a key of ours is named by its point") {
    const auto key = SecretKey::generate();

    const auto hash = crypto::sha256(Bytes(key.public_key().point));

    CHECK(to_hex(key.public_key().id) == to_hex(hash).substr(0, 16));
}

TEST_CASE("a public key file is read and written in one spelling") {
    PublicKey key = SecretKey::generate().public_key();
    key.id = {0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01};

    const auto file = public_key_file(key);

    REQUIRE(read_public_key_file(file));
    CHECK(*read_public_key_file(file) == key);
    CHECK(printed_id(key.id) == "0123456789ABCDEF");
    CHECK(file.starts_with("untrusted comment: minisign public key 123456789ABCDEF\n"));
}

TEST_CASE("the stock public key file is what we would have written") {
    for (const std::string name : {"stock_plain.pub", "stock_passphrase.pub"}) {
        const auto key = read_public_key_file(data(name));

        REQUIRE(key);
        CHECK(public_key_file(*key) == data(name));
    }
}

TEST_CASE("public key files with anything else in them are refused by line") {
    const auto text = to_text(SecretKey::generate().public_key());
    const auto line_of_fault = [](const std::string& file) {
        const auto key = read_public_key_file(file);
        return key ? 0 : key.fault().at;
    };

    CHECK(line_of_fault(with_text(text)) == 0);
    CHECK(line_of_fault("") == 1);
    CHECK(line_of_fault(text + "\n") == 1);
    CHECK(line_of_fault("untrusted comment: \n" + text + "\n") == 1);
    CHECK(line_of_fault("untrusted comment: two  spaces\n" + text + "\n") == 1);
    CHECK(line_of_fault("untrusted comment: tab\there\n" + text + "\n") == 1);
    CHECK(line_of_fault("untrusted comment: \x1b[2J\n" + text + "\n") == 1);
    CHECK(line_of_fault("untrusted comment: a key\r\n" + text + "\n") == 1);
    CHECK(line_of_fault("untrusted comment: a key\n" + text) == 2);
    CHECK(line_of_fault("untrusted comment: a key\n" + text + "\r\n") == 2);
    CHECK(line_of_fault(with_text(text.substr(1))) == 2);
    CHECK(line_of_fault(with_text(text.substr(0, 55) + "=")) == 2);
    CHECK(line_of_fault(with_text("A" + text.substr(1))) == 2);
    CHECK(line_of_fault(with_text(text) + "more\n") == 3);
    CHECK(line_of_fault(with_text(text) + "\n") == 3);
    CHECK(line_of_fault("untrusted comment: " + std::string(max_comment, 'x') + "\n" + text + "\n") == 0);
    CHECK(line_of_fault("untrusted comment: " + std::string(max_comment + 1, 'x') + "\n" + text + "\n") == 1);
}

TEST_CASE("points of low order and points in a second spelling are not enrolled") {
    const std::vector<std::string> points = {
        "0000000000000000000000000000000000000000000000000000000000000000", // order 4
        "0100000000000000000000000000000000000000000000000000000000000000", // the neutral element
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // order 2
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", // order 8
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", // order 8
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // 1 written as p + 1
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // 0 written as p
        "0200000000000000000000000000000000000000000000000000000000000000", // not on the curve
    };
    for (const auto& hex : points) {
        PublicKey key;
        REQUIRE(from_hex(hex, key.point));
        INFO(hex);
        CHECK_FALSE(parse_public_key(to_text(key)));
    }
}

TEST_CASE("a secret key comes back from its file, with and without a passphrase") {
    const auto key = SecretKey::generate();
    const auto plain = secret_key_file(key);
    const auto locked = secret_key_file(key, "a passphrase", test_cost);

    CHECK(*protection_of(plain) == Protection::none);
    CHECK(*protection_of(locked) == Protection::passphrase);
    REQUIRE(read_secret_key_file(plain, ""));
    CHECK(read_secret_key_file(plain, "")->public_key() == key.public_key());
    REQUIRE(read_secret_key_file(locked, "a passphrase"));
    CHECK(read_secret_key_file(locked, "a passphrase")->public_key() == key.public_key());
    CHECK(read_secret_key_file(locked, "a passphrasf").fault().what == "wrong passphrase");
    CHECK(read_secret_key_file(locked, "").fault().what == "wrong passphrase");
}

TEST_CASE("stock secret keys are read, with and without a passphrase") {
    const auto plain = read_secret_key_file(data("stock_plain.key"), "");
    const auto locked = read_secret_key_file(data("stock_passphrase.key"), "pw one");

    REQUIRE(plain);
    REQUIRE(locked);
    CHECK(plain->public_key() == *read_public_key_file(data("stock_plain.pub")));
    CHECK(locked->public_key() == *read_public_key_file(data("stock_passphrase.pub")));
    CHECK(secret_key_file(*plain) == data("stock_plain.key"));
}

TEST_CASE("a secret key file that asks for absurd work is refused before any work is done") {
    const auto file = secret_key_file(SecretKey::generate(), "pw", test_cost);

    const auto memory = read_secret_key_file(patched(file, 46 + 5, 1), "pw"); // 2^40 bytes more
    const auto operations = read_secret_key_file(patched(file, 38 + 7, 1), "pw");

    REQUIRE_FALSE(memory);
    CHECK(memory.fault().what.find("more work or memory") != std::string::npos);
    CHECK_FALSE(operations);
}

TEST_CASE("secret key files that are damaged or of another kind are refused") {
    const auto plain = secret_key_file(SecretKey::generate());
    const auto locked = secret_key_file(SecretKey::generate(), "pw", test_cost);
    const auto refused = [](const std::string& file) { return !read_secret_key_file(file, "pw"); };

    REQUIRE_FALSE(refused(locked));
    CHECK(refused(patched(plain, 0, 'X')));         // algorithm
    CHECK(refused(patched(plain, 2, 'X')));         // kdf
    CHECK(refused(patched(plain, 4, 'X')));         // checksum algorithm
    CHECK(refused(patched(plain, 6, 1)));           // a salt nobody uses
    CHECK(refused(patched(plain, 157, 1)));         // a checksum nobody checks
    CHECK(refused(patched(plain, 54 + 8 + 40, 0))); // public half
    CHECK(refused(patched(locked, 60, 0) == locked ? patched(locked, 60, 1) : patched(locked, 60, 0)));
    CHECK(refused(plain + "\n"));
    CHECK(refused(plain.substr(0, plain.size() - 1)));
    CHECK(refused(""));
}
