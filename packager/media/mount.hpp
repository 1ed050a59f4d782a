// The mounts of this process as the kernel lists them (proc(5), "mountinfo"), and what each type of file system can
// hold. A mount is found by the number that the kernel gives for an open directory, never by comparing paths.
#pragma once

#include "tally/os/file.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tally::media {

struct Mount {
    std::uint64_t id = 0;
    std::string device; // "8:17"
    std::string point;
    std::string type; // "vfat", "fuseblk", "fuse.fusefat"
    std::string source;
    bool read_only = false;
};

// A line that is not of the documented form is left out; what a type's name may not contain cannot be spelled.
[[nodiscard]] std::vector<Mount> parse_mounts(std::string_view text);

// The mount that the open file or directory lies in. Error when the kernel does not say.
[[nodiscard]] Mount mount_of(const os::Descriptor& file, const os::fs::path& shown);

enum class Keeps : std::uint8_t { medium, memory, network, nothing };

struct Kind {
    Keeps keeps = Keeps::medium;             // what is written there: where it is afterwards
    std::uint64_t largest_file = UINT64_MAX; // bytes
};

// Types that are not known count as a medium without a limit of their own: the write itself then says it.
[[nodiscard]] Kind kind_of(std::string_view type);

} // namespace tally::media
