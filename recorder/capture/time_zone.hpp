// Local time of an IANA time zone to UTC, from the system's own zone files (TZif, RFC 8536) without touching the
// process's environment. A local second may be exact, happen twice (autumn) or never (spring): the last two are ranges.
// Reads version 2 and later only; leap-second ("right/") files are refused. docs/adr/0009-time-zones.md
#pragma once

#include "tally/base/encoding.hpp"
#include "tally/base/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::capture {

// UTC seconds; from == to when the instant is known.
struct Instant {
    std::int64_t from = 0;
    std::int64_t to = 0;
    bool operator==(const Instant&) const = default;
};

enum class LocalKind : std::uint8_t { exact, ambiguous, skipped };

struct Resolved {
    Instant utc;
    LocalKind kind = LocalKind::exact;
};

// The rule after the last listed change ("CET-1CEST,M3.5.0,M10.5.0/3"), POSIX TZ as RFC 8536 §3.3.1 extends it.
struct ZoneRule {
    struct Change {
        char form = 'M'; // 'M' month.week.weekday, 'J' day 1–365 without 29 February, 'D' day 0–365
        int month = 0;
        int week = 0;
        int day = 0;
        std::int32_t second = 7200; // local second of that day, may be negative or beyond one day
    };
    std::int32_t standard_s = 0; // offsets east of Greenwich
    std::int32_t summer_s = 0;
    bool has_summer = false;
    Change begin;
    Change end;
};
[[nodiscard]] Result<ZoneRule> parse_zone_rule(std::string_view text);

class TimeZone {
public:
    // A name such as "Europe/Madrid": letters, digits, "_", "+", "-" and "/", no empty part, nothing outside the folder.
    [[nodiscard]] static Result<TimeZone> load(std::string_view name,
                                               const std::string& folder = "/usr/share/zoneinfo");
    // Fault.at is a byte offset.
    [[nodiscard]] static Result<TimeZone> parse(std::string name, Bytes file);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::int32_t offset_at(std::int64_t utc_s) const;
    // `local_s`: day × 86400 + second of the day. Cached by day.
    [[nodiscard]] Resolved resolve(std::int64_t local_s) const;

private:
    [[nodiscard]] std::int32_t offset_by_rule(std::int64_t utc_s) const;
    [[nodiscard]] Resolved resolve_near_change(std::int64_t local_s) const;

    std::string name_;
    std::vector<std::int64_t> changes_; // UTC, ascending
    std::vector<std::int32_t> offsets_; // from changes_[i] on
    std::int32_t first_offset_s_ = 0;   // before the first change
    std::optional<ZoneRule> rule_;
    mutable std::int64_t cached_day_ = INT64_MIN;
    mutable std::int32_t cached_offset_s_ = 0;
    mutable bool cached_even_ = false; // the whole day has one offset
};

} // namespace tally::capture
