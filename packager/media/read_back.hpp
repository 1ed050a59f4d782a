// Reads a file of a medium as the medium has it, not as the kernel still remembers it from the writing, and hashes what
// came. Says by which method, because a method that did not get past the memory proves nothing about the medium. What a
// device remembers in its own electronics is beyond all of them.
#pragma once

#include "tally/crypto/sha256.hpp"
#include "tally/os/file.hpp"

#include <array>
#include <functional>
#include <string>
#include <string_view>

namespace tally::media {

enum class Method : std::uint8_t {
    direct,  // O_DIRECT: past the page cache
    dropped, // written out, the page cache told to forget the file, and it was seen to have forgotten
    memory,  // the bytes came from memory: nothing is proved about a medium
};
[[nodiscard]] std::string_view name_of(Method method);
// Of several, the one that proves least.
[[nodiscard]] Method weaker(Method a, Method b);

struct ReadBack {
    std::uint64_t size = 0;
    crypto::Hash sha256{};
    std::array<std::uint8_t, 64> blake2b512{};
    Method method = Method::memory;
};

using Progress = std::function<void(std::uint64_t bytes)>; // that were moved since the call before

// A regular file of the directory; a link, a pipe or a device is an Error. At most `limit` bytes are read: a longer file
// gives a `size` above it. `shown` is for messages.
[[nodiscard]] ReadBack read_back(const os::Descriptor& directory, const std::string& name, std::uint64_t limit,
                                 const os::fs::path& shown, const Progress& progress = {});

// Error of the machine about a medium, with the advice that fits one that went away.
[[nodiscard]] Error medium_error(const std::string& operation, const os::fs::path& shown);

// Like os::open and os::open_regular, of a name in an open directory.
[[nodiscard]] os::Descriptor open_in(const os::Descriptor& directory, const std::string& name, int flags,
                                     const os::fs::path& shown);
[[nodiscard]] os::Descriptor open_file_in(const os::Descriptor& directory, const std::string& name,
                                          const os::fs::path& shown, int more_flags = 0);

} // namespace tally::media
