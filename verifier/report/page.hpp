// The report as one HTML file that asks nothing of any network: style, script and charts are inside. Works without the
// script (which only sorts, filters and opens), in light and dark, printed, by keyboard and read aloud.
// Deterministic: the same outcome, inputs and basis give the same bytes; it contains no time of its own making.
#pragma once

#include "verifier/outputs/subject.hpp"

#include <cstdint>
#include <string>

namespace tally::report {

using outputs::Basis;
using outputs::Subject;

[[nodiscard]] std::string to_html(const Subject& subject);

// The instant through which every source is known: the earliest of their last dated events. 0 without any import.
[[nodiscard]] std::int64_t complete_through(const Basis& basis);

} // namespace tally::report
