// What counts against a concurrent line (R-CONC): claims with the key under which each counts, the programs that ran
// under the line, and what may have run where nothing was recorded (R-TIME).
// Guarantees: one claim an instant for a package that moves while its program stays; what a server and a host's own
// recorder both saw is there once; UNSUPPORTED requests never.
#pragma once

#include "verifier/count/facts.hpp"

#include <memory>
#include <vector>

namespace tally::count {

struct Claim {
    std::uint32_t stay = 0; // index into Facts::stays
    Span lower, upper;
    CountKey key{};       // of the favourable reading
    CountKey upper_key{}; // of the unfavourable one: apart where the licence file names what the record does not have
    bool moved = false;   // goes on from another package: no session of its own
};

// Indices into Facts::stays, by start.
struct PoolShare {
    std::vector<std::uint32_t> claims, uses;
};

// What counts against each concurrent line. There are as many claims as sessions, so one is made when it is asked for.
class Claims {
public:
    explicit Claims(const Facts& facts);
    ~Claims();
    Claims(Claims&&) noexcept;
    Claims& operator=(Claims&&) = delete;

    // Of each pool, by index into Facts::pools; empty for lines that are not concurrent.
    [[nodiscard]] const std::vector<PoolShare>& shares() const { return shares_; }
    [[nodiscard]] Claim of(std::uint32_t stay) const;

private:
    class Cascades;
    class DuplicateGroups;
    void join_sources(std::vector<std::uint32_t>& claims) const;

    const Facts* facts_;
    std::unique_ptr<const Cascades> cascades_;
    std::unique_ptr<const DuplicateGroups> groups_;
    std::vector<PoolShare> shares_;
};

// A release of a product that was on a host which ran unrecorded in `span`: one claim more at the most.
struct Unrecorded {
    std::uint32_t device = 0, word = 0;
    unsigned release = 0;
    Span span;
};
// Of each pool; without the times at which the records show that very release on that host anyhow.
[[nodiscard]] std::vector<std::vector<Unrecorded>> unrecorded(const Facts& facts, const Claims& claims);

struct ClaimCurves {
    Curve lower, upper;
    Curve touching; // `upper` where a start and an end of the same second overlap: a clock of whole seconds
};
[[nodiscard]] ClaimCurves curves_of(const Facts& facts, const Claims& claims, const PoolShare& share,
                                    const std::vector<Unrecorded>& dark);

} // namespace tally::count
