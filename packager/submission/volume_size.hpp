// How large the files of an export may be: the presets of media, and what people write.
#pragma once

#include "tally/base/result.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tally::submission {

struct MediumSize {
    std::string_view name;
    std::uint64_t bytes = 0; // 0: no limit
};

// FAT32 ends at 4 GiB − 1; the discs lose room to a file system, to VERIFY.TXT and to the signatures.
inline constexpr std::array<MediumSize, 4> medium_sizes{
    {{"fat32", 4'000'000'000}, {"dvd", 4'600'000'000}, {"cd", 690'000'000}, {"none", 0}}};

// A preset, or a number of bytes of at least 64 KiB.
inline Result<std::uint64_t> read_volume_size(const std::string& text) {
    for (const auto& medium : medium_sizes) {
        if (text == medium.name) {
            return medium.bytes;
        }
    }
    const bool digits = !text.empty() && text.size() <= 15 && text.find_first_not_of("0123456789") == std::string::npos;
    constexpr std::uint64_t least = 64U << 10U;
    const std::uint64_t bytes = digits ? std::stoull(text) : 0;
    if (bytes < least) {
        return Fault{"neither fat32, dvd, cd or none nor a number of at least 65536 bytes", 0};
    }
    return bytes;
}

} // namespace tally::submission
