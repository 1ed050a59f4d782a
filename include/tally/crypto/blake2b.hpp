// BLAKE2b (RFC 7693) through libsodium: keyed ids of `N` bytes, and the streaming 64-byte hash that minisign signs.
#pragma once

#include "tally/crypto/ed25519.hpp"

namespace tally::crypto {

template <std::size_t N>
std::array<std::uint8_t, N> blake2b(Bytes message, Bytes key = {}) {
    static_assert(N >= crypto_generichash_BYTES_MIN && N <= crypto_generichash_BYTES_MAX);
    ready();
    std::array<std::uint8_t, N> hash;
    crypto_generichash(hash.data(), N, message.data(), message.size(), key.data(), key.size());
    return hash;
}

class Blake2b512 {
public:
    Blake2b512() {
        ready();
        crypto_generichash_init(&state_, nullptr, 0, 64);
    }
    void update(Bytes bytes) { crypto_generichash_update(&state_, bytes.data(), bytes.size()); }
    std::array<std::uint8_t, 64> finish() {
        std::array<std::uint8_t, 64> hash;
        crypto_generichash_final(&state_, hash.data(), hash.size());
        return hash;
    }

private:
    crypto_generichash_state state_{};
};

template <std::size_t N>
std::array<std::uint8_t, N> random_bytes() {
    ready();
    std::array<std::uint8_t, N> bytes;
    randombytes_buf(bytes.data(), N);
    return bytes;
}

} // namespace tally::crypto
