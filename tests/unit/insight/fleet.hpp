// A fleet whose programs report, for the tests of insight. The last day that counts is 2026-03-31, the review period its
// quarter.
#pragma once

#include "tests/support/usage_builder.hpp"
#include "verifier/insight/insight.hpp"

#include <string>
#include <vector>

namespace tally::test {

inline std::int64_t day(const std::string& text) { return text::parse_day(text).value(); }

struct Fleet : UsageBuilder {
    inputs::Inputs inputs;
    rules::Values rules;
    count::Options options;
    findings::Outcome outcome;

    Fleet() {
        options.as_of_day = day("2026-03-31");
        usage.commands = {""};
    }
    // An hour of work of one person on the day.
    ledger::Reported works(const std::string& user, const std::string& on, const std::string& version = "2026",
                           const std::string& product = "CAD") {
        const auto start = instant(on + "T08:00Z");
        const auto& session = watched(user, "pc-" + user, product, version, start, start + 3600);
        return {session.user, session.feature, session.version, day(on)};
    }
    // One sample of each person: u1 takes the first, u2 the second …
    void sampled(const std::string& on, const std::vector<std::uint64_t>& ms,
                 ledger::Measure measure = ledger::Measure::open) {
        for (std::size_t i = 0; i < ms.size(); ++i) {
            usage.timings.push_back({works("u" + std::to_string(i + 1), on), measure, 1, ms[i], 0, 0});
        }
    }
    void commanded(const ledger::Reported& by, const std::string& name, std::uint64_t started, std::uint64_t completed,
                   std::uint64_t cancelled = 0, std::uint64_t undone = 0) {
        usage.command_uses.push_back({by, id(usage.commands, name), started, completed, cancelled, undone});
    }
    const findings::Insights& look() {
        const auto facts = count::prepare(usage, inputs, rules, options);
        insight::fill(facts, outcome);
        return outcome.insights;
    }
};

inline const findings::InsightState* state_of(const findings::Insights& insights, findings::InsightKind kind,
                                              const std::string& product = "CAD") {
    for (const auto& state : insights.states) {
        if (state.kind == kind && state.product == product) {
            return &state;
        }
    }
    return nullptr;
}

} // namespace tally::test
