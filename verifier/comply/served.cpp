// R-CONC about the servers: whether they give out more than was bought, and what became of requests they denied.
#include "verifier/comply/served.hpp"

#include "verifier/comply/comply.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace tally::comply {
namespace {

using text::seconds_per_day;

std::string folded(std::string_view name) { return count::folded(std::string(name)); }

// Servers that share one count are one: the group is called by the first of their names.
std::string server_group(const inputs::LicenceFile& row) {
    std::string first = folded(row.server);
    std::string name;
    for (const char c : folded(row.redundant_with) + ";") {
        if (c != ';' && c != ',' && c != ' ') {
            name += c;
        } else if (!name.empty()) {
            first = std::min(first, std::exchange(name, ""));
        }
    }
    return first;
}

std::vector<Served> served_of(const Facts& facts, const Pool& pool) {
    std::vector<Served> served;
    for (const auto& row : facts.inputs->licence_files) {
        if (pool.covers(facts.words[facts.word(row.product)]) &&
            (row.agreement.empty() || row.agreement == pool.first().agreement)) {
            served.push_back(served_by(row));
        }
    }
    return served;
}

struct Worst {
    std::int64_t at = 0, served = 0, bought = 0, until = 0;
    [[nodiscard]] std::int64_t excess() const { return served - bought; }
};

// The most by which the servers exceed what was bought inside the period.
Worst worst_of(const Facts& facts, const Pool& pool, const std::vector<Served>& served) {
    std::set<std::int64_t> instants = {facts.period.from};
    const auto add = [&](std::int64_t at) {
        if (facts.period.has(at)) {
            instants.insert(at);
        }
    };
    for (const auto& item : served) {
        add(item.valid.from);
        add(item.valid.to);
    }
    for (const auto& step : pool.tested) {
        add(step.at);
    }
    Worst worst;
    std::int64_t first = 0;
    for (auto at = instants.begin(); at != instants.end(); ++at) {
        const Worst here{*at, total_of(served_at(served, *at)), value_at(pool.tested, *at), facts.period.to};
        if (here.excess() <= 0) {
            continue;
        }
        first = first == 0 ? *at : first;
        const std::int64_t until = std::next(at) == instants.end() ? facts.period.to : *std::next(at);
        worst = worst.served == 0 || here.excess() > worst.excess() ? here : worst;
        worst.until = until;
    }
    worst.at = worst.served == 0 ? 0 : worst.at;
    return worst;
}

void judge_pool(const Facts& facts, const Pool& pool, Outcome& outcome) {
    const auto served = served_of(facts, pool);
    const Worst worst = served.empty() ? Worst{} : worst_of(facts, pool, served);
    if (worst.served == 0) {
        return;
    }
    Position position;
    describe(position, facts, pool);
    Finding finding = finding_about(position);
    finding.code = Code::served_exceeds_bought;
    finding.severity = Severity::breach;
    finding.quantity = {worst.excess(), worst.excess()};
    finding.when = {worst.at, worst.until};
    finding.since = 0; // one standing fact of the line, whatever quarter is looked at
    finding.text =
        "the servers give out " + std::to_string(worst.served) + " against " + std::to_string(worst.bought) + " bought";
    for (const auto& [server, count] : served_at(served, worst.at)) {
        finding.details.emplace_back(server, std::to_string(count));
    }
    for (const auto& item : served) {
        if (item.valid.has(worst.at)) {
            finding.rows.push_back(item.row->at);
        }
    }
    finding.remedy = "give back the licence file that is too many, or buy " + std::to_string(worst.excess()) + " more";
    add_finding(outcome, std::move(finding));
}

// The line that a denied request would have been granted from; nothing when no concurrent line covers the product.
const Pool* pool_for(const Facts& facts, const std::string& word, std::int64_t at) {
    const Pool* any = nullptr;
    for (const auto& pool : facts.pools) {
        if (pool.first().metric == inputs::Metric::concurrent && pool.covers(word)) {
            if (pool.valid_on(text::day_of(at))) {
                return &pool;
            }
            any = any == nullptr ? &pool : any;
        }
    }
    return any;
}

struct Denials {
    std::vector<const Request*> requests;
    std::int64_t retried = 0, lost = 0, waited_s = 0;
};

void raise_denials(const Facts& facts, const Pool* pool, const std::string& word, const Denials& denials,
                   Outcome& outcome) {
    Finding finding;
    if (pool != nullptr) {
        Position position;
        describe(position, facts, *pool);
        finding = finding_about(position);
    } else {
        finding.product = finding.subject = facts.display_name(word);
    }
    const auto total = static_cast<std::int64_t>(denials.requests.size());
    finding.code = Code::denials;
    finding.severity = denials.lost > 0 ? Severity::signal : Severity::note;
    finding.unit = "denials";
    finding.quantity = {total, total};
    finding.when = {denials.requests.front()->at, denials.requests.back()->at + 1};
    finding.text = std::to_string(total) + (total == 1 ? " request" : " requests") + " denied, " +
                   std::to_string(denials.retried) + " granted soon after, " + std::to_string(denials.lost) + " lost";
    finding.details = {{"denials", std::to_string(total)},
                       {"retried", std::to_string(denials.retried)},
                       {"lost", std::to_string(denials.lost)}};
    std::set<std::string> persons;
    for (const auto* request : denials.requests) {
        finding.records.push_back(request->record);
        persons.insert(request->user);
    }
    finding.persons.assign(persons.begin(), persons.end());
    finding.remedy = "look at the peaks of the line before buying: a lost request is somebody who could not work";
    add_finding(outcome, std::move(finding));
}

} // namespace

Served served_by(const inputs::LicenceFile& row) {
    const std::int64_t from = row.from ? *row.from * seconds_per_day : std::numeric_limits<std::int64_t>::min();
    const std::int64_t to = row.expiry && *row.expiry != inputs::for_ever ? (*row.expiry + 1) * seconds_per_day
                                                                          : std::numeric_limits<std::int64_t>::max();
    return {server_group(row), &row, {from, to}};
}

std::map<std::string, std::int64_t> served_at(const std::vector<Served>& served, std::int64_t at) {
    std::map<std::pair<std::string, std::string>, std::int64_t> servers;
    for (const auto& item : served) {
        if (item.valid.has(at)) {
            servers[{item.group, folded(item.row->server)}] += item.row->count;
        }
    }
    std::map<std::string, std::int64_t> groups;
    for (const auto& [name, count] : servers) {
        groups[name.first] = std::max(groups[name.first], count);
    }
    return groups;
}

std::int64_t total_of(const std::map<std::string, std::int64_t>& groups) {
    std::int64_t total = 0;
    for (const auto& [group, count] : groups) {
        total += count;
    }
    return total;
}

void judge_served(const Facts& facts, Outcome& outcome) {
    for (const auto& pool : facts.pools) {
        if (pool.first().metric == inputs::Metric::concurrent) {
            judge_pool(facts, pool, outcome);
        }
    }
}

void judge_denials(const Facts& facts, Outcome& outcome) {
    std::map<std::pair<const Pool*, std::string>, Denials> groups;
    std::vector<std::pair<const Pool*, std::string>> order; // of first sight, so that results do not follow addresses
    for (const auto& request : outcome.requests) {
        if (request.verb != "DENIED" || request.at < facts.period.from) {
            continue;
        }
        const Pool* pool = pool_for(facts, request.product, request.at);
        const std::pair key{pool, pool == nullptr ? request.product : ""};
        if (!groups.contains(key)) {
            order.push_back(key);
        }
        auto& group = groups[key];
        group.requests.push_back(&request);
        group.retried += request.end == RequestEnd::retried ? 1 : 0;
        group.lost += request.end == RequestEnd::lost ? 1 : 0;
    }
    for (const auto& key : order) {
        raise_denials(facts, key.first, key.second, groups[key], outcome);
    }
}

} // namespace tally::comply
