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

// What is asked for every segment, prepared once.
struct Statements {
    explicit Statements(const sqlite::Database& database);

    sqlite::Statement same;      // log, file_first, file_next, digest: 1 when these bytes are here
    sqlite::Statement last;      // log: lines so far
    sqlite::Statement begins;    // log: its first line that is here, when some were removed
    sqlite::Statement seal;      // log, size: columns of position_of()
    sqlite::Statement add_piece; // a row of `piece`
    sqlite::Statement add_seal;  // a row of `seal`
};

[[nodiscard]] std::string flat(const line::CompactRange& range);
// A hash column; Error when it is no hash.
[[nodiscard]] line::Hash hash_of(const sqlite::Statement& row, int column);
// Columns epoch, key, range, root, wall of a row of `seal`.
[[nodiscard]] Position position_of(const sqlite::Statement& row, std::uint64_t size);

} // namespace tally::archive::index
