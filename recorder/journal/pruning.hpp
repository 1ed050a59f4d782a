// Removal of lines that every verifier has: whole sealed epochs from the beginning of the journal, never the last sealed
// one. Before anything is removed the whole log is proved. What stays of the removed lines: line 0, every seal (the keys,
// and with the tree that the last of them covers everything to go on from), and the few lines that the recorder itself
// looks up later. Interrupted at any point the journal holds; the next run goes on. Decides nothing about floors.
#pragma once

#include "recorder/journal/journal.hpp"

namespace tally::journal {

// What stays although it might go. Nothing set: no more than has to.
struct Retention {
    std::uint64_t epochs = 0;               // so many sealed ones at least
    std::optional<std::uint64_t> sealed_ms; // those that were sealed at or after that instant
};

struct Pruning {
    std::uint64_t began = 0;  // first line of which all that follow were here
    std::uint64_t begins = 0; // the same afterwards
    std::uint64_t epochs = 0; // removed
    std::uint64_t lines = 0;  // removed
    std::uint64_t bytes = 0;  // of these lines
};

// What prune() would do. `floor`: lines [0, floor) may go. Error when the log does not hold, or floor is beyond what is
// sealed.
[[nodiscard]] Pruning plan_pruning(Journal& journal, std::uint64_t floor, const Retention& keep);
// Durable on return, and the file is as small as it can be. Takes some MiB of room beside it meanwhile. `index` is called
// first, inside a transaction with all lines at hand: what else is made from the lines has to be brought up to date.
// `step_lines` are removed in one transaction, rounded up to an epoch.
inline constexpr std::uint64_t usual_step_lines = 4096;
Pruning prune(Journal& journal, std::uint64_t floor, const Retention& keep, const std::function<void()>& index,
              std::uint64_t step_lines = usual_step_lines);

// Whether room of removed lines was not given back to the file system yet.
[[nodiscard]] bool has_free_room(Store& store);

} // namespace tally::journal
