#include "verifier/comply/versions.hpp"

#include "tally/text/date.hpp"

#include <algorithm>

namespace tally::comply {

Versions::Versions(const Facts& facts) {
    for (const auto& row : facts.inputs->releases) {
        releases_[facts.word(row.product)].push_back({row.version, row.released});
    }
    for (auto& [word, list] : releases_) {
        std::stable_sort(list.begin(), list.end(),
                         [](const Release& a, const Release& b) { return a.version < b.version; });
    }
}

// The oldest release of a range on a day; 0 when nothing says which one is current.
std::int64_t Versions::oldest(const inputs::Versions& range, std::uint32_t word, inputs::Day day) const {
    if (range.rule == inputs::Versions::Rule::fixed) {
        return range.min;
    }
    const auto found = releases_.find(word);
    if (range.rule == inputs::Versions::Rule::any || found == releases_.end()) {
        return 0;
    }
    std::vector<std::int64_t> out; // released by then
    for (const auto& release : found->second) {
        if (release.released <= day) {
            out.push_back(release.version);
        }
    }
    if (out.empty()) {
        return 0;
    }
    const auto back = static_cast<std::size_t>(range.back);
    // Where the table does not go back far enough, releases are taken to be numbered one by one, as years are.
    return back < out.size() ? out[out.size() - 1 - back] : out.back() - range.back;
}

Fit Versions::fit_of(const inputs::Entitlement& line, std::uint32_t word, unsigned release, inputs::Day day) const {
    const inputs::Versions& range = line.versions;
    const auto version = static_cast<std::int64_t>(release);
    if (release == 0 || range.rule == inputs::Versions::Rule::any) {
        return Fit::inside;
    }
    if (range.rule == inputs::Versions::Rule::fixed && range.max != 0 && version > range.max) {
        return Fit::newer;
    }
    return version < oldest(range, word, day) ? Fit::older : Fit::inside;
}

Fit Versions::fit_of(const Pool& pool, std::uint32_t word, unsigned release, inputs::Day day) const {
    Fit best = Fit::inside;
    bool any = false;
    for (const auto* line : pool.lines) {
        if (line->start_day <= day && day <= line->end_day) {
            const Fit fit = fit_of(*line, word, release, day);
            if (fit == Fit::inside) {
                return fit;
            }
            best = any ? best : fit;
            any = true;
        }
    }
    return best;
}

inputs::Day Versions::left_range(const inputs::Entitlement& line, std::uint32_t word, unsigned release) const {
    const auto found = releases_.find(word);
    if (line.versions.rule != inputs::Versions::Rule::current_minus || found == releases_.end()) {
        return line.start_day;
    }
    inputs::Day left = inputs::for_ever;
    for (const auto& step : found->second) {
        if (oldest(line.versions, word, step.released) > static_cast<std::int64_t>(release)) {
            left = std::min(left, step.released);
        }
    }
    return left == inputs::for_ever ? line.start_day : left;
}

std::vector<inputs::Day> Versions::release_days(std::uint32_t word) const {
    std::vector<inputs::Day> days;
    if (const auto found = releases_.find(word); found != releases_.end()) {
        for (const auto& release : found->second) {
            days.push_back(release.released);
        }
    }
    return days;
}

FirstSeen::FirstSeen(const Facts& facts) {
    std::map<std::uint32_t, std::uint32_t> by_log;
    std::map<std::string, std::uint32_t> by_name;
    for (std::uint32_t i = 1; i < facts.devices.size(); ++i) {
        by_log.emplace(facts.devices[i].log, i);
        by_name.emplace(count::folded(facts.devices[i].name), i);
    }
    const auto& usage = *facts.usage;
    for (const auto& identity : usage.identities) {
        const auto device = by_log.find(identity.log);
        if (device != by_log.end() && identity.since > 0) {
            see(device->second, 0, 0, text::day_of(identity.since));
        }
    }
    for (const auto& row : facts.days) {
        see(row.device, row.word, row.release, row.day);
    }
    for (const auto& scan : usage.installations) {
        if (const auto device = by_log.find(scan.log); device != by_log.end()) {
            see(device->second, facts.word(usage.features[scan.feature]),
                count::release_of(usage.versions[scan.version]), text::day_of(scan.from));
        }
    }
    for (const auto& row : facts.inputs->installations) {
        if (const auto device = by_name.find(count::folded(row.host)); device != by_name.end()) {
            see(device->second, facts.word(row.product), count::release_of(row.version), row.from);
        }
    }
}

void FirstSeen::see(std::uint32_t device, std::uint32_t word, unsigned release, inputs::Day day) {
    const auto [host, is_new_host] = devices_.try_emplace(device, day);
    host->second = std::min(host->second, day);
    if (word != 0) {
        const auto [place, is_new] = releases_.try_emplace({device, word, release}, day);
        place->second = std::min(place->second, day);
    }
}

inputs::Day FirstSeen::of(std::uint32_t device, std::uint32_t word, unsigned release) const {
    const auto found = releases_.find({device, word, release});
    return found == releases_.end() ? inputs::for_ever : found->second;
}

inputs::Day FirstSeen::of(std::uint32_t device) const {
    const auto found = devices_.find(device);
    return found == devices_.end() ? inputs::for_ever : found->second;
}

std::vector<unsigned> FirstSeen::releases(std::uint32_t device, std::uint32_t word, inputs::Day day) const {
    std::vector<unsigned> seen;
    for (auto next = releases_.lower_bound({device, word, 0U}); next != releases_.end(); ++next) {
        if (std::get<0>(next->first) != device || std::get<1>(next->first) != word) {
            break;
        }
        if (next->second <= day) {
            seen.push_back(std::get<2>(next->first));
        }
    }
    return seen;
}

} // namespace tally::comply
