// What a check found as JUnit XML, the form that continuous integration systems read: one test suite for each bundle,
// one test case for each finding code, so that names stay the same from run to run. A code that refuses or warns is a
// failed case; notes stand in its output. Deterministic, well-formed whatever the findings say; holds no time.
#pragma once

#include "verifier/check/check.hpp"

#include <string>
#include <vector>

namespace tally::certify {

[[nodiscard]] std::string to_junit(const std::vector<check::Report>& reports);

} // namespace tally::certify
