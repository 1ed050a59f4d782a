// GAP_AT_HIGH_USE: a host was not watched while most of a concurrent line was taken, and its product is installed there
// (R-COVERAGE, with the bound of R-TIME).
#include "verifier/watch/hosts.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <set>

namespace tally::watch {
namespace {

struct DarkHost {
    const HostWatch* host = nullptr;
    std::vector<Span> spans;
};

// Releases of the line's products that are installed on the host, or were used there, before the gap ends: each may
// have been one more claim.
std::int64_t releases_on(const Facts& facts, const UsedOn& used, const Position& position, const HostWatch& host,
                         std::int64_t before) {
    const auto covered = [&](std::uint32_t word) {
        return std::find(position.words.begin(), position.words.end(), facts.words[word]) != position.words.end();
    };
    std::set<std::string> releases;
    for (const auto& found : facts.usage->installations) {
        if (found.log == host.log && found.from < before && covered(facts.word(facts.usage->features[found.feature]))) {
            releases.insert(facts.usage->versions[found.version].substr(0, 4));
        }
    }
    for (const auto& row : facts.inputs->installations) {
        if (host.name == row.host && row.from * text::seconds_per_day < before && covered(facts.word(row.product))) {
            releases.insert(row.version.substr(0, 4));
        }
    }
    if (releases.empty()) {
        for (const auto& use : used.of(host)) {
            if (use.first_day * text::seconds_per_day < before && covered(use.word)) {
                releases.insert(std::to_string(use.release));
            }
        }
    }
    return static_cast<std::int64_t>(releases.size());
}

struct HighUse {
    Span when;
    std::int64_t most = 0, most_at = 0;
};

// Where the claims reach the share of the quantity that counts as high, within the spans.
HighUse high_use(const Facts& facts, const Position& position, const std::vector<Span>& spans) {
    HighUse high;
    const auto look = [&](std::int64_t from, std::int64_t to) {
        const std::int64_t taken = value_at(position.lower, from);
        const std::int64_t bought = value_at(position.allowed, from);
        if (from >= to || bought <= 0 || taken <= 0 || bought >= inputs::unlimited / 100 ||
            taken * 100 < bought * facts.rules->at(from).high_use_percent) {
            return;
        }
        high.when = {high.most == 0 ? from : high.when.from, to};
        if (taken > high.most) {
            high.most = taken;
            high.most_at = from;
        }
    };
    for (const auto& span : spans) {
        std::int64_t from = span.from;
        for (std::size_t next = position.lower.after(span.from); next < position.lower.size(); ++next) {
            const std::int64_t step = position.lower[next].at;
            if (step >= span.to) {
                break;
            }
            look(from, step);
            from = step;
        }
        look(from, span.to);
    }
    return high;
}

void raise(const Facts& facts, const UsedOn& used, const Position& position, const DarkHost& dark,
           const std::vector<DarkHost>& all, Outcome& outcome) {
    const HighUse high = high_use(facts, position, dark.spans);
    if (high.most == 0 || releases_on(facts, used, position, *dark.host, high.when.to) == 0) {
        return;
    }
    std::int64_t more = 0;
    std::string hosts;
    for (const auto& other : all) {
        const bool then = std::any_of(other.spans.begin(), other.spans.end(),
                                      [&](const Span& span) { return span.has(high.most_at); });
        const std::int64_t releases = then ? releases_on(facts, used, position, *other.host, high.when.to) : 0;
        more += releases;
        hosts += releases == 0 ? "" : (hosts.empty() ? "" : ", ") + other.host->name;
    }
    const std::int64_t bought = value_at(position.allowed, high.most_at);
    Finding finding = finding_about(position);
    finding.code = Code::gap_at_high_use;
    finding.severity = severity_of(finding.code);
    finding.product = position.name;
    finding.subject = dark.host->name + "/" + position.line;
    finding.unit = "claims";
    finding.quantity = {high.most, high.most + more};
    finding.when = high.when;
    finding.text = "nobody watched " + dark.host->name + " while " + std::to_string(high.most) + " of " +
                   std::to_string(bought) + " were taken";
    finding.details = {{"share", std::to_string(high.most * 100 / bought) + " %"},
                       {"unwatched hosts with the product", hosts}};
    finding.remedy = "ask the site what ran there in that time";
    finding.records = dark.host->dark_records;
    add_finding(outcome, std::move(finding));
}

} // namespace

void judge_gaps_at_high_use(const Facts& facts, Outcome& outcome) {
    const auto hosts = hosts_of(facts);
    std::vector<DarkHost> dark;
    for (const auto& host : hosts) {
        auto spans = unexplained(host, facts.period);
        if (!spans.empty()) {
            dark.push_back({&host, std::move(spans)});
        }
    }
    std::vector<const HostWatch*> asked;
    asked.reserve(dark.size());
    for (const auto& one : dark) {
        asked.push_back(one.host);
    }
    const UsedOn used(facts, asked);
    for (std::size_t i = 0; i < outcome.positions.size(); ++i) {
        if (outcome.positions[i].metric == inputs::Metric::concurrent) {
            const Position position = outcome.positions[i];
            for (const auto& one : dark) {
                raise(facts, used, position, one, dark, outcome);
            }
        }
    }
}

} // namespace tally::watch
