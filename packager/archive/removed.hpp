// What stays of the lines that were removed from the beginning of a log: DIR/<log>/removed.jsonl, two lines for every seal
// among them, the tree that it covers and the seal itself (docs/formats/segment.md). With these the log can be proved from
// its enrolled first key on, as if all lines were here. Strict; proves while it reads.
#pragma once

#include "packager/archive/archive.hpp"
#include "tally/base/result.hpp"

namespace tally::archive {

inline constexpr const char* removed_name = "removed.jsonl";
inline constexpr std::size_t max_removed = 256U << 20U;

struct KeptSeal {
    Position after;      // the seal
    std::size_t end = 0; // of its two lines in the file
};

// The two lines, each with LF.
[[nodiscard]] std::string kept_seal(const line::CompactRange& before, std::string_view seal);
// All seals from epoch 0 on, each signed by the key that the one before it named. Fault: `at` is the line.
[[nodiscard]] Result<std::vector<KeptSeal>> read_kept_seals(const EnrolledLog& log, std::string_view bytes);

} // namespace tally::archive
