// The three papers of a quarterly review: seats to take back, gaps with owners and days, what to know before a renewal.
// Plain tables of what the judges found and the register remembers; decides nothing of its own.
#pragma once

#include "verifier/outputs/subject.hpp"
#include "verifier/outputs/table.hpp"
#include "verifier/review/entry.hpp"

#include <string>
#include <vector>

namespace tally::outputs {

// A seat that can be taken back, and the finding that says so.
struct Reclaimable {
    std::string person, agreement, line, product, why, finding, team;
    std::string assigned, last_used; // days; empty: not known, never
    std::int64_t days_idle = 0;
};
// By product, line, person; a seat once, for its strongest reason.
[[nodiscard]] std::vector<Reclaimable> reclaimable(const Subject& subject);

[[nodiscard]] Table reclamation_list(const Subject& subject);
// Open entries of the register that are about gaps, duties and identity, as on the day of the outcome.
[[nodiscard]] Table gap_register(const std::vector<review::Entry>& entries, std::int64_t day);
[[nodiscard]] Table renewal_brief(const Subject& subject);

} // namespace tally::outputs
