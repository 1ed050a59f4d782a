// Keeps the files that were handed in, byte for byte, in the ledger's database, and gives back the rows that count.
// Guarantees: dated history (every import stays; which of them count is said by load_inputs); a file is stored wholly or
// not at all; the same bytes twice change nothing.
#pragma once

#include "tally/sqlite/database.hpp"
#include "verifier/inputs/inputs.hpp"

namespace tally::inputs {

// `kind` and the digest of `bytes` of an import that is current already, if so.
[[nodiscard]] std::optional<InputFile> same_as_current(const sqlite::Database& database, Kind kind,
                                                       std::string_view bytes);

// One transaction; the new import is current afterwards. `bytes` must have been read without a fault. `file.id` and
// `digest` are filled in here.
InputFile store_file(sqlite::Database& database, InputFile file, std::string_view bytes);

// The newest import of each kind; empty when there was none. Works on a read-only database. Error when a stored file
// cannot be read any more.
[[nodiscard]] Inputs load_inputs(const sqlite::Database& database);
[[nodiscard]] std::vector<InputFile> input_history(const sqlite::Database& database); // oldest first

} // namespace tally::inputs
