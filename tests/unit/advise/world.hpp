// A small estate under agreement AG1, counted through 2026-03-31: records reach back to 2025-01-02.
#pragma once

#include "tests/support/usage_builder.hpp"
#include "verifier/advise/advise.hpp"

namespace tally::test {

inline inputs::Day day(const std::string& text) { return text::parse_day(text).value(); }

struct World {
    UsageBuilder b;
    inputs::Inputs inputs;
    rules::Values rules;

    World() { use("somebody", "Other", "2025-01-02"); }

    // An hour's work, from ten o'clock unless said.
    ledger::Session& use(const std::string& user, const std::string& product, const std::string& on,
                         const std::string& at = "10:00", std::int64_t minutes = 60, const std::string& host = "h1") {
        const std::int64_t start = instant(on + "T" + at + "Z");
        return b.watched(user, host, product, "2026", start, start + minutes * 60);
    }
    // Every day from `from` to `to`, both inside.
    void use_daily(const std::string& user, const std::string& product, const std::string& from, const std::string& to,
                   const std::string& host = "h1") {
        for (inputs::Day on = day(from); on <= day(to); ++on) {
            use(user, product, text::format_day(on), "10:00", 60, host);
        }
    }
    inputs::Entitlement& line(const std::string& id, const std::string& product, std::int64_t quantity,
                              const std::string& price = "", const std::string& end = "2030-12-31") {
        inputs.entitlements.push_back(test::line(id, product, inputs::Metric::named, quantity, "2020-01-01", end));
        auto& row = inputs.entitlements.back();
        if (!price.empty()) {
            row.list_price_units = text::Decimal::parse(price).value().units();
            row.currency = "EUR";
        }
        return row;
    }
    inputs::Assignment& assign(const std::string& user, const std::string& product, const std::string& from,
                               const std::string& until = "") {
        inputs.assignments.push_back(seat(user, product, from, until));
        inputs.assignments.back().at = {inputs::Kind::assignments, inputs.assignments.size() + 1, 0};
        return inputs.assignments.back();
    }
    inputs::DirectoryEntry& person(const std::string& user, const std::string& left = "") {
        inputs::DirectoryEntry entry;
        entry.user = user;
        if (!left.empty()) {
            entry.left = day(left);
        }
        inputs.directory.push_back(entry);
        return inputs.directory.back();
    }
    inputs::ExportedUse& exported(const std::string& user, const std::string& product, const std::string& first,
                                  const std::string& last, std::int64_t days) {
        inputs::ExportedUse row;
        row.user = user;
        row.product = product;
        row.first = day(first);
        row.last = day(last);
        row.days = days;
        inputs.usage_exports.push_back(row);
        return inputs.usage_exports.back();
    }
    void collection(const std::string& name, const std::vector<std::string>& products) {
        for (const auto& product : products) {
            inputs.collections.push_back({{}, name, product});
        }
    }
    void dark(const std::string& host, const std::string& from, const std::string& to) {
        b.usage.unobserved.push_back(
            {b.host(host), ledger::Darkness::recorder_off, instant(from), instant(to), 0, ledger::no_seq});
    }
    template <class... Judges>
    [[nodiscard]] findings::Outcome judge(Judges... judges) const {
        count::Options options;
        options.as_of_day = day("2026-03-31");
        const auto facts = count::prepare(b.usage, inputs, rules, options);
        findings::Outcome outcome;
        (judges(facts, outcome), ...);
        return outcome;
    }
    [[nodiscard]] findings::Outcome waste() const { return judge(advise::judge_waste); }
};

inline std::string detail(const findings::Finding& finding, const std::string& name) {
    for (const auto& [key, value] : finding.details) {
        if (key == name) {
            return value;
        }
    }
    return "";
}
inline std::string amount(const std::optional<text::Decimal>& decimal) { return decimal ? decimal->str() : ""; }

} // namespace tally::test
