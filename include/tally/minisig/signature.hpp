// Detached signatures as minisign 0.11 writes them, prehashed ("ED": Ed25519 over BLAKE2b-512 of the file) with a
// trusted comment and the global signature over it. `minisign -V` verifies ours. The reader accepts one spelling:
// four lines ended by LF, comments as well_formed_comment() says, nothing after; the older "Ed" form is refused.
#pragma once

#include "tally/minisig/keys.hpp"
#include "tally/os/file.hpp"

namespace tally::minisig {

using Digest = std::array<std::uint8_t, 64>; // BLAKE2b-512

[[nodiscard]] Digest digest(Bytes bytes);
// From the descriptor's position to its end, in chunks; `name` is for messages. Throws Error.
[[nodiscard]] Digest digest(const os::Descriptor& file, const os::fs::path& name);

struct Comments {
    std::string untrusted; // covered by no signature: compare it with the expected one or ignore it
    std::string trusted;   // covered by the global signature
};

struct Signature {
    KeyId key{};
    crypto::Signature value{};  // over the digest
    crypto::Signature global{}; // over value ‖ trusted comment
    Comments comments;
};

// Comments that are not well formed are a broken invariant.
[[nodiscard]] Signature sign(const SecretKey& key, const Digest& digest, Comments comments);

enum class Verdict : std::uint8_t { good, other_key, bad_signature, bad_comment };

// good only when the id is that of `key` and both signatures hold. Does not look at what the comments say.
[[nodiscard]] Verdict verify(const PublicKey& key, const Digest& digest, const Signature& signature);
[[nodiscard]] const char* describe(Verdict verdict);

inline constexpr std::size_t max_signature_file = 4096;

// The four lines of a .minisig file. Fault.at is a line number.
[[nodiscard]] std::string signature_file(const Signature& signature);
[[nodiscard]] Result<Signature> read_signature_file(std::string_view bytes);

// Lines 2 and 4 alone: base64 of "ED" ‖ id ‖ value, and of the global signature (the site file keeps these texts).
[[nodiscard]] std::string value_text(const Signature& signature);
[[nodiscard]] std::string global_text(const Signature& signature);
[[nodiscard]] Result<Signature> parse_signature(std::string_view value, std::string_view global, Comments comments);

} // namespace tally::minisig
