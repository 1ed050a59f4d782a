// Who is on which release, in the complete months that R-OUTLIER looks at.
#include "verifier/insight/insight.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/seats.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tally::insight {
namespace {

struct Use {
    std::int64_t days = 0, last_day = 0;
    std::set<std::uint32_t> persons, hosts;
};
using ByRelease = std::map<unsigned, Use, std::greater<>>; // newest first

// Use of batch programs is no person's. A release on two computers of one person is one day.
std::map<std::uint32_t, ByRelease> uses_within(const Facts& facts, const Span& span) {
    std::map<std::uint32_t, ByRelease> uses;
    std::tuple<std::uint32_t, std::uint32_t, std::int64_t> last;
    std::vector<unsigned> seen; // of that person, product and day
    for (const auto& row : facts.days) {
        if (row.automation || !span.has(row.day * text::seconds_per_day)) {
            continue;
        }
        const std::tuple here(row.person, row.word, row.day);
        if (here != last) {
            last = here;
            seen.clear();
        }
        Use& use = uses[row.word][row.release];
        use.hosts.insert(row.device);
        if (std::find(seen.begin(), seen.end(), row.release) == seen.end()) {
            seen.push_back(row.release);
            use.persons.insert(row.person);
            use.last_day = std::max(use.last_day, row.day);
            ++use.days;
        }
    }
    return uses;
}

std::int64_t days_of(const ByRelease& releases) {
    std::int64_t days = 0;
    for (const auto& [release, use] : releases) {
        days += release == 0 ? 0 : use.days;
    }
    return days;
}

bool is_outlier(const Facts& facts, unsigned release, const Use& use, std::int64_t of) {
    return release != 0 && use.days * 100 < of * facts.rules->outlier_percent;
}

// Releases of a product that are out, by the table; 0 when it knows none.
struct Released {
    std::map<unsigned, std::int64_t> day;
    unsigned newest = 0;
};
Released released(const Facts& facts, std::uint32_t word) {
    Released known;
    for (const auto& row : facts.inputs->releases) {
        if (facts.word(row.product) == word && row.released < facts.as_of_day()) {
            const auto release = static_cast<unsigned>(row.version);
            known.day[release] = row.released;
            known.newest = std::max(known.newest, release);
        }
    }
    return known;
}

void fill_product(const Facts& facts, std::uint32_t word, const ByRelease& releases, Insights& insights) {
    const std::int64_t of = days_of(releases);
    const auto known = released(facts, word);
    if (known.newest != 0 && releases.count(known.newest) == 0) { // out, and nobody uses it
        ReleaseRow row;
        row.product = facts.display_name(word);
        row.release = known.newest;
        row.released_day = known.day.at(known.newest);
        row.is_newest = true;
        insights.releases.push_back(std::move(row));
    }
    for (const auto& [release, use] : releases) {
        ReleaseRow row;
        row.product = facts.display_name(word);
        row.release = release;
        row.persons = static_cast<std::int64_t>(use.persons.size());
        row.hosts = static_cast<std::int64_t>(use.hosts.size());
        row.days = use.days;
        row.share_milli = release == 0 ? 0 : (use.days * 2000 + of) / (2 * of);
        row.last_day = use.last_day;
        if (const auto day = known.day.find(release); day != known.day.end()) {
            row.released_day = day->second;
        }
        row.is_newest = release != 0 && release == known.newest;
        row.is_outlier = is_outlier(facts, release, use, of);
        insights.releases.push_back(std::move(row));
    }
}

// Outliers of the months before these that are none any more.
std::vector<std::string> settled(const Facts& facts, std::uint32_t word, const ByRelease* before,
                                 const ByRelease& now) {
    std::vector<std::string> gone;
    if (before == nullptr) {
        return gone;
    }
    const std::int64_t of_before = days_of(*before);
    const std::int64_t of = days_of(now);
    for (const auto& [release, use] : *before) {
        const auto found = now.find(release);
        if (is_outlier(facts, release, use, of_before) &&
            (found == now.end() || !is_outlier(facts, release, found->second, of))) {
            gone.push_back(facts.display_name(word) + " " + std::to_string(release));
        }
    }
    return gone;
}

InsightState state_of(const Facts& facts, std::uint32_t word, const ByRelease& now, const ByRelease* before) {
    InsightState state;
    state.kind = InsightKind::releases;
    state.product = facts.display_name(word);
    if (now.size() == 1 && now.begin()->first == 0) {
        state.availability = Availability::not_instrumented;
        state.text = "its records do not say which release runs";
        state.remedy = "let the host's own recorder watch the program, or map the feature codes of the releases";
        return state;
    }
    state.resolved = settled(facts, word, before, now);
    const std::int64_t of = days_of(now);
    const bool outliers = std::any_of(now.begin(), now.end(),
                                      [&](const auto& one) { return is_outlier(facts, one.first, one.second, of); });
    if (!state.resolved.empty() && !outliers) {
        state.availability = Availability::resolved;
        state.text = "what stood out in the months before is settled";
    }
    return state;
}

} // namespace

void fill_releases(const Facts& facts, Insights& insights) {
    const std::int64_t back = facts.rules->outlier_months;
    const Span months = count::complete_months(facts, back);
    const Span earlier{count::complete_months(facts, 2 * back).from, months.from};
    insights.releases_from_day = text::day_of(months.from);
    insights.releases_to_day = text::day_of(months.to) - 1;
    const auto now = uses_within(facts, months);
    const auto before = uses_within(facts, earlier);
    if (now.empty()) {
        const bool short_time = facts.observed.from < facts.observed.to && facts.observed.from >= months.from;
        insights.states.push_back({InsightKind::releases,
                                   "",
                                   short_time ? Availability::not_enough_time : Availability::no_record,
                                   0,
                                   0,
                                   "no use in the last " + std::to_string(back) + " complete calendar months",
                                   "accept bundles that reach into them",
                                   {}});
    }
    std::vector<std::pair<std::string, std::uint32_t>> by_name;
    for (const auto& [word, releases] : now) {
        by_name.emplace_back(facts.display_name(word), word);
        const auto found = before.find(word);
        insights.states.push_back(state_of(facts, word, releases, found == before.end() ? nullptr : &found->second));
    }
    std::sort(by_name.begin(), by_name.end());
    for (const auto& [name, word] : by_name) {
        fill_product(facts, word, now.at(word), insights);
    }
}

} // namespace tally::insight
