// What follows from a segment's bytes and a place in its log alone: its digest, and the seals that prove its lines or
// why they do not. Asks nobody and keeps nothing, so that segments of several logs can be proved at the same time.
// Whether the log stands at that place is for the archive to say.
#pragma once

#include "packager/archive/archive.hpp"

#include <string_view>
#include <vector>

namespace tally::archive {

struct Proof {
    Position from;
    Refusal refusal = Refusal::none;
    std::string reason;
    std::vector<Position> seals; // right after each; the last is where the segment ends. None of a refused one.
};

// `raw`: lines of `log` as segment::read gives them, the first of them at or before the end of `from`.
[[nodiscard]] Proof prove(const HostId& log, const Position& from, std::uint64_t first, std::string_view raw);

[[nodiscard]] const char* describe(line::Chain::Fault fault); // "" for none

// What was found out about a segment before its turn.
struct Ahead {
    line::Hash digest{}; // of the file
    std::optional<Proof> proof = std::nullopt;
};

} // namespace tally::archive
