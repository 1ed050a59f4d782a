// What a command can find out about the service of a state directory from outside: whether it runs, and what it wrote
// about itself a moment ago.
#pragma once

#include "tally/os/file.hpp"

#include <optional>
#include <string>

namespace tally::recorder {

struct RunningService {
    std::uint64_t pid = 0;
    std::uint64_t since_s = 0;
    std::uint64_t alive_s = 0; // when it wrote this, at most a minute ago
    std::uint64_t connections = 0;
    std::uint64_t sessions = 0; // open
    std::uint64_t messages = 0;
    std::uint64_t refused = 0;
    std::uint64_t lost = 0;
    std::uint64_t watched = 0; // programs
    std::uint64_t denied = 0;  // programs that it has not the right to look at
    std::string socket;
    std::string watch;   // no, exact, poll_2
    std::string trouble; // why it cannot write; empty when it can
    std::string text;    // all of it as canonical JSON
};

enum class Holder : std::uint8_t { nobody, command, service };
struct Running {
    Holder holder = Holder::nobody; // of the lock of the state
    std::optional<RunningService> service;
};
[[nodiscard]] Running find_running(const os::fs::path& state);

} // namespace tally::recorder
