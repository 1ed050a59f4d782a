#include "verifier/count/windows.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace tally::count {
namespace {

enum class WindowReading : std::uint8_t { favourable, unfavourable };

// A use with both its bounds.
struct Given {
    Span lower, upper;
    std::uint32_t stay = 0; // index into Facts::stays
    bool idle_known = false;
};

struct Use {
    Span span;
    std::size_t given = 0; // its place among those given
    [[nodiscard]] std::int64_t seconds() const { return span.to - span.from; }
};

struct Opened {
    std::int64_t at = 0;
    std::size_t given = 0;
    bool is_continuation = false;
};

// Walks along the uses of one reading and opens windows.
class Walk {
public:
    Walk(const Facts& facts, WindowReading reading, const std::vector<Given>& given)
        : facts_(&facts), reading_(reading), given_(given) {
        uses_.reserve(given.size());
        for (const auto& one : given) {
            Span span = reading == WindowReading::favourable ? one.lower : one.upper;
            span.to = std::max(span.from, span.to);
            uses_.push_back({span, uses_.size()});
        }
        const auto earlier = [](const Use& a, const Use& b) { return a.span.from < b.span.from; };
        if (!std::is_sorted(uses_.begin(), uses_.end(), earlier)) {
            std::stable_sort(uses_.begin(), uses_.end(), earlier);
        }
    }

    std::vector<Opened> run() {
        std::vector<Opened> windows;
        std::int64_t end = std::numeric_limits<std::int64_t>::min();
        while (const auto next = next_window(end)) {
            windows.push_back(*next);
            end = end_of(*next);
        }
        return windows;
    }

    // Dates of the windows, and of launches that were too short to open one and lie in none.
    [[nodiscard]] std::int64_t days(const std::vector<Opened>& windows) const {
        std::vector<std::int64_t> dates;
        for (const auto& window : windows) {
            dates.push_back(text::day_of(window.at));
        }
        for (const auto& use : uses_) {
            if (is_short(use) && !inside(windows, use.span.from)) {
                dates.push_back(text::day_of(use.span.from));
            }
        }
        std::sort(dates.begin(), dates.end());
        return std::unique(dates.begin(), dates.end()) - dates.begin();
    }

    // What nobody recorded decided something: the other reading of the same spans may give other windows.
    [[nodiscard]] bool is_doubtful() const { return is_doubtful_; }

private:
    [[nodiscard]] bool inside(const std::vector<Opened>& windows, std::int64_t at) const {
        const auto after = std::upper_bound(windows.begin(), windows.end(), at,
                                            [](std::int64_t t, const Opened& window) { return t < window.at; });
        return after != windows.begin() && at < end_of(*std::prev(after));
    }

    // Each by the values of the day on which it begins.
    [[nodiscard]] std::int64_t end_of(const Opened& window) const {
        return window.at + facts_->rules->at(window.at).window_s;
    }
    [[nodiscard]] bool is_short(const Use& use) const {
        return use.seconds() < facts_->rules->at(use.span.from).short_launch_s;
    }

    std::optional<Opened> next_window(std::int64_t end) {
        while (begun_ < uses_.size() && uses_[begun_].span.from < end) {
            live_.push_back(begun_++);
        }
        live_.erase(std::remove_if(live_.begin(), live_.end(), [&](auto use) { return uses_[use].span.to <= end; }),
                    live_.end());
        std::optional<Opened> best;
        for (const auto use : live_) {
            const auto at = runs_on(uses_[use], end);
            if (at && (!best || *at < best->at)) {
                best = Opened{*at, uses_[use].given, true};
            }
        }
        long_ = std::max(long_, begun_);
        while (long_ < uses_.size() && is_short(uses_[long_])) {
            ++long_;
        }
        if (long_ < uses_.size() && (!best || uses_[long_].span.from < best->at)) {
            best = Opened{uses_[long_].span.from, uses_[long_].given, false};
        }
        return best;
    }

    // When a use that is live at a window's end opens the next one.
    [[nodiscard]] std::optional<std::int64_t> runs_on(const Use& use, std::int64_t end) {
        if (!given_[use.given].idle_known) {
            is_doubtful_ = true;
            return reading_ == WindowReading::favourable ? std::nullopt : std::optional(end);
        }
        const std::int64_t least = facts_->rules->at(end).window_idle_s;
        const auto [first, last] = facts_->idle_of(given_[use.given].stay);
        for (const auto* idle = first; idle != last; ++idle) {
            if (idle->from <= end && end < idle->to && end - idle->from >= least) {
                return idle->to < use.span.to ? std::optional(idle->to) : std::nullopt;
            }
        }
        return end;
    }

    const Facts* facts_;
    WindowReading reading_;
    const std::vector<Given>& given_;
    std::vector<Use> uses_; // by start
    std::vector<std::size_t> live_;
    bool is_doubtful_ = false;
    std::size_t begun_ = 0, long_ = 0; // the first use not begun yet; the first not begun that is no short launch
};

// A window of the favourable reading lies in one of the other: it is that one, proved.
std::vector<Window> joined(const std::vector<Opened>& sure, const std::vector<Opened>& all, const rules::Values& rules,
                           const std::vector<Stay>& stays) {
    std::vector<Window> windows;
    const auto add = [&](const Opened& one, bool is_sure) {
        windows.push_back({one.at, is_sure, &stays[one.given], one.is_continuation});
    };
    auto next = sure.begin();
    for (const auto& window : all) {
        for (; next != sure.end() && next->at < window.at; ++next) {
            add(*next, true);
        }
        const bool is_sure = next != sure.end() && next->at < window.at + rules.at(window.at).window_s;
        add(is_sure ? *next++ : window, is_sure);
    }
    for (; next != sure.end(); ++next) {
        add(*next, true);
    }
    return windows;
}

// Both readings of the same uses.
struct Walked {
    std::vector<Opened> sure, all;
    Bounds days;
};

Walked walk(const Facts& facts, const std::vector<Given>& given) {
    Walk favourable(facts, WindowReading::favourable, given);
    Walked walked{favourable.run(), {}, {}};
    walked.days.lower = favourable.days(walked.sure);
    const bool is_exact =
        std::all_of(given.begin(), given.end(), [](const Given& one) { return one.lower == one.upper; });
    if (is_exact && !favourable.is_doubtful()) {
        walked.all = walked.sure;
        walked.days.upper = walked.days.lower;
        return walked;
    }
    Walk unfavourable(facts, WindowReading::unfavourable, given);
    walked.all = unfavourable.run();
    walked.days.upper = std::max(walked.days.lower, unfavourable.days(walked.all));
    return walked;
}

Given given(const Stay& stay) { return {stay.lower, stay.upper, stay.index, stay.session->idle_known}; }

} // namespace

Windows windows_of(const Facts& facts, const std::vector<Stay>& stays) {
    std::vector<Given> all;
    for (const auto& stay : stays) {
        all.push_back(given(stay));
    }
    const auto walked = walk(facts, all);
    return {joined(walked.sure, walked.all, *facts.rules, stays), walked.days};
}

Bounds days_used(const Facts& facts, const std::vector<const Stay*>& stays) {
    std::vector<Given> all;
    for (const auto* stay : stays) {
        all.push_back(given(*stay));
    }
    return walk(facts, all).days;
}

Bounds days_used(const Facts& facts, std::span<const std::uint32_t> stays) {
    std::vector<Given> all;
    all.reserve(stays.size());
    for (const auto stay : stays) {
        all.push_back(
            {facts.stays.lower(stay), facts.stays.upper(stay), stay, facts.stays.kind(stay).session->idle_known});
    }
    return walk(facts, all).days;
}

} // namespace tally::count
