// R-MULTI and R-SHARED: one person at several computers.
#include "verifier/comply/comply.hpp"
#include "verifier/count/edges.hpp"
#include "verifier/ledger/in_parallel.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <set>

namespace tally::comply {
namespace {

using inputs::HostClass;
using inputs::Metric;

// Machines nobody sits before one by one: a pool hands its client from one to the next, a build host works by itself.
bool is_nobodys(const Facts& facts, std::uint32_t device) {
    const auto* row = facts.devices[device].row;
    return device == 0 || (row != nullptr && (row->type == HostClass::vdi_pool || row->type == HostClass::build));
}

// A use as far as it is counted here.
struct AtDesk {
    std::uint32_t index = 0, device = 0; // index into Facts::stays
    Span lower, upper;
};

std::vector<AtDesk> uses_at_desks(const Facts& facts, std::uint32_t person, const std::set<std::uint32_t>& words,
                                  const Span& span) {
    std::vector<AtDesk> stays;
    for (const auto word : words) {
        facts.each_near(person, word, span, [&](std::uint32_t index) {
            const StayKind& kind = facts.stays.kind(index);
            const Span upper = facts.stays.upper(index);
            if (upper.from < span.to && span.from < upper.to && kind.is_use() && !kind.session->automation) {
                const std::uint32_t device = facts.stays.device(index);
                if (!is_nobodys(facts, device)) {
                    stays.push_back({index, device, facts.stays.lower(index), upper});
                }
            }
        });
    }
    return stays;
}

enum class Idle : std::uint8_t { counts, left_out };

// The span of a reading. A range no wider than a clock is wrong by says that of the clock, which the allowance takes off:
// its middle counts in both readings.
Span span_of(const Facts& facts, const AtDesk& stay, Span AtDesk::*bound) {
    const std::int64_t width = 2 * facts.rules->at(stay.upper.from).multi_clock_s;
    Span span = stay.*bound;
    if (stay.lower.from - stay.upper.from <= width) {
        span.from = stay.upper.from + (stay.lower.from - stay.upper.from) / 2;
    }
    if (stay.upper.to - stay.lower.to <= width) {
        span.to = stay.lower.to + (stay.upper.to - stay.lower.to) / 2;
    }
    return span;
}

// How many different computers are live.
Steps computers(const Facts& facts, const std::vector<AtDesk>& stays, Span AtDesk::*bound, Idle idle) {
    std::vector<Interval> live;
    std::map<std::uint32_t, std::uint32_t> keys;
    for (const auto& stay : stays) {
        const std::uint32_t key = keys.try_emplace(stay.device, static_cast<std::uint32_t>(keys.size())).first->second;
        const Span whole = span_of(facts, stay, bound);
        std::int64_t from = whole.from;
        if (idle == Idle::left_out) {
            const auto [first, last] = facts.idle_of(stay.index);
            for (const auto* span = first; span != last; ++span) {
                live.push_back({from, std::min(span->from, whole.to), key, 1});
                from = std::max(from, span->to);
            }
        }
        live.push_back({from, whole.to, key, 1});
    }
    if (facts.computers.is_mixed() && bound == &AtDesk::lower) {
        std::vector<std::uint32_t> of_key(keys.size());
        for (const auto& [device, key] : keys) {
            of_key[key] = device;
        }
        return count::least_steps(live, of_key, facts.computers);
    }
    return sweep(live, keys.size()).steps;
}

std::vector<Episode> at_least(const Facts& facts, const Steps& steps, std::int64_t hosts) {
    const std::vector<Step> allowed = {{std::numeric_limits<std::int64_t>::min(), hosts - 1}};
    return episodes_over(steps, allowed, facts.period.from, facts.period.to);
}

// For an overlap that begins then.
std::int64_t allowance(const Facts& facts, std::int64_t at) {
    const auto& rules = facts.rules->at(at);
    return 2 * rules.multi_clock_s + rules.multi_tolerance_s;
}

// Episodes of two computers at once that clocks and moving over do not explain.
std::vector<Episode> overlaps(const Facts& facts, const std::vector<AtDesk>& stays, Span AtDesk::*bound, Idle idle) {
    auto episodes = at_least(facts, computers(facts, stays, bound, idle), 2);
    episodes.erase(std::remove_if(episodes.begin(), episodes.end(),
                                  [&](const Episode& e) { return e.to - e.from - allowance(facts, e.from) <= 0; }),
                   episodes.end());
    return episodes;
}

bool meets(const AtDesk& stay, const std::vector<Episode>& episodes) {
    return std::any_of(episodes.begin(), episodes.end(), [&](const Episode& episode) {
        return stay.upper.from < episode.to && episode.from < stay.upper.to;
    });
}

std::string hosts_of(const Facts& facts, const std::set<std::uint32_t>& devices) {
    std::set<std::string> names;
    for (const auto device : devices) {
        names.insert(facts.devices[device].name);
    }
    std::string text;
    for (const auto& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

Episode longest_of(const std::vector<Episode>& episodes) {
    Episode longest;
    for (const auto& episode : episodes) {
        longest = episode.to - episode.from > longest.to - longest.from ? episode : longest;
    }
    return longest;
}

// Lines of a product: named ones (also through a collection), and whether the network has it too.
struct Lines {
    std::vector<const Pool*> named; // those valid in the period first
    const Pool* concurrent = nullptr;
};

class LinesOf {
public:
    explicit LinesOf(const Facts& facts) : facts_(&facts), lines_(facts.words.size()) {
        for (const auto& pool : facts.pools) {
            for (const auto& word : pool.words) {
                const std::uint32_t id = facts.word(word);
                add(pool, id);
                for (const auto part : facts.products[id].parts) {
                    add(pool, part);
                }
            }
        }
    }
    [[nodiscard]] const Lines& operator[](std::uint32_t word) const { return lines_[word]; }
    // The named line a person uses the product under; nothing when it is not used as a named user's.
    [[nodiscard]] const Pool* named_for(std::uint32_t person, std::uint32_t word) const {
        const Lines& lines = lines_[word];
        for (const auto* pool : lines.named) {
            for (const auto* row : facts_->assignments_of[person]) {
                if (assigned_from(*facts_, *pool, *row)) {
                    return pool;
                }
            }
        }
        return lines.concurrent == nullptr && !lines.named.empty() ? lines.named.front() : nullptr;
    }

private:
    void add(const Pool& pool, std::uint32_t word) {
        if (pool.first().metric == Metric::named) {
            lines_[word].named.push_back(&pool);
        } else if (pool.first().metric == Metric::concurrent && lines_[word].concurrent == nullptr) {
            lines_[word].concurrent = &pool;
        }
    }
    const Facts* facts_;
    std::vector<Lines> lines_;
};

Finding finding_of(const Facts& facts, Code code, std::uint32_t person, std::uint32_t word, const Pool* pool) {
    Finding finding;
    finding.code = code;
    finding.severity = severity_of(code);
    finding.subject = finding.person = facts.persons[person].name;
    finding.product = word == 0 ? "" : facts.display_name(word);
    if (pool != nullptr) {
        finding.agreement = pool->first().agreement;
        finding.line = pool->label;
        for (const auto* line : pool->lines) {
            finding.rows.push_back(line->at);
        }
    }
    return finding;
}

void judge_hosts(const Facts& facts, std::uint32_t person, std::uint32_t word, const Pool& pool, Outcome& outcome) {
    const auto stays = uses_at_desks(facts, person, {word}, facts.period);
    const auto proved = overlaps(facts, stays, &AtDesk::lower, Idle::left_out);
    auto parked = overlaps(facts, stays, &AtDesk::lower, Idle::counts);
    parked.erase(std::remove_if(parked.begin(), parked.end(),
                                [&](const Episode& episode) {
                                    return std::any_of(proved.begin(), proved.end(), [&](const Episode& other) {
                                        return other.from < episode.to && episode.from < other.to;
                                    });
                                }),
                 parked.end());
    const auto possible = overlaps(facts, stays, &AtDesk::upper, Idle::left_out);
    const auto& told = !proved.empty() ? proved : !parked.empty() ? parked : possible;
    if (told.empty()) {
        return;
    }
    Finding finding = finding_of(facts, Code::multi_host, person, word, &pool);
    finding.certainty = proved.empty() && parked.empty() ? Certainty::possible : Certainty::certain;
    const auto count = static_cast<std::int64_t>(proved.size());
    finding.quantity = {count, std::max(count, static_cast<std::int64_t>(told.size()))};
    finding.unit = "episodes";
    finding.when = {told.front().from, told.back().to};
    std::set<std::uint32_t> devices;
    for (const auto& stay : stays) {
        if (meets(stay, told)) {
            devices.insert(stay.device);
            finding.records.push_back(facts.start_of(stay.index));
        }
    }
    const Episode worst = longest_of(told);
    const std::int64_t longest = worst.to - worst.from;
    finding.text = "at work on several computers at once, " + std::to_string(told.size()) +
                   (told.size() == 1 ? " time" : " times") + ", for up to " + std::to_string(longest) + " s";
    finding.details = {{"hosts", hosts_of(facts, devices)},
                       {"longest overlap s", std::to_string(longest)},
                       {"after allowance s", std::to_string(longest - allowance(facts, worst.from))},
                       {"parked", std::to_string(parked.size())}};
    finding.remedy = "ask whether the account is shared; a seat is for one person at one computer at a time";
    if (proved.empty()) {
        finding.severity = parked.empty() ? Severity::signal : Severity::note;
        finding.text += parked.empty() ? ", as far as the records do not rule it out" : ", one of them parked";
    }
    add_finding(outcome, std::move(finding));
}

// Use of one person, a range of Facts::days.
struct Range {
    const UseDay* first = nullptr;
    const UseDay* last = nullptr;
};

std::set<std::uint32_t> desks_in(const Facts& facts, const Range& range, std::int64_t from_day, std::int64_t to_day,
                                 std::vector<RecordRef>* records) {
    std::set<std::uint32_t> devices;
    std::uint32_t last = count::nobody; // most keep to one computer
    for (const auto* day = range.first; day != range.last; ++day) {
        if (day->day >= from_day && day->day < to_day && !day->automation && day->device != last &&
            !is_nobodys(facts, day->device)) {
            last = day->device;
            if (devices.insert(last).second && records != nullptr) {
                records->push_back(facts.start_of(day->first_stay));
            }
        }
    }
    return devices;
}

void judge_devices_of(const Facts& facts, std::uint32_t person, std::uint32_t word, const Range& range,
                      const Pool& pool, Outcome& outcome) {
    const std::int64_t from = facts.as_of_day() - facts.rules->devices_days;
    std::vector<RecordRef> records;
    const auto devices = desks_in(facts, range, from, facts.as_of_day(), &records);
    const auto count = static_cast<std::int64_t>(devices.size());
    if (count <= facts.rules->devices_most) {
        return;
    }
    Finding finding = finding_of(facts, Code::too_many_devices, person, word, &pool);
    finding.quantity = count::computers_in(facts, {devices.begin(), devices.end()});
    if (finding.quantity.lower <= facts.rules->devices_most) {
        finding.certainty = Certainty::possible;
        finding.severity = Severity::signal;
    }
    finding.unit = "devices";
    finding.when = {from * text::seconds_per_day, facts.as_of};
    std::int64_t first = facts.as_of_day();
    for (const auto* day = range.first; day != range.last; ++day) {
        first = day->day >= from ? std::min(first, day->day) : first;
    }
    finding.since = first * text::seconds_per_day;
    finding.text = "used on " + std::to_string(count) + " computers within " +
                   std::to_string(facts.rules->devices_days) + " days; " + std::to_string(facts.rules->devices_most) +
                   " are allowed";
    finding.details = {{"hosts", hosts_of(facts, devices)}};
    finding.records = std::move(records);
    finding.remedy = "remove it from the computers that are no longer needed";
    add_finding(outcome, std::move(finding));
}

bool is_marked(const Person& person) {
    return std::any_of(person.directory.begin(), person.directory.end(),
                       [](const auto* entry) { return entry->kind == inputs::PersonKind::shared; });
}

// Whether several people work under the account; then nothing else is said of its computers.
bool judge_shared(const Facts& facts, std::uint32_t person, const Range& all, const LinesOf& lines, Outcome& outcome) {
    const std::int64_t from_day = text::day_of(facts.period.from);
    const auto devices = desks_in(facts, all, from_day, facts.as_of_day(), nullptr);
    const bool marked = is_marked(facts.persons[person]);
    if (devices.empty() || (!marked && static_cast<std::int64_t>(devices.size()) < facts.rules->shared_hosts)) {
        return false;
    }
    std::set<std::uint32_t> words;
    for (const auto* day = all.first; day != all.last; ++day) {
        if (day->day >= from_day && day->day < facts.as_of_day()) {
            words.insert(day->word);
        }
    }
    const auto stays = uses_at_desks(facts, person, words, facts.period);
    const auto steps = computers(facts, stays, &AtDesk::lower, Idle::counts);
    const auto episodes = at_least(facts, steps, facts.rules->shared_hosts);
    std::set<std::int64_t> days;
    for (const auto& episode : episodes) {
        for (std::int64_t day = text::day_of(episode.from); day <= text::day_of(episode.to - 1); ++day) {
            days.insert(day);
        }
    }
    const auto at_once = static_cast<std::int64_t>(days.size());
    if (!marked && at_once < facts.rules->shared_days) {
        return false;
    }
    const std::uint32_t word = words.size() == 1 ? *words.begin() : 0;
    const Pool* named = word == 0 ? nullptr : lines.named_for(person, word);
    Finding finding = finding_of(facts, Code::shared_account, person, word,
                                 named != nullptr || word == 0 ? named : lines[word].concurrent);
    const std::int64_t peak = std::max<std::int64_t>(1, peak_in(steps, facts.period.from, facts.period.to).value);
    finding.quantity = {peak, std::max(peak, static_cast<std::int64_t>(devices.size()))};
    finding.unit = "persons";
    finding.when = episodes.empty() ? facts.period : Span{episodes.front().from, episodes.back().to};
    finding.text = marked && at_once < facts.rules->shared_days
                       ? "the directory calls the account shared"
                       : "live on " + std::to_string(peak) + " computers at once, on " + std::to_string(at_once) +
                             (at_once == 1 ? " day" : " days");
    finding.details = {{"hosts", hosts_of(facts, devices)}, {"days", std::to_string(at_once)}};
    for (const auto& stay : stays) {
        if (meets(stay, episodes)) {
            finding.records.push_back(facts.start_of(stay.index));
        }
    }
    finding.remedy = "give each person an account of their own";
    add_finding(outcome, std::move(finding));
    return true;
}

void judge_person(const Facts& facts, std::uint32_t person, const Range& all, const LinesOf& lines, Outcome& outcome) {
    if (judge_shared(facts, person, all, lines, outcome) || !facts.persons[person].listed_account) {
        return;
    }
    const std::int64_t from_day =
        std::min(text::day_of(facts.period.from), facts.as_of_day() - facts.rules->devices_days);
    for (const auto* day = all.first; day != all.last;) {
        Range range{day, day};
        while (range.last != all.last && range.last->word == day->word) {
            ++range.last;
        }
        const std::uint32_t word = day->word;
        day = range.last;
        const Pool* pool = lines.named_for(person, word);
        if (pool != nullptr && desks_in(facts, range, from_day, facts.as_of_day(), nullptr).size() > 1) {
            judge_hosts(facts, person, word, *pool, outcome);
            judge_devices_of(facts, person, word, range, *pool, outcome);
        }
    }
}

} // namespace

void judge_persons(const Facts& facts, Outcome& outcome) {
    const LinesOf lines(facts);
    constexpr std::uint32_t persons_a_part = 64;
    const auto all = static_cast<std::uint32_t>(facts.persons.size());
    std::vector<Outcome> parts((all + persons_a_part - 1) / persons_a_part);
    ledger::in_parallel(parts.size(), [&](std::size_t part) {
        const auto begin = static_cast<std::uint32_t>(part) * persons_a_part;
        for (std::uint32_t person = std::max(1U, begin); person < std::min(all, begin + persons_a_part); ++person) {
            const auto [first, last] = facts.days_of(person);
            if (first != last) {
                judge_person(facts, person, {first, last}, lines, parts[part]);
            }
        }
    });
    for (auto& part : parts) {
        std::move(part.findings.begin(), part.findings.end(), std::back_inserter(outcome.findings));
        outcome.over_entitlement = outcome.over_entitlement || part.over_entitlement;
    }
}

} // namespace tally::comply
