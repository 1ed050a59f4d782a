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
    // A claim of its own key and span, which nothing moves.
    [[nodiscard]] bool is_plain(std::uint32_t stay) const;

private:
    class Cascades;
    class DuplicateGroups;
    void reserve(const std::vector<std::vector<std::size_t>>& pools, const std::vector<std::vector<std::size_t>>& used);
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

// Numbers for the keys under which stays count, in order of first sight. One person mostly keeps to one computer.
class CountKeys {
public:
    explicit CountKeys(const Facts& facts) : facts_(&facts), last_(facts.stays.kinds().size()) {}
    std::uint32_t of(std::uint32_t stay) {
        const std::uint32_t device = facts_->stays.device(stay);
        Last& last = last_[facts_->stays.kind_number(stay)];
        if (last.key == none || last.device != device) {
            last = {device, keys_.id(count_key(facts_->stays.kind(stay), device))};
        }
        return last.key;
    }
    std::uint32_t of(const CountKey& key) { return keys_.id(key); }
    [[nodiscard]] std::size_t size() const { return keys_.size(); }

private:
    static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);
    struct Last {
        std::uint32_t device = 0, key = none;
    };
    const Facts* facts_;
    Keys keys_;
    std::vector<Last> last_; // by kind of stay
};

// The keys of a count as people and computers, where names may be of the same ones (R-NAMES); else not needed.
class KeyHolders {
public:
    KeyHolders(const Facts& facts, std::span<const std::uint32_t> stays);
    [[nodiscard]] bool is_needed() const { return facts_->people.is_mixed() || facts_->computers.is_mixed(); }
    // Numbers as CountKeys gives them, each before it is asked for, in their order.
    void hold(std::uint32_t number, const CountKey& key);
    [[nodiscard]] const names::LeastKeys::Key& operator[](std::uint32_t number) const { return holders_[number]; }
    [[nodiscard]] names::LeastKeys least() const { return {facts_->people, facts_->computers}; }

private:
    const Facts* facts_;
    bool by_release_ = true; // claims of two releases are two, whoever holds them
    Keys groups_;
    std::vector<names::LeastKeys::Key> holders_;
};

struct ClaimCurves {
    Curve lower, upper;
    // The most of `upper` in the judged time where a start and an end of the same second overlap: a clock of whole seconds.
    std::int64_t touching = 0;
};
[[nodiscard]] ClaimCurves curves_of(const Facts& facts, const Claims& claims, const PoolShare& share,
                                    const std::vector<Unrecorded>& dark, const Span& judged);

struct UseCurve {
    Curve lower;
    std::int64_t touching = 0; // as of claims
};
[[nodiscard]] UseCurve curve_of(const Facts& facts, std::span<const std::uint32_t> uses, const Span& judged);

} // namespace tally::count
