// What advice rests on, as plain tables for the report and the review: every seat with its use, every line with the
// quantity it needs, who would get which line when nobody was assigned. Filled by the stage advise.
#pragma once

#include "tally/text/decimal.hpp"
#include "verifier/count/facts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tally::findings {

// A named seat held at as_of, and how idle it is by three definitions. Days count from 1970-01-01.
struct SeatUse {
    std::string person, agreement, line, product;
    inputs::Day assigned_day = 0;
    std::optional<inputs::Day> last_day; // of proved use, exports included; nothing: never
    std::int64_t days_idle = 0;          // since then, or since the assignment
    bool is_dormant = false;             // by R-IDLEUSER
    bool is_inactive_by_months = false;  // the vendor's way: nothing in the last complete calendar months
    bool is_rare = false;                // fewer sessions in a year than rules::rare_sessions
};

// What a line would have to hold. concurrent: by the daily peaks of working days; named: seats that are used.
struct Sizing {
    std::string agreement, line, product;
    inputs::Metric metric = inputs::Metric::concurrent;
    std::int64_t quantity = 0; // bought, at as_of
    count::Bounds peak, percentile;
    std::int64_t days = 0, days_left_out = 0; // working days counted, and those watched too little
    std::optional<std::int64_t> recommended;  // nothing: too little was watched
    std::string because;
    std::string currency;
    std::optional<text::Decimal> cost_now, cost_then; // a year
};

// Without assignments: which named line each person would need, and who would go without.
struct Allotment {
    std::string person, agreement;
    std::vector<std::string> lines; // labels; empty: none is left
};

// One line's bill, if it were settled today (R-MONEY).
struct TrueUp {
    std::string agreement, line, product;
    inputs::Metric metric = inputs::Metric::named;
    std::int64_t bought = 0;
    count::Bounds peak, due; // beyond what was bought
    std::string currency;
    std::optional<text::Decimal> price, amount; // of one; of what is surely due
    std::vector<std::string> findings;          // ids that carry the evidence
};

// A published figure, and our own beside it. Shares are thousandths.
struct Benchmark {
    std::string name, source;
    std::int64_t published_from = 0, published_to = 0;
    std::int64_t own_count = 0, own_of = 0;
    std::int64_t own_count_least = 0, own_of_least = 0; // R-NAMES
    std::string saving;                                 // as published
    [[nodiscard]] std::optional<std::int64_t> own_milli() const {
        return own_of > 0 ? std::optional(own_count * 1000 / own_of) : std::nullopt;
    }
};

// What the same gap costs by when and how it is found, as an advisory publishes it; illustrative, not a price list.
struct CostCase {
    std::string name, found; // "after 12 months"
    text::Decimal licences;  // what has to be bought in any case; 0 when `from` to `to` is all
    text::Decimal from, to;  // on top of it
};
struct CostComparison {
    std::string currency, label;
    text::Decimal gap; // licences at list price for a year
    std::vector<CostCase> cases;
};

struct Advice {
    std::vector<SeatUse> seats; // by line, in the order of the input
    std::vector<Sizing> sizes;  // in the order of the positions
    std::vector<Allotment> allotments;
    std::vector<TrueUp> true_up;
    std::vector<Benchmark> benchmarks;
    std::vector<CostComparison> costs; // one a currency
};

} // namespace tally::findings
