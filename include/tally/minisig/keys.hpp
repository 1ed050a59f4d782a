// Key files of minisign 0.11 (jedisct1.github.io/minisign, "Public key format", "Secret key format"): what stock
// minisign writes is read here, what is written here stock minisign reads. One spelling per file: what was parsed is
// written again and compared byte for byte. Does not say what a key may sign: roles are the site file's.
#pragma once

#include "tally/base/result.hpp"
#include "tally/crypto/ed25519.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace tally::minisig {

using KeyId = std::array<std::uint8_t, 8>;

inline constexpr std::size_t max_comment = 1000; // bytes after "untrusted comment: " or "trusted comment: "

// Printable ASCII, not empty, at most max_comment bytes, no space at either end, no two spaces in a row.
[[nodiscard]] bool well_formed_comment(std::string_view comment);

struct PublicKey {
    KeyId id{};
    crypto::PublicKey point{};
    auto operator<=>(const PublicKey&) const = default;
};

// The id of keys made here: the first 8 bytes of SHA-256 of the public point. Stock keys keep their random id.
[[nodiscard]] KeyId id_of(const crypto::PublicKey& point);
// 16 upper-case hex digits in the order in which minisign prints them (the id read as a little-endian number).
[[nodiscard]] std::string printed_id(const KeyId& id);

// The 56 base64 characters that `minisign -P` takes. The reader refuses points that are not canonical, of low order
// or outside the main subgroup.
[[nodiscard]] std::string to_text(const PublicKey& key);
[[nodiscard]] Result<PublicKey> parse_public_key(std::string_view text);

// Two lines: "untrusted comment: …" and the text above. Fault.at is a line number. The comment may be any well-formed one.
[[nodiscard]] std::string public_key_file(const PublicKey& key);
[[nodiscard]] Result<PublicKey> read_public_key_file(std::string_view bytes);

// Work that scrypt does for every use of a passphrase (libsodium's opslimit and memlimit, bytes).
struct ScryptCost {
    std::uint64_t operations = 0;
    std::uint64_t memory_bytes = 0;
};
inline constexpr ScryptCost stock_cost{33'554'432, std::uint64_t{1} << 30U}; // as stock minisign: 1 GiB, seconds
inline constexpr ScryptCost test_cost{32'768, std::uint64_t{16} << 20U};     // for tests only
inline constexpr ScryptCost max_cost = stock_cost;                           // a file that asks for more is refused

// A secret key with its id; wiped when it goes out of scope.
class SecretKey {
public:
    // A new key with an id of ours.
    static SecretKey generate();
    SecretKey(const KeyId& id, crypto::SecretKey key) : id_(id), key_(std::move(key)) {}

    [[nodiscard]] PublicKey public_key() const { return {id_, key_.public_key()}; }
    [[nodiscard]] const crypto::SecretKey& key() const { return key_; }

private:
    KeyId id_;
    crypto::SecretKey key_;
};

enum class Protection : std::uint8_t { none, passphrase };

// What stands in the clear: whether a passphrase must be asked for. Fault when the bytes are no secret key file.
[[nodiscard]] Result<Protection> protection_of(std::string_view file);

// Unencrypted, as `minisign -G -W` writes it.
[[nodiscard]] std::string secret_key_file(const SecretKey& key);
// Throws Error when the memory that the cost asks for cannot be had.
[[nodiscard]] std::string secret_key_file(const SecretKey& key, std::string_view passphrase, ScryptCost cost);
// `passphrase` is ignored for an unencrypted file. Fault for a malformed file, a cost above max_cost, a wrong
// passphrase (the checksum does not hold), or a secret half that is not that of the public half.
[[nodiscard]] Result<SecretKey> read_secret_key_file(std::string_view bytes, std::string_view passphrase);

} // namespace tally::minisig
