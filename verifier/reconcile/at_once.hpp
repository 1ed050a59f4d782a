// One product counted in one walk along its starts and ends: claims, uses, lines, packages, persons and desks, the most of
// all and the most of each day. What the walk needs takes much memory; what is kept of it does not. Not for other stages.
#pragma once

#include "verifier/findings/judge.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace tally::reconcile {

using namespace findings; // NOLINT(google-build-using-namespace): the judges' vocabulary

// The most of each day of [from, to) as a step function goes on, what is carried in included.
class DailyPeaks {
public:
    explicit DailyPeaks(const Span& span)
        : first_(text::day_of(span.from)), days_(span.from < span.to ? text::day_of(span.to - 1) - first_ + 1 : 0) {}

    void settle(std::int64_t at, std::int64_t value) {
        if (value == value_) {
            return;
        }
        const std::int64_t day = text::day_of(at) - first_;
        fill(std::min(day, days_));
        if (day < days_) { // a step at midnight sharp replaces what was carried in
            peak_ = at == (first_ + day) * text::seconds_per_day ? value : std::max(peak_, value);
        }
        value_ = value;
        if (value > most_) {
            most_ = value;
            most_at_ = at;
        }
    }
    void finish() { fill(days_); }

    [[nodiscard]] std::int64_t first() const { return first_; }
    [[nodiscard]] const std::vector<std::int64_t>& peaks() const { return peaks_; }
    [[nodiscard]] std::int64_t most() const { return most_; }
    [[nodiscard]] std::int64_t most_at() const { return most_at_; }

private:
    void fill(std::int64_t until) {
        while (static_cast<std::int64_t>(peaks_.size()) < until) {
            peaks_.push_back(peak_);
            peak_ = value_;
        }
    }

    std::int64_t first_, days_;
    std::int64_t value_ = 0, peak_ = 0, most_ = 0, most_at_ = 0;
    std::vector<std::int64_t> peaks_;
};

// The most of each day: claims and uses, over the same days.
struct PeaksByDay {
    DailyPeaks claims, uses;
};

// `stays` are all of the product, by start.
[[nodiscard]] PeaksByDay count_at_once(const Facts& facts, std::span<const std::uint32_t> stays, ProductUse& product,
                                       FourWays& ways);

} // namespace tally::reconcile
