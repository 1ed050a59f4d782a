// Numbers in as few bytes as they need, seven bits each, for what the ledger packs. A number that breaks off is an
// Error: the file was damaged.
#pragma once

#include "tally/base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tally::ledger {

inline void put_number(std::string& bytes, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) {
        bytes += static_cast<char>(value | 0x80U);
    }
    bytes += static_cast<char>(value);
}

inline std::uint64_t take_number(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if (byte < 0x80) {
            return value;
        }
    }
    throw Error("read", "the ledger", "packed sessions that break off: the file is damaged");
}

// Small numbers of either sign as small numbers.
inline std::uint64_t folded(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63U);
}
inline std::int64_t unfolded(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
}

} // namespace tally::ledger
