// The outcome of counting and judging as the documented JSON of `reconcile --json` (reconcile.schema.json).
#pragma once

#include "verifier/findings/outcome.hpp"

#include <string>

namespace tally::outputs {

[[nodiscard]] std::string to_json(const findings::Outcome& outcome);

} // namespace tally::outputs
