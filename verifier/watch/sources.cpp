// One use that a licence server and the host's own recorder both saw: where the two tell it differently (R-COVERAGE);
// and from when to when each source tells.
#include "verifier/watch/hosts.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace tally::watch {
namespace {

using Place = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>; // person, word, device

struct Seen {
    std::vector<Stay> by_server, by_host;
};

// Persons and products of the rarer of the two kinds of uses: only they can be seen twice.
std::vector<std::pair<std::uint32_t, std::uint32_t>> candidates(const Facts& facts) {
    std::size_t hosts = 0;
    for (std::size_t kind = 0; kind < facts.stays.kinds().size(); ++kind) {
        hosts += facts.stays.kinds()[kind].by_host() ? facts.stays.totals()[kind].stays : 0;
    }
    const bool rarer = 2 * hosts <= facts.stays.size(); // those by hosts
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    if (hosts == 0 || hosts == facts.stays.size()) {
        return pairs;
    }
    for (std::uint32_t i = 0; i < facts.stays.size(); ++i) {
        const auto& kind = facts.stays.kind(i);
        const std::pair pair(kind.person, kind.word);
        if (kind.by_host() == rarer && kind.is_use() && (pairs.empty() || pairs.back() != pair)) {
            pairs.push_back(pair);
        }
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    return pairs;
}

std::map<Place, Seen> seen_twice(const Facts& facts) {
    std::map<Place, Seen> places;
    for (const auto& [person, word] : candidates(facts)) {
        for (const auto& stay : facts.stays_of(person, word)) {
            if (stay.is_use()) {
                Seen& seen = places[{person, word, stay.device}];
                (stay.by_host() ? seen.by_host : seen.by_server).push_back(stay);
            }
        }
    }
    return places;
}

// By how much two instants, each known as a range, differ at least.
std::int64_t apart(std::int64_t a_from, std::int64_t a_to, std::int64_t b_from, std::int64_t b_to) {
    return std::max<std::int64_t>({0, b_from - a_to, a_from - b_to});
}

std::int64_t difference(const Stay& a, const Stay& b) {
    return std::max(apart(a.upper.from, a.lower.from, b.upper.from, b.lower.from),
                    apart(a.lower.to, a.upper.to, b.lower.to, b.upper.to));
}

struct Disagreement {
    std::int64_t sessions = 0, worst = 0;
    Span when;
    std::vector<RecordRef> records;
};

// Each use that the server tells beside the one of the host that it overlaps and differs least from.
Disagreement compare(const Facts& facts, const Seen& seen) {
    Disagreement found;
    for (const auto& server : seen.by_server) {
        const Stay* match = nullptr;
        for (const auto& host : seen.by_host) {
            if (host.lower.from >= server.lower.to) {
                break;
            }
            const bool overlap = server.lower.from < host.lower.to && host.lower.from < server.lower.to;
            if (overlap && (match == nullptr || difference(server, host) < difference(server, *match))) {
                match = &host;
            }
        }
        const std::int64_t seconds = match == nullptr ? 0 : difference(server, *match);
        if (seconds > facts.rules->at(server.upper.from).sources_differ_s && server.upper.from >= facts.period.from) {
            found.when.from = found.sessions == 0 ? server.upper.from : found.when.from;
            found.when.to = std::max({found.when.to, server.lower.to, match->lower.to});
            ++found.sessions;
            found.worst = std::max(found.worst, seconds);
            found.records.push_back(facts.start_of(server));
            found.records.push_back(facts.start_of(*match));
        }
    }
    return found;
}

void raise(const Facts& facts, const Place& place, Disagreement disagreement, Outcome& outcome) {
    const auto& [person, word, device] = place;
    Finding finding;
    finding.code = Code::sources_disagree;
    finding.severity = severity_of(finding.code);
    finding.product = facts.products[word].name;
    finding.subject = facts.persons[person].name + "/" + finding.product;
    finding.unit = "sessions";
    finding.quantity = {disagreement.sessions, disagreement.sessions};
    finding.when = disagreement.when;
    finding.text = "licence server and host tell of the same use with up to " + std::to_string(disagreement.worst) +
                   " s between them";
    finding.details = {{"host", facts.devices[device].name},
                       {"largest difference, s", std::to_string(disagreement.worst)}};
    finding.remedy = "compare the clocks of server and host, and whether the program kept its licence after its end";
    finding.records = std::move(disagreement.records);
    add_finding(outcome, std::move(finding));
}

// From when to when each source of each log tells; a log has few of them.
class Reach {
public:
    explicit Reach(std::size_t logs) : of_log_(logs) {}
    void see(std::uint32_t log, std::uint32_t source, std::int64_t from, std::int64_t to) {
        for (auto& [known, span] : of_log_[log]) {
            if (known == source) {
                span = {std::min(span.from, from), std::max(span.to, to)};
                return;
            }
        }
        of_log_[log].emplace_back(source, Span{from, to});
    }
    [[nodiscard]] const auto& of_log() const { return of_log_; }

private:
    std::vector<std::vector<std::pair<std::uint32_t, Span>>> of_log_;
};

void fill_sources(const Facts& facts, Outcome& outcome) {
    Reach reach(facts.usage->logs.size());
    const auto& totals = facts.stays.totals();
    std::vector<std::uint32_t> kinds; // in the order in which they first came
    for (std::uint32_t kind = 0; kind < totals.size(); ++kind) {
        if (totals[kind].stays > 0) {
            kinds.push_back(kind);
        }
    }
    std::sort(kinds.begin(), kinds.end(), [&](auto a, auto b) { return totals[a].first < totals[b].first; });
    for (const auto kind : kinds) {
        const auto& session = *facts.stays.kinds()[kind].session;
        reach.see(session.log, session.source, totals[kind].reach.from, totals[kind].reach.to);
    }
    for (const auto& span : facts.usage->coverage.imports) {
        reach.see(span.log, span.source, span.first, span.last);
    }
    const auto names = host_names(facts);
    for (std::size_t log = 0; log < names.size(); ++log) {
        for (const auto& [source, span] : reach.of_log()[log]) {
            outcome.watched.sources.push_back({names[log], facts.usage->sources[source], span.from, span.to});
        }
    }
    std::stable_sort(outcome.watched.sources.begin(), outcome.watched.sources.end(), [](const auto& a, const auto& b) {
        return std::tie(a.host, a.source) < std::tie(b.host, b.source);
    });
}

} // namespace

void judge_sources(const Facts& facts, Outcome& outcome) {
    for (const auto& [place, seen] : seen_twice(facts)) {
        auto disagreement = compare(facts, seen);
        if (disagreement.sessions > 0) {
            raise(facts, place, std::move(disagreement), outcome);
        }
    }
    fill_sources(facts, outcome);
}

} // namespace tally::watch
