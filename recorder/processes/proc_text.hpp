// Strict readers of what /proc says of a process. The texts are written by the kernel, but names and command lines in
// them are anybody's: bounded, nothing trusted, nothing allocated beyond the bound. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tally::processes {

inline constexpr std::size_t most_stat = 1024;
inline constexpr std::size_t most_status = 8192;
inline constexpr std::size_t most_command_line = 4096; // of a longer one the beginning

struct Stat {
    std::int32_t pid = 0;
    char state = 0;
    std::int32_t parent = 0;
    std::uint64_t start = 0; // ticks since boot
};
// /proc/<pid>/stat. A program's name in it may hold anything, also ") R 1 1".
[[nodiscard]] std::optional<Stat> read_stat(std::string_view text);

// The real user of /proc/<pid>/status.
[[nodiscard]] std::optional<std::uint32_t> read_uid(std::string_view status);
// Nothing when the process belongs to no login.
[[nodiscard]] std::optional<std::uint32_t> read_loginuid(std::string_view text);

// Arguments that end with NUL, as one line of words; those with a space or a tab, and empty ones, between quotes.
[[nodiscard]] std::string read_command_line(std::string_view arguments);

// What /proc/<pid>/exe names, without the kernel's remark that the file was replaced meanwhile.
[[nodiscard]] std::string_view program_path(std::string_view link);

} // namespace tally::processes
