// Keys, curves and 24-hour windows over stays (R-CONC, R-WINDOW).
#include "verifier/count/facts.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace tally::count {

std::array<std::uint32_t, 4> count_key(const Stay& stay) {
    return {stay.session->client, stay.person, stay.word, stay.family == Family::autodesk ? stay.release : 0};
}

CurvePair curves_of(const Facts& facts, const std::vector<const Stay*>& stays) {
    std::vector<Interval> lower, upper;
    Keys keys;
    for (const auto* stay : stays) {
        const std::uint32_t key = keys.id(count_key(*stay));
        lower.push_back({stay->lower.from, stay->lower.to, key, stay->session->count});
        const std::int64_t later = stay->upper.from < stay->upper.to && stay->upper.to < facts.observed.to ? 1 : 0;
        upper.push_back({stay->upper.from, stay->upper.to + later, key, stay->session->count});
    }
    return {sweep(lower, keys.size()), sweep(upper, keys.size())};
}

Bounds days_used(const Facts& facts, std::vector<const Stay*> stays) {
    const auto count = [&](Span Stay::*bound, bool charge_while_running) {
        std::sort(stays.begin(), stays.end(),
                  [bound](const Stay* a, const Stay* b) { return (a->*bound).from < (b->*bound).from; });
        std::set<std::int64_t> days;
        std::int64_t window_end = std::numeric_limits<std::int64_t>::min();
        for (const auto* stay : stays) {
            const Span& span = stay->*bound;
            const bool inside = span.from < window_end;
            if (!inside) {
                days.insert(text::day_of(span.from));
            }
            if (span.to - span.from >= facts.rules->short_launch_s && !inside) {
                window_end = span.from + facts.rules->window_s;
            }
            while (charge_while_running && span.to > window_end && span.to - span.from >= facts.rules->short_launch_s) {
                days.insert(text::day_of(window_end));
                window_end += facts.rules->window_s;
            }
        }
        return static_cast<std::int64_t>(days.size());
    };
    const std::int64_t lower = count(&Stay::lower, false);
    return {lower, std::max(lower, count(&Stay::upper, true))};
}

} // namespace tally::count
