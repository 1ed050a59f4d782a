// R-NAMED: seats assigned against the quantity of each named-user line.
#include "verifier/comply/comply.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/edges.hpp"
#include "verifier/count/seats.hpp"
#include "verifier/findings/money.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace tally::comply {
namespace {

using count::Seat;

// A person assigned by two teams takes two seats; rows of one person and team that touch are one.
std::vector<std::uint32_t> keys_of(const std::vector<Seat>& seats, std::size_t& keys) {
    std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> ids;
    std::vector<std::uint32_t> result;
    result.reserve(seats.size());
    for (const auto& seat : seats) {
        const auto next = static_cast<std::uint32_t>(ids.size());
        result.push_back(ids.try_emplace({seat.person, seat.row->team}, next).first->second);
    }
    keys = ids.size();
    return result;
}

Curve curve_of(const std::vector<Seat>& seats, Span Seat::*bound) {
    std::size_t count = 0;
    const auto keys = keys_of(seats, count);
    std::vector<Interval> intervals;
    intervals.reserve(seats.size());
    for (std::size_t i = 0; i < seats.size(); ++i) {
        const Span& span = seats[i].*bound;
        intervals.push_back({span.from, span.to, keys[i], 1});
    }
    return sweep(intervals, count);
}

// The proved reading where seats may be those of one person under two names (R-NAMES).
Steps least_of(const Facts& facts, const std::vector<Seat>& seats) {
    std::size_t count = 0;
    const auto keys = keys_of(seats, count);
    const std::vector<std::uint32_t> one_each;
    std::map<std::string, std::uint32_t> teams;
    count::Edges edges(0);
    for (const auto& seat : seats) {
        teams.try_emplace(seat.row->team, static_cast<std::uint32_t>(teams.size()));
        edges.add({seat.lower.from, seat.lower.to, 0, 1});
    }
    edges.sort();
    count::Live live(count, one_each);
    names::LeastKeys least(facts.people, facts.computers);
    count::Pen pen(0, 0);
    edges.walk(
        count::Reading::lower,
        [&](std::uint32_t number, int by) {
            const std::int64_t before = live.value();
            live.change(keys[number], number, by);
            const Seat& seat = seats[number];
            least.change({count::nobody, seat.person, teams.at(seat.row->team)}, live.value() - before);
        },
        [](std::int64_t) {}, [&](std::int64_t at) { pen.settle(at, least.value()); });
    return pen.take().steps;
}

// The peak inside [from, to), what is carried in included.
void peak_inside(const Curve& curve, const Span& span, std::int64_t& peak, std::int64_t& at) {
    peak = value_at(curve.steps, span.from);
    at = span.from;
    for (std::size_t i = 0; i < curve.steps.size(); ++i) {
        const Step step = curve.steps[i];
        if (step.at >= span.from && step.at < span.to && step.value > peak) {
            peak = step.value;
            at = step.at;
        }
    }
}

std::string on(std::int64_t at) { return text::format_day(text::day_of(at)); }

void add_seats(Finding& finding, const Facts& facts, const std::vector<Seat>& seats, Span Seat::*bound,
               std::int64_t at) {
    for (const auto& seat : seats) {
        if ((seat.*bound).has(at)) {
            finding.rows.push_back(seat.row->at);
            finding.persons.push_back(facts.persons[seat.person].name);
        }
    }
}

void price_over(const Facts& facts, const Pool& pool, const Position& position, Finding& finding) {
    set_exposure(finding, exposure_of(facts, pool, excess_by_day(facts, position.episodes)));
    const std::int64_t open = position.at_end.lower - position.quantity;
    const auto price = price_on(facts, pool, facts.as_of_day() - 1);
    if (price && finding.state == "open" && open > 0) {
        set_cure(finding, *price, open, facts.as_of_day() - 1);
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
    finding.state = episodes.back().to < facts.as_of ? "remedied" : "open";
    const std::int64_t quantity = value_at(pool.tested, worst->excess_at);
    finding.text = (certain ? "" : "at most ") + std::to_string(quantity + worst->excess) +
                   " seats assigned at once against " + std::to_string(quantity) + " bought";
    finding.details = {{"bought", std::to_string(quantity)},
                       {"assigned at most", std::to_string(quantity + worst->excess)},
                       {"days above", std::to_string(excess_by_day(facts, episodes).size())},
                       {"worst since", text::format_instant(worst->excess_at)}};
    finding.remedy = finding.state == "open" ? "Unassign or buy as many seats as are above"
                                             : "Nothing now; keep the order of hand-overs";
    add_seats(finding, facts, seats, certain ? &Seat::lower : &Seat::upper, worst->excess_at);
    if (certain) {
        price_over(facts, pool, position, finding);
    }
    add_finding(outcome, std::move(finding));
}

// Seats that are still assigned to a line that has ended and was not renewed.
void judge_expired(const Facts& facts, const Pool& pool, const std::vector<Seat>& seats, const Position& position,
                   Outcome& outcome) {
    const inputs::Day today = facts.as_of_day() - 1;
    if (!pool.ended_before(today) || position.at_end.upper == 0) {
        return;
    }
    inputs::Day ended = pool.first().end_day;
    for (const auto* line : pool.lines) {
        ended = line->end_day <= today ? std::max(ended, line->end_day) : ended;
    }
    const bool certain = position.at_end.lower > 0;
    Finding finding = finding_about(position);
    finding.code = Code::over_assigned_expired;
    finding.severity = certain ? Severity::breach : Severity::signal;
    finding.certainty = certain ? Certainty::certain : Certainty::possible;
    finding.rule = rules::named;
    finding.quantity = position.at_end;
    finding.when = {(ended + 1) * text::seconds_per_day, facts.as_of};
    finding.text = std::to_string(position.at_end.upper) + (position.at_end.upper == 1 ? " seat" : " seats") +
                   " still assigned to a line that ended on " + text::format_day(ended);
    finding.details = {{"ended", text::format_day(ended)}};
    finding.remedy = "Unassign them, or renew the line";
    add_seats(finding, facts, seats, &Seat::upper, facts.as_of - 1);
    add_finding(outcome, std::move(finding));
}

// Since when there have been free seats without a break, by the unfavourable count.
std::int64_t free_since(const Facts& facts, const Pool& pool, const Position& position) {
    std::set<std::int64_t, std::greater<>> changes; // newest first
    for (const auto& step : pool.tested) {
        changes.insert(step.at);
    }
    for (std::size_t i = 0; i < position.upper.size(); ++i) {
        changes.insert(position.upper[i].at);
    }
    std::int64_t since = facts.as_of - 1;
    for (const std::int64_t change : changes) {
        if (change >= facts.as_of) {
            continue;
        }
        const std::int64_t bought = value_at(pool.tested, change);
        if (bought >= inputs::unlimited || bought <= value_at(position.upper, change)) {
            break;
        }
        since = change;
    }
    return since;
}

void judge_under(const Facts& facts, const Pool& pool, const Position& position, Outcome& outcome) {
    const std::int64_t free = position.quantity - position.at_end.upper;
    if (free <= 0 || position.quantity >= inputs::unlimited || !pool.valid_on(facts.as_of_day() - 1)) {
        return;
    }
    Finding finding = finding_about(position);
    finding.code = Code::under_assigned;
    finding.severity = Severity::waste;
    finding.rule = rules::named;
    finding.quantity = {free, position.quantity - position.at_end.lower};
    finding.when = {free_since(facts, pool, position), facts.as_of};
    finding.text =
        std::to_string(position.at_end.upper) + " of " + std::to_string(position.quantity) + " seats assigned";
    finding.details = {{"bought", std::to_string(position.quantity)},
                       {"assigned", std::to_string(position.at_end.upper)},
                       {"since", on(finding.when.from)}};
    finding.remedy = "Hand them out before more is bought, or buy fewer at renewal";
    if (const auto price = price_on(facts, pool, facts.as_of_day() - 1)) {
        finding.currency = price->currency;
        finding.saving = price->price.times(free);
    }
    add_finding(outcome, std::move(finding));
}

// Who used each product, and in how many sessions.
struct Used {
    std::set<std::uint32_t> persons;
    std::uint64_t starts = 0;
};

void count_users(const Facts& facts, const Pool& pool, const std::map<std::uint32_t, Used>& used, Position& position) {
    std::set<std::string> written, one_case;
    std::vector<std::uint32_t> all;
    for (const auto& word : pool.words) {
        const auto found = used.find(facts.word_ids.at(word));
        if (found == used.end()) {
            continue;
        }
        position.claims += found->second.starts;
        for (const auto person : found->second.persons) {
            const std::string& name = facts.persons[person].name;
            all.push_back(person);
            written.insert(name);
            one_case.insert(count::folded(name));
        }
    }
    position.users = {static_cast<std::int64_t>(one_case.size()), static_cast<std::int64_t>(written.size())};
    if (facts.people.is_mixed()) {
        position.users.lower = count::people_in(facts, std::move(all)).lower;
    }
}

Position position_of(const Facts& facts, const Pool& pool, const std::vector<Seat>& seats, const Span& span) {
    Position position;
    describe(position, facts, pool);
    Curve lower = curve_of(seats, &Seat::lower);
    if (facts.people.is_mixed()) {
        lower.steps = least_of(facts, seats);
    }
    const Curve upper = curve_of(seats, &Seat::upper);
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
    return position;
}

} // namespace

void count_named(const Facts& facts, Outcome& outcome) {
    std::map<std::uint32_t, Used> used; // by product word
    Used* of_word = nullptr;
    for (const auto& row : facts.days) {
        if (&row == facts.days.data() || row.word != (&row)[-1].word || row.person != (&row)[-1].person) {
            of_word = &used[row.word];
            of_word->persons.insert(row.person);
        }
        of_word->starts += row.starts;
    }
    const auto all = count::seats_of(facts);
    for (std::size_t i = 0; i < facts.pools.size(); ++i) {
        const Pool& pool = facts.pools[i];
        if (pool.first().metric != inputs::Metric::named) {
            continue;
        }
        std::vector<Seat> seats;
        std::copy_if(all.begin(), all.end(), std::back_inserter(seats),
                     [i](const Seat& seat) { return seat.pool == i; });
        const Span span{pool.allowed.empty() ? facts.as_of : pool.allowed.front().at, facts.as_of};
        Position position = position_of(facts, pool, seats, span);
        count_users(facts, pool, used, position);
        judge_over(facts, pool, seats, position, span, outcome);
        judge_expired(facts, pool, seats, position, outcome);
        if (position.excess.upper == 0) {
            judge_under(facts, pool, position, outcome);
        }
        outcome.positions.push_back(std::move(position));
    }
}

} // namespace tally::comply
