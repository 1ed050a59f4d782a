// An image of a CD or DVD with the same folders as a medium, through the stock program xorriso; what is in it is taken
// out again and proved before the image gets its name. The same parcels give the same bytes with the same xorriso. Does
// not burn: that the disc reads back is what verify says when it is in the drive.
#pragma once

#include "packager/media/verify.hpp"

namespace tally::media {

// What a kind of medium holds; for a medium that is not at hand while packing.
struct Preset {
    std::string_view name;
    std::uint64_t capacity = UINT64_MAX; // bytes of the whole medium
    std::uint64_t largest_file = UINT64_MAX;
};
inline constexpr Preset presets[] = {
    {"none", UINT64_MAX, UINT64_MAX},
    {"fat32", UINT64_MAX, 4'000'000'000},
    {"cd", 681'984'000, UINT64_MAX},    // 333 000 sectors of 2048 bytes: 74 minutes
    {"dvd", 4'700'372'992, UINT64_MAX}, // 2 295 104 sectors: one layer
};

struct Image {
    os::fs::path path;
    std::uint64_t size = 0;
    crypto::Hash sha256{};
};

// Error when a file of that name is there, when xorriso is not installed or refuses, when the image would not fit, or
// when what comes out of it is not what went in. Everything inside is dated by the oldest bundle.
[[nodiscard]] Image make_image(const os::fs::path& path, const std::vector<Parcel>& parcels, const Preset& preset,
                               const site_file::Chain& site, const Progress& progress = {});

} // namespace tally::media
