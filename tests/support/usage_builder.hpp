// Usage and inputs for tests, written as the examples in docs/reference/rules.md write them.
#pragma once

#include "tally/text/date.hpp"
#include "verifier/reconcile/reconcile.hpp"

#include <algorithm>
#include <string>

namespace tally::test {

inline std::int64_t instant(const std::string& text) { return text::parse_instant(text).value(); }
// 2024-03-04, a Monday.
inline std::int64_t clock_time(const std::string& hh_mm) { return instant("2024-03-04T" + hh_mm + "Z"); }

struct UsageBuilder {
    ledger::Usage usage;

    UsageBuilder() {
        for (auto* table : {&usage.logs, &usage.sources, &usage.features, &usage.users, &usage.clients, &usage.versions,
                            &usage.accounts, &usage.addresses, &usage.pools, &usage.log_sites, &usage.log_labels}) {
            table->push_back("");
        }
        usage.logs.push_back("HAAAAAAAAAAAAAAAAAAAAAAAA");
    }
    static std::uint32_t id(std::vector<std::string>& table, const std::string& text) {
        const auto found = std::find(table.begin(), table.end(), text);
        if (found != table.end()) {
            return static_cast<std::uint32_t>(found - table.begin());
        }
        table.push_back(text);
        return static_cast<std::uint32_t>(table.size() - 1);
    }
    ledger::Session& add(const std::string& user, const std::string& client, const std::string& feature,
                         std::int64_t start, std::int64_t end, ledger::Layer layer = ledger::Layer::feature,
                         const std::string& package = "") {
        ledger::Session session;
        session.log = 1;
        session.user = id(usage.users, user);
        session.client = id(usage.clients, client);
        session.feature = id(usage.features, feature);
        session.package = id(usage.features, package);
        session.layer = layer;
        session.kind = ledger::EndKind::returned;
        session.start_from = session.start_to = start;
        session.end_from = session.end_to = end;
        session.start_seq = 2 * usage.sessions.size() + 1;
        session.end_seq = session.start_seq + 1;
        usage.sessions.push_back(session);
        return usage.sessions.back();
    }
    // A log of a host that watches its own programs, by the host's name.
    std::uint32_t host(const std::string& name, const std::string& site = "SITE") {
        for (const auto& identity : usage.identities) {
            if (identity.name == name) {
                return identity.log;
            }
        }
        const auto log = static_cast<std::uint32_t>(usage.logs.size());
        usage.logs.push_back("H" + name);
        usage.log_sites.resize(usage.logs.size());
        usage.log_labels.resize(usage.logs.size());
        usage.log_sites[log] = site;
        usage.log_labels[log] = name;
        ledger::HostIdentity identity;
        identity.log = log;
        identity.name = name;
        usage.identities.push_back(identity);
        return log;
    }
    // A program that a host's own recorder saw: claim and use at once.
    ledger::Session& watched(const std::string& user, const std::string& host_name, const std::string& product,
                             const std::string& version, std::int64_t start, std::int64_t end) {
        auto& session = add(user, host_name, product, start, end);
        session.log = host(host_name);
        session.watched = ledger::Watched::host;
        session.version = id(usage.versions, version);
        return session;
    }
    ledger::Refusal& refuse(const std::string& user, const std::string& client, const std::string& feature,
                            std::int64_t at, ledger::Verb verb) {
        ledger::Refusal refusal;
        refusal.log = 1;
        refusal.user = id(usage.users, user);
        refusal.client = id(usage.clients, client);
        refusal.feature = id(usage.features, feature);
        refusal.verb = verb;
        refusal.at_from = refusal.at_to = at;
        refusal.seq = 1000 + usage.refusals.size();
        usage.refusals.push_back(refusal);
        return usage.refusals.back();
    }
};

inline inputs::Entitlement line(const std::string& id, const std::string& product, inputs::Metric metric,
                                std::int64_t quantity, const std::string& start = "2020-01-01",
                                const std::string& end = "2030-12-31") {
    inputs::Entitlement item;
    item.at.row = 2;
    item.line = id;
    item.agreement = "AG1";
    item.product = product;
    item.metric = metric;
    item.quantity = quantity;
    item.start_day = text::parse_day(start).value();
    item.end_day = text::parse_day(end).value();
    return item;
}

// "2024-01-01" is a day, "2024-01-15T12:00Z" an instant.
inline inputs::Moment moment(const std::string& text) {
    if (const auto day = text::parse_day(text)) {
        return {*day * text::seconds_per_day, (*day + 1) * text::seconds_per_day};
    }
    return {instant(text), instant(text)};
}

inline inputs::Assignment seat(const std::string& user, const std::string& product, const std::string& from,
                               const std::string& until = "") {
    inputs::Assignment row;
    row.user = user;
    row.product = product;
    row.assigned = moment(from);
    if (!until.empty()) {
        row.unassigned = moment(until);
    }
    return row;
}

inline const findings::Finding* find(const findings::Outcome& outcome, findings::Code code,
                                     const std::string& subject = "") {
    for (const auto& finding : outcome.findings) {
        if (finding.code == code && (subject.empty() || finding.subject == subject)) {
            return &finding;
        }
    }
    return nullptr;
}

} // namespace tally::test
