// A medium before anything is written to it: which file system and device it is, what fits, and every reason why it must
// not be used. Nothing is written. What the device itself pretends (its size, that it keeps what it is given) only
// reading back can show.
#pragma once

#include "packager/media/mount.hpp"

#include <optional>

namespace tally::media {

struct Medium {
    os::fs::path path;        // as the operator named it
    os::Descriptor directory; // of `path`
    Mount mount;
    Kind kind;
    std::string id;         // of the file system: serial of FAT and exFAT, UUID of others; empty: not to be had
    std::string device_id;  // serial number of the device, where udev knows it
    std::string whole_disk; // "8:16"; the mount's own device where there is none
    std::uint64_t free_bytes = 0;
    bool says_free = false; // some drivers do not
    std::uint64_t cluster = 512;
    std::size_t longest_name = 255;
};

// Error when it is no directory.
[[nodiscard]] Medium look_at(const os::fs::path& path);

// What is to be written.
struct Need {
    std::vector<std::uint64_t> files; // sizes
    std::uint64_t folders = 0;
    std::size_t longest_name = 0;
};

enum class Place : std::uint8_t {
    medium,  // it is what travels
    staging, // it is a folder that is carried further by other means
};

struct Obstacle {
    std::string what;
    std::string hint;
};

// Every reason not to write; `own` are directories of the station, whose disk is no medium.
[[nodiscard]] std::vector<Obstacle> obstacles(const Medium& medium, const Need& need, Place place,
                                              const std::vector<os::fs::path>& own);

// "3A21-07FF" or "6f2c…-…" from the first 2048 bytes of a file system of type FAT, exFAT or ext; empty for others.
[[nodiscard]] std::string id_in(std::string_view superblock);

} // namespace tally::media
