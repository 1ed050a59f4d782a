// A site's pseudonym secret: 32 random bytes and the epoch that pseudonyms made with it carry. The same on every host of
// the site; whoever has it can try names against pseudonyms, so it never leaves the site. Wiped when it goes out of
// scope.
#pragma once

#include "tally/base/encoding.hpp"
#include "tally/crypto/ed25519.hpp"

#include <array>
#include <cstdint>

namespace tally::pseudonym {

inline constexpr std::uint64_t max_epoch = 9999; // epochs count from 1

class Secret {
public:
    static constexpr std::size_t size = 32;

    Secret(std::uint64_t epoch, std::span<const std::uint8_t, size> bytes) : epoch_(epoch) {
        TALLY_ASSERT(epoch >= 1 && epoch <= max_epoch);
        std::copy(bytes.begin(), bytes.end(), bytes_.begin());
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    Secret(Secret&& other) noexcept : epoch_(other.epoch_), bytes_(other.bytes_) { other.wipe(); }
    Secret& operator=(Secret&& other) noexcept {
        std::swap(epoch_, other.epoch_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~Secret() { wipe(); }

    static Secret generate(std::uint64_t epoch) {
        crypto::ready();
        std::array<std::uint8_t, size> bytes;
        randombytes_buf(bytes.data(), size);
        Secret secret(epoch, bytes);
        sodium_memzero(bytes.data(), size);
        return secret;
    }

    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
    [[nodiscard]] std::span<const std::uint8_t, size> bytes() const { return bytes_; }
    void wipe() { sodium_memzero(bytes_.data(), bytes_.size()); }

private:
    std::uint64_t epoch_;
    std::array<std::uint8_t, size> bytes_{};
};

} // namespace tally::pseudonym
