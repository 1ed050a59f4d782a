#include "verifier/advise/roster.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <limits>

namespace tally::advise {

using text::seconds_per_day;

Roster::Roster(const Facts& of) : facts(&of), use(of) {
    for (const auto& pool : of.pools) {
        words.push_back(count::seat_words(of, pool));
    }
    for (auto& seat : count::seats_of(of)) {
        if (seat.held_at(of.as_of - 1) && of.persons[seat.person].listed_account &&
            of.pools[seat.pool].valid_on(of.as_of_day() - 1)) {
            seats.push_back(seat);
        }
    }
}

std::optional<SeatPrice> Roster::price(const Seat& seat) const { return price_on(*facts, pool(seat), today() - 1); }

bool Roster::reaches_back_to(Day day) const {
    const bool recorded = facts->has_sessions() && text::day_of(facts->observed.from) <= day;
    return recorded || std::any_of(facts->inputs->usage_exports.begin(), facts->inputs->usage_exports.end(),
                                   [day](const auto& row) { return row.first <= day; });
}

namespace {

bool is_connected(const Facts& facts, std::uint32_t device) {
    const auto* row = facts.devices[device].row;
    return row != nullptr && row->sign_in_hours.has_value();
}

// Days that no session fills: a merged session touches at most two of them, so half of them is a lower bound.
std::int64_t partial_days(const Facts& facts, std::uint32_t person, const std::vector<std::uint32_t>& of, Day from,
                          Day to) {
    std::int64_t most = 0; // of one product: days of several products may be the same ones
    for (const auto word : of) {
        const auto [begin, end] = facts.days_of(person, word);
        Day last = std::numeric_limits<Day>::min();
        std::int64_t days = 0;
        for (const auto* row = begin; row != end; ++row) {
            const bool counts = row->day >= from && row->day <= to && row->day != last && !row->automation;
            if (counts && row->seconds < seconds_per_day / 2) {
                ++days;
                last = row->day;
            }
        }
        most = std::max(most, days);
    }
    return most;
}

} // namespace

std::int64_t Roster::sessions(std::uint32_t person, const std::vector<std::uint32_t>& of, const Span& span,
                              std::int64_t enough, bool connected_only) const {
    const std::int64_t days = partial_days(*facts, person, of, text::day_of(span.from), text::day_of(span.to - 1));
    if (!connected_only && days >= 2 * enough + 2) {
        return enough;
    }
    std::vector<Span> spans;
    for (const auto word : of) {
        for (const auto& stay : facts->stays_of(person, word)) {
            const bool counts = stay.is_use() && !stay.session->automation && stay.upper.from < span.to &&
                                (!connected_only || is_connected(*facts, stay.device));
            if (counts) {
                spans.push_back({stay.upper.from, std::max(stay.upper.from, stay.lower.to)});
            }
        }
    }
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
    std::int64_t count = 0;
    std::int64_t end = std::numeric_limits<std::int64_t>::min() / 2;
    for (const auto& one : spans) {
        count += one.from - end >= facts->rules->merge_s && one.from >= span.from ? 1 : 0;
        end = std::max(end, one.to);
    }
    return std::min(count, enough);
}

Finding finding_of(const Roster& roster, const Seat& seat, Code code) {
    const auto& line = roster.pool(seat).priced_on(roster.today() - 1);
    Finding finding;
    finding.code = code;
    finding.severity = severity_of(code);
    finding.rule = rule_of(code);
    finding.agreement = line.agreement;
    finding.line = roster.pool(seat).label;
    finding.product = line.product;
    finding.subject = finding.person = roster.facts->persons[seat.person].name;
    finding.since = seat.row->assigned.from;
    finding.rows = {seat.row->at};
    return finding;
}

} // namespace tally::advise
