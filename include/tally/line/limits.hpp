// Upper bounds of every canonical line (docs/formats/line.md). Known before anything is parsed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tally::line {

inline constexpr std::size_t max_record = 2048;
inline constexpr std::size_t max_roster = 4096; // HOSTS.jsonl and SITE.jsonl
inline constexpr std::size_t max_manifest = 1U << 20U;
inline constexpr std::size_t max_receipt = 16U << 10U;
inline constexpr std::size_t max_fields = 64; // top-level members of one object
inline constexpr std::size_t max_depth = 3;   // counting the outermost object
inline constexpr std::size_t max_text = 192;  // encoded bytes of one text before it is cut
inline constexpr std::uint64_t max_integer = (std::uint64_t{1} << 53U) - 1;
inline constexpr std::uint64_t max_tree = std::uint64_t{1} << 48U;

} // namespace tally::line
