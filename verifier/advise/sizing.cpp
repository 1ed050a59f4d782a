// R-SIZING: what a line would have to hold.
#include "verifier/advise/sizing.hpp"

#include "tally/text/date.hpp"
#include "verifier/advise/roster.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::advise {

std::optional<std::int64_t> nearest_rank(std::vector<std::int64_t> values, std::int64_t percent) {
    if (values.empty()) {
        return std::nullopt;
    }
    std::sort(values.begin(), values.end());
    const auto n = static_cast<std::int64_t>(values.size());
    const std::int64_t rank = std::clamp<std::int64_t>((percent * n + 99) / 100, 1, n);
    return values[static_cast<std::size_t>(rank - 1)];
}

namespace {

using text::seconds_per_day;

bool is_working_day(Day day) { return (day % 7 + 10) % 7 < 5; } // day 0 was a Thursday

// The highest value of each of the days.
std::vector<std::int64_t> daily_peaks(const Steps& steps, const std::vector<Day>& days) {
    std::vector<std::int64_t> peaks;
    std::size_t next = 0;
    std::int64_t value = 0;
    for (const auto day : days) {
        for (; next < steps.size() && steps[next].at <= day * seconds_per_day; ++next) {
            value = steps[next].value;
        }
        std::int64_t peak = value;
        for (; next < steps.size() && steps[next].at < (day + 1) * seconds_per_day; ++next) {
            value = steps[next].value;
            peak = std::max(peak, value);
        }
        peaks.push_back(peak);
    }
    return peaks;
}

// What is known of use by day, for all products in one walk.
struct ByDay {
    std::map<std::uint32_t, std::set<std::uint32_t>> logs;                      // that saw a product
    std::map<std::uint32_t, std::map<Day, std::vector<std::uint32_t>>> persons; // of a product on a day
    std::map<std::uint32_t, std::map<Day, std::int64_t>> dark;                  // seconds of a log on a day
};

ByDay by_day(const Facts& facts, const Span& span) {
    ByDay result;
    std::set<std::uint32_t>* logs = nullptr; // rows of one person and product stand together
    std::map<Day, std::vector<std::uint32_t>>* persons = nullptr;
    std::uint32_t word = 0;
    for (const auto& row : facts.days) {
        if (!span.has(row.day * seconds_per_day)) {
            continue;
        }
        if (logs == nullptr || word != row.word) {
            word = row.word;
            logs = &result.logs[word];
            persons = &result.persons[word];
        }
        logs->insert(facts.stays.kind(row.first_stay).session->log);
        auto& of_day = (*persons)[row.day];
        if (!row.automation && (of_day.empty() || of_day.back() != row.person)) {
            of_day.push_back(row.person);
        }
    }
    for (const auto& gap : facts.usage->unobserved) {
        if (gap.kind == ledger::Darkness::host_off) {
            continue;
        }
        for (Day day = text::day_of(std::max(gap.from, span.from)); day <= text::day_of(std::min(gap.to, span.to) - 1);
             ++day) {
            result.dark[gap.log][day] +=
                std::min(gap.to, (day + 1) * seconds_per_day) - std::max(gap.from, day * seconds_per_day);
        }
    }
    return result;
}

// Working days on which the computers that saw the pool's products were watched well enough.
std::vector<Day> days_watched(const Facts& facts, const ByDay& known, const Pool& pool, const Span& span,
                              std::int64_t& left_out) {
    std::set<std::uint32_t> logs;
    for (const auto& word : pool.words) {
        const auto found = known.logs.find(facts.word_ids.at(word));
        if (found != known.logs.end()) {
            logs.insert(found->second.begin(), found->second.end());
        }
    }
    const auto most =
        static_cast<std::int64_t>(logs.size()) * seconds_per_day * (100 - facts.rules->sizing_coverage_percent);
    std::vector<Day> days;
    for (Day day = text::day_of(span.from); day < text::day_of(span.to - 1) + 1; ++day) {
        if (!is_working_day(day)) {
            continue;
        }
        std::int64_t dark = 0;
        for (const auto log : logs) {
            const auto found = known.dark.find(log);
            const auto on =
                found == known.dark.end() ? std::map<Day, std::int64_t>::const_iterator{} : found->second.find(day);
            dark += found != known.dark.end() && on != found->second.end() ? on->second : 0;
        }
        if (dark * 100 <= most) {
            days.push_back(day);
        } else {
            ++left_out;
        }
    }
    return days;
}

std::vector<std::int64_t> daily_persons(const Facts& facts, const ByDay& known, const Pool& pool,
                                        const std::vector<Day>& days, std::int64_t Bounds::*bound) {
    std::vector<std::int64_t> counts;
    for (const auto day : days) {
        std::set<std::uint32_t> persons;
        for (const auto word : count::seat_words(facts, pool)) {
            const auto found = known.persons.find(word);
            if (found != known.persons.end()) {
                const auto on = found->second.find(day);
                if (on != found->second.end()) {
                    persons.insert(on->second.begin(), on->second.end());
                }
            }
        }
        counts.push_back(count::people_in(facts, {persons.begin(), persons.end()}).*bound);
    }
    return counts;
}

bool had_lost_requests(const Facts& facts, const Outcome& outcome, const Pool& pool) {
    return std::any_of(outcome.requests.begin(), outcome.requests.end(), [&](const Request& request) {
        return request.end == RequestEnd::lost && pool.covers(facts.words[facts.word(request.product)]);
    });
}

void recommend_concurrent(const Facts& facts, const Outcome& outcome, const Pool& pool, Sizing& row) {
    const std::int64_t percent = 100 + facts.rules->sizing_headroom_percent;
    row.recommended = (row.percentile.upper * percent + 99) / 100;
    row.because = "daily peaks of claims on working days, with headroom";
    if (*row.recommended < row.peak.lower && had_lost_requests(facts, outcome, pool)) {
        row.recommended = row.peak.lower;
        row.because = "requests were lost, so not below the highest peak";
    }
}

void recommend_named(const Outcome& outcome, Sizing& row) {
    std::int64_t used = 0;
    for (const auto& seat : outcome.advice.seats) {
        used += seat.line == row.line && seat.agreement == row.agreement && !seat.is_dormant ? 1 : 0;
    }
    row.recommended = used;
    row.because = "seats that are assigned and not dormant";
}

void add_costs(const Facts& facts, const Pool& pool, Sizing& row) {
    const auto price = price_on(facts, pool, facts.as_of_day() - 1);
    if (price && row.recommended && row.quantity < inputs::unlimited) {
        row.currency = price->currency;
        row.cost_now = price->price.times(row.quantity);
        row.cost_then = price->price.times(*row.recommended);
    }
}

} // namespace

void size_lines(const Facts& facts, Outcome& outcome) {
    const Span span{std::max(facts.period.from, facts.observed.from), facts.as_of};
    const ByDay known = by_day(facts, span);
    for (const auto& position : outcome.positions) {
        const auto pool = std::find_if(facts.pools.begin(), facts.pools.end(), [&](const Pool& one) {
            return one.label == position.line && one.first().agreement == position.agreement &&
                   one.first().metric == position.metric;
        });
        const bool sized = position.metric == inputs::Metric::named || position.metric == inputs::Metric::concurrent;
        if (pool == facts.pools.end() || !sized || !pool->valid_on(facts.as_of_day() - 1)) {
            continue;
        }
        Sizing row;
        row.agreement = position.agreement;
        row.line = position.line;
        row.product = position.product;
        row.metric = position.metric;
        row.quantity = position.quantity;
        row.peak = position.peak;
        const auto days = days_watched(facts, known, *pool, span, row.days_left_out);
        row.days = static_cast<std::int64_t>(days.size());
        const bool named = position.metric == inputs::Metric::named;
        const auto lower =
            named ? daily_persons(facts, known, *pool, days, &Bounds::lower) : daily_peaks(position.lower, days);
        const auto upper =
            named ? daily_persons(facts, known, *pool, days, &Bounds::upper) : daily_peaks(position.upper, days);
        const std::int64_t percent = facts.rules->sizing_percentile;
        row.percentile = {nearest_rank(lower, percent).value_or(0), nearest_rank(upper, percent).value_or(0)};
        if (row.days == 0) {
            row.because = "no working day of the period was watched well enough";
        } else if (named) {
            recommend_named(outcome, row);
        } else {
            recommend_concurrent(facts, outcome, *pool, row);
        }
        add_costs(facts, *pool, row);
        outcome.advice.sizes.push_back(std::move(row));
    }
}

} // namespace tally::advise
