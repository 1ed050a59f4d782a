// What reconciling found, run by run, in a form that later runs can be compared with; runs are never overwritten.
#pragma once

#include "tally/sqlite/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::review {

// One finding of a run. `body` is the finding as JSON.
struct StoredFinding {
    std::string id, code, body;
};
enum class StoreOutcome : std::uint8_t { stored, unchanged };
// Keeps a run when its findings differ from those of the newest run. Inside the caller's transaction.
StoreOutcome store_run(sqlite::Database& database, std::int64_t as_of, std::string_view rules,
                       const std::vector<StoredFinding>& findings);
// The newest stored form of that finding, also when the newest run no longer raises it.
[[nodiscard]] std::optional<StoredFinding> stored_finding(const sqlite::Database& database, std::string_view id);
struct LatestRun {
    std::int64_t as_of = 0;
    std::string rules;
};
// The run of the latest `as_of`, of several the newest; nothing when there is none.
[[nodiscard]] std::optional<LatestRun> latest_run(const sqlite::Database& database);
[[nodiscard]] bool has_table(const sqlite::Database& database, std::string_view name);

} // namespace tally::review
