// A mapping file: which column of somebody's table means what (docs/formats/mapping.md). Strict: an unknown key, a key
// twice, a key that the kind of table has no use for, and a missing one are faults with their line.
// Does not read tables (log.hpp).
#pragma once

#include "recorder/table/time_pattern.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tally::table {

inline constexpr std::size_t largest_mapping = 64U << 10U;

enum class Kind : std::uint8_t { csv, json_lines };

enum class Column : std::uint8_t { product, user, host, version, count, reason, at, action, start, end, duration };
inline constexpr std::size_t column_count = 11;
// As a mapping file writes it.
[[nodiscard]] std::string_view name_of(Column column);

// Where the value of a column comes from.
struct Cell {
    std::string column; // of the table; empty: the value is the same for all rows
    std::string value;
    [[nodiscard]] bool is_given() const { return !column.empty() || !value.empty(); }
};

struct Mapping {
    Kind kind = Kind::csv;
    std::string source; // second part of `src`
    char separator = ',';
    std::array<Cell, column_count> cells;
    std::map<std::string, capture::Verb, std::less<>> actions; // word of the table → what it says
    TimePattern time;
    std::int64_t duration_unit_s = 1; // 0: h:mm:ss
    std::string fidelity;

    [[nodiscard]] const Cell& cell(Column column) const { return cells[static_cast<std::size_t>(column)]; }
    // A row is one event, not a session.
    [[nodiscard]] bool has_events() const { return cell(Column::action).is_given(); }
};

// Fault.at is a line number, 0 when something is missing.
[[nodiscard]] Result<Mapping> read_mapping(std::string_view text);

} // namespace tally::table
