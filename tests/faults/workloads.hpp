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
    // It may find fault with what it could not read: looking at a medium is for that.
    bool may_doubt = false;
};

// Makes everything that comes before the first workload.
void set_up(const os::fs::path& top);
// In order: each begins where the one before it ended, and the last two change nothing.
[[nodiscard]] std::vector<Workload> workloads();
// Of them, from the packed bundle to the medium (way_out.cpp).
void set_up_way_out(const os::fs::path& top);
[[nodiscard]] std::vector<Workload> way_out();

inline constexpr const char* officer_key = "anna.key"; // of the one who may release
inline os::fs::path station_in(const os::fs::path& top) { return top / "p"; }
inline os::fs::path out_in(const os::fs::path& top) { return top / "out"; }
inline os::fs::path bundle_in(const os::fs::path& top) { return out_in(top) / "SITE1_USAGE_000001_V1OF1.tally"; }

void copy_tree(const os::fs::path& from, const os::fs::path& to);

} // namespace tally::faults
