// R-SPIKE: a day on which a product was begun far more often than on the same weekday before; and each product's use
// in the review period beside the period before, which is a break of its pattern when the persons change much
// (R-PATTERN).
#include "verifier/count/holes.hpp"
#include "verifier/watch/watch.hpp"

#include "tally/text/date.hpp"

#include <algorithm>

namespace tally::watch {
namespace {

constexpr std::int64_t week = 7;

// Sessions of each product that begin on each day, the first of which is `first`.
struct Series {
    std::int64_t first = 0;
    std::vector<std::vector<std::int64_t>> of_word; // empty where there are none
};

Series sessions_by_day(const Facts& facts) {
    Series series;
    series.of_word.resize(facts.words.size());
    if (facts.days.empty()) {
        return series;
    }
    const auto [first, last] = std::minmax_element(facts.days.begin(), facts.days.end(),
                                                   [](const UseDay& a, const UseDay& b) { return a.day < b.day; });
    series.first = first->day;
    const auto length = static_cast<std::size_t>(last->day - first->day + 1);
    for (const auto& row : facts.days) {
        if (!row.automation && row.starts > 0) {
            auto& counts = series.of_word[row.word];
            counts.resize(length);
            counts[static_cast<std::size_t>(row.day - series.first)] += row.starts;
        }
    }
    return series;
}

// Twice the median, so that it stays whole. `values` are not empty.
std::int64_t twice_median(std::vector<std::int64_t> values) {
    std::sort(values.begin(), values.end());
    return values[(values.size() - 1) / 2] + values[values.size() / 2];
}

// The value beside the earlier ones, exact: the median in halves, the median deviation (at least 1) in quarters.
struct Score {
    std::int64_t rise_halves = 0, median_halves = 0, deviation_quarters = 4;

    Score(std::int64_t value, const std::vector<std::int64_t>& before)
        : rise_halves(2 * value - twice_median(before)), median_halves(twice_median(before)) {
        std::vector<std::int64_t> deviations;
        deviations.reserve(before.size());
        for (const auto one : before) {
            deviations.push_back(std::abs(2 * one - median_halves));
        }
        deviation_quarters = std::max<std::int64_t>(twice_median(deviations), 4);
    }
    [[nodiscard]] bool fires(const rules::Values& rules) const {
        return rise_halves >= 2 * rules.spike_rise &&
               2 * rise_halves * 10'000 * 1'000 >=
                   rules.spike_score_milli * rules.spike_scale_ten_thousandths * deviation_quarters;
    }
    // In hundredths, half up.
    [[nodiscard]] std::int64_t hundredths(const rules::Values& rules) const {
        const std::int64_t divisor = rules.spike_scale_ten_thousandths * deviation_quarters;
        return (4 * rise_halves * 10'000 * 100 + divisor) / (2 * divisor);
    }
};

std::string halves(std::int64_t value) { return std::to_string(value / 2) + (value % 2 == 0 ? "" : ".5"); }

std::vector<RecordRef> starts_on(const Facts& facts, std::uint32_t word, std::int64_t day) {
    std::vector<std::uint32_t> stays;
    for (const auto& row : facts.days) {
        if (row.word == word && row.day == day && row.starts > 0) {
            stays.push_back(row.first_stay);
        }
    }
    std::sort(stays.begin(), stays.end());
    std::vector<RecordRef> records;
    for (const auto stay : stays) {
        records.push_back(facts.start_of(stay));
    }
    return records;
}

// Whether one of the weekdays it is held against is missing in the records of a host that saw the product.
bool has_hole(const count::Holes& holes, std::uint32_t word, std::int64_t day, std::int64_t weeks) {
    for (std::int64_t same = day - week * weeks; same < day; same += week) {
        if (holes.touches_use_of({word}, {same * text::seconds_per_day, (same + 1) * text::seconds_per_day})) {
            return true;
        }
    }
    return false;
}

void raise(const Facts& facts, const count::Holes& holes, std::uint32_t word, std::int64_t day, std::int64_t value,
           const Score& score, Outcome& outcome) {
    const auto& rules = facts.rules->on(day);
    const std::int64_t hundredths = score.hundredths(rules);
    Finding finding;
    finding.code = Code::spike;
    finding.severity = severity_of(finding.code);
    finding.product = finding.subject = facts.products[word].name;
    finding.unit = "sessions";
    finding.quantity = {value, value};
    finding.when = {day * text::seconds_per_day, (day + 1) * text::seconds_per_day};
    finding.text = std::to_string(value) + " sessions on " + text::format_day(day) + ", where " +
                   halves(score.median_halves) + " are usual on that weekday";
    finding.details = {{"median", halves(score.median_halves)},
                       {"score", std::to_string(hundredths / 100) + "." + text::padded(hundredths % 100, 2)}};
    if (has_hole(holes, word, day, rules.spike_weeks)) {
        finding.certainty = Certainty::possible;
        finding.details.emplace_back("possible because",
                                     "nothing is known of a host on one of the weekdays it is compared with");
    }
    finding.remedy = "find out what the work was before it becomes a need for more seats";
    finding.records = starts_on(facts, word, day);
    add_finding(outcome, std::move(finding));
}

void judge(const Facts& facts, const count::Holes& holes, std::uint32_t word, std::int64_t first_day,
           const std::vector<std::int64_t>& counts, Outcome& outcome) {
    const auto begun = std::find_if(counts.begin(), counts.end(), [](std::int64_t count) { return count > 0; });
    const std::int64_t earliest = begun - counts.begin();
    const std::int64_t end = std::min(facts.as_of_day() - first_day, static_cast<std::int64_t>(counts.size()));
    const std::int64_t from = text::day_of(facts.period.from) - first_day;
    for (std::int64_t day = from; day < end; ++day) {
        const auto& rules = facts.rules->on(first_day + day);
        if (day < earliest + week * rules.spike_weeks) {
            continue;
        }
        std::vector<std::int64_t> before;
        for (std::int64_t same = day - week * rules.spike_weeks; same < day; same += week) {
            before.push_back(counts[static_cast<std::size_t>(same)]);
        }
        const std::int64_t value = counts[static_cast<std::size_t>(day)];
        if (const Score score(value, before); score.fires(rules)) {
            raise(facts, holes, word, first_day + day, value, score, outcome);
        }
    }
}

// The records reach over both periods, and so many persons more or fewer use it that the work must have changed.
void judge_pattern(const Facts& facts, const UseChange& change, const Span& both, Outcome& outcome) {
    const auto& rules = *facts.rules;
    const Bounds now{change.persons_least, change.persons};
    const Bounds before{change.persons_before_least, change.persons_before};
    const Bounds by{std::max({std::int64_t{0}, now.lower - before.upper, before.lower - now.upper}),
                    std::max(std::abs(now.upper - before.lower), std::abs(before.upper - now.lower))};
    const auto breaks = [&](std::int64_t number) {
        return number >= rules.pattern_persons && number * 100 >= rules.pattern_percent * before.upper;
    };
    if (facts.observed.from > both.from || !breaks(by.upper)) {
        return;
    }
    Finding finding;
    finding.code = Code::pattern_break;
    finding.severity = severity_of(finding.code);
    finding.product = finding.subject = change.product;
    finding.unit = "persons";
    finding.quantity = by;
    finding.certainty = breaks(by.lower) ? Certainty::certain : Certainty::possible;
    finding.when = facts.period;
    const bool rise = change.persons > change.persons_before;
    finding.text = std::to_string(change.persons) + " persons used it in the review period, " +
                   std::to_string(change.persons_before) + " in the period of the same length before";
    finding.details = {{"persons", std::to_string(change.persons)},
                       {"persons before", std::to_string(change.persons_before)},
                       {"sessions", std::to_string(change.sessions)},
                       {"sessions before", std::to_string(change.sessions_before)}};
    if (finding.certainty == Certainty::possible) {
        finding.details.emplace_back("possible because", "people may stand there under two names (PSEUDONYM_EPOCH)");
    }
    finding.remedy = rise ? "find out whether the new work stays before the next order"
                          : "find out whether the work has ended or moved to where nothing records it";
    add_finding(outcome, std::move(finding));
}

// Of one product, by person.
struct Users {
    std::vector<std::uint32_t> now, before;
};

void compare_periods(const Facts& facts, Outcome& outcome) {
    const std::int64_t from = text::day_of(facts.period.from);
    const std::int64_t to = facts.as_of_day();
    std::vector<UseChange> changes(facts.words.size());
    std::vector<Users> users(facts.words.size());
    for (const auto& row : facts.days) { // by person
        const bool now = from <= row.day && row.day < to;
        if (!now && (row.day < from - (to - from) || row.day >= from)) {
            continue;
        }
        UseChange& change = changes[row.word];
        auto& persons = now ? users[row.word].now : users[row.word].before;
        if (persons.empty() || persons.back() != row.person) {
            persons.push_back(row.person);
        }
        (now ? change.sessions : change.sessions_before) += row.starts;
        (now ? change.seconds : change.seconds_before) += row.seconds;
    }
    for (std::size_t word = 1; word < changes.size(); ++word) {
        UseChange& change = changes[word];
        const Bounds now = count::people_in(facts, std::move(users[word].now));
        const Bounds before = count::people_in(facts, std::move(users[word].before));
        change.persons_least = now.lower;
        change.persons = now.upper;
        change.persons_before_least = before.lower;
        change.persons_before = before.upper;
        change.product = facts.products[word].name;
        if (changes[word].persons + changes[word].persons_before > 0) {
            outcome.watched.changes.push_back(changes[word]);
            judge_pattern(facts, changes[word],
                          {(from - (to - from)) * text::seconds_per_day, to * text::seconds_per_day}, outcome);
        }
    }
    std::stable_sort(outcome.watched.changes.begin(), outcome.watched.changes.end(),
                     [](const UseChange& a, const UseChange& b) { return a.product < b.product; });
}

} // namespace

void judge_spikes(const Facts& facts, Outcome& outcome) {
    const auto series = sessions_by_day(facts);
    const count::Holes holes(facts);
    for (std::uint32_t word = 1; word < series.of_word.size(); ++word) {
        if (!series.of_word[word].empty()) {
            judge(facts, holes, word, series.first, series.of_word[word], outcome);
        }
    }
    compare_periods(facts, outcome);
}

} // namespace tally::watch
