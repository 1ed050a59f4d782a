// A small estate for the tests of watch: hosts that are heard every day, judged alone.
#pragma once

#include "tests/support/usage_builder.hpp"
#include "verifier/watch/watch.hpp"

#include <set>
#include <string>
#include <vector>

namespace tally::test {

inline std::int64_t day(const std::string& text) { return text::parse_day(text).value(); }

// January to March 2026 unless said otherwise; the last day that counts is 2026-03-31.
struct Estate : UsageBuilder {
    inputs::Inputs inputs;
    rules::Values rules;
    count::Options options;
    findings::Outcome outcome;
    std::set<std::pair<std::uint32_t, std::int64_t>> heard;

    Estate() { options.as_of_day = day("2026-03-31"); }

    // The host writes lines on each day of [first, last].
    std::uint32_t hear(const std::string& name, const std::string& first = "2026-01-01",
                       const std::string& last = "2026-03-31", const std::string& site = "NORD") {
        const auto log = host(name, site);
        for (std::int64_t at = day(first); at <= day(last); ++at) {
            heard.emplace(log, at);
        }
        return log;
    }
    void unobserved(const std::string& name, ledger::Darkness kind, const std::string& from, const std::string& to,
                    std::uint64_t count = 0) {
        usage.unobserved.push_back({host(name), kind, instant(from), instant(to), count, 7});
    }
    void forget(const std::string& name, const std::string& first, const std::string& last) {
        for (std::int64_t at = day(first); at <= day(last); ++at) {
            heard.erase({host(name), at});
        }
    }
    template <class Judge>
    findings::Outcome& run(Judge judge) {
        for (const auto& [log, at] : heard) {
            usage.coverage.days.push_back({log, at, 10, 1, 0});
        }
        const auto facts = count::prepare(usage, inputs, rules, options);
        judge(facts, outcome);
        return outcome;
    }
};

inline std::size_t count_of(const findings::Outcome& outcome, findings::Code code) {
    std::size_t count = 0;
    for (const auto& finding : outcome.findings) {
        count += finding.code == code ? 1 : 0;
    }
    return count;
}

} // namespace tally::test
