// The three readings that stamp a line. Injected wherever a test needs another time: pass a Clock.
#pragma once

#include "tally/os/file.hpp"

#include <cstdint>
#include <ctime>
#include <functional>
#include <string>

namespace tally::os {

struct Stamp {
    std::string boot;          // boot id, 32 hex digits, from /proc/sys/kernel/random/boot_id
    std::uint64_t up_ms = 0;   // CLOCK_BOOTTIME, so suspend is inside
    std::uint64_t wall_ms = 0; // UTC since 1970, untrusted; a clock before 1970 reads 0
};

using Clock = std::function<Stamp()>;

inline std::uint64_t clock_ms(clockid_t id) {
    timespec now{};
    ::clock_gettime(id, &now);
    return now.tv_sec < 0
               ? 0
               : static_cast<std::uint64_t>(now.tv_sec) * 1000U + static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000U;
}
inline std::uint64_t up_ms() { return clock_ms(CLOCK_BOOTTIME); }

inline std::string boot_id() {
    std::string text = read_file("/proc/sys/kernel/random/boot_id", 64);
    std::erase_if(text, [](char c) { return c == '-' || c == '\n'; });
    return text;
}

inline Clock system_clock() {
    return [boot = boot_id()] { return Stamp{boot, clock_ms(CLOCK_BOOTTIME), clock_ms(CLOCK_REALTIME)}; };
}

} // namespace tally::os
