// Puts the imports of a table together: what an earlier import knew is not erased by a later one
// (docs/reference/inputs.md, "Several imports"). Which way depends on the kind alone (identity.hpp).
#pragma once

#include "verifier/inputs/inputs.hpp"

namespace tally::inputs {

// One import with its rows, in the table of its kind.
struct Import {
    InputFile file;
    Inputs rows;
};

// The rows that count, and the files that may have given some. `imports` by (as_of, id).
[[nodiscard]] Inputs combined(std::vector<Import> imports);
// Marks those that cannot count any more: replaced by a newer one of the same day, or of a kind
// of which only the newest counts.
void mark_counting(std::vector<InputFile>& files);

} // namespace tally::inputs
