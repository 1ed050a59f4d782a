// The three files of minisign: whatever a reader accepts is written again byte for byte, and no other of the three
// readers takes it for its own.
#include "tests/fuzz/harness.hpp"

#include "tally/minisig/signature.hpp"

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

// Keys with a passphrase are only looked at: the work that scrypt does is bounded by design, not by patience.
bool as_secret_key(std::string_view bytes) {
    const auto protection = minisig::protection_of(bytes);
    if (!protection) {
        return false;
    }
    if (*protection == minisig::Protection::none) {
        const auto key = minisig::read_secret_key_file(bytes, "");
        FUZZ_REQUIRE(!key || second_line(minisig::secret_key_file(*key)) == second_line(bytes));
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
