// Ed25519 (RFC 8032) through libsodium. Public keys are checked once, where they are enrolled or announced:
// canonical encoding, on the curve, not of low order, in the main subgroup.
#pragma once

#include "tally/base/assert.hpp"
#include "tally/base/encoding.hpp"
#include "tally/crypto/secret_memory.hpp"

#include <algorithm>
#include <array>
#include <sodium.h>
#include <utility>

namespace tally::crypto {

using PublicKey = std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES>;
using Signature = std::array<std::uint8_t, crypto_sign_BYTES>;

inline void ready() {
    static const int started = sodium_init();
    TALLY_ASSERT(started >= 0);
}

// 64 bytes, seed then public key, as libsodium and minisign keep it; in memory for secrets.
class SecretKey {
public:
    static constexpr std::size_t size = crypto_sign_SECRETKEYBYTES;

    SecretKey() : bytes_(size) {} // zeros

    static SecretKey generate() {
        ready();
        SecretKey key;
        PublicKey unused;
        crypto_sign_keypair(unused.data(), key.bytes_.data());
        return key;
    }
    static SecretKey from_seed(std::span<const std::uint8_t, crypto_sign_SEEDBYTES> seed) {
        ready();
        SecretKey key;
        PublicKey unused;
        crypto_sign_seed_keypair(unused.data(), key.bytes_.data(), seed.data());
        return key;
    }

    [[nodiscard]] std::span<std::uint8_t, size> bytes() { return bytes_.all<size>(); }
    [[nodiscard]] std::span<const std::uint8_t, size> bytes() const { return bytes_.all<size>(); }
    [[nodiscard]] PublicKey public_key() const {
        PublicKey key;
        std::copy(bytes().begin() + crypto_sign_SEEDBYTES, bytes().end(), key.begin());
        return key;
    }
    [[nodiscard]] Signature sign(Bytes message) const {
        Signature signature;
        crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), bytes().data());
        return signature;
    }

private:
    SecretBytes bytes_;
};

inline bool acceptable(const PublicKey& key) {
    ready();
    return crypto_core_ed25519_is_valid_point(key.data()) == 1;
}

inline bool verify(const PublicKey& key, Bytes message, const Signature& signature) {
    ready();
    return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0;
}

} // namespace tally::crypto
