// R-CONC and R-OVER: claims against the quantity of each concurrent line.
#include "verifier/comply/comply.hpp"
#include "verifier/count/claims.hpp"
#include "verifier/findings/money.hpp"
#include "verifier/ledger/in_parallel.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::comply {
namespace {

using count::Claim;
using count::Unrecorded;

// What is known of one pool, and the time in which it is judged.
struct Case {
    const Pool* pool = nullptr;
    const count::Claims* claims = nullptr;
    const count::PoolShare* share = nullptr;
    const std::vector<Unrecorded>* dark = nullptr;
    Span judged;
};

std::int64_t most_excess(const std::vector<Episode>& episodes) {
    std::int64_t most = 0;
    for (const auto& episode : episodes) {
        most = std::max(most, episode.excess);
    }
    return most;
}

std::vector<RecordRef> claims_live_at(const Facts& facts, const Case& about, std::int64_t at, Span Claim::*bound) {
    std::vector<RecordRef> records;
    for (const auto stay : about.share->claims) {
        if ((about.claims->of(stay).*bound).has(at)) {
            records.push_back(facts.start_of(stay));
        }
    }
    return records;
}

// The excess that is not exceeded for 95 of a hundred seconds above: one short rush does not make it.
std::int64_t typical_excess(const Facts& facts, const Position& position, const std::vector<Step>& tested) {
    std::map<std::int64_t, std::int64_t> seconds; // by excess
    std::int64_t total = 0;
    for (const auto& episode : position.episodes) {
        std::int64_t at = episode.from;
        while (at < episode.to) {
            std::int64_t next = episode.to;
            if (const std::size_t step = position.lower.after(at); step < position.lower.size()) {
                next = std::min(next, position.lower[step].at);
            }
            const auto limit = std::upper_bound(tested.begin(), tested.end(), at,
                                                [](std::int64_t t, const Step& s) { return t < s.at; });
            next = limit == tested.end() ? next : std::min(next, limit->at);
            seconds[value_at(position.lower, at) - value_at(tested, at)] += next - at;
            total += next - at;
            at = next;
        }
    }
    std::int64_t sum = 0;
    for (const auto& [excess, length] : seconds) {
        sum += length;
        if (sum * 100 >= facts.rules->sizing_percentile * total) {
            return excess;
        }
    }
    return 0;
}

// Which hosts ran unrecorded at the instant, with what.
std::string dark_at(const Facts& facts, const Case& about, std::int64_t at) {
    std::string hosts;
    for (const auto& gap : *about.dark) {
        if (gap.span.has(at)) {
            hosts += (hosts.empty() ? "" : ", ") + facts.devices[gap.device].name + " with " +
                     facts.display_name(gap.word) + (gap.release == 0 ? "" : " " + std::to_string(gap.release));
        }
    }
    return hosts;
}

std::string reason_without_gaps(const Facts& facts) {
    const bool mixed = facts.people.is_mixed() || facts.computers.is_mixed();
    return mixed ? "ends or starts that are known as a range only, or names of several epochs (PSEUDONYM_EPOCH)"
                 : "ends or starts that are known as a range only";
}

void explain_bounds(const Facts& facts, const Case& about, const Position& position, std::int64_t at,
                    Finding& finding) {
    const std::int64_t lower = value_at(position.lower, at);
    const std::int64_t upper = std::max(lower, value_at(position.upper, at));
    finding.details.emplace_back("observed", std::to_string(lower));
    if (upper > lower) {
        finding.details.emplace_back("at most", std::to_string(upper));
        const std::string hosts = dark_at(facts, about, at);
        finding.details.emplace_back("why", hosts.empty() ? reason_without_gaps(facts) : "unrecorded: " + hosts);
    }
}

void price(const Facts& facts, const Case& about, const std::vector<Episode>& episodes, Finding& finding) {
    const std::int64_t excess = most_excess(episodes);
    const auto seat = price_on(facts, *about.pool, facts.as_of_day() - 1);
    if (finding.certainty != Certainty::certain || !seat) {
        return;
    }
    set_cure(finding, *seat, excess, facts.as_of_day() - 1);
    set_exposure(finding, exposure_of(facts, *about.pool, excess_by_day(facts, episodes)));
}

std::string words_of(const Position& position, const Episode& worst, std::int64_t quantity, bool certain,
                     std::size_t episodes) {
    const std::string peak =
        std::to_string(quantity + worst.excess) + " claims at once against " + std::to_string(quantity) + " bought";
    return certain
               ? peak + "; above for " + std::to_string(position.seconds_above) + " s in " + std::to_string(episodes) +
                     (episodes == 1 ? " episode, " : " episodes, ") + std::string(name(position.persistence))
               : "at most " + peak + "; what is proved stays within";
}

void judge(const Facts& facts, const Case& about, const Position& position, Outcome& outcome) {
    const auto& tested = about.pool->tested;
    const bool certain = !position.episodes.empty();
    const auto episodes =
        certain ? position.episodes : episodes_over(position.upper, tested, about.judged.from, about.judged.to);
    if (episodes.empty()) {
        return;
    }
    const auto worst = std::max_element(episodes.begin(), episodes.end(),
                                        [](const Episode& a, const Episode& b) { return a.excess < b.excess; });
    const std::int64_t quantity = value_at(tested, worst->excess_at);
    const bool signal = certain && position.persistence == Persistence::sustained &&
                        is_material(worst->excess, quantity, facts.rules->at(worst->excess_at));
    Finding finding = finding_about(position);
    finding.code = signal ? Code::sustained_over : Code::over_peak;
    finding.severity = position.persistence == Persistence::momentary || !certain ? Severity::signal : Severity::breach;
    finding.certainty = certain ? Certainty::certain : Certainty::possible;
    finding.rule = rules::over;
    finding.quantity = position.excess;
    finding.when = {episodes.front().from, episodes.back().to};
    finding.text = words_of(position, *worst, quantity, certain, episodes.size());
    finding.details = {{"bought", std::to_string(quantity)},
                       {"persistence", std::string(name(position.persistence))},
                       {"episodes", std::to_string(episodes.size())},
                       {"seconds above", std::to_string(seconds_of(episodes))}};
    explain_bounds(facts, about, position, worst->excess_at, finding);
    if (certain) {
        finding.details.emplace_back("excess in 95 % of the time above",
                                     std::to_string(typical_excess(facts, position, tested)));
    }
    finding.remedy = certain ? "buy " + std::to_string(worst->excess) + " more, or limit what the servers give out"
                             : "close the gaps in the records, then count again";
    finding.records = claims_live_at(facts, about, worst->excess_at, certain ? &Claim::lower : &Claim::upper);
    price(facts, about, episodes, finding);
    add_finding(outcome, std::move(finding));
}

std::int64_t seconds_under(const Steps& steps, const Span& span) {
    std::int64_t total = 0;
    const std::size_t first = steps.after(span.from);
    for (std::size_t i = first == 0 ? 0 : first - 1; i + 1 < steps.size() && steps[i].at < span.to; ++i) {
        const std::int64_t from = std::max(steps[i].at, span.from);
        total += std::max<std::int64_t>(0, std::min(steps[i + 1].at, span.to) - from) * steps[i].value;
    }
    return total;
}

void count_people(const Facts& facts, const Case& about, Position& position) {
    std::vector<bool> written(facts.usage->users.size()), folded(facts.usage->users.size());
    std::vector<std::uint32_t> persons;
    for (const auto stay : about.share->claims) {
        Span upper = facts.stays.upper(stay);
        bool moved = false;
        if (!about.claims->is_plain(stay)) {
            const auto claim = about.claims->of(stay);
            upper = claim.upper;
            moved = claim.moved;
        }
        position.claims += moved ? 0 : 1;
        if (upper.from < about.judged.to && about.judged.from < std::max(upper.to, upper.from + 1)) {
            const StayKind& kind = facts.stays.kind(stay);
            written[kind.session->user] = folded[kind.folded] = true;
            if (facts.people.is_mixed()) {
                persons.push_back(kind.person);
            }
        }
    }
    position.users = {std::count(folded.begin(), folded.end(), true), std::count(written.begin(), written.end(), true)};
    if (facts.people.is_mixed()) {
        position.users.lower = std::min(position.users.upper, count::people_in(facts, std::move(persons)).lower);
    }
}

Position position_of(const Facts& facts, const Case& about) {
    const Span& span = about.judged;
    const auto& tested = about.pool->tested;
    auto curves = count::curves_of(facts, *about.claims, *about.share, *about.dark, span);
    const auto uses = count::curve_of(facts, about.share->uses, span);
    Position position;
    describe(position, facts, *about.pool);
    count_people(facts, about, position);
    const std::int64_t used = peak_in(uses.lower.steps, span.from, span.to).value;
    position.use_peak = {used, std::max(used, uses.touching)};
    const auto peak = peak_in(curves.lower.steps, span.from, span.to);
    position.peak = {peak.value, std::max(peak.value, curves.touching)};
    position.peak_at = peak.at;
    position.lower = std::move(curves.lower.steps);
    position.upper = std::move(curves.upper.steps);
    position.at_end = {value_at(position.lower, span.to - 1), value_at(position.upper, span.to - 1)};
    position.episodes = episodes_over(position.lower, tested, span.from, span.to);
    position.excess.lower = most_excess(position.episodes);
    position.excess.upper =
        std::max(position.excess.lower, most_excess(episodes_over(position.upper, tested, span.from, span.to)));
    position.seconds_above = seconds_of(position.episodes);
    position.persistence = persistence_of(position.episodes, span.to - span.from, *facts.rules);
    position.held_unused_s =
        std::max<std::int64_t>(0, seconds_under(position.lower, span) - seconds_under(uses.lower.steps, span));
    return position;
}

} // namespace

void count_concurrent(const Facts& facts, Outcome& outcome) {
    const count::Claims claims(facts);
    const auto dark = count::unrecorded(facts, claims);
    // R-TIME: peaks are those of the period; what was open when it began is carried in.
    const Span judged{std::max(facts.observed.from, std::min(facts.period.from, facts.observed.to)), facts.observed.to};
    std::vector<Case> cases;
    for (std::size_t index = 0; index < facts.pools.size(); ++index) {
        if (facts.pools[index].first().metric == inputs::Metric::concurrent) {
            cases.push_back({&facts.pools[index], &claims, &claims.shares()[index], &dark[index], judged});
        }
    }
    std::vector<Position> positions(cases.size());
    const auto order =
        ledger::longest_first(cases.size(), [&](std::size_t i) { return cases[i].share->claims.size(); });
    ledger::in_parallel(cases.size(),
                        [&](std::size_t turn) { positions[order[turn]] = position_of(facts, cases[order[turn]]); });
    for (std::size_t i = 0; i < cases.size(); ++i) {
        judge(facts, cases[i], positions[i], outcome);
        outcome.positions.push_back(std::move(positions[i]));
    }
}

} // namespace tally::comply
