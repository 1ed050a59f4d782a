// Files that get their names together. Each is written beside its name without waiting for the disk; settle() makes the
// bytes of all durable first, then gives them their names, then makes the names durable: so nobody ever finds half a file
// under its name, and a thousand files cost as many waits as one. Not settled: as if they had never been written.
#pragma once

#include "tally/os/file.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tally::archive {

class Staging {
public:
    Staging() = default;
    ~Staging();
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;

    void write(const os::fs::path& path, std::string_view bytes);
    // Where the bytes of `path` lie now.
    [[nodiscard]] os::fs::path located(const os::fs::path& path) const;
    // All of them have their names, durably, on return; keep() or another settle() has to follow.
    void settle();
    // What was settled stays; without it the names that were free before are given up again.
    void keep() { fresh_.clear(); }

private:
    std::set<std::string> rename_all(); // the folders in which that was

    std::set<std::string> waiting_;
    std::vector<os::fs::path> fresh_; // named, and free before
};

} // namespace tally::archive
