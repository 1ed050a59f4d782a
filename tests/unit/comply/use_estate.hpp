// A small estate for tests of what covers a use: one agreement, hosts in two countries, the first quarter of 2026.
#pragma once

#include "tests/support/usage_builder.hpp"
#include "verifier/comply/comply.hpp"
#include "verifier/comply/rights.hpp"

#include <string>
#include <vector>

namespace tally::test {

inline std::int64_t day(const std::string& text) { return text::parse_day(text).value(); }

struct UseEstate : UsageBuilder {
    count::Facts facts; // that the last cover() rests on
    inputs::Inputs inputs;
    rules::Values rules;
    count::Options options;
    findings::Outcome outcome;

    UseEstate() {
        options.as_of_day = day("2026-03-31");
        inputs::Agreement agreement;
        agreement.id = "AG1";
        agreement.vendor = "V";
        agreement.domains = {"holm.example"};
        inputs.agreements = {agreement};
    }
    inputs::Entitlement& buy(const std::string& id, const std::string& product, inputs::Metric metric,
                             const std::string& start = "2025-01-01", const std::string& end = "2026-12-31") {
        inputs.entitlements.push_back(line(id, product, metric, 10, start, end));
        return inputs.entitlements.back();
    }
    void price(std::int64_t euros) {
        inputs.entitlements.back().list_price_units = euros * text::Decimal::units_per_one;
        inputs.entitlements.back().currency = "EUR";
    }
    void assign(const std::string& user, const std::string& product, const std::string& from = "2025-01-01T00:00Z",
                const std::string& until = "") {
        inputs.assignments.push_back(seat(user, product, from, until));
    }
    inputs::Host& place(const std::string& name, const std::string& country = "", const std::string& site = "NORD") {
        inputs::Host row;
        row.host = name;
        row.site = site;
        row.country = country;
        host(name, site);
        inputs.hosts.push_back(row);
        return inputs.hosts.back();
    }
    inputs::DirectoryEntry& list(const std::string& user, const std::string& domain = "") {
        inputs::DirectoryEntry entry;
        entry.user = user;
        entry.domain = domain;
        inputs.directory.push_back(entry);
        return inputs.directory.back();
    }
    inputs::ProductRow& product(const std::string& name, inputs::ProductClass type = inputs::ProductClass::commercial) {
        inputs::ProductRow row;
        row.product = row.name = name;
        row.vendor = "V";
        row.type = type;
        inputs.products.push_back(row);
        return inputs.products.back();
    }
    void release(const std::string& name, std::int64_t version, const std::string& on) {
        inputs.releases.push_back({{}, name, version, day(on)});
    }
    // An hour from that instant on.
    ledger::Session& use(const std::string& user, const std::string& product, const std::string& at,
                         const std::string& on = "n01", const std::string& version = "2026",
                         std::int64_t seconds = 3600) {
        return watched(user, on, product, version, instant(at), instant(at) + seconds);
    }
    findings::Outcome& judge() {
        outcome = {};
        facts = count::prepare(usage, inputs, rules, options);
        comply::judge_use(facts, outcome);
        return outcome;
    }
    // Of the session added last; good until the next call.
    comply::Cover cover() {
        facts = count::prepare(usage, inputs, rules, options);
        const auto index = facts.stays.of_session(static_cast<std::uint32_t>(usage.sessions.size() - 1));
        return index == count::Stays::none ? comply::Cover{} : comply::Rights(facts).of(facts.stays[index]);
    }
};

inline std::string detail(const findings::Finding& finding, const std::string& name) {
    for (const auto& [key, value] : finding.details) {
        if (key == name) {
            return value;
        }
    }
    return "";
}

} // namespace tally::test
