// A site's pseudonym secret: 32 random bytes and the epoch that pseudonyms made with it carry. The same on every host of
// the site; whoever has it can try names against pseudonyms, so it never leaves the site. In memory for secrets.
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

    Secret(std::uint64_t epoch, crypto::SecretBytes bytes) : epoch_(epoch), bytes_(std::move(bytes)) {
        TALLY_ASSERT(epoch >= 1 && epoch <= max_epoch && bytes_.size() == size);
    }

    static Secret generate(std::uint64_t epoch) {
        crypto::ready();
        crypto::SecretBytes bytes(size);
        randombytes_buf(bytes.data(), size);
        return {epoch, std::move(bytes)};
    }

    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
    [[nodiscard]] std::span<const std::uint8_t, size> bytes() const { return bytes_.all<size>(); }

private:
    std::uint64_t epoch_;
    crypto::SecretBytes bytes_;
};

} // namespace tally::pseudonym
