// The records beside the tables: which persons, hosts and products stand on one side only. Nothing is dropped by it:
// every name counts whether it has a row or not. Judges nothing.
#pragma once

#include "verifier/count/facts.hpp"
#include "verifier/inputs/joins.hpp"

namespace tally::count {

// Pairs of records and tables first, then those of two tables. Pairs of which a side is empty are left out.
[[nodiscard]] std::vector<inputs::Join> joins(const Facts& facts);

} // namespace tally::count
