// One call of the C library fails, the n-th of its kind: the program stands in front of the library's functions, and so
// of everybody who uses them in this process (SQLite and Boost too). Children inherit what is armed, each with a count
// of its own. Descriptors 0 to 2 are left alone.
#pragma once

#include <array>
#include <cstdint>

namespace tally::faults {

enum class Call : std::uint8_t { open, read, pread, write, pwrite, fsync, fdatasync, ftruncate, rename, unlink, mkdir };
inline constexpr std::size_t call_count = 11;
inline constexpr const char* call_names[call_count] = {"open",      "read",      "pread",  "write",  "pwrite", "fsync",
                                                       "fdatasync", "ftruncate", "rename", "unlink", "mkdir"};

inline constexpr int short_transfer = 0; // instead of an error: half of what was asked for
inline constexpr std::uint64_t never = ~std::uint64_t{0};

struct Fault {
    Call call = Call::open;
    std::uint64_t at = never; // counted from 0
    int error = short_transfer;
};

void arm(const Fault& fault); // counts begin at 0
void disarm();
[[nodiscard]] std::array<std::uint64_t, call_count> calls_so_far();

} // namespace tally::faults
