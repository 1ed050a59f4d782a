// Up to where a verifier holds each log of a channel (docs/formats/receipt.md, "Positions"): one line a log, in the order
// of the names, and the hash that a receipt carries. Strict both ways. Proves nothing about the lines themselves.
#pragma once

#include "tally/base/ids.hpp"
#include "tally/base/result.hpp"
#include "tally/line/tree.hpp"

#include <map>
#include <string>
#include <string_view>

namespace tally::receipt {

using line::Hash;

inline constexpr std::size_t max_logs = 65'536;
inline constexpr std::size_t max_position_line = 160; // with its LF, and room
inline constexpr std::size_t max_positions_file = max_logs * max_position_line;

// The verifier holds the lines [0, next); `root` is that of their tree.
struct Mark {
    std::uint64_t next = 0;
    Hash root{};
    bool operator==(const Mark&) const = default;
};
using Positions = std::map<HostId, Mark>;

// The bytes that are hashed, and those of RCPT_…_POS.jsonl; logs at 0 have no line.
[[nodiscard]] std::string positions_file(const Positions& positions);
[[nodiscard]] Hash hash_of(const Positions& positions);
// Fault.at is a line number.
[[nodiscard]] Result<Positions> read_positions(std::string_view bytes);

} // namespace tally::receipt
