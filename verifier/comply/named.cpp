// R-NAMED: seats assigned against the quantity of each named-user line.
#include "verifier/comply/comply.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace tally::comply {
namespace {

constexpr std::int64_t for_ever = std::numeric_limits<std::int64_t>::max() / 2;

// One assignment as seats over time. Assignments are not bounded by the observed time.
struct Seat {
    const inputs::Assignment* row = nullptr;
    Interval lower, upper;
};

std::vector<Seat> seats_of(const Facts& facts, const Pool& pool, std::size_t& keys) {
    std::map<std::pair<std::string, std::string>, std::uint32_t> ids; // a person assigned by two teams takes two
    std::vector<Seat> seats;
    for (const auto& row : facts.inputs->assignments) {
        if (!assigned_from(facts, pool, row)) {
            continue;
        }
        const auto key =
            ids.try_emplace({person_key(facts, row.user), row.team}, static_cast<std::uint32_t>(ids.size()));
        Seat seat;
        seat.row = &row;
        seat.lower = {row.assigned.to, row.unassigned ? row.unassigned->from : for_ever, key.first->second, 1};
        seat.upper = {row.assigned.from, row.unassigned ? row.unassigned->to : for_ever, key.first->second, 1};
        seats.push_back(seat);
    }
    keys = ids.size();
    return seats;
}

Curve curve_of(const std::vector<Seat>& seats, Interval Seat::*bound, std::size_t keys) {
    std::vector<Interval> intervals;
    intervals.reserve(seats.size());
    for (const auto& seat : seats) {
        intervals.push_back(seat.*bound);
    }
    return sweep(intervals, keys);
}

// The peak inside [from, to), what is carried in included.
void peak_inside(const Curve& curve, const Span& span, std::int64_t& peak, std::int64_t& at) {
    peak = value_at(curve.steps, span.from);
    at = span.from;
    for (const auto& step : curve.steps) {
        if (step.at >= span.from && step.at < span.to && step.value > peak) {
            peak = step.value;
            at = step.at;
        }
    }
}

void judge_over(const Facts& facts, const Pool& pool, const std::vector<Seat>& seats, const Position& position,
                const Span& span, Outcome& outcome) {
    const bool certain = !position.episodes.empty();
    const auto episodes = certain ? position.episodes : episodes_over(position.upper, pool.tested, span.from, span.to);
    if (episodes.empty()) {
        return;
    }
    const auto worst = std::max_element(episodes.begin(), episodes.end(),
                                        [](const Episode& a, const Episode& b) { return a.excess < b.excess; });
    Finding finding = finding_about(position);
    finding.code = Code::over_assigned;
    finding.severity = certain ? Severity::breach : Severity::signal;
    finding.certainty = certain ? Certainty::certain : Certainty::possible;
    finding.rule = rules::named;
    finding.quantity = position.excess;
    finding.when = {episodes.front().from, std::min(episodes.back().to, facts.as_of)};
    const std::int64_t quantity = value_at(pool.tested, worst->excess_at);
    finding.text = (certain ? "" : "at most ") + std::to_string(quantity + worst->excess) +
                   " seats assigned at once against " + std::to_string(quantity) + " bought";
    for (const auto& seat : seats) {
        const Interval& interval = certain ? seat.lower : seat.upper;
        if (interval.start <= worst->excess_at && worst->excess_at < interval.end) {
            finding.rows.push_back(seat.row->at);
        }
    }
    if (certain && position.list_price) {
        finding.currency = position.currency;
        const std::int64_t days = text::day_of(finding.when.to - 1) - text::day_of(finding.when.from) + 1;
        finding.exposure = position.list_price->prorated(worst->excess, days);
        finding.cure = position.list_price->times(worst->excess);
    }
    add_finding(outcome, std::move(finding));
}

void judge_under(const Facts& facts, const Position& position, Outcome& outcome) {
    const std::int64_t free = position.quantity - position.at_end.upper;
    if (free <= 0 || position.quantity == 0) {
        return;
    }
    Finding finding = finding_about(position);
    finding.code = Code::under_assigned;
    finding.severity = Severity::waste;
    finding.rule = rules::named;
    finding.quantity = {free, position.quantity - position.at_end.lower};
    finding.when = {text::day_of(facts.as_of - 1) * text::seconds_per_day, facts.as_of};
    finding.text =
        std::to_string(position.at_end.upper) + " of " + std::to_string(position.quantity) + " seats assigned";
    add_finding(outcome, std::move(finding));
}

} // namespace

void count_named(const Facts& facts, Outcome& outcome) {
    for (const auto& pool : facts.pools) {
        if (pool.first().metric != inputs::Metric::named) {
            continue;
        }
        Position position;
        describe(position, facts, pool);
        std::size_t keys = 0;
        const auto seats = seats_of(facts, pool, keys);
        const Curve lower = curve_of(seats, &Seat::lower, keys);
        const Curve upper = curve_of(seats, &Seat::upper, keys);
        const Span span{pool.allowed.empty() ? facts.as_of : pool.allowed.front().at, facts.as_of};
        std::int64_t ignored = 0;
        peak_inside(lower, span, position.peak.lower, position.peak_at);
        peak_inside(upper, span, position.peak.upper, ignored);
        position.lower = lower.steps;
        position.upper = upper.steps;
        position.at_end = {value_at(lower.steps, facts.as_of - 1), value_at(upper.steps, facts.as_of - 1)};
        position.episodes = episodes_over(lower.steps, pool.tested, span.from, span.to);
        for (const auto& episode : position.episodes) {
            position.excess.lower = std::max(position.excess.lower, episode.excess);
        }
        for (const auto& episode : episodes_over(upper.steps, pool.tested, span.from, span.to)) {
            position.excess.upper = std::max(position.excess.upper, episode.excess);
        }
        position.seconds_above = seconds_of(position.episodes);
        std::set<std::uint32_t> written, folded;
        for (const auto& stay : facts.stays) {
            if (stay.is_use() && pool.covers(facts.words[stay.word])) {
                written.insert(stay.session->user);
                folded.insert(stay.folded);
                ++position.claims;
            }
        }
        position.users = {static_cast<std::int64_t>(folded.size()), static_cast<std::int64_t>(written.size())};
        judge_over(facts, pool, seats, position, span, outcome);
        if (position.excess.upper == 0) {
            judge_under(facts, position, outcome);
        }
        outcome.positions.push_back(std::move(position));
    }
}

} // namespace tally::comply
