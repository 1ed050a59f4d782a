// What may have run where nothing was recorded (R-TIME).
#include "verifier/count/claims.hpp"
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

} // namespace tally::count
