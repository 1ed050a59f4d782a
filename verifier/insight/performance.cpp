// How fast programs are: the mean of each person, beside the quartiles of a reference that later periods are compared
// with too. The reference is what was handed in; without it, the quarter before the review period.
#include "verifier/insight/insight.hpp"
#include "verifier/insight/reported.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/months.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tally::insight {
namespace {

using count::month_of;
using ledger::Timing;

constexpr std::int64_t months_a_quarter = 3;

struct Key {
    std::uint32_t word = 0;
    unsigned release = 0;
    Measure measure = Measure::startup;
    auto operator<=>(const Key&) const = default;
};

struct Sum {
    std::uint64_t ms = 0, samples = 0, bytes = 0, documents = 0;
    void add(const Timing& timing) {
        ms += timing.ms;
        samples += timing.samples;
        bytes += timing.bytes;
        documents += timing.documents;
    }
    [[nodiscard]] std::int64_t mean() const { return static_cast<std::int64_t>((ms + samples / 2) / samples); }
};
using Persons = std::map<std::uint32_t, Sum>;

// The samples of one program and measure, in time.
struct Samples {
    Persons now;
    std::map<std::int64_t, Persons> months;   // of calendar
    std::map<std::int64_t, Persons> quarters; // by their first month
};

// Of values in order, the nearest rank: the least that at least so many percent do not exceed.
std::int64_t ranked(const std::vector<std::int64_t>& sorted, std::int64_t percent) {
    const auto size = static_cast<std::int64_t>(sorted.size());
    return sorted[static_cast<std::size_t>(std::max<std::int64_t>(1, (percent * size + 99) / 100) - 1)];
}

std::vector<std::int64_t> means(const Persons& persons) {
    std::vector<std::int64_t> sorted;
    sorted.reserve(persons.size());
    for (const auto& [person, sum] : persons) {
        sorted.push_back(sum.mean());
    }
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

// How many people they are at least, where one of them may bear two names (R-NAMES).
std::int64_t surely(const Facts& facts, const Persons& persons) {
    std::vector<std::uint32_t> all;
    all.reserve(persons.size());
    for (const auto& [person, sum] : persons) {
        all.push_back(person);
    }
    return count::people_in(facts, std::move(all)).lower;
}

Quartiles quartiles(const Persons& persons) {
    if (persons.empty()) {
        return {};
    }
    const auto sorted = means(persons);
    return {ranked(sorted, 25), ranked(sorted, 50), ranked(sorted, 75), static_cast<std::int64_t>(sorted.size())};
}

struct Speeds {
    std::map<Key, Samples> of;
    std::map<std::uint32_t, std::int64_t> first_day; // of each word
    std::map<std::uint32_t, std::set<std::uint32_t>> persons;
};

Speeds gather(const Facts& facts) {
    Speeds speeds;
    Reporters reporters(facts);
    for (const auto& timing : facts.usage->timings) {
        const auto who = reporters.of(timing.by);
        const std::int64_t day = timing.by.day;
        if (timing.measure == Measure::other || timing.samples == 0 || day >= facts.as_of_day()) {
            continue;
        }
        auto [first, is_new] = speeds.first_day.try_emplace(who.word, day);
        first->second = std::min(first->second, day);
        Samples& samples = speeds.of[{who.word, who.release, timing.measure}];
        samples.months[month_of(day)][who.person].add(timing);
        samples.quarters[count::quarter_of(month_of(day))][who.person].add(timing);
        if (day >= text::day_of(facts.period.from)) {
            samples.now[who.person].add(timing);
            speeds.persons[who.word].insert(who.person);
        }
    }
    return speeds;
}

Measure measure_of(inputs::Measured measured) {
    return measured == inputs::Measured::startup ? Measure::startup
           : measured == inputs::Measured::open  ? Measure::open
                                                 : Measure::save;
}

// The newest that was handed in and is over when the review period begins; of the release before one of all releases.
std::optional<PerformanceReference> frozen(const Facts& facts, const Key& key) {
    const inputs::PerformanceReference* best = nullptr;
    const auto rank = [](const inputs::PerformanceReference& row) { return std::tuple(row.version != 0, row.to); };
    for (const auto& row : facts.inputs->performance_references) {
        const bool about = facts.word(row.product) == key.word && measure_of(row.measure) == key.measure &&
                           (row.version == 0 || row.version == key.release);
        if (about && row.to < text::day_of(facts.period.from) && (best == nullptr || rank(*best) < rank(row))) {
            best = &row;
        }
    }
    if (best == nullptr) {
        return std::nullopt;
    }
    return PerformanceReference{
        {best->q25_ms, best->q50_ms, best->q75_ms, best->persons}, best->from, best->to, true, best->source};
}

std::optional<PerformanceReference> counted(const Facts& facts, const Samples& samples) {
    const std::int64_t quarter =
        count::quarter_of(month_of(text::day_of(facts.period.from) - 1)); // the one that ends before the period
    const auto found = samples.quarters.find(quarter);
    const std::int64_t end = count::first_of_month(quarter + months_a_quarter);
    if (found == samples.quarters.end() || end > text::day_of(facts.period.from)) {
        return std::nullopt;
    }
    return PerformanceReference{quartiles(found->second), count::first_of_month(quarter), end - 1, false,
                                "own records"};
}

std::array<std::int64_t, 4> banded(const Persons& persons, const Quartiles& reference) {
    std::array<std::int64_t, 4> bands{};
    for (const auto& [person, sum] : persons) {
        const std::int64_t mean = sum.mean();
        ++bands[mean <= reference.q25_ms ? 0 : mean <= reference.q50_ms ? 1 : mean <= reference.q75_ms ? 2 : 3];
    }
    return bands;
}

PerformanceBand band_of(const Facts& facts, const Key& key, const Samples& samples) {
    PerformanceBand band;
    band.product = facts.display_name(key.word);
    band.release = key.release;
    band.measure = key.measure;
    band.now = quartiles(samples.now);
    Sum all;
    for (const auto& [person, sum] : samples.now) {
        all.samples += sum.samples;
        all.bytes += sum.bytes;
        all.documents += sum.documents;
    }
    band.samples = static_cast<std::int64_t>(all.samples);
    if (all.documents > 0) {
        band.document_bytes = static_cast<std::int64_t>((all.bytes + all.documents / 2) / all.documents);
    }
    band.reference = frozen(facts, key);
    if (!band.reference) {
        band.reference = counted(facts, samples);
    }
    if (band.reference && band.reference->of.persons < facts.rules->insight_persons) {
        band.reference.reset();
    }
    if (band.reference) {
        band.persons = banded(samples.now, band.reference->of);
    }
    const std::int64_t earliest = month_of(facts.as_of_day() - 1) - facts.rules->insight_months + 1;
    for (const auto& [month, persons] : samples.months) {
        const auto of = quartiles(persons);
        if (month >= earliest && surely(facts, persons) >= facts.rules->insight_persons) {
            band.months.push_back({month, of});
        }
    }
    return band;
}

} // namespace

void fill_performance(const Facts& facts, Insights& insights) {
    const auto speeds = gather(facts);
    std::set<std::uint32_t> told;
    for (const auto& [key, samples] : speeds.of) {
        const bool is_old = facts.as_of_day() - speeds.first_day.at(key.word) >= facts.rules->insight_days;
        if (is_old && surely(facts, samples.now) >= facts.rules->insight_persons) {
            insights.bands.push_back(band_of(facts, key, samples));
            told.insert(key.word);
        }
    }
    std::stable_sort(insights.bands.begin(), insights.bands.end(), [](const auto& a, const auto& b) {
        return std::tie(a.product, b.release, a.measure) < std::tie(b.product, a.release, b.measure);
    });
    std::map<std::uint32_t, Reports> reports;
    for (const auto& [word, day] : speeds.first_day) {
        const auto found = speeds.persons.find(word);
        reports[word] = {day, found == speeds.persons.end() ? 0 : static_cast<std::int64_t>(found->second.size())};
    }
    say_states(facts, InsightKind::performance, reports, told, insights);
}

} // namespace tally::insight
