// The report as one HTML file that asks nothing of any network: style, script and charts are inside. Works without the
// script (which only sorts, filters and opens), in light and dark, printed, by keyboard and read aloud.
// Deterministic: the same outcome, inputs and basis give the same bytes; it contains no time of its own making.
#pragma once

#include "verifier/findings/outcome.hpp"
#include "verifier/report/basis.hpp"

#include <string>
#include <vector>

namespace tally::report {

struct Subject {
    const findings::Outcome& outcome;
    const inputs::Inputs& inputs;
    const Basis& basis;
};

[[nodiscard]] std::string to_html(const Subject& subject);

// The same tables for spreadsheets: file name (position.csv, …) and bytes (docs/reference/report.md).
struct CsvFile {
    std::string name, bytes;
};
[[nodiscard]] std::vector<CsvFile> to_csv(const Subject& subject);

} // namespace tally::report
