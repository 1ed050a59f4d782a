// What two tables say of the same names: which stand in both, and which on one side only. Compared without regard to
// ASCII case. Plain data for the report and `inputs --joins`; judges nothing.
#pragma once

#include "verifier/inputs/inputs.hpp"

namespace tally::inputs {

struct Join {
    std::string left, right; // what the sides are, in words
    std::size_t both = 0;
    std::vector<std::string> left_only, right_only; // sorted, each once
};

// Nothing when a side has no name at all: its table was not handed in.
[[nodiscard]] std::optional<Join> join(std::string left, const std::vector<std::string>& left_names, std::string right,
                                       const std::vector<std::string>& right_names);

// Every pair of tables that share names, without the records (verifier/count/joins.hpp has those).
[[nodiscard]] std::vector<Join> joins(const Inputs& inputs);

} // namespace tally::inputs
