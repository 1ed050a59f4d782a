// What the records say, in the columns that the vendor's own exports and admin pages use, so that tools made for those
// read it (docs/reference/report.md says which columns are from which source, and which nobody could verify). Ours has
// no first and last names: those columns stay empty.
#pragma once

#include "verifier/outputs/subject.hpp"
#include "verifier/outputs/table.hpp"

#include <vector>

namespace tally::outputs {

// usage_report.csv and token_usage.csv, and for each product the lists assign_PRODUCT.csv and unassign_PRODUCT.csv.
// Whose name is no address of mail stands as recorded. Of a what-if they are NAME.what-if.csv.
[[nodiscard]] std::vector<File> vendor_files(const Subject& subject);

} // namespace tally::outputs
