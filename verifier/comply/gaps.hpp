// Uses that raise one finding together, and the finding they raise. Which uses those are is judged in use.cpp.
#pragma once

#include "verifier/comply/rights.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace tally::comply {

struct Gap {
    Code code = Code::use_unassigned;
    const Pool* pool = nullptr; // the line it is held against; nothing: none comes near
    std::uint32_t word = 0;     // the product used
    std::uint32_t person = 0;   // nobody where several are told of together
    std::string place;          // OUT_OF_TERRITORY
    bool is_signal = false;     // VERSION_OLD of what was there before its line left it behind
    bool is_remedied = false;
    std::set<std::string> reasons;
    std::vector<const Stay*> stays, certain; // the second also by the favourable reading
};

// A feature of an add-on that one person used without a right to it.
struct FeatureGap {
    const inputs::AddOn* row = nullptr;
    std::string agreement;
    std::map<std::uint32_t, std::uint64_t> uses; // the line of `used` of each stay, by start
};

void raise(const Facts& facts, const Gap& gap, Outcome& outcome);
void raise(const Facts& facts, const FeatureGap& gap, Outcome& outcome);
// A code of the records (index into Usage::features) that no table and no line knows.
void raise_unknown(const Facts& facts, std::uint32_t feature, const std::vector<Stay>& stays, Outcome& outcome);

} // namespace tally::comply
