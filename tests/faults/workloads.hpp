// The steps of the data's path from a recorder to a ledger, each as a command that may be given again until it is done,
// and what an independent look at the directory afterwards finds.
#pragma once

#include "tally/os/file.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tally::faults {

// `acknowledged` is told how much was promised so far; it is shared with the process that looks.
using Acknowledge = std::function<void(std::uint64_t)>;

struct Workload {
    std::string name;
    // Said done: ok or nothing_to_do. Everything else, thrown or returned, is a refusal.
    std::function<Exit(const os::fs::path& top, const Acknowledge& acknowledge)> run;
    // What is there; an Error when that is inconsistent or less than was acknowledged.
    std::function<std::string(const os::fs::path& top, std::uint64_t acknowledged)> facts;
};

// Makes everything that comes before the first workload.
void set_up(const os::fs::path& top);
// In order: each begins where the one before it ended, and the last two change nothing.
[[nodiscard]] std::vector<Workload> workloads();

void copy_tree(const os::fs::path& from, const os::fs::path& to);

} // namespace tally::faults
