// The first quarter of 2026, judged on its last day; UTC instants of it; and lines as in the worked examples.
#pragma once

#include "tests/support/usage_builder.hpp"

namespace tally::test {

inline reconcile::Options quarter() {
    reconcile::Options options;
    options.as_of_day = text::parse_day("2026-03-31");
    return options;
}

inline findings::Outcome judged(const UsageBuilder& b, const inputs::Inputs& inputs, const rules::Values& rules = {}) {
    return reconcile::reconcile(b.usage, inputs, quarter(), rules);
}

// "02-03 10:00" is 2026-02-03T10:00Z.
inline std::int64_t on(const std::string& text) {
    return instant("2026-" + text.substr(0, 5) + "T" + text.substr(6) + "Z");
}

// Something seen on the first and the last day, so that all of the quarter is observed.
inline void observe_quarter(UsageBuilder& b) {
    b.watched("anybody", "anywhere", "OTHER", "", on("01-01 00:00"), on("01-01 00:10"));
    b.watched("anybody", "anywhere", "OTHER", "", on("03-31 23:00"), on("03-31 23:59"));
}

inline inputs::Entitlement priced(inputs::Entitlement item, std::int64_t euros) {
    item.list_price_units = euros * text::Decimal::units_per_one;
    item.currency = "EUR";
    return item;
}

inline const findings::Position& position_of(const findings::Outcome& outcome, const std::string& line) {
    for (const auto& position : outcome.positions) {
        if (position.line == line) {
            return position;
        }
    }
    throw std::runtime_error("no position " + line);
}

inline std::string detail(const findings::Finding& finding, const std::string& name) {
    for (const auto& [key, value] : finding.details) {
        if (key == name) {
            return value;
        }
    }
    return "";
}

inline std::int64_t count_of(const findings::Outcome& outcome, findings::Code code) {
    return std::count_if(outcome.findings.begin(), outcome.findings.end(),
                         [code](const auto& finding) { return finding.code == code; });
}

inline inputs::Host host_row(const std::string& name, inputs::HostClass type, const std::string& site = "SITE") {
    inputs::Host row;
    row.host = name;
    row.site = site;
    row.type = type;
    return row;
}

} // namespace tally::test
