#include "verifier/watch/hosts.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace tally::watch {
namespace {

void join(std::vector<Span>& spans) {
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
    std::vector<Span> joined;
    for (const auto& span : spans) {
        if (span.from >= span.to) {
            continue;
        }
        if (!joined.empty() && span.from <= joined.back().to) {
            joined.back().to = std::max(joined.back().to, span.to);
        } else {
            joined.push_back(span);
        }
    }
    spans = std::move(joined);
}

void sort_days(std::vector<std::int64_t>& days) {
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
}

std::string site_of(const Facts& facts, std::uint32_t log) {
    const auto& sites = facts.usage->log_sites;
    return log < sites.size() ? sites[log] : "";
}

// Every log that is no station's: known to the ledger, or because it says how its host is called.
std::map<std::uint32_t, HostWatch> logs_of_hosts(const Facts& facts) {
    std::map<std::uint32_t, HostWatch> hosts;
    for (const auto& identity : facts.usage->identities) {
        hosts[identity.log].site = site_of(facts, identity.log);
    }
    for (const auto& state : facts.usage->coverage.logs) {
        if (state.role == "station") {
            hosts.erase(state.log);
        } else {
            hosts[state.log].site = state.site;
            hosts[state.log].in_roster = true;
        }
    }
    const auto names = host_names(facts);
    for (auto& [log, host] : hosts) {
        host.log = log;
        host.name = names[log];
    }
    for (std::uint32_t i = 1; i < facts.devices.size(); ++i) {
        const auto found = hosts.find(facts.devices[i].log);
        if (found != hosts.end()) {
            found->second.device = i;
        }
    }
    return hosts;
}

void add_days(const Facts& facts, std::map<std::uint32_t, HostWatch>& hosts) {
    for (const auto& day : facts.usage->coverage.days) {
        const auto found = hosts.find(day.log);
        if (found != hosts.end()) {
            found->second.in_roster = true;
        }
        if (found != hosts.end() && (day.lines > 0 || day.seals > 0)) {
            found->second.heard.push_back(day.day);
        }
        if (found != hosts.end() && day.events > 0) {
            found->second.imported.push_back(day.day);
        }
    }
    for (const auto& span : facts.usage->coverage.imports) {
        const auto found = hosts.find(span.log);
        for (std::int64_t day = text::day_of(span.first); found != hosts.end() && day <= text::day_of(span.last);
             ++day) {
            found->second.imported.push_back(day);
        }
    }
}

void add_unobserved(const Facts& facts, std::map<std::uint32_t, HostWatch>& hosts) {
    for (const auto& gap : facts.usage->unobserved) {
        const auto found = hosts.find(gap.log);
        if (found == hosts.end()) {
            continue;
        }
        const RecordRef record{facts.usage->logs[gap.log], gap.seq};
        if (gap.kind == ledger::Darkness::host_off) {
            found->second.off.push_back({gap.from, gap.to});
        } else if (gap.kind == ledger::Darkness::recorder_off) {
            found->second.dark.push_back({gap.from, gap.to});
            found->second.dark_records.push_back(record);
        } else {
            found->second.losses.push_back({{gap.from, gap.to}, gap.count, record});
        }
    }
}

void add_declarations(const Facts& facts, std::map<std::uint32_t, HostWatch>& hosts) {
    for (const auto& word : facts.usage->declarations) {
        for (auto& [log, host] : hosts) {
            const bool about_it =
                word.about == facts.usage->logs[log] || (word.about.empty() && word.site == host.site);
            if (about_it && word.kind == ledger::DeclarationKind::gap) {
                host.declared.push_back({word.from, word.to});
            } else if (word.about == facts.usage->logs[log] && word.kind == ledger::DeclarationKind::retired) {
                const std::int64_t day = text::day_of(word.from);
                host.retired_day = std::min(host.retired_day.value_or(day), day);
                host.declared.push_back({word.from, ledger::unknown});
            }
        }
    }
}

} // namespace

std::optional<std::int64_t> HostWatch::first_day() const {
    if (heard.empty() || imported.empty()) {
        const auto& days = heard.empty() ? imported : heard;
        return days.empty() ? std::nullopt : std::optional(days.front());
    }
    return std::min(heard.front(), imported.front());
}
bool HostWatch::heard_on(std::int64_t day) const { return std::binary_search(heard.begin(), heard.end(), day); }
bool HostWatch::imported_on(std::int64_t day) const {
    return std::binary_search(imported.begin(), imported.end(), day);
}

std::vector<std::string> host_names(const Facts& facts) {
    std::vector<std::string> names = facts.usage->logs;
    for (const auto& state : facts.usage->coverage.logs) {
        if (!state.label.empty()) {
            names[state.log] = state.label;
        }
    }
    std::vector<const ledger::HostIdentity*> newest(names.size());
    for (const auto& identity : facts.usage->identities) {
        auto& known = newest[identity.log];
        if (known == nullptr || known->since <= identity.since) {
            known = &identity;
            names[identity.log] = identity.name;
        }
    }
    return names;
}

std::vector<HostWatch> hosts_of(const Facts& facts) {
    auto by_log = logs_of_hosts(facts);
    add_days(facts, by_log);
    add_unobserved(facts, by_log);
    add_declarations(facts, by_log);
    std::vector<HostWatch> hosts;
    for (auto& [log, host] : by_log) {
        sort_days(host.heard);
        sort_days(host.imported);
        for (auto* spans : {&host.off, &host.dark, &host.declared}) {
            join(*spans);
        }
        hosts.push_back(std::move(host));
    }
    std::sort(hosts.begin(), hosts.end(), [](const HostWatch& a, const HostWatch& b) {
        return std::tie(a.site, a.name, a.log) < std::tie(b.site, b.name, b.log);
    });
    return hosts;
}

UsedOn::UsedOn(const Facts& facts, const std::vector<const HostWatch*>& hosts) : of_device_(facts.devices.size()) {
    std::vector<bool> asked(facts.devices.size());
    for (const auto* host : hosts) {
        asked[host->device] = host->device != count::nobody;
    }
    for (const auto& row : facts.days) {
        if (!asked[row.device]) {
            continue;
        }
        auto& uses = of_device_[row.device];
        const auto known = std::find_if(uses.begin(), uses.end(), [&](const Use& use) {
            return use.word == row.word && use.release == row.release;
        });
        if (known == uses.end()) {
            uses.push_back({row.word, row.release, row.day});
        } else {
            known->first_day = std::min(known->first_day, row.day);
        }
    }
}

std::vector<Span> without(const std::vector<Span>& spans, const std::vector<Span>& holes, const Span& within) {
    std::vector<Span> left;
    for (const auto& span : spans) {
        std::int64_t from = std::max(span.from, within.from);
        const std::int64_t to = std::min(span.to, within.to);
        for (const auto& hole : holes) {
            if (hole.from >= to) {
                break;
            }
            if (hole.to > from) {
                if (hole.from > from) {
                    left.push_back({from, hole.from});
                }
                from = hole.to;
            }
        }
        if (from < to) {
            left.push_back({from, to});
        }
    }
    return left;
}

std::int64_t seconds_of(const std::vector<Span>& spans) {
    std::int64_t seconds = 0;
    for (const auto& span : spans) {
        seconds += span.to - span.from;
    }
    return seconds;
}

std::int64_t seconds_within(const std::vector<Span>& spans, const Span& within) {
    std::int64_t seconds = 0;
    auto span =
        std::partition_point(spans.begin(), spans.end(), [&](const Span& one) { return one.to <= within.from; });
    for (; span != spans.end() && span->from < within.to; ++span) {
        seconds += std::min(span->to, within.to) - std::max(span->from, within.from);
    }
    return seconds;
}

std::vector<Span> unexplained(const HostWatch& host, const Span& within) {
    std::vector<Span> known = host.off;
    known.insert(known.end(), host.declared.begin(), host.declared.end());
    join(known);
    return without(host.dark, known, within);
}

} // namespace tally::watch
