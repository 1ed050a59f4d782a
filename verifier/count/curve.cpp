#include "verifier/count/curve.hpp"

#include "tally/text/date.hpp"
#include "verifier/rules/values.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace tally::count {
namespace {

// What one key takes at an instant: a plain counter for weight 1, a table for the rare others.
class Key {
public:
    void change(std::uint32_t weight, int by) {
        if (weight <= 1) {
            ones_ += by;
            return;
        }
        int& open = heavy_[weight];
        open += by;
        if (open == 0) {
            heavy_.erase(weight);
        }
    }
    [[nodiscard]] std::int64_t weight() const {
        return heavy_.empty() ? (ones_ > 0 ? 1 : 0) : static_cast<std::int64_t>(heavy_.rbegin()->first);
    }

private:
    int ones_ = 0;
    std::map<std::uint32_t, int> heavy_;
};

// Steps where the value changes.
void add_step(Curve& curve, std::int64_t at, std::int64_t value) {
    const std::int64_t before = curve.steps.empty() ? 0 : curve.steps.back().value;
    if (value == before) {
        return;
    }
    curve.steps.push_back({at, value});
    if (value > curve.peak) {
        curve.peak = value;
        curve.peak_at = at;
    }
}

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

void Edges::reserve(std::size_t intervals) {
    starts_.reserve(intervals);
    ends_.reserve(intervals);
}

void Edges::add(std::int64_t start, std::int64_t end) {
    if (start < end) {
        starts_.push_back({start, added_});
        ends_.push_back({end, added_});
    }
    ++added_;
}

// By counting, twelve bits at a time from the lowest on. Few instants are worth no counting.
void Edges::sort(std::vector<Edge>& edges) {
    const auto earlier = [](const Edge& a, const Edge& b) { return a.at < b.at; };
    if (std::is_sorted(edges.begin(), edges.end(), earlier)) {
        return;
    }
    const auto [first, last] = std::minmax_element(edges.begin(), edges.end(), earlier);
    constexpr unsigned bits = 12;
    const auto base = first->at;
    const auto range = static_cast<std::uint64_t>(last->at) - static_cast<std::uint64_t>(base);
    if (edges.size() < 4096 || range >> 36U != 0) {
        std::stable_sort(edges.begin(), edges.end(), earlier);
        return;
    }
    std::vector<Edge> sorted(edges.size());
    std::vector<std::size_t> place(1U << bits);
    for (unsigned shift = 0; range >> shift != 0; shift += bits) {
        const auto digit = [&](const Edge& edge) {
            return static_cast<std::uint64_t>(edge.at - base) >> shift & ((1U << bits) - 1);
        };
        std::fill(place.begin(), place.end(), 0);
        for (const auto& edge : edges) {
            ++place[digit(edge)];
        }
        std::size_t next = 0;
        for (auto& one : place) {
            next += std::exchange(one, next);
        }
        for (const auto& edge : edges) {
            sorted[place[digit(edge)]++] = edge;
        }
        edges.swap(sorted);
    }
}

void Edges::sort() {
    sort(starts_);
    sort(ends_);
}

template <class Feed, class Settle>
void Edges::walk(const Feed& feed, const Settle& settle) const {
    auto start = starts_.begin();
    for (auto end = ends_.begin(); end != ends_.end();) {
        const std::int64_t at = start != starts_.end() && start->at < end->at ? start->at : end->at;
        for (; end != ends_.end() && end->at == at; ++end) {
            feed(end->number, -1);
        }
        for (; start != starts_.end() && start->at == at; ++start) {
            feed(start->number, 1);
        }
        settle(at);
    }
}

Curve Edges::sweep(const std::vector<std::uint32_t>& key, std::size_t keys,
                   const std::vector<std::uint32_t>& weight) const {
    Curve curve;
    std::int64_t live = 0;
    const auto settle = [&](std::int64_t at) { add_step(curve, at, live); };
    if (std::all_of(weight.begin(), weight.end(), [](auto one) { return one <= 1; })) {
        std::vector<std::int32_t> open(keys);
        walk(
            [&](std::uint32_t number, int by) {
                if (key[number] != left_out) {
                    auto& count = open[key[number]];
                    live += by > 0 ? (count == 0 ? 1 : 0) : (count == 1 ? -1 : 0);
                    count += by;
                }
            },
            settle);
        return curve;
    }
    std::vector<Key> open(keys);
    walk(
        [&](std::uint32_t number, int by) {
            if (key[number] != left_out) {
                live -= open[key[number]].weight();
                open[key[number]].change(weight[number], by);
                live += open[key[number]].weight();
            }
        },
        settle);
    return curve;
}

std::int64_t Edges::peak_of_sum(const std::vector<std::uint32_t>& key, const std::vector<std::uint32_t>& weight) const {
    std::int64_t live = 0, peak = 0;
    walk(
        [&](std::uint32_t number, int by) {
            if (key[number] != left_out) {
                live += by * (weight.empty() ? std::int64_t{1} : std::max<std::int64_t>(1, weight[number]));
            }
        },
        [&](std::int64_t) { peak = std::max(peak, live); });
    return peak;
}

Curve sweep(const std::vector<Interval>& intervals, std::size_t keys) {
    Edges edges;
    std::vector<std::uint32_t> key, weight;
    edges.reserve(intervals.size());
    for (const auto& interval : intervals) {
        edges.add(interval.start, interval.end);
        key.push_back(interval.key);
        weight.push_back(interval.weight);
    }
    edges.sort();
    return edges.sweep(key, keys, weight);
}

std::int64_t value_at(const std::vector<Step>& steps, std::int64_t at) {
    const auto next = std::upper_bound(steps.begin(), steps.end(), at,
                                       [](std::int64_t instant, const Step& step) { return instant < step.at; });
    return next == steps.begin() ? 0 : std::prev(next)->value;
}

Step peak_in(const std::vector<Step>& steps, std::int64_t from, std::int64_t to) {
    Step peak{from, value_at(steps, from)};
    for (const auto& step : steps) {
        if (step.at >= from && step.at < to && step.value > peak.value) {
            peak = step;
        }
    }
    return peak;
}

std::vector<Episode> episodes_over(const std::vector<Step>& steps, const std::vector<Step>& allowed, std::int64_t from,
                                   std::int64_t to) {
    std::vector<std::int64_t> instants = {from, to};
    for (const auto* function : {&steps, &allowed}) {
        for (const auto& step : *function) {
            if (step.at > from && step.at < to) {
                instants.push_back(step.at);
            }
        }
    }
    std::sort(instants.begin(), instants.end());
    std::vector<Episode> episodes;
    bool open = false;
    for (std::size_t i = 0; i + 1 < instants.size(); ++i) {
        const std::int64_t excess = value_at(steps, instants[i]) - value_at(allowed, instants[i]);
        if (excess <= 0 || instants[i] == instants[i + 1]) {
            open = open && instants[i] == instants[i + 1];
            continue;
        }
        if (!open) {
            episodes.push_back({instants[i], instants[i + 1], 0, instants[i]});
            open = true;
        }
        Episode& episode = episodes.back();
        episode.to = instants[i + 1];
        if (excess > episode.excess) {
            episode.excess = excess;
            episode.excess_at = instants[i];
        }
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
    std::int64_t longest = 0;
    std::set<std::int64_t> long_days;
    for (const auto& episode : episodes) {
        longest = std::max(longest, episode.to - episode.from);
        if (episode.to - episode.from >= rules.over_long_episode_s) {
            long_days.insert(text::day_of(episode.from));
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
    return longest < rules.over_long_episode_s && !reaches(rules.over_momentary_percent) ? Persistence::momentary
                                                                                         : Persistence::recurrent;
}

bool is_material(std::int64_t excess, std::int64_t quantity, const rules::Values& rules) {
    return excess >= 1 && excess * 100 >= rules.over_material_percent * quantity;
}

} // namespace tally::count
