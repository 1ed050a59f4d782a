// Entitlements and assignments from CSV (docs/reference/inputs.md): columns by name with case, spaces, underscores and
// hyphens folded; unknown columns are listed, not refused. Every bad row is told with its line, not only the first;
// a table with any fault must not be stored.
#pragma once

#include "tally/base/result.hpp"
#include "verifier/inputs/inputs.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::inputs {

template <class Row>
struct InputTable {
    std::vector<Row> rows;
    std::vector<Fault> faults;                // `at` is the line
    std::vector<std::string> unknown_columns; // as written
};

// A Fault when the header itself cannot be used (its line); bad rows are in the table.
[[nodiscard]] Result<InputTable<Entitlement>> read_entitlements(std::string_view bytes);
[[nodiscard]] Result<InputTable<Assignment>> read_assignments(std::string_view bytes);

} // namespace tally::inputs
