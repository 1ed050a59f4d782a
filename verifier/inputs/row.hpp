// What rows of all tables are made of. Days count from 1970-01-01 and are inside an interval at both ends unless said
// otherwise; an empty text or list means "not said"; money is ten-thousandths of its currency.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::inputs {

enum class Kind : std::uint8_t {
    entitlements,
    assignments,
    agreements,
    collections,
    directory,
    aliases,
    groups,
    administrators,
    approved_administrators,
    perpetual,
    billing,
    token_packs,
    token_rates,
    token_adjustments,
    prices,
    functions,
    command_categories,
    hosts,
    installations,
    usage_exports,
    releases,
    licence_files,
    networks,
    addons,
    products,
    waivers,
    entity_events,
    performance_references,
};
inline constexpr std::size_t kinds = static_cast<std::size_t>(Kind::performance_references) + 1;
[[nodiscard]] std::optional<Kind> kind_named(std::string_view name);
[[nodiscard]] std::string_view name(Kind kind); // as the command line and files spell it: "token-packs"

using Day = std::int64_t;
inline constexpr Day for_ever = std::numeric_limits<Day>::max();

struct RowRef {
    Kind kind = Kind::entitlements;
    std::uint64_t row = 0;  // line of the file
    std::uint64_t file = 0; // id of the import it came with
    bool operator==(const RowRef&) const = default;
};

// An instant that may be known by its day only: it lies in [from, to], UTC seconds.
struct Moment {
    std::int64_t from = 0, to = 0;
    bool operator==(const Moment&) const = default;
};

struct Money {
    std::int64_t units = 0;
    std::string currency;
    bool operator==(const Money&) const = default;
};

// monthly, quarterly, or every so many days.
struct Cadence {
    enum class Unit : std::uint8_t { none, months, days };
    Unit unit = Unit::none;
    std::int64_t length = 0;
    bool operator==(const Cadence&) const = default;
};

} // namespace tally::inputs
