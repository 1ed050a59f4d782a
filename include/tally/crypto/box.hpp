// Sealed boxes of libsodium (crypto_box_seal: X25519, XSalsa20-Poly1305): anybody can seal to a public box key, only
// the holder of its secret half can open. A box does not say who sealed it: that is the business of a signature.
#pragma once

#include "tally/base/assert.hpp"
#include "tally/crypto/ed25519.hpp"

#include <array>
#include <optional>
#include <vector>

namespace tally::crypto {

struct BoxPublicKey {
    std::array<std::uint8_t, crypto_box_PUBLICKEYBYTES> point{};
    bool operator==(const BoxPublicKey&) const = default;
};

// In its one spelling (below 2^255 − 19) and not of low order.
inline bool acceptable(const BoxPublicKey& key) {
    ready();
    bool below = key.point[31] < 0x7F || key.point[0] < 0xED;
    for (std::size_t i = 1; i < 31; ++i) {
        below = below || key.point[i] != 0xFF;
    }
    std::array<std::uint8_t, crypto_scalarmult_BYTES> shared;
    std::array<std::uint8_t, crypto_scalarmult_SCALARBYTES> any{};
    any[0] = 8;
    any[31] = 64;
    return key.point[31] <= 0x7F && below && crypto_scalarmult(shared.data(), any.data(), key.point.data()) == 0;
}

// The secret half, in memory for secrets.
class BoxKey {
public:
    static constexpr std::size_t size = crypto_box_SECRETKEYBYTES;

    explicit BoxKey(SecretBytes bytes) : bytes_(std::move(bytes)) { TALLY_ASSERT(bytes_.size() == size); }

    static BoxKey generate() {
        ready();
        SecretBytes bytes(size);
        randombytes_buf(bytes.data(), size);
        return BoxKey(std::move(bytes));
    }

    [[nodiscard]] std::span<const std::uint8_t, size> bytes() const { return bytes_.all<size>(); }
    [[nodiscard]] BoxPublicKey public_key() const {
        BoxPublicKey key;
        ready();
        crypto_scalarmult_base(key.point.data(), bytes().data());
        return key;
    }
    // False when the box was sealed to another key, or altered. `into` has the size of what was sealed.
    [[nodiscard]] bool open(Bytes box, std::span<std::uint8_t> into) const {
        TALLY_ASSERT(box.size() == into.size() + crypto_box_SEALBYTES);
        const BoxPublicKey mine = public_key();
        return crypto_box_seal_open(into.data(), box.data(), box.size(), mine.point.data(), bytes().data()) == 0;
    }

private:
    SecretBytes bytes_;
};

// The key must be acceptable.
inline std::vector<std::uint8_t> seal_to(const BoxPublicKey& key, Bytes message) {
    ready();
    std::vector<std::uint8_t> box(message.size() + crypto_box_SEALBYTES);
    const bool sealed = crypto_box_seal(box.data(), message.data(), message.size(), key.point.data()) == 0;
    TALLY_ASSERT(sealed);
    return box;
}

} // namespace tally::crypto
