// Keeps in the ledger's database which outputs of the calendar were made: when, by whom, from which data, with which
// digest. Guarantees: what was kept stays; the same output of the same data twice is kept once.
#pragma once

#include "tally/sqlite/database.hpp"
#include "verifier/review/calendar.hpp"

namespace tally::review {

void keep_produced(sqlite::Database& database, const std::vector<Produced>& outputs);
// In the order in which they were made. Works on a read-only database.
[[nodiscard]] std::vector<Produced> load_produced(const sqlite::Database& database);

} // namespace tally::review
