// What the parts of the ledger share. Not for other stages.
#pragma once

#include "tally/os/lock.hpp"
#include "verifier/ledger/ledger.hpp"

namespace tally::ledger {

struct Ledger::State {
    os::fs::path path;
    std::optional<os::ExclusiveLock> lock;
    mutable sqlite::Database database;
    std::unique_ptr<check::Memory> memory;
};

// Compact ranges as they lie in the tables: the hashes one after the other.
[[nodiscard]] std::string range_bytes(const line::CompactRange& range);
// Error when the bytes do not fit the size: the ledger was damaged.
[[nodiscard]] line::CompactRange range_of(std::uint64_t size, std::string_view bytes);
[[nodiscard]] Hash hash_of(std::string_view bytes);

// Turns one bundle's lines into rows, inside the caller's transaction (rollup.cpp).
struct RolledUp {
    std::uint64_t lines = 0, sessions = 0, refusals = 0;
    std::vector<std::uint64_t> seal_walls; // UTC ms, of each fresh seal in order
    std::vector<check::Finding> findings;
};
[[nodiscard]] RolledUp roll_up(sqlite::Database& database, const check::VerifiedBundle& bundle,
                               const std::vector<std::int64_t>& log_ids);

} // namespace tally::ledger
