// The processes of this machine as /proc and pidfds show them now. Whatever cannot be read because the process is gone or
// is none of ours is "nothing", never an Error: processes end whenever they like.
#pragma once

#include "recorder/processes/proc_text.hpp"
#include "recorder/sessions/event.hpp"
#include "tally/os/file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tally::processes {

[[nodiscard]] std::vector<std::int32_t> all_processes();
[[nodiscard]] std::optional<Stat> stat_of(std::int32_t pid);
struct Program {
    std::string path;    // "" where there is none: the kernel's own, or gone
    bool denied = false; // of another user, and we have not the right to look (CAP_SYS_PTRACE)
};
[[nodiscard]] Program program_of(std::int32_t pid);
[[nodiscard]] std::string command_line_of(std::int32_t pid);
// Who logged in to start it, else as whom it runs.
[[nodiscard]] std::optional<std::uint32_t> user_of(std::int32_t pid);

// A handle that stays with its process when the number is given to another one.
class Handle {
public:
    Handle() = default;
    // Not open when there is no such process, or no room for another descriptor.
    static Handle open(std::int32_t pid);

    [[nodiscard]] bool is_open() const { return descriptor_.is_open(); }
    [[nodiscard]] int get() const { return descriptor_.get(); }
    // All of its threads are gone.
    [[nodiscard]] bool has_ended() const;
    // Number of the process in pidfs, which no other one gets until the next boot; 0 where the kernel has none.
    [[nodiscard]] std::uint64_t instance() const;

private:
    os::Descriptor descriptor_;
};

// Is that very process still there? Without pidfs the start time tells.
[[nodiscard]] bool is_running(const sessions::ProcessId& process);

} // namespace tally::processes
