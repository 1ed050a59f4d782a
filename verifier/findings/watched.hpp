// How complete the evidence is and how the duty to report was met: plain data for the report, filled by the stage watch.
// Days count from 1970-01-01. Decides nothing; what each word means is said in docs/reference/rules.md (R-COVERAGE,
// R-CALENDAR).
#pragma once

#include "verifier/count/facts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::findings {

// Of one host on one UTC day, the worst that holds. unknown: before the host was first heard.
enum class DayClass : std::uint8_t {
    unknown,
    observed,
    imported,
    host_off,
    declared,
    source_loss,
    recorder_off,
    missing,
};
[[nodiscard]] std::string_view name(DayClass day);

// One row of the heat map: `days` are consecutive, from `first_day` to the last day that counts.
struct HostCoverage {
    std::string host, log, site;
    std::uint32_t device = 0; // index into Facts::devices, 0: no use was counted on it
    std::int64_t first_day = 0;
    std::vector<DayClass> days;
    std::int64_t through_day = 0; // the last day of which everything is known; first_day - 1 when none
    bool retired = false;
    std::int64_t dark_s = 0; // unobserved seconds in the review period
};

struct SourceCoverage {
    std::string host, source;
    std::int64_t first = 0, last = 0; // UTC seconds of what it told of
};

enum class Duty : std::uint8_t { not_due, due, delivered, late, nil, missing };
[[nodiscard]] std::string_view name(Duty duty);

// One period of one site under one agreement.
struct DutyPeriod {
    std::string agreement, site, label; // "2026-01"
    count::Span when;
    std::int64_t due_day = 0;
    Duty duty = Duty::not_due;
    std::optional<std::int64_t> received; // UTC seconds, of the delivery that answered it
    std::optional<std::int64_t> amended;  // of a later one that made it complete
    bool complete = false;                // data through the end of the period is there
    bool contradicted = false;            // a nil return beside recorded use
};

// Use of a product in the review period beside the period of the same length before it.
struct UseChange {
    std::string product;
    std::int64_t sessions = 0, sessions_before = 0, persons = 0, persons_before = 0, seconds = 0, seconds_before = 0;
    std::int64_t persons_least = 0, persons_before_least = 0; // R-NAMES
};

// What an export of the vendor says of one person and product, beside the records of the same days.
struct VendorUse {
    std::string person, product;      // no person: the export hides who it was
    std::int64_t first = 0, last = 0; // days that the rows of the export span
    std::int64_t vendor_days = 0;
    count::Bounds own_days;
    std::optional<std::int64_t> vendor_sessions; // nothing: the export does not count them
    std::int64_t own_sessions = 0;
    std::string reason; // class of why they differ; empty: they agree
};

struct Watched {
    std::vector<HostCoverage> hosts; // by site, host
    std::vector<SourceCoverage> sources;
    std::optional<std::int64_t> complete_through; // the last day of which everything is known from every host
    std::string complete_until_host;              // one that holds it there
    std::vector<DutyPeriod> duties;               // by agreement, site, period
    std::vector<UseChange> changes;               // by product
    std::vector<VendorUse> vendor_use;            // by product, person
};

} // namespace tally::findings
