#include "verifier/count/windows.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

namespace tally::count {
namespace {

enum class Reading : std::uint8_t { favourable, unfavourable };

struct Use {
    Span span;
    const Stay* stay = nullptr;
    [[nodiscard]] std::int64_t seconds() const { return span.to - span.from; }
};

// Walks along the uses of one reading and opens windows.
class Walk {
public:
    Walk(const Facts& facts, Reading reading, const std::vector<const Stay*>& stays)
        : facts_(&facts), reading_(reading) {
        for (const auto* stay : stays) {
            Span span = reading == Reading::favourable ? stay->lower : stay->upper;
            span.to = std::max(span.from, span.to);
            uses_.push_back({span, stay});
        }
        std::stable_sort(uses_.begin(), uses_.end(),
                         [](const Use& a, const Use& b) { return a.span.from < b.span.from; });
    }

    std::vector<Window> run() {
        std::vector<Window> windows;
        std::int64_t end = std::numeric_limits<std::int64_t>::min();
        while (const auto next = next_window(end)) {
            windows.push_back(*next);
            end = next->at + facts_->rules->window_s;
        }
        return windows;
    }

    // Dates of the windows, and of launches that were too short to open one and lie in none.
    [[nodiscard]] std::int64_t days(const std::vector<Window>& windows) const {
        std::set<std::int64_t> dates;
        for (const auto& window : windows) {
            dates.insert(text::day_of(window.at));
        }
        for (const auto& use : uses_) {
            if (use.seconds() < facts_->rules->short_launch_s && !inside(windows, use.span.from)) {
                dates.insert(text::day_of(use.span.from));
            }
        }
        return static_cast<std::int64_t>(dates.size());
    }

private:
    [[nodiscard]] bool inside(const std::vector<Window>& windows, std::int64_t at) const {
        const auto after = std::upper_bound(windows.begin(), windows.end(), at,
                                            [](std::int64_t t, const Window& window) { return t < window.at; });
        return after != windows.begin() && at < std::prev(after)->at + facts_->rules->window_s;
    }

    std::optional<Window> next_window(std::int64_t end) {
        while (begun_ < uses_.size() && uses_[begun_].span.from < end) {
            live_.push_back(begun_++);
        }
        live_.erase(std::remove_if(live_.begin(), live_.end(), [&](auto use) { return uses_[use].span.to <= end; }),
                    live_.end());
        std::optional<Window> best;
        for (const auto use : live_) {
            const auto at = runs_on(uses_[use], end);
            if (at && (!best || *at < best->at)) {
                best = Window{*at, true, uses_[use].stay, true};
            }
        }
        long_ = std::max(long_, begun_);
        while (long_ < uses_.size() && uses_[long_].seconds() < facts_->rules->short_launch_s) {
            ++long_;
        }
        if (long_ < uses_.size() && (!best || uses_[long_].span.from < best->at)) {
            best = Window{uses_[long_].span.from, true, uses_[long_].stay, false};
        }
        return best;
    }

    // When a use that is live at a window's end opens the next one.
    [[nodiscard]] std::optional<std::int64_t> runs_on(const Use& use, std::int64_t end) const {
        if (!use.stay->session->idle_known) {
            return reading_ == Reading::favourable ? std::nullopt : std::optional(end);
        }
        const auto [first, last] = facts_->idle_of(*use.stay);
        for (const auto* idle = first; idle != last; ++idle) {
            if (idle->from <= end && end < idle->to && end - idle->from >= facts_->rules->window_idle_s) {
                return idle->to < use.span.to ? std::optional(idle->to) : std::nullopt;
            }
        }
        return end;
    }

    const Facts* facts_;
    Reading reading_;
    std::vector<Use> uses_; // by start
    std::vector<std::size_t> live_;
    std::size_t begun_ = 0, long_ = 0; // the first use not begun yet; the first not begun that is no short launch
};

// A window of the favourable reading lies in one of the other: it is that one, proved.
std::vector<Window> joined(const std::vector<Window>& sure, const std::vector<Window>& all, std::int64_t length) {
    std::vector<Window> windows;
    auto next = sure.begin();
    for (auto window : all) {
        for (; next != sure.end() && next->at < window.at; ++next) {
            windows.push_back(*next);
        }
        window.sure = next != sure.end() && next->at < window.at + length;
        windows.push_back(window.sure ? *next++ : window);
    }
    windows.insert(windows.end(), next, sure.end());
    return windows;
}

} // namespace

Windows windows_of(const Facts& facts, const std::vector<const Stay*>& stays) {
    Walk favourable(facts, Reading::favourable, stays);
    Walk unfavourable(facts, Reading::unfavourable, stays);
    const auto sure = favourable.run();
    const auto all = unfavourable.run();
    Windows result;
    result.windows = joined(sure, all, facts.rules->window_s);
    result.days.lower = favourable.days(sure);
    result.days.upper = std::max(result.days.lower, unfavourable.days(all));
    return result;
}

Bounds days_used(const Facts& facts, std::vector<const Stay*> stays) { return windows_of(facts, stays).days; }

} // namespace tally::count
