// What licence servers give out by their licence files (R-CONC, R-PERP). Rows of one server add up; servers that share
// one count, as redundant ones do, are there once. Judges nothing.
#pragma once

#include "verifier/findings/judge.hpp"

#include <map>
#include <string>
#include <vector>

namespace tally::comply {

using namespace findings; // NOLINT(google-build-using-namespace): the judges' vocabulary

struct Served {
    std::string group; // servers that share one count, by the first of their names
    const inputs::LicenceFile* row = nullptr;
    Span valid;
};

[[nodiscard]] Served served_by(const inputs::LicenceFile& row);
// Of each group of servers at an instant.
[[nodiscard]] std::map<std::string, std::int64_t> served_at(const std::vector<Served>& served, std::int64_t at);
[[nodiscard]] std::int64_t total_of(const std::map<std::string, std::int64_t>& groups);

} // namespace tally::comply
