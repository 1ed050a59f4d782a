// Questions that begin with "what if": changes to what was bought, made to the loaded inputs before anything is counted.
// The evidence stays as it is; nothing is stored. Values of rules are changed by rules::set_value.
#pragma once

#include "tally/base/result.hpp"
#include "verifier/inputs/inputs.hpp"

#include <string_view>

namespace tally::reconcile {

// "seats L05=14", "price L05=2500.00" (a year, for one seat) or "metric L05=named", for every row of that line. A fault
// says what is wrong with it, and nothing has changed then.
[[nodiscard]] Result<void> assume(inputs::Inputs& inputs, std::string_view change);

} // namespace tally::reconcile
