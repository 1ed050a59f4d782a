#include "tally/receipt/telephone.hpp"

#include "tally/crypto/blake2b.hpp"
#include "tally/line/write.hpp"

#include <algorithm>

namespace tally::receipt {
namespace {

constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";
constexpr unsigned check_base = 37;
constexpr std::size_t characters = 16;

// Nothing for a character that is none of them.
std::optional<unsigned> value_of(char c) {
    if (c >= 'a' && c <= 'z') {
        c = static_cast<char>(c - 'a' + 'A');
    }
    c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    const auto at = digits.find(c);
    return at == std::string_view::npos ? std::nullopt : std::optional(static_cast<unsigned>(at));
}

unsigned check_of(const Code& code) {
    unsigned rest = 0;
    for (const auto byte : code) {
        rest = (rest * 256 + byte) % check_base;
    }
    return rest;
}

} // namespace

std::string secret_file(const Secret& secret) { return to_hex(secret) + '\n'; }

Result<Secret> read_secret(std::string_view bytes) {
    Secret secret{};
    if (bytes.empty() || bytes.back() != '\n' || !from_hex(bytes.substr(0, bytes.size() - 1), secret)) {
        return Fault{"not 64 hex digits and a line feed"};
    }
    return secret;
}

Code code_of(const Secret& secret, const Receipt& receipt) {
    std::vector<std::string> bundles;
    for (const auto& digest : receipt.bundles) {
        bundles.push_back(to_hex(digest));
    }
    const std::string message = "tally-tel-v1\n" + line::Object()
                                                       .token("agreement", receipt.agreement.text())
                                                       .tokens("bundles", bundles)
                                                       .integer("n", receipt.n)
                                                       .token("positions", to_hex(receipt.positions))
                                                       .token("site", receipt.site.text())
                                                       .token("status", name(receipt.status))
                                                       .token("verifier", to_hex(receipt.verifier))
                                                       .str();
    const auto hash = crypto::blake2b<32>(as_bytes(message), secret);
    Code code{};
    std::copy_n(hash.begin(), code.size(), code.begin());
    return code;
}

std::string spoken(const Code& code) {
    std::string text;
    unsigned pending = 0;
    unsigned bits = 0;
    std::size_t written = 0;
    for (const auto byte : code) {
        pending = (pending << 8U) | byte;
        bits += 8;
        for (; bits >= 5; bits -= 5) {
            text += digits[(pending >> (bits - 5)) & 31U];
            text += ++written % 4 == 0 ? "-" : "";
        }
        pending &= (1U << bits) - 1;
    }
    return text + digits[check_of(code)];
}

Result<Code> read_spoken(std::string_view text) {
    Code code{};
    unsigned pending = 0;
    unsigned bits = 0;
    std::size_t read = 0;
    std::size_t byte = 0;
    std::optional<unsigned> check;
    for (const char c : text) {
        if (c == ' ' || c == '-') {
            continue;
        }
        const auto value = value_of(c);
        if (!value || (read < characters && *value >= 32) || check) {
            return Fault{"not sixteen characters and one to check them"};
        }
        if (read == characters) {
            check = *value;
            continue;
        }
        ++read;
        pending = (pending << 5U) | *value;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            code[byte++] = static_cast<std::uint8_t>(pending >> bits);
            pending &= (1U << bits) - 1;
        }
    }
    if (!check) {
        return Fault{"not sixteen characters and one to check them"};
    }
    if (*check != check_of(code)) {
        return Fault{"the last character does not fit the others: one was heard wrong"};
    }
    return code;
}

} // namespace tally::receipt
