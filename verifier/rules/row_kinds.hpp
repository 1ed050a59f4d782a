// Which fields each kind of row and expectation of a rule pack has (docs/formats/rule-pack.md). Not for other stages.
#pragma once

#include "tally/line/parse.hpp"
#include "verifier/rules/pack.hpp"

namespace tally::rules {

enum class RowType : std::uint8_t { row, expect };

// The row of a line whose `t` is "row" or "expect". The fault has no line yet.
[[nodiscard]] Result<Row> read_row(RowType type, const line::Fields& fields);

} // namespace tally::rules
