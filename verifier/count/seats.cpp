#include "verifier/count/seats.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/months.hpp"
#include "verifier/count/prepare.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace tally::count {

using text::day_of;
using text::seconds_per_day;

namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max() / 2;

// Pools that the text of an assignment names; the closest meaning wins: line, then product or name, then product word.
std::vector<std::size_t> named_pools(const Facts& facts, const std::string& product) {
    const std::string wanted = folded(product);
    const std::string& word = facts.words[facts.word(product)];
    std::array<std::vector<std::size_t>, 3> by_meaning;
    for (std::size_t i = 0; i < facts.pools.size(); ++i) {
        const Pool& pool = facts.pools[i];
        if (pool.first().metric != inputs::Metric::named) {
            continue;
        }
        const auto any = [&](auto&& test) { return std::any_of(pool.lines.begin(), pool.lines.end(), test); };
        if (any([&](const auto* line) { return wanted == folded(line->line); })) {
            by_meaning[0].push_back(i);
        } else if (any([&](const auto* line) {
                       return wanted == folded(line->product) || wanted == folded(line->name);
                   })) {
            by_meaning[1].push_back(i);
        } else if (!word.empty() && pool.covers(word)) {
            by_meaning[2].push_back(i);
        }
    }
    for (auto& pools : by_meaning) {
        if (!pools.empty()) {
            return std::move(pools);
        }
    }
    return {};
}

Span life_of(const Pool& pool) {
    Span life{never, std::numeric_limits<std::int64_t>::min()};
    for (const auto* line : pool.lines) {
        life.from = std::min(life.from, line->start_day * seconds_per_day);
        life.to =
            std::max(life.to, line->end_day >= never / seconds_per_day ? never : (line->end_day + 1) * seconds_per_day);
    }
    return life;
}

struct Share {
    std::size_t pool = 0;
    Span span;
};

// All of time, divided among the pools.
std::vector<Share> divided(const Facts& facts, const std::vector<std::size_t>& pools) {
    constexpr Span always{std::numeric_limits<std::int64_t>::min() / 2, never};
    if (pools.size() == 1) {
        return {{pools.front(), always}};
    }
    std::set<std::int64_t> cuts{always.from, always.to};
    std::size_t last = pools.empty() ? 0 : pools.front();
    for (const auto pool : pools) {
        const Span life = life_of(facts.pools[pool]);
        cuts.insert({life.from, life.to});
        last = life.to > life_of(facts.pools[last]).to ? pool : last;
    }
    std::vector<Share> shares;
    for (auto cut = cuts.begin(); !pools.empty() && std::next(cut) != cuts.end(); ++cut) {
        const auto valid = std::find_if(pools.begin(), pools.end(),
                                        [&](std::size_t pool) { return life_of(facts.pools[pool]).has(*cut); });
        const std::size_t pool = valid == pools.end() ? last : *valid;
        if (!shares.empty() && shares.back().pool == pool) {
            shares.back().span.to = *std::next(cut);
        } else {
            shares.push_back({pool, {*cut, *std::next(cut)}});
        }
    }
    return shares;
}

Span clipped(const Span& span, const Span& to) { return {std::max(span.from, to.from), std::min(span.to, to.to)}; }

} // namespace

inputs::Day Seat::assigned_day() const { return day_of(row->assigned.from); }

std::vector<Seat> seats_of(const Facts& facts) {
    std::unordered_map<std::string, std::vector<Share>> shares_of;
    std::vector<Seat> seats;
    for (std::uint32_t person = 0; person < facts.assignments_of.size(); ++person) {
        for (const auto* row : facts.assignments_of[person]) {
            auto shares = shares_of.find(row->product);
            if (shares == shares_of.end()) {
                shares = shares_of.emplace(row->product, divided(facts, named_pools(facts, row->product))).first;
            }
            const Span lower{row->assigned.to, row->unassigned ? row->unassigned->from : never};
            const Span upper{row->assigned.from, row->unassigned ? row->unassigned->to : never};
            for (const auto& share : shares->second) {
                const Seat seat{row, person, share.pool, clipped(lower, share.span), clipped(upper, share.span)};
                if (seat.upper.from < seat.upper.to) {
                    seats.push_back(seat);
                }
            }
        }
    }
    std::stable_sort(seats.begin(), seats.end(),
                     [](const Seat& a, const Seat& b) { return std::pair(a.pool, a.row) < std::pair(b.pool, b.row); });
    return seats;
}

std::vector<std::uint32_t> seat_words(const Facts& facts, const Pool& pool) {
    std::set<std::uint32_t> words;
    for (const auto& text : pool.words) {
        const std::uint32_t word = facts.word_ids.at(text);
        words.insert(word);
        words.insert(facts.products[word].parts.begin(), facts.products[word].parts.end());
    }
    return {words.begin(), words.end()};
}

bool is_there(const Facts& facts, const Person& person) {
    return person.directory.empty() ||
           std::any_of(person.directory.begin(), person.directory.end(), [&](const auto* entry) {
               return entry->enabled && (!entry->left || *entry->left >= facts.as_of_day());
           });
}

Span complete_months(const Facts& facts, std::int64_t back) {
    const std::int64_t month = month_of(facts.as_of_day());
    return {first_of_month(month - back) * seconds_per_day, first_of_month(month) * seconds_per_day};
}

PersonUse::PersonUse(const Facts& facts) : facts_(&facts), holes_(facts) {
    for (const auto& row : facts.inputs->usage_exports) {
        if (row.first < facts.as_of_day()) {
            exports_[facts.person(row.user)].push_back(&row);
        }
    }
    for (const auto& span : facts.usage->unobserved) {
        if (span.kind != ledger::Darkness::host_off) {
            dark_[span.log].push_back(&span);
        }
    }
    for (const auto& log : facts.usage->coverage.logs) {
        heard_[log.log] = log.last_wall / 1000;
    }
}

std::vector<const inputs::ExportedUse*> PersonUse::exports(std::uint32_t person, const Words& words) const {
    std::vector<const inputs::ExportedUse*> rows;
    const auto found = exports_.find(person);
    if (person == nobody || found == exports_.end()) {
        return rows;
    }
    for (const auto* row : found->second) {
        if (std::find(words.begin(), words.end(), facts_->word(row->product)) != words.end()) {
            rows.push_back(row);
        }
    }
    return rows;
}

std::optional<inputs::Day> PersonUse::last(std::uint32_t person, const Words& words) const {
    std::optional<inputs::Day> latest;
    const auto see = [&](inputs::Day day) { latest = std::max(latest.value_or(day), day); };
    for (const auto word : words) {
        const auto [begin, end] = facts_->days_of(person, word);
        for (const auto* row = end; row != begin; --row) {
            if (!row[-1].automation) {
                see(row[-1].day);
                break;
            }
        }
    }
    for (const auto* row : exports(person, words)) {
        if (row->days > 0 || row->sessions.value_or(0) > 0) {
            see(std::min(row->last, facts_->as_of_day() - 1));
        }
    }
    return latest;
}

std::optional<inputs::Day> PersonUse::last_possible(std::uint32_t person, const Words& words) const {
    auto latest = last(person, words);
    for (const auto word : words) {
        for (const auto& stay : facts_->stays_of(person, word)) {
            if (!stay.is_use() || stay.session->automation) {
                continue;
            }
            const std::int64_t stale =
                std::max(stay.lower.to, stay.upper.from) + facts_->rules->stale_days * seconds_per_day;
            const std::int64_t end =
                stay.session->kind == ledger::EndKind::open ? std::min(stay.upper.to, stale) : stay.upper.to;
            const inputs::Day day = day_of(std::max(stay.upper.from, end - 1));
            latest = std::max(latest.value_or(day), day);
        }
    }
    return latest;
}

PersonUse::Words PersonUse::words_of_vendor(std::uint32_t person, const std::string& vendor) const {
    std::set<std::uint32_t> words;
    const auto see = [&](std::uint32_t word) {
        const auto* row = facts_->products[word].row;
        if (vendor.empty() || row == nullptr || row->vendor.empty() || folded(row->vendor) == folded(vendor)) {
            words.insert(word);
        }
    };
    const auto [begin, end] = facts_->days_of(person);
    for (const auto* row = begin; row != end; ++row) {
        if (row == begin || row->word != row[-1].word) {
            see(row->word);
        }
    }
    const auto found = exports_.find(person);
    if (person != nobody && found != exports_.end()) {
        for (const auto* row : found->second) {
            see(facts_->word(row->product));
        }
    }
    return {words.begin(), words.end()};
}

PersonUse::Words PersonUse::used(std::uint32_t person, const Words& words, const Span& span) const {
    const inputs::Day from = day_of(span.from);
    const inputs::Day to = day_of(span.to - 1);
    Words result;
    for (const auto word : words) {
        const auto [begin, end] = facts_->days_of(person, word);
        bool seen = std::any_of(begin, end,
                                [&](const UseDay& row) { return !row.automation && row.day >= from && row.day <= to; });
        for (const auto* row : exports(person, {word})) {
            seen = seen || (row->first <= to && row->last >= from && row->days > 0);
        }
        if (seen) {
            result.push_back(word);
        }
    }
    return result;
}

// Of the computers, and of the servers that saw them, since that day; when there are none of the last day of use.
std::vector<std::uint32_t> PersonUse::logs_of(std::uint32_t person, inputs::Day from) const {
    const auto [begin, end] = facts_->days_of(person);
    inputs::Day last = std::numeric_limits<inputs::Day>::min();
    for (const auto* row = begin; row != end; ++row) {
        last = std::max(last, row->day);
    }
    std::set<std::uint32_t> logs;
    for (const auto* row = begin; row != end; ++row) {
        if (row->day >= std::min(from, last)) {
            logs.insert({facts_->devices[row->device].log, facts_->stays.kind(row->first_stay).session->log});
        }
    }
    logs.erase(0);
    return {logs.begin(), logs.end()};
}

Sight PersonUse::sight(std::uint32_t person, const Span& span) const {
    const auto& rules = *facts_->rules;
    Sight sight = Sight::clear;
    for (const auto log : logs_of(person, day_of(span.from) - rules.dormant_days)) {
        const auto heard = heard_.find(log);
        const std::int64_t silence = heard == heard_.end() || heard->second == 0 ? 0 : span.to - heard->second;
        if (silence >= rules.silent_days * seconds_per_day) {
            return Sight::lost;
        }
        const auto dark = dark_.find(log);
        const bool unseen = dark != dark_.end() &&
                            std::any_of(dark->second.begin(), dark->second.end(),
                                        [&](const auto* gap) { return gap->from < span.to && gap->to > span.from; });
        if (unseen || holes_.touches(log, span) || silence >= rules.site_silent_days * seconds_per_day) {
            sight = Sight::clouded;
        }
    }
    return sight;
}

} // namespace tally::count
