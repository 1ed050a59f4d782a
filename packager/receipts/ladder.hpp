// The history of an agreement as a ladder: every bundle that was made, who released it, on which medium it left, and what
// the verifier answered, each with its instant. All of it from the station's own sealed lines and the signed receipts.
// Says what happened; that an answer is missing is for the reader to judge.
#pragma once

#include "packager/receipts/receipts.hpp"

namespace tally::receipts {

struct Event {
    std::uint64_t wall_ms = 0; // of the line
    std::string text;          // officer, medium
};

struct Answer {
    receipt::Receipt receipt;
    std::uint64_t taken_ms = 0; // when it was taken in
};

// One bundle.
struct Rung {
    std::uint64_t n = 0;
    std::string label;
    std::uint64_t made_ms = 0;
    std::vector<std::string> digests; // of its volumes; empty: it was not finished
    std::vector<Event> released, written;
    std::vector<Answer> answers; // in the order in which they were taken in
};

struct Ladder {
    std::string site, agreement, fingerprint; // fingerprint: words of the site file
    std::uint64_t made_ms = 0;                // up to the last line of the station's log
    std::vector<Rung> rungs;                  // by number
};

[[nodiscard]] Ladder ladder_of(submission::Station& station, const Receipts& receipts, const std::string& agreement);

[[nodiscard]] std::string to_text(const Ladder& ladder);
[[nodiscard]] std::string to_json(const Ladder& ladder);
// One page without anything from elsewhere, to be read on a screen and printed.
[[nodiscard]] std::string to_page(const Ladder& ladder);

} // namespace tally::receipts
