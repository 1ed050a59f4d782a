// Concurrency by sort-and-sweep (R-TIME, R-CONC): intervals in, step function out. What counts the same intervals in
// several ways sorts their ends once (edges.hpp).
// Intervals of one key are a counter: the key is live while any is, and weighs the most that one of them takes.
#pragma once

#include "verifier/rules/values.hpp"

#include <array>
#include <cstdint>
#include <memory>
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

// A step function that many may hold: copies share it. Eight bytes a step as long as instants and values are small,
// which they nearly always are.
class Steps {
public:
    // Puts it together, step by step in order of time.
    class Maker {
    public:
        void add(const Step& step) {
            if (wide_.empty() && step.at >= 0 && step.at >> at_bits == 0 && step.value >= 0 &&
                step.value >> value_bits == 0) {
                narrow_.push_back(static_cast<std::uint64_t>(step.at) << value_bits |
                                  static_cast<std::uint64_t>(step.value));
                return;
            }
            add_wide(step);
        }

    private:
        friend class Steps;
        void add_wide(const Step& step);
        std::vector<std::uint64_t> narrow_;
        std::vector<Step> wide_; // all of them, as soon as one needs it
    };

    Steps() = default;
    Steps(Maker&& made);                   // NOLINT(google-explicit-constructor)
    Steps(const std::vector<Step>& steps); // NOLINT(google-explicit-constructor)

    [[nodiscard]] std::size_t size() const {
        return made_ == nullptr ? 0 : made_->narrow_.size() + made_->wide_.size();
    }
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] Step operator[](std::size_t i) const {
        if (!made_->wide_.empty()) {
            return made_->wide_[i];
        }
        const std::uint64_t step = made_->narrow_[i];
        return {static_cast<std::int64_t>(step >> value_bits),
                static_cast<std::int64_t>(step & ((std::uint64_t{1} << value_bits) - 1))};
    }
    // The index of the first step later than `at`.
    [[nodiscard]] std::size_t after(std::int64_t at) const;
    friend bool operator==(const Steps& a, const Steps& b);

private:
    static constexpr unsigned at_bits = 36, value_bits = 28;
    std::shared_ptr<const Maker> made_;
};

struct Curve {
    Steps steps; // values change at each step
    std::int64_t peak = 0;
    std::int64_t peak_at = 0; // first instant of the peak; 0 when peak is 0
};

// Keys are below `keys`. At equal times ends come before starts; who wants the opposite ends intervals a second later.
[[nodiscard]] Curve sweep(const std::vector<Interval>& intervals, std::size_t keys);

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
[[nodiscard]] std::int64_t value_at(const Steps& steps, std::int64_t at);

// The most a step function reaches in [from, to), what is carried in included, and the first instant of it.
[[nodiscard]] Step peak_in(const Steps& steps, std::int64_t from, std::int64_t to);

// A maximal interval in which `steps` exceeds `allowed`, clipped to [from, to).
struct Episode {
    std::int64_t from = 0, to = 0;
    std::int64_t excess = 0; // the most by which it exceeds
    std::int64_t excess_at = 0;
};
[[nodiscard]] std::vector<Episode> episodes_over(const Steps& steps, const std::vector<Step>& allowed,
                                                 std::int64_t from, std::int64_t to);

enum class Persistence : std::uint8_t { none, momentary, recurrent, sustained };

// R-OVER over `observed_s` seconds of observation.
[[nodiscard]] Persistence persistence_of(const std::vector<Episode>& episodes, std::int64_t observed_s,
                                         const rules::Values& rules);
[[nodiscard]] bool is_material(std::int64_t excess, std::int64_t quantity, const rules::Values& rules);
[[nodiscard]] std::int64_t seconds_of(const std::vector<Episode>& episodes);

} // namespace tally::count
