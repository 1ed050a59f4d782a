// The three files of minisign: whatever a reader accepts is written again byte for byte, and no other of the three
// readers takes it for its own.
#include "tests/fuzz/harness.hpp"

#include "tally/minisig/signature.hpp"

#include <cstring>

using namespace tally;

namespace {

std::string second_line(std::string_view file) {
    const std::size_t from = file.find('\n') + 1;
    return std::string(file.substr(from, file.find('\n', from) - from));
}

bool as_signature(std::string_view bytes) {
    const auto read = minisig::read_signature_file(bytes);
    if (!read) {
        FUZZ_REQUIRE(!read.fault().what.empty() && read.fault().at >= 1 && read.fault().at <= 5);
        return false;
    }
    FUZZ_REQUIRE(minisig::signature_file(*read) == bytes);
    FUZZ_REQUIRE(minisig::well_formed_comment(read->comments.trusted));
    const auto again =
        minisig::parse_signature(minisig::value_text(*read), minisig::global_text(*read), read->comments);
    FUZZ_REQUIRE(again && minisig::signature_file(*again) == bytes);
    static const auto ones = [] {
        std::array<std::uint8_t, 32> seed{};
        seed.fill(1);
        return seed;
    }();
    static const auto key = crypto::SecretKey::from_seed(ones); // of make_key_seeds.py
    const auto verdict = minisig::verify({read->key, key.public_key()}, minisig::digest(as_bytes("message")), *read);
    FUZZ_REQUIRE(verdict != minisig::Verdict::other_key);
    FUZZ_REQUIRE(verdict != minisig::Verdict::good || read->comments.trusted == "tally-export-1 SITE1 1 1/1");
    return true;
}

bool as_public_key(std::string_view bytes) {
    const auto key = minisig::read_public_key_file(bytes);
    if (!key) {
        FUZZ_REQUIRE(!key.fault().what.empty());
        return false;
    }
    FUZZ_REQUIRE(crypto::acceptable(key->point));
    FUZZ_REQUIRE(minisig::to_text(*key) == second_line(bytes));
    return true;
}

// The two numbers of scrypt, as the file spells them: at most those of keys made for tests.
bool asks_for_little(std::string_view bytes) {
    const auto raw = from_base64(second_line(bytes));
    std::uint64_t cost[2] = {};
    std::memcpy(cost, raw->data() + 38, sizeof cost);
    return cost[0] <= minisig::test_cost.operations && cost[1] <= minisig::test_cost.memory_bytes;
}

// Keys that ask for more work than this machine does in a moment are only looked at: scrypt takes its time by design.
bool as_secret_key(std::string_view bytes) {
    const auto protection = minisig::protection_of(bytes);
    if (!protection) {
        return false;
    }
    if (*protection == minisig::Protection::none || asks_for_little(bytes)) {
        const auto key = minisig::read_secret_key_file(bytes, "passphrase");
        FUZZ_REQUIRE(!key || *protection == minisig::Protection::passphrase ||
                     second_line(minisig::secret_key_file(*key)) == second_line(bytes));
    }
    return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    const int kinds = int{as_signature(bytes)} + int{as_public_key(bytes)} + int{as_secret_key(bytes)};
    FUZZ_REQUIRE(kinds <= 1);
    return 0;
}
