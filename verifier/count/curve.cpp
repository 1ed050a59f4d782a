#include "verifier/count/edges.hpp"

#include "tally/base/assert.hpp"
#include "tally/text/date.hpp"
#include "verifier/rules/values.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace tally::count {
namespace {

std::size_t hash_of(const Keys::Tuple& key) {
    std::uint64_t mixed = (std::uint64_t{key[0]} << 32U | key[1]) * 0x9E3779B97F4A7C15U;
    mixed ^= mixed >> 29U;
    mixed = (mixed ^ (std::uint64_t{key[2]} << 32U | key[3])) * 0x9E3779B97F4A7C15U;
    return mixed ^ mixed >> 32U;
}

} // namespace

void Keys::grow() {
    slots_.assign(std::max<std::size_t>(64, slots_.size() * 2), 0);
    for (std::uint32_t number = 0; number < keys_.size(); ++number) {
        std::size_t at = hash_of(keys_[number]) & (slots_.size() - 1);
        while (slots_[at] != 0) {
            at = (at + 1) & (slots_.size() - 1);
        }
        slots_[at] = number + 1;
    }
}

std::uint32_t Keys::id(const Tuple& key) {
    if (slots_.size() < 2 * (keys_.size() + 1)) {
        grow();
    }
    std::size_t at = hash_of(key) & (slots_.size() - 1);
    for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
        if (keys_[slots_[at] - 1] == key) {
            return slots_[at] - 1;
        }
    }
    keys_.push_back(key);
    return (slots_[at] = static_cast<std::uint32_t>(keys_.size())) - 1;
}

void Steps::Maker::add_wide(const Step& step) {
    if (wide_.empty()) {
        wide_.reserve(narrow_.size() + 1);
        for (const auto one : narrow_) {
            wide_.push_back({static_cast<std::int64_t>(one >> value_bits),
                             static_cast<std::int64_t>(one & ((std::uint64_t{1} << value_bits) - 1))});
        }
        narrow_.clear();
    }
    wide_.push_back(step);
}

Steps::Steps(Maker&& made) {
    made.narrow_.shrink_to_fit();
    made_ = std::make_shared<const Maker>(std::move(made));
}

Steps::Steps(const std::vector<Step>& steps) {
    Maker made;
    for (const auto& step : steps) {
        made.add(step);
    }
    made_ = std::make_shared<const Maker>(std::move(made));
}

std::size_t Steps::after(std::int64_t at) const {
    std::size_t first = 0;
    for (std::size_t left = size(); left > 0;) {
        const std::size_t half = left / 2;
        if ((*this)[first + half].at <= at) {
            first += half + 1;
            left -= half + 1;
        } else {
            left = half;
        }
    }
    return first;
}

bool operator==(const Steps& a, const Steps& b) {
    bool same = a.size() == b.size();
    for (std::size_t i = 0; same && a.made_ != b.made_ && i < a.size(); ++i) {
        same = a[i] == b[i];
    }
    return same;
}

void Edges::reserve(std::size_t intervals) {
    both_.starts.reserve(intervals);
    both_.ends.reserve(intervals);
}

template <class Change>
void Edges::change_codes(const Change& change) {
    for (auto* sorted : {&both_, &lower_, &upper_, &sharp_}) {
        for (auto* codes : {&sorted->starts, &sorted->ends}) {
            for (auto& code : *codes) {
                code = change(code >> number_bits) << number_bits | (code & ((std::uint64_t{1} << number_bits) - 1));
            }
        }
    }
}

void Edges::widen() {
    is_wide_ = true;
    change_codes([&](std::uint64_t offset) {
        instants_.push_back(base_ + static_cast<std::int64_t>(offset));
        return instants_.size() - 1;
    });
}

void Edges::rank() {
    auto sorted = instants_;
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    change_codes([&](std::uint64_t place) {
        const auto found = std::lower_bound(sorted.begin(), sorted.end(), instants_[place]);
        return static_cast<std::uint64_t>(found - sorted.begin());
    });
    instants_ = std::move(sorted);
}

std::uint64_t Edges::code(std::int64_t at) {
    if (!is_wide_ &&
        (at < base_ || static_cast<std::uint64_t>(at) - static_cast<std::uint64_t>(base_) >= most_offset)) {
        widen();
    }
    if (is_wide_) {
        instants_.push_back(at);
        return instants_.size() - 1;
    }
    return static_cast<std::uint64_t>(at - base_);
}

void Edges::put(Sorted& sorted, const Interval& interval) {
    TALLY_ASSERT(added_ >> number_bits == 0);
    if (interval.start < interval.end) {
        const std::uint64_t start = code(interval.start);
        sorted.starts.push_back(start << number_bits | added_);
        const std::uint64_t end = code(interval.end);
        sorted.ends.push_back(end << number_bits | added_);
    }
}

void Edges::add(const Interval& lower, const Interval& upper) {
    if (lower.start == upper.start && lower.end == upper.end) {
        put(both_, lower);
    } else {
        put(lower_, lower);
        put(upper_, upper);
    }
    ++added_;
}

void Edges::add_sharp(const Interval& upper) {
    put(sharp_, upper);
    ++added_;
}

// By counting, eleven bits at a time from the lowest on. Few instants are worth no counting.
void Edges::sort(Codes& codes) {
    if (std::is_sorted(codes.begin(), codes.end())) {
        return;
    }
    if (codes.size() < 2048) {
        std::sort(codes.begin(), codes.end());
        return;
    }
    constexpr unsigned bits = 11;
    const std::uint64_t most = *std::max_element(codes.begin(), codes.end());
    Codes sorted(codes.size());
    std::vector<std::size_t> place(1U << bits);
    for (unsigned shift = number_bits; shift < 64 && most >> shift != 0; shift += bits) {
        const auto digit = [shift](std::uint64_t code) { return code >> shift & ((1U << bits) - 1); };
        std::fill(place.begin(), place.end(), 0);
        for (const auto code : codes) {
            ++place[digit(code)];
        }
        std::size_t next = 0;
        for (auto& one : place) {
            next += std::exchange(one, next);
        }
        for (const auto code : codes) {
            sorted[place[digit(code)]++] = code;
        }
        codes.swap(sorted);
    }
}

void Edges::sort() {
    if (is_wide_) {
        rank();
    }
    for (auto* sorted : {&both_, &lower_, &upper_, &sharp_}) {
        sort(sorted->starts);
        sort(sorted->ends);
    }
}

Live::Live(std::size_t keys, const std::vector<std::uint32_t>& weights)
    : weights_(&weights),
      is_heavy_(std::any_of(weights.begin(), weights.end(), [](auto weight) { return weight > 1; })) {
    if (is_heavy_) {
        heavy_.resize(keys);
    } else {
        open_.resize(keys);
    }
}

void Live::change_heavy(std::uint32_t key, std::uint32_t weight, int by) {
    auto& open = heavy_[key];
    const auto weighs = [&open] { return open.empty() ? std::int64_t{0} : std::int64_t{open.rbegin()->first}; };
    live_ -= weighs();
    int& count = open[std::max<std::uint32_t>(1, weight)];
    count += by;
    if (count == 0) {
        open.erase(std::max<std::uint32_t>(1, weight));
    }
    live_ += weighs();
}

Steps least_steps(const std::vector<Interval>& intervals, const std::vector<names::Names::Name>& of_key,
                  const names::Names& names) {
    const std::vector<std::uint32_t> one_each;
    Edges edges(0);
    edges.reserve(intervals.size());
    for (const auto& interval : intervals) {
        edges.add(interval);
    }
    edges.sort();
    Live live(of_key.size(), one_each);
    names::Heads heads(names);
    Pen pen(0, 0);
    edges.walk(
        Reading::lower,
        [&](std::uint32_t number, int by) {
            const std::int64_t before = live.value();
            const std::uint32_t key = intervals[number].key;
            live.change(key, number, by);
            heads.change(of_key[key], live.value() - before);
        },
        [](std::int64_t) {}, [&](std::int64_t at) { pen.settle(at, heads.least()); });
    return pen.take().steps;
}

void Pen::settle(std::int64_t at, std::int64_t value) {
    if (at < from_ || (at == from_ && from_ >= to_)) {
        carried_ = value;
    }
    if (value == last_) {
        return;
    }
    steps_.add({at, value});
    last_ = value;
    if (value > curve_.peak) {
        curve_.peak = value;
        curve_.peak_at = at;
    }
}

Curve Pen::take() {
    curve_.steps = Steps(std::move(steps_));
    return std::move(curve_);
}

Curve sweep(const std::vector<Interval>& intervals, std::size_t keys) {
    std::int64_t base = intervals.empty() ? 0 : intervals.front().start;
    for (const auto& interval : intervals) {
        base = std::min(base, interval.start);
    }
    Edges edges(base);
    std::vector<std::uint32_t> weights;
    for (const auto& interval : intervals) {
        edges.add(interval);
        weights.push_back(interval.weight);
    }
    edges.sort();
    Live live(keys, weights);
    Pen pen(0, 0);
    edges.walk(
        Reading::lower, [&](std::uint32_t number, int by) { live.change(intervals[number].key, number, by); },
        [](std::int64_t) {}, [&](std::int64_t at) { pen.settle(at, live.value()); });
    return pen.take();
}

std::int64_t value_at(const std::vector<Step>& steps, std::int64_t at) {
    const auto next = std::upper_bound(steps.begin(), steps.end(), at,
                                       [](std::int64_t instant, const Step& step) { return instant < step.at; });
    return next == steps.begin() ? 0 : std::prev(next)->value;
}

std::int64_t value_at(const Steps& steps, std::int64_t at) {
    const std::size_t next = steps.after(at);
    return next == 0 ? 0 : steps[next - 1].value;
}

Step peak_in(const Steps& steps, std::int64_t from, std::int64_t to) {
    std::size_t next = steps.after(from);
    Step peak{from, next == 0 ? 0 : steps[next - 1].value};
    for (; next < steps.size(); ++next) {
        const Step step = steps[next];
        if (step.at >= to) {
            break;
        }
        peak = step.value > peak.value ? step : peak;
    }
    return peak;
}

std::vector<Episode> episodes_over(const Steps& steps, const std::vector<Step>& allowed, std::int64_t from,
                                   std::int64_t to) {
    std::vector<Episode> episodes;
    std::size_t next = steps.after(from);
    auto limit = std::upper_bound(allowed.begin(), allowed.end(), from,
                                  [](std::int64_t at, const Step& step) { return at < step.at; });
    std::int64_t value = next == 0 ? 0 : steps[next - 1].value;
    std::int64_t most = limit == allowed.begin() ? 0 : std::prev(limit)->value;
    bool open = false;
    for (std::int64_t at = from; at < to;) {
        const std::int64_t changes = next < steps.size() ? steps[next].at : to;
        const std::int64_t until = std::min({to, changes, limit == allowed.end() ? to : limit->at});
        const std::int64_t excess = value - most;
        if (excess > 0 && !open) {
            episodes.push_back({at, until, 0, at});
        }
        open = excess > 0;
        if (open) {
            Episode& episode = episodes.back();
            episode.to = until;
            if (excess > episode.excess) {
                episode.excess = excess;
                episode.excess_at = at;
            }
        }
        for (; next < steps.size() && steps[next].at == until; ++next) {
            value = steps[next].value;
        }
        for (; limit != allowed.end() && limit->at == until; ++limit) {
            most = limit->value;
        }
        at = until;
    }
    return episodes;
}

std::int64_t seconds_of(const std::vector<Episode>& episodes) {
    std::int64_t total = 0;
    for (const auto& episode : episodes) {
        total += episode.to - episode.from;
    }
    return total;
}

Persistence persistence_of(const std::vector<Episode>& episodes, std::int64_t observed_s, const rules::Values& rules) {
    if (episodes.empty()) {
        return Persistence::none;
    }
    std::set<std::int64_t> long_days; // on which one began that is not momentary, as the values of its day have it
    for (const auto& episode : episodes) {
        const std::int64_t day = text::day_of(episode.from);
        if (episode.to - episode.from >= rules.on(day).over_long_episode_s) {
            long_days.insert(day);
        }
    }
    const std::int64_t total = seconds_of(episodes);
    const auto reaches = [&](std::int64_t percent) { return total * 100 >= percent * observed_s; };
    for (const auto first : long_days) {
        const auto end = long_days.lower_bound(first + rules.over_window_days);
        if (std::distance(long_days.lower_bound(first), end) >= rules.over_sustained_days) {
            return Persistence::sustained;
        }
    }
    if (reaches(rules.over_sustained_percent)) {
        return Persistence::sustained;
    }
    return long_days.empty() && !reaches(rules.over_momentary_percent) ? Persistence::momentary
                                                                       : Persistence::recurrent;
}

bool is_material(std::int64_t excess, std::int64_t quantity, const rules::Values& rules) {
    return excess >= 1 && excess * 100 >= rules.over_material_percent * quantity;
}

} // namespace tally::count
