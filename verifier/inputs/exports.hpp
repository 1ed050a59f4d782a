// Layouts of the vendor's account exports, both generations (docs/reference/inputs.md, "Exports of the vendor's
// account"): who holds a seat, and who used what. Columns that are not needed are listed as not used.
// Rows whose person is hidden ("*****") and that carry no pseudonym stay rows: of assignments under a name of their own,
// so that each is one seat; of use without a user.
#pragma once

#include "verifier/inputs/tables.hpp"

namespace tally::inputs {

[[nodiscard]] std::vector<Table<Assignment>> assignment_exports();
[[nodiscard]] std::vector<Table<ExportedUse>> usage_exports();

} // namespace tally::inputs
