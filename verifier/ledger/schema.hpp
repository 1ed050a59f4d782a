// The tables of the ledger, in one place. A file of a later version is refused, never migrated silently.
// Guarantees after open_database: settings that survive power loss, foreign schemas not trusted, this schema present.
#pragma once

#include "tally/os/file.hpp"
#include "tally/sqlite/database.hpp"

namespace tally::ledger {

inline constexpr int application_id = 0x54414c4c; // "TALL"
inline constexpr int schema_version = 5;

// Error when the file is no ledger, or of another version.
[[nodiscard]] sqlite::Database open_database(const os::fs::path& path, sqlite::Mode mode);

} // namespace tally::ledger
