// Keeps the files that were handed in, byte for byte, in the ledger's database, and gives back the rows that count.
// Guarantees: dated history (every import stays; which rows count is said by history.hpp); a file is stored wholly or
// not at all; the same bytes twice change nothing; what was known on a day can be loaded as it was known then.
#pragma once

#include "tally/sqlite/database.hpp"
#include "verifier/inputs/inputs.hpp"

namespace tally::inputs {

// An import of `kind` with the digest of `bytes` that is current already, if so: the newest; of a log any.
[[nodiscard]] std::optional<InputFile> same_as_current(const sqlite::Database& database, Kind kind,
                                                       std::string_view bytes);

// One transaction; the new import is current afterwards. `bytes` must have been read without a fault. `file.id` and
// `digest` are filled in here, and what is not said of `as_of` (the day of import) and `layout` (own).
InputFile store_file(sqlite::Database& database, InputFile file, std::string_view bytes);

// The rows that count; empty when nothing was imported. `known_on`: only imports up to the end of that day (UTC), so
// that a report of then can be made again. Works on a read-only database. Error when a stored file cannot be read any
// more.
[[nodiscard]] Inputs load_inputs(const sqlite::Database& database, std::optional<Day> known_on = std::nullopt);
// In order of import.
[[nodiscard]] std::vector<InputFile> input_history(const sqlite::Database& database,
                                                   std::optional<Day> known_on = std::nullopt);
// The file of that import, byte for byte. Error when it is gone or altered.
[[nodiscard]] std::string stored_bytes(const sqlite::Database& database, const InputFile& file);

} // namespace tally::inputs
