// What may have run where nothing was recorded (R-TIME), and where that is.
#include "verifier/count/claims.hpp"
#include "verifier/count/holes.hpp"
#include "verifier/count/prepare.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::count {
namespace {

struct Gap {
    std::uint32_t device = 0;
    Span span;
};

std::vector<Gap> gaps_of(const Facts& facts) {
    std::vector<Gap> gaps;
    for (const auto& dark : facts.usage->unobserved) {
        const std::uint32_t device = facts.device_of_log[dark.log];
        const Span span{std::max(dark.from, facts.observed.from), std::min(dark.to, facts.observed.to)};
        if (dark.kind == ledger::Darkness::recorder_off && device != 0 && span.from < span.to) {
            gaps.push_back({device, span});
        }
    }
    return gaps;
}

// When a release of a product was first on a device, and when it was no longer.
struct Presence {
    std::int64_t from = 0, to = ledger::unknown;
};
using Software = std::pair<std::uint32_t, unsigned>;                      // word, release
using Shelf = std::map<std::uint32_t, std::multimap<Software, Presence>>; // by device

Shelf shelf_of(const Facts& facts, const std::set<std::uint32_t>& devices) {
    Shelf shelf;
    for (const auto& row : facts.usage->installations) {
        const std::uint32_t device = facts.device_of_log[row.log];
        if (devices.contains(device)) {
            const std::uint32_t word = facts.word(facts.usage->features[row.feature]);
            shelf[device].insert({{word, release_of(facts.usage->versions[row.version])}, {row.from, row.to}});
        }
    }
    for (const auto& row : facts.inputs->installations) {
        for (const auto device : devices) {
            if (folded(facts.devices[device].name) == folded(row.host)) {
                const std::int64_t to =
                    row.to == inputs::for_ever ? ledger::unknown : (row.to + 1) * text::seconds_per_day;
                shelf[device].insert(
                    {{facts.word(row.product), release_of(row.version)}, {row.from * text::seconds_per_day, to}});
            }
        }
    }
    std::set<std::tuple<std::uint32_t, std::uint32_t, unsigned>> seen;
    for (const auto& use : facts.days) { // by person, so not the earliest first
        if (devices.contains(use.device)) {
            const auto at = facts.stays.upper(use.first_stay).from;
            const auto place = shelf[use.device].find({use.word, use.release});
            if (!seen.insert({use.device, use.word, use.release}).second && place != shelf[use.device].end()) {
                place->second.from = std::min(place->second.from, at);
            } else {
                shelf[use.device].insert({{use.word, use.release}, {at, ledger::unknown}});
            }
        }
    }
    return shelf;
}

// Adds `span` without the times in `taken`.
void add_outside(std::vector<Unrecorded>& dark, Unrecorded gap, std::vector<Span> taken) {
    std::sort(taken.begin(), taken.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
    std::int64_t from = gap.span.from;
    const std::int64_t to = gap.span.to;
    for (const auto& span : taken) {
        if (span.from >= to) {
            break;
        }
        if (span.from > from) {
            gap.span = {from, span.from};
            dark.push_back(gap);
        }
        from = std::max(from, span.to);
    }
    if (from < to) {
        gap.span = {from, to};
        dark.push_back(gap);
    }
}

// Releases of the pool's products that were on the device when the gap began.
std::set<Software> present_at(const Facts& facts, const Pool& pool, const std::multimap<Software, Presence>& own,
                              std::int64_t at) {
    std::set<Software> present;
    for (const auto& [software, when] : own) {
        if (pool.covers(facts.words[software.first]) && when.from <= at && at < when.to) {
            present.insert(software);
        }
    }
    for (auto place = present.begin(); place != present.end();) { // an unknown release is one of those that are known
        const auto next = std::next(place);
        const bool known_too = place->second == 0 && next != present.end() && next->first == place->first;
        place = known_too ? present.erase(place) : next;
    }
    return present;
}

using ClaimsOn = std::map<std::uint32_t, std::vector<std::uint32_t>>; // by device

std::vector<Span> recorded_anyhow(const Facts& facts, const Claims& claims, const std::vector<std::uint32_t>& there,
                                  const Software& software) {
    std::vector<Span> taken;
    for (const auto claim : there) {
        const StayKind& kind = facts.stays.kind(claim);
        const bool same = kind.release == software.second || kind.release == 0 || software.second == 0;
        if (kind.word == software.first && same) {
            taken.push_back(claims.of(claim).upper);
        }
    }
    return taken;
}

} // namespace

std::vector<std::vector<Unrecorded>> unrecorded(const Facts& facts, const Claims& claims) {
    const auto& shares = claims.shares();
    std::vector<std::vector<Unrecorded>> dark(shares.size());
    const auto gaps = gaps_of(facts);
    std::set<std::uint32_t> devices;
    for (const auto& gap : gaps) {
        devices.insert(gap.device);
    }
    Shelf shelf = gaps.empty() ? Shelf{} : shelf_of(facts, devices);
    for (std::size_t pool = 0; pool < shares.size() && !gaps.empty(); ++pool) {
        if (facts.pools[pool].first().metric != inputs::Metric::concurrent) {
            continue;
        }
        ClaimsOn on;
        for (const auto claim : shares[pool].claims) {
            const std::uint32_t device = facts.stays.device(claim);
            if (devices.contains(device)) {
                on[device].push_back(claim);
            }
        }
        for (const auto& gap : gaps) {
            for (const auto& software : present_at(facts, facts.pools[pool], shelf[gap.device], gap.span.from)) {
                add_outside(dark[pool], {gap.device, software.first, software.second, gap.span},
                            recorded_anyhow(facts, claims, on[gap.device], software));
            }
        }
    }
    return dark;
}

namespace {

// Days of one log from its first one on: whether something is known of each.
struct KnownDays {
    std::int64_t first = ledger::unknown;
    std::vector<bool> known;
    void mark(std::int64_t from, std::int64_t to) { // half-open
        for (std::int64_t day = std::max(from, first);
             day < std::min(to, first + static_cast<std::int64_t>(known.size())); ++day) {
            known[static_cast<std::size_t>(day - first)] = true;
        }
    }
    void mark(const Span& span) {
        mark(text::day_of(span.from), span.to == ledger::unknown ? ledger::unknown : text::day_of(span.to - 1) + 1);
    }
};

bool is_heard(const ledger::DayCoverage& day) { return day.lines > 0 || day.seals > 0; }

std::vector<KnownDays> known_days(const Facts& facts) {
    const auto& usage = *facts.usage;
    std::vector<KnownDays> logs(usage.logs.size());
    for (const auto& day : usage.coverage.days) {
        if (is_heard(day)) {
            logs[day.log].first = std::min(logs[day.log].first, day.day);
        }
    }
    for (auto& log : logs) {
        if (log.first < facts.as_of_day()) {
            log.known.resize(static_cast<std::size_t>(facts.as_of_day() - log.first));
        }
    }
    for (const auto& day : usage.coverage.days) {
        if (is_heard(day) || day.events > 0) {
            logs[day.log].mark(day.day, day.day + 1);
        }
    }
    for (const auto& file : usage.coverage.imports) {
        logs[file.log].mark(text::day_of(file.first), text::day_of(file.last) + 1);
    }
    for (const auto& dark : usage.unobserved) {
        logs[dark.log].mark({dark.from, std::max(dark.to, dark.from + 1)});
    }
    for (std::uint32_t log = 0; log < usage.log_replaces.size() && log < logs.size(); ++log) {
        if (usage.log_replaces[log] != 0 && logs[log].first != ledger::unknown) {
            logs[usage.log_replaces[log]].mark(logs[log].first, ledger::unknown);
        }
    }
    for (const auto& word : usage.declarations) {
        for (std::uint32_t log = 0; log < logs.size(); ++log) {
            const bool named = word.about == usage.logs[log];
            const bool of_site =
                word.about.empty() && log < usage.log_sites.size() && word.site == usage.log_sites[log];
            if ((named || of_site) && word.kind == ledger::DeclarationKind::gap) {
                logs[log].mark({word.from, word.to});
            } else if (named && word.kind == ledger::DeclarationKind::retired) {
                logs[log].mark({word.from, ledger::unknown});
            }
        }
    }
    return logs;
}

} // namespace

Holes::Holes(const Facts& facts) : facts_(&facts) {
    for (const auto& log : known_days(facts)) {
        auto& holes = of_log_.emplace_back();
        Span& silence = silence_.emplace_back();
        for (std::size_t i = 0; i < log.known.size();) {
            std::size_t end = i;
            while (end < log.known.size() && !log.known[end]) {
                ++end;
            }
            if (static_cast<std::int64_t>(end - i) >= facts.rules->site_silent_days) {
                const Span hole{(log.first + static_cast<std::int64_t>(i)) * text::seconds_per_day,
                                (log.first + static_cast<std::int64_t>(end)) * text::seconds_per_day};
                if (end == log.known.size()) {
                    silence = hole;
                } else {
                    holes.push_back(hole);
                }
            }
            i = std::max(end, i + 1);
        }
    }
}

bool Holes::touches(std::uint32_t log, const Span& span) const {
    return std::any_of(of_log_[log].begin(), of_log_[log].end(),
                       [&](const Span& hole) { return hole.from < span.to && span.from < hole.to; });
}

bool Holes::touches_use_of(const std::vector<std::uint32_t>& words, const Span& span) const {
    if (logs_of_word_.empty()) {
        logs_of_word_.resize(facts_->words.size());
        for (const auto& kind : facts_->stays.kinds()) {
            auto& logs = logs_of_word_[kind.word];
            if (std::find(logs.begin(), logs.end(), kind.session->log) == logs.end()) {
                logs.push_back(kind.session->log);
            }
        }
    }
    return std::any_of(words.begin(), words.end(), [&](std::uint32_t word) {
        return std::any_of(logs_of_word_[word].begin(), logs_of_word_[word].end(), [&](std::uint32_t log) {
            const Span& silence = silence_[log];
            return touches(log, span) || (silence.from < span.to && span.from < silence.to);
        });
    });
}

} // namespace tally::count
