// What a process gives up for good before it reads a bundle: files, network, other programs, new privileges, memory
// and processor time beyond a bound. Linux only: Landlock with no right at all, a list of allowed system calls
// (seccomp), resource limits. Each layer stands alone; one that the kernel refuses is named, the others still hold.
// It protects the machine from the reader of a bundle. It does not make the reader's verdict right.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tally::check {

// What is in force.
struct Sandbox {
    bool no_new_privileges = false;
    bool calls_filtered = false;
    bool limits = false;
    std::uint64_t landlock = 0;       // version of its interface, 0: not in force
    std::uint64_t memory = 0;         // bytes of writable memory at most, 0: not bounded
    std::vector<std::string> missing; // "system call filter (invalid argument)"
};

struct Confinement {
    std::vector<int> kept;    // descriptors; every other one is closed
    int writable = -1;        // the only one of them that may be written to
    std::uint64_t memory = 0; // bytes; not applied in builds with a sanitizer, which reserves more itself
    std::uint64_t cpu_seconds = 0;
};

// For a process of one thread; threads that it starts later are as confined. Cannot be undone.
[[nodiscard]] Sandbox enter_sandbox(const Confinement& wanted);

// "no network, no file system (Landlock 4), system calls filtered, no new privileges, memory at most 512 MiB"
[[nodiscard]] std::string to_text(const Sandbox& sandbox);

} // namespace tally::check
