// What the records say beyond rights and money: how fast programs are, which commands are used, who is on which release.
// Plain tables for the report, filled by the stage insight; every table says for each product whether it could be made
// and, where not, why and what is needed. Accuses nobody: no finding comes from here.
#pragma once

#include "verifier/ledger/usage.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::findings {

enum class InsightKind : std::uint8_t { performance, commands, releases };
// available: its table has the product. The others say why it has not. resolved: there was something to say, and it is
// settled.
enum class Availability : std::uint8_t {
    available,
    no_record,
    not_instrumented,
    not_enough_time,
    too_few_persons,
    resolved,
};
[[nodiscard]] std::string_view name(InsightKind kind);
[[nodiscard]] std::string_view name(Availability availability);

// Of one product; of all when `product` is empty.
struct InsightState {
    InsightKind kind = InsightKind::performance;
    std::string product;
    Availability availability = Availability::available;
    std::int64_t has = 0, needs = 0;   // days or persons, where these are missing
    std::string text, remedy;          // one sentence each without full stop; a remedy where there is one
    std::vector<std::string> resolved; // what is settled
};

using ledger::Measure;
[[nodiscard]] std::string_view name(Measure measure);

// Of the means of persons, in milliseconds.
struct Quartiles {
    std::int64_t q25_ms = 0, q50_ms = 0, q75_ms = 0, persons = 0;
    bool operator==(const Quartiles&) const = default;
};

// What a period is compared with. frozen: it was handed in and stays; else it is counted again from the records each time.
struct PerformanceReference {
    Quartiles of;
    std::int64_t from_day = 0, to_day = 0; // both inside
    bool frozen = false;
    std::string source;
};

struct MonthSpeed {
    std::int64_t month = 0; // since year 0
    Quartiles of;
};

// One product, release and measure in the review period: how many persons lie in which quarter of the reference, the
// fastest first. Without a reference the counts are 0.
struct PerformanceBand {
    std::string product;
    unsigned release = 0;
    Measure measure = Measure::startup;
    Quartiles now;
    std::int64_t samples = 0;
    std::optional<std::int64_t> document_bytes; // mean size of the documents whose size was said
    std::optional<PerformanceReference> reference;
    std::array<std::int64_t, 4> persons{};
    std::vector<MonthSpeed> months; // with enough persons
};

// Started, completed, cancelled, undone.
struct CommandCounts {
    std::uint64_t started = 0, completed = 0, cancelled = 0, undone = 0;
};

// `command` is empty for the sum of a category; shares are thousandths of what was started in the product.
struct CommandRow {
    std::string product, category, command;
    CommandCounts of;
    std::int64_t persons = 0, share_milli = 0;
};

// One release of a product in the complete months that R-OUTLIER looks at.
struct ReleaseRow {
    std::string product;
    unsigned release = 0;                   // 0: the records do not say
    std::int64_t persons = 0, hosts = 0;    // distinct
    std::int64_t days = 0, share_milli = 0; // days of persons; of all releases of the product
    std::int64_t last_day = 0;
    std::optional<std::int64_t> released_day;
    bool is_newest = false;  // of those known to be out
    bool is_outlier = false; // as OUTLIER_VERSION, without teams
};

struct Insights {
    std::vector<InsightState> states;                        // by kind, then product
    std::vector<PerformanceBand> bands;                      // by product, release, measure
    std::vector<CommandRow> categories;                      // by product, most started first
    std::vector<CommandRow> top_commands;                    // the same
    std::vector<ReleaseRow> releases;                        // by product, newest first
    std::int64_t releases_from_day = 0, releases_to_day = 0; // both inside
    [[nodiscard]] bool has(InsightKind kind) const {
        for (const auto& state : states) {
            if (state.kind == kind && state.availability == Availability::available) {
                return true;
            }
        }
        return false;
    }
};

} // namespace tally::findings
