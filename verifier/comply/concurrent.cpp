// R-CONC and R-OVER: claims against the quantity of each concurrent line.
#include "verifier/comply/comply.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::comply {
namespace {

std::vector<RecordRef> claims_live_at(const Facts& facts, std::size_t pool, std::int64_t at, Span Stay::*bound) {
    std::vector<RecordRef> records;
    for (const auto& stay : facts.stays) {
        const Span& span = stay.*bound;
        if (stay.claims_in == pool && span.from <= at && at < span.to) {
            records.push_back(facts.start_of(stay));
        }
    }
    return records;
}

std::int64_t most_excess(const std::vector<Episode>& episodes) {
    std::int64_t most = 0;
    for (const auto& episode : episodes) {
        most = std::max(most, episode.excess);
    }
    return most;
}

// Excess seats of each day, added up: the days only on which there was excess.
std::int64_t seat_days(const std::vector<Episode>& episodes) {
    std::map<std::int64_t, std::int64_t> most;
    for (const auto& episode : episodes) {
        for (std::int64_t day = text::day_of(episode.from); day <= text::day_of(episode.to - 1); ++day) {
            most[day] = std::max(most[day], episode.excess);
        }
    }
    std::int64_t total = 0;
    for (const auto& [day, seats] : most) {
        total += seats;
    }
    return total;
}

void price(Finding& finding, const Position& position, std::int64_t seats, std::int64_t days) {
    if (position.list_price && finding.certainty == Certainty::certain) {
        finding.currency = position.currency;
        finding.exposure = position.list_price->prorated(days, 1);
        finding.cure = position.list_price->times(seats);
    }
}

void judge(const Facts& facts, std::size_t index, const Position& position, Outcome& outcome) {
    const Pool& pool = facts.pools[index];
    const auto upper = episodes_over(position.upper, pool.tested, facts.observed.from, facts.observed.to);
    if (upper.empty()) {
        return;
    }
    const bool certain = !position.episodes.empty();
    const auto& episodes = certain ? position.episodes : upper;
    const auto worst = std::max_element(episodes.begin(), episodes.end(),
                                        [](const Episode& a, const Episode& b) { return a.excess < b.excess; });
    const bool signal = certain && position.persistence == Persistence::sustained &&
                        is_material(worst->excess, value_at(pool.tested, worst->excess_at), *facts.rules);
    Finding finding = finding_about(position);
    finding.code = signal ? Code::sustained_over : Code::over_peak;
    finding.severity = position.persistence == Persistence::momentary || !certain ? Severity::signal : Severity::breach;
    finding.certainty = certain ? Certainty::certain : Certainty::possible;
    finding.rule = rules::over;
    finding.quantity = position.excess;
    finding.when = {episodes.front().from, episodes.back().to};
    const std::int64_t quantity = value_at(pool.tested, worst->excess_at);
    finding.text = certain ? std::to_string(quantity + worst->excess) + " claims at once against " +
                                 std::to_string(quantity) + " bought; above for " +
                                 std::to_string(position.seconds_above) + " s in " + std::to_string(episodes.size()) +
                                 (episodes.size() == 1 ? " episode, " : " episodes, ") +
                                 std::string(name(position.persistence))
                           : "at most " + std::to_string(quantity + worst->excess) + " claims at once against " +
                                 std::to_string(quantity) + " bought; what is proved stays within";
    finding.records = claims_live_at(facts, index, worst->excess_at, certain ? &Stay::lower : &Stay::upper);
    price(finding, position, worst->excess, seat_days(episodes));
    add_finding(outcome, std::move(finding));
}

// The stays of one pool: what was claimed in it, and the programs that ran under it.
struct Share {
    std::vector<const Stay*> claims, uses;
    Bounds users; // of the claims
};

Share share_of(const Facts& facts, std::size_t index) {
    const Pool& pool = facts.pools[index];
    std::set<std::uint32_t> written, folded;
    Share share;
    for (const auto& stay : facts.stays) {
        if (stay.claims_in == index) {
            share.claims.push_back(&stay);
            written.insert(stay.session->user);
            folded.insert(stay.folded);
        }
        const bool under = stay.package_word != 0 && pool.covers(facts.words[stay.package_word]);
        if (stay.is_use() && (under || pool.covers(facts.words[stay.word]))) {
            share.uses.push_back(&stay);
        }
    }
    share.users = {static_cast<std::int64_t>(folded.size()), static_cast<std::int64_t>(written.size())};
    return share;
}

Bounds peaks(const CurvePair& curves) { return {curves.lower.peak, std::max(curves.lower.peak, curves.upper.peak)}; }

Position position_of(const Facts& facts, std::size_t index) {
    const Pool& pool = facts.pools[index];
    const Span& span = facts.observed;
    const Share share = share_of(facts, index);
    auto curves = curves_of(facts, share.claims);
    Position position;
    describe(position, facts, pool);
    position.claims = share.claims.size();
    position.users = share.users;
    position.use_peak = peaks(curves_of(facts, share.uses));
    position.peak = peaks(curves);
    position.peak_at = curves.lower.peak_at;
    position.lower = std::move(curves.lower.steps);
    position.upper = std::move(curves.upper.steps);
    position.at_end = {value_at(position.lower, span.to - 1), value_at(position.upper, span.to - 1)};
    position.episodes = episodes_over(position.lower, pool.tested, span.from, span.to);
    position.excess.lower = most_excess(position.episodes);
    position.excess.upper =
        std::max(position.excess.lower, most_excess(episodes_over(position.upper, pool.tested, span.from, span.to)));
    position.seconds_above = seconds_of(position.episodes);
    position.persistence = persistence_of(position.episodes, span.to - span.from, *facts.rules);
    return position;
}

} // namespace

void count_concurrent(const Facts& facts, Outcome& outcome) {
    for (std::size_t index = 0; index < facts.pools.size(); ++index) {
        if (facts.pools[index].first().metric == inputs::Metric::concurrent) {
            Position position = position_of(facts, index);
            judge(facts, index, position, outcome);
            outcome.positions.push_back(std::move(position));
        }
    }
}

} // namespace tally::comply
