// Turns an example of a rule pack into usage and inputs, and says what counting them gave instead of what was expected.
#pragma once

#include "verifier/rules/pack.hpp"

#include <string>
#include <vector>

namespace tally::test {

// One sentence for each expectation that does not hold; empty when all do.
[[nodiscard]] std::vector<std::string> differences(const rules::Example& example, const rules::Values& values);

} // namespace tally::test
