// Short texts that people type or that stand in tables: dates, instants, amounts, names of sites and logs, hex, base64,
// fingerprints. Each has one spelling: what is read is written again as it was. The first byte chooses.
#include "tests/fuzz/harness.hpp"

#include "tally/base/ids.hpp"
#include "tally/site_file/chain.hpp"
#include "tally/text/date.hpp"
#include "tally/text/decimal.hpp"
#include "tally/text/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstring>

using namespace tally;

namespace {

void as_date(std::string_view text) {
    if (const auto day = text::parse_day(text)) {
        FUZZ_REQUIRE(text::format_day(*day) == text);
    }
    if (const auto second = text::parse_instant(text)) {
        const std::string written = text::format_instant(*second);
        FUZZ_REQUIRE(text::parse_instant(written) == second && written.substr(0, 10) == text.substr(0, 10));
        FUZZ_REQUIRE(text::day_of(*second) == text::parse_day(text.substr(0, 10)));
    }
}

void as_amount(std::string_view text) {
    const auto amount = text::Decimal::parse(text);
    if (!amount) {
        FUZZ_REQUIRE(!amount.fault().what.empty() && amount.fault().at <= text.size());
        return;
    }
    const auto again = text::Decimal::parse(amount->str());
    FUZZ_REQUIRE(again && *again == *amount && amount->units() >= 0);
    const auto year = amount->prorated(1, 365);
    FUZZ_REQUIRE(year && std::abs(year->units() - amount->units()) <= 50);
    FUZZ_REQUIRE(!amount->times(3) || amount->times(3)->units() == 3 * amount->units());
}

// a × b / c with the one rounding: the error is at most a half, and none when it comes out even.
void as_product(std::string_view text) {
    std::array<std::int64_t, 3> numbers{};
    std::memcpy(numbers.data(), text.data(), std::min(text.size(), sizeof numbers));
    const auto [a, b, c] = numbers;
    const auto quotient = text::scaled_half_even(a, b, c);
    FUZZ_REQUIRE(!quotient || c > 0);
    if (quotient) {
        const text::Wide apart = static_cast<text::Wide>(a) * b - static_cast<text::Wide>(*quotient) * c;
        FUZZ_REQUIRE(2 * apart <= c && -2 * apart <= c);
        FUZZ_REQUIRE((2 * apart != c && -2 * apart != c) || *quotient % 2 == 0);
    }
}

void as_name(std::string_view text) {
    const auto site = SiteId::parse(text);
    FUZZ_REQUIRE(!site || (site->text() == text && text.size() <= 24));
    const auto host = HostId::parse(text);
    FUZZ_REQUIRE(!host || (host->text() == text && text.size() == 25));
    FUZZ_REQUIRE(!(site && host));
}

void as_bytes_in_text(std::string_view text) {
    std::vector<std::uint8_t> bytes(text.size() / 2);
    if (from_hex(text, bytes)) {
        FUZZ_REQUIRE(to_hex(bytes) == text);
    }
    if (const auto decoded = from_base64(text)) {
        FUZZ_REQUIRE(to_base64(*decoded) == text);
    }
    const auto decoded = from_base64(to_base64(as_bytes(text)));
    FUZZ_REQUIRE(decoded && as_text(*decoded) == text);
    if (const auto key = minisig::parse_public_key(text)) {
        FUZZ_REQUIRE(minisig::to_text(*key) == text);
    }
}

// 32 bytes are the fingerprint, the rest is what somebody says it is.
void as_fingerprint(std::string_view text) {
    line::Hash hash{};
    std::copy_n(text.begin(), std::min(text.size(), hash.size()), hash.begin());
    const std::string_view said = text.substr(std::min(text.size(), hash.size()));
    const std::string words = site_file::fingerprint_words(hash);
    FUZZ_REQUIRE(words.size() == 8 * 5 + 7 && site_file::fingerprint_is(hash, words));
    FUZZ_REQUIRE(site_file::fingerprint_is(hash, to_hex(hash)));
    if (site_file::fingerprint_is(hash, said)) {
        FUZZ_REQUIRE(said.size() == words.size() || said.size() == 64);
        hash[0] ^= 1U;
        FUZZ_REQUIRE(!site_file::fingerprint_is(hash, said));
    }
}

void as_utf8(std::string_view text) {
    const std::size_t bad = text::first_not_utf8(text);
    FUZZ_REQUIRE(bad == std::string_view::npos || bad < text.size());
    FUZZ_REQUIRE(text::first_not_utf8(text.substr(0, std::min(bad, text.size()))) == std::string_view::npos);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    const std::string_view rest = bytes.substr(std::min<std::size_t>(1, size));
    switch (bytes.empty() ? '\0' : bytes[0]) {
    case 'd':
        as_date(rest);
        break;
    case 'a':
        as_amount(rest);
        break;
    case 's':
        as_product(rest);
        break;
    case 'n':
        as_name(rest);
        break;
    case 'b':
        as_bytes_in_text(rest);
        break;
    case 'f':
        as_fingerprint(rest);
        break;
    default:
        as_utf8(rest);
    }
    return 0;
}
