// Concurrency by sort-and-sweep (R-TIME, R-CONC): intervals in, step function out; n log n, or n where the ends are
// sorted once for several counts.
// Intervals of one key are a counter: the key is live while any is, and weighs the most that one of them takes.
#pragma once

#include "verifier/rules/values.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace tally::count {

struct Bounds {
    std::int64_t lower = 0, upper = 0;
    bool operator==(const Bounds&) const = default;
};

// Half-open [start, end) in UTC seconds; empty when start ≥ end, and then it never counts.
struct Interval {
    std::int64_t start = 0, end = 0;
    std::uint32_t key = 0, weight = 1;
};

// From `at` until the next step the value holds; before the first step it is 0.
struct Step {
    std::int64_t at = 0, value = 0;
    bool operator==(const Step&) const = default;
};

struct Curve {
    std::vector<Step> steps; // values change at each step
    std::int64_t peak = 0;
    std::int64_t peak_at = 0; // first instant of the peak; 0 when peak is 0
};

// Keys are below `keys`. At equal times ends come before starts; who wants the opposite ends intervals a second later.
[[nodiscard]] Curve sweep(const std::vector<Interval>& intervals, std::size_t keys);

// Starts and ends of numbered intervals in order of time, to be swept several times: under different keys, or some only.
class Edges {
public:
    void reserve(std::size_t intervals);
    // Number `interval` is how many were added before. Empty ones never count.
    void add(std::int64_t start, std::int64_t end);
    void sort();

    static constexpr std::uint32_t left_out = static_cast<std::uint32_t>(-1);
    // `key` of each interval, below `keys`, or left_out; `weight` of each, or none: 1 each.
    [[nodiscard]] Curve sweep(const std::vector<std::uint32_t>& key, std::size_t keys,
                              const std::vector<std::uint32_t>& weight) const;
    // The most that those with a key weigh together, every interval for itself.
    [[nodiscard]] std::int64_t peak_of_sum(const std::vector<std::uint32_t>& key,
                                           const std::vector<std::uint32_t>& weight) const;

private:
    struct Edge {
        std::int64_t at = 0;
        std::uint32_t number = 0;
    };
    // Gives `feed` what ends and begins at each instant, ends first, and then `settle` the instant.
    template <class Feed, class Settle>
    void walk(const Feed& feed, const Settle& settle) const;
    static void sort(std::vector<Edge>& edges);

    std::vector<Edge> starts_, ends_;
    std::uint32_t added_ = 0;
};

// Small numbers for tuples, in order of first sight.
class Keys {
public:
    using Tuple = std::array<std::uint32_t, 4>;

    std::uint32_t id(const Tuple& key);
    [[nodiscard]] std::size_t size() const { return keys_.size(); }

private:
    void grow();
    std::vector<Tuple> keys_;
    std::vector<std::uint32_t> slots_; // number + 1 of a key; 0: free
};

// The value of a step function at an instant.
[[nodiscard]] std::int64_t value_at(const std::vector<Step>& steps, std::int64_t at);

// The most a step function reaches in [from, to), what is carried in included, and the first instant of it.
[[nodiscard]] Step peak_in(const std::vector<Step>& steps, std::int64_t from, std::int64_t to);

// A maximal interval in which `steps` exceeds `allowed`, clipped to [from, to).
struct Episode {
    std::int64_t from = 0, to = 0;
    std::int64_t excess = 0; // the most by which it exceeds
    std::int64_t excess_at = 0;
};
[[nodiscard]] std::vector<Episode> episodes_over(const std::vector<Step>& steps, const std::vector<Step>& allowed,
                                                 std::int64_t from, std::int64_t to);

enum class Persistence : std::uint8_t { none, momentary, recurrent, sustained };

// R-OVER over `observed_s` seconds of observation.
[[nodiscard]] Persistence persistence_of(const std::vector<Episode>& episodes, std::int64_t observed_s,
                                         const rules::Values& rules);
[[nodiscard]] bool is_material(std::int64_t excess, std::int64_t quantity, const rules::Values& rules);
[[nodiscard]] std::int64_t seconds_of(const std::vector<Episode>& episodes);

} // namespace tally::count
