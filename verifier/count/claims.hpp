// What counts against a concurrent line (R-CONC): claims with the key under which each counts, the programs that ran
// under the line, and what may have run where nothing was recorded (R-TIME).
// Guarantees: one claim an instant for a package that moves while its program stays; what a server and a host's own
// recorder both saw is there once; UNSUPPORTED requests never.
#pragma once

#include "verifier/count/facts.hpp"

#include <array>
#include <vector>

namespace tally::count {

using CountKey = std::array<std::uint32_t, 4>;

struct Claim {
    const Stay* stay = nullptr;
    Span lower, upper;
    CountKey key{};       // of the favourable reading
    CountKey upper_key{}; // of the unfavourable one: apart where the licence file names what the record does not have
    bool moved = false;   // goes on from another package: no session of its own
};

struct PoolShare {
    std::vector<Claim> claims;     // by start
    std::vector<const Stay*> uses; // by start
};

// Of each pool, by index into Facts::pools; empty for lines that are not concurrent.
[[nodiscard]] std::vector<PoolShare> pool_shares(const Facts& facts);

// A release of a product that was on a host which ran unrecorded in `span`: one claim more at the most.
struct Unrecorded {
    std::uint32_t device = 0, word = 0;
    unsigned release = 0;
    Span span;
};
// Of each pool; without the times at which the records show that very release on that host anyhow.
[[nodiscard]] std::vector<std::vector<Unrecorded>> unrecorded(const Facts& facts, const std::vector<PoolShare>& shares);

struct ClaimCurves {
    Curve lower, upper;
    Curve touching; // `upper` where a start and an end of the same second overlap: a clock of whole seconds
};
[[nodiscard]] ClaimCurves curves_of(const Facts& facts, const std::vector<Claim>& claims,
                                    const std::vector<Unrecorded>& dark);

} // namespace tally::count
