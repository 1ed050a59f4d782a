// The periods that an agreement's terms make, in civil days counted from 1970-01-01: no clock, no zone. The same periods
// and words as those by which the verifier judges (docs/reference/rules.md, R-CALENDAR).
#pragma once

#include "packager/submission/acts.hpp"
#include "tally/base/result.hpp"

namespace tally::obligations {

using submission::AgreementTerms;

struct Cadence {
    enum class Unit : std::uint8_t { none, months, days };
    Unit unit = Unit::none;
    std::int64_t length = 0;
};
// "none", "monthly", "quarterly", "half-yearly", "yearly", "<n> days", "<n> months", n from 1 to 1000.
[[nodiscard]] Result<Cadence> parse_cadence(std::string_view text);

// Days [from, to). `label`: 2026-Q1, 2026-03 (first month), 2026-03-14 (first day, where days are counted).
struct Period {
    std::int64_t from = 0, to = 0;
    std::string label;
};

// Terms with their cadence read.
class Calendar {
public:
    // Fault when the cadence is none of the words.
    [[nodiscard]] static Result<Calendar> of(const AgreementTerms& terms);

    // The period that a day lies in, cut at the first and last day of the agreement. Nothing when no report is owed of it.
    [[nodiscard]] std::optional<Period> at(std::int64_t day) const;
    // By its label, or by any day in it (2026-02-14).
    [[nodiscard]] std::optional<Period> named(std::string_view name) const;

    [[nodiscard]] std::int64_t due_day(const Period& period) const { return period.to - 1 + due_; }
    [[nodiscard]] std::int64_t last_day(const Period& period) const { return due_day(period) + grace_; } // of grace

private:
    Cadence cadence_;
    std::int64_t start_ = 0, due_ = 0, grace_ = 0;
    std::optional<std::int64_t> end_;
};

} // namespace tally::obligations
