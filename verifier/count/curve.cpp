#include "verifier/count/curve.hpp"

#include "tally/text/date.hpp"
#include "verifier/rules/values.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::count {
namespace {

struct Event {
    std::int64_t at;
    std::uint32_t key, weight;
    std::uint8_t is_start;
};

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

class Sweep {
public:
    explicit Sweep(std::size_t keys) : keys_(keys) {}

    void feed(const Event& event) {
        Key& key = keys_[event.key];
        live_ -= key.weight();
        key.change(event.weight, event.is_start != 0 ? 1 : -1);
        live_ += key.weight();
    }
    [[nodiscard]] std::int64_t live() const { return live_; }

private:
    std::vector<Key> keys_;
    std::int64_t live_ = 0;
};

std::vector<Event> events_of(const std::vector<Interval>& intervals) {
    std::vector<Event> events;
    events.reserve(intervals.size() * 2);
    for (const auto& interval : intervals) {
        if (interval.start < interval.end) {
            events.push_back({interval.start, interval.key, interval.weight, 1});
            events.push_back({interval.end, interval.key, interval.weight, 0});
        }
    }
    return events;
}

} // namespace

Curve sweep(const std::vector<Interval>& intervals, std::size_t keys) {
    std::vector<Event> events = events_of(intervals);
    std::sort(events.begin(), events.end(),
              [](const Event& a, const Event& b) { return a.at != b.at ? a.at < b.at : a.is_start < b.is_start; });
    Curve curve;
    Sweep state(keys);
    std::int64_t before = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        state.feed(events[i]);
        const bool settled = i + 1 == events.size() || events[i + 1].at != events[i].at;
        if (!settled || state.live() == before) {
            continue;
        }
        before = state.live();
        curve.steps.push_back({events[i].at, before});
        if (before > curve.peak) {
            curve.peak = before;
            curve.peak_at = events[i].at;
        }
    }
    return curve;
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
