// The three papers of a quarterly review, each as a page to print and as a table: seats to take back, gaps with owners
// and days, what to know before a renewal.
#pragma once

#include "verifier/outputs/subject.hpp"
#include "verifier/outputs/table.hpp"
#include "verifier/review/entry.hpp"

#include <vector>

namespace tally::papers {

// reclamation_list, gap_register and renewal_brief, each .html and .csv. `entries`: of the register.
[[nodiscard]] std::vector<outputs::File> review_papers(const outputs::Subject& subject,
                                                       const std::vector<review::Entry>& entries);

} // namespace tally::papers
