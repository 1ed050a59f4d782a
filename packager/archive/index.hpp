// The archive's index: which segment files hold which lines, and the position after every seal. A view that can be
// made again from the segment files; what it says about bytes is compared with a digest whenever they are read.
#pragma once

#include "packager/archive/archive.hpp"

namespace tally::archive::index {

inline constexpr const char* file_name = "index.db";

enum class Found : std::uint8_t { nothing, an_index };

// Settings and schema. Error when the file is of another version or no index. `nothing` until finish() was called.
Found prepare(sqlite::Database& database);
void finish(sqlite::Database& database);

[[nodiscard]] std::string flat(const line::CompactRange& range);
// A hash column; Error when it is no hash.
[[nodiscard]] line::Hash hash_of(const sqlite::Statement& row, int column);
// Columns epoch, key, range, root, wall of a row of `seal`.
[[nodiscard]] Position position_of(const sqlite::Statement& row, std::uint64_t size);

} // namespace tally::archive::index
