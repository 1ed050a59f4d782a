// Starts and ends of numbered intervals in order of time, to be swept several times: under different keys, some only, by
// the proved reading or by the possible one. Where both are the same, as nearly always, they are kept and sorted once.
// Guarantees: any instants; an interval without length never counts. Knows nothing of what is counted.
#pragma once

#include "verifier/count/curve.hpp"
#include "verifier/names/names.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace tally::count {

enum class Reading : std::uint8_t { lower, upper };

class Edges {
public:
    // Instants mostly lie in the centuries after `base`: eight bytes each then.
    explicit Edges(std::int64_t base) : base_(base) {}

    void reserve(std::size_t intervals);
    // Number `interval` is how many were added before. Empty ones never count.
    void add(const Interval& lower, const Interval& upper);
    void add(const Interval& both) { add(both, both); }
    // Of the upper reading only, and it ends sharp: it never touches what begins when it ends.
    void add_sharp(const Interval& upper);
    void sort();
    [[nodiscard]] std::uint32_t size() const { return added_; }
    // Both readings are the same.
    [[nodiscard]] bool is_plain() const {
        return lower_.starts.empty() && upper_.starts.empty() && sharp_.starts.empty();
    }

    // Gives `feed` what begins and ends at each instant: sharp ends, starts, then the others. `touch` is called between
    // starts and ends, `settle` after them, with the instant.
    template <class Feed, class Touch, class Settle>
    void walk(Reading reading, const Feed& feed, const Touch& touch, const Settle& settle) const;

private:
    static constexpr unsigned number_bits = 30;
    static constexpr std::int64_t most_offset = std::int64_t{1} << (64U - number_bits - 1);
    using Codes = std::vector<std::uint64_t>; // instant, as an offset or the place in instants_, and number
    struct Sorted {
        Codes starts, ends;
    };
    // One of several lists in order; the next of them all is the least.
    template <std::size_t lists>
    struct Merged {
        std::array<const std::uint64_t*, lists> at{}, end{};
        [[nodiscard]] std::uint64_t next() const {
            std::uint64_t least = none;
            for (std::size_t i = 0; i < lists; ++i) {
                least = at[i] != end[i] ? std::min(least, *at[i] >> number_bits) : least;
            }
            return least;
        }
        template <class Take>
        void take(std::uint64_t instant, const Take& take) {
            for (std::size_t i = 0; i < lists; ++i) {
                for (; at[i] != end[i] && *at[i] >> number_bits == instant; ++at[i]) {
                    take(static_cast<std::uint32_t>(*at[i] & ((std::uint64_t{1} << number_bits) - 1)));
                }
            }
        }
    };
    static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();
    template <std::size_t lists, class Feed, class Touch, class Settle>
    void walk_along(const std::array<const Sorted*, lists>& of, const Codes& sharp, const Feed& feed,
                    const Touch& touch, const Settle& settle) const;
    void put(Sorted& sorted, const Interval& interval);
    [[nodiscard]] std::uint64_t code(std::int64_t at);
    [[nodiscard]] std::int64_t instant(std::uint64_t code) const {
        return is_wide_ ? instants_[code] : base_ + static_cast<std::int64_t>(code);
    }
    template <class Change>
    void change_codes(const Change& change);
    void widen();
    void rank();
    static void sort(Codes& codes);

    std::int64_t base_;
    bool is_wide_ = false;
    std::vector<std::int64_t> instants_; // where they do not: as added, sorted afterwards
    Sorted both_, lower_, upper_, sharp_;
    std::uint32_t added_ = 0;
};

template <std::size_t lists, class Feed, class Touch, class Settle>
void Edges::walk_along(const std::array<const Sorted*, lists>& of, const Codes& sharp, const Feed& feed,
                       const Touch& touch, const Settle& settle) const {
    Merged<lists> starts, ends;
    for (std::size_t i = 0; i < lists; ++i) {
        starts.at[i] = of[i]->starts.data();
        starts.end[i] = starts.at[i] + of[i]->starts.size();
        ends.at[i] = of[i]->ends.data();
        ends.end[i] = ends.at[i] + of[i]->ends.size();
    }
    Merged<1> over{{sharp.data()}, {sharp.data() + sharp.size()}};
    while (true) {
        const std::uint64_t next = std::min({starts.next(), ends.next(), over.next()});
        if (next == none) {
            return;
        }
        over.take(next, [&](std::uint32_t number) { feed(number, -1); });
        starts.take(next, [&](std::uint32_t number) { feed(number, 1); });
        const std::int64_t at = instant(next);
        touch(at);
        ends.take(next, [&](std::uint32_t number) { feed(number, -1); });
        settle(at);
    }
}

template <class Feed, class Touch, class Settle>
void Edges::walk(Reading reading, const Feed& feed, const Touch& touch, const Settle& settle) const {
    static const Codes nothing;
    const bool upper = reading == Reading::upper;
    const Sorted& own = upper ? upper_ : lower_;
    if (own.starts.empty() && (!upper || sharp_.starts.empty())) {
        walk_along<1>({&both_}, nothing, feed, touch, settle);
        return;
    }
    if (!upper || sharp_.starts.empty()) {
        walk_along<2>({&both_, &own}, nothing, feed, touch, settle);
        return;
    }
    const Sorted sharp_starts{sharp_.starts, {}};
    walk_along<3>({&both_, &own, &sharp_starts}, sharp_.ends, feed, touch, settle);
}

// What the keys that are live take together: of each key the most that one of its intervals takes.
class Live {
public:
    static constexpr std::uint32_t left_out = static_cast<std::uint32_t>(-1);

    // `weights` of each interval, not copied; empty: one each.
    Live(std::size_t keys, const std::vector<std::uint32_t>& weights);
    void change(std::uint32_t key, std::uint32_t number, int by) {
        if (key == left_out) {
            return;
        }
        if (is_heavy_) {
            change_heavy(key, (*weights_)[number], by);
            return;
        }
        auto& count = open_[key];
        live_ += by > 0 ? (count == 0 ? 1 : 0) : (count == 1 ? -1 : 0);
        count += by;
    }
    [[nodiscard]] std::int64_t value() const { return live_; }

private:
    void change_heavy(std::uint32_t key, std::uint32_t weight, int by);

    std::vector<std::int32_t> open_;
    const std::vector<std::uint32_t>* weights_;
    std::vector<std::map<std::uint32_t, int>> heavy_; // of each key: how often each weight is open
    std::int64_t live_ = 0;
    bool is_heavy_ = false;
};

// The least number of different computers (or people) that are live, where names may be of the same one: `of_key` says
// whose each key is.
[[nodiscard]] Steps least_steps(const std::vector<Interval>& intervals, const std::vector<names::Names::Name>& of_key,
                                const names::Names& names);

// Draws the curve of a walk, and keeps the most that it reaches in [from, to) when an end and a start of the same second
// overlap: a clock of whole seconds.
class Pen {
public:
    Pen(std::int64_t from, std::int64_t to) : from_(from), to_(to) {}
    void touch(std::int64_t at, std::int64_t value) {
        if (from_ <= at && at < to_) {
            carried_ = at == from_ ? 0 : carried_;
            touching_ = std::max(touching_, value);
        }
    }
    void settle(std::int64_t at, std::int64_t value);
    // After the walk.
    [[nodiscard]] std::int64_t touching() const { return std::max(touching_, carried_); }
    [[nodiscard]] Curve take();

private:
    std::int64_t from_, to_;
    std::int64_t touching_ = 0, carried_ = 0, last_ = 0; // carried in; of the last step
    Steps::Maker steps_;
    Curve curve_;
};

} // namespace tally::count
