// Segments in the outbox: copies of sealed lines for the packager's station. What belongs in it is noted in the journal
// before a file is written, so an interrupted drop is finished by the next one, under the same names with the same bytes.
// Lines that do not prove against their seals are never dropped. Does not delete: that is for acknowledgements. A segment
// whose lines were removed from the journal (pruning.hpp) cannot be written again.
#pragma once

#include "recorder/journal/journal.hpp"

namespace tally::journal {

inline constexpr const char* outbox_name = "outbox";

// What the outbox should hold, in order, and whether the file is there now.
struct Segment {
    Dropped dropped;
    bool present = false;
    bool removed = false; // its lines are not here any more
};
[[nodiscard]] std::vector<Segment> list_segments(const os::fs::path& directory, Store& store);

// Drops everything sealed that was not dropped yet; returns the files written, in order.
std::vector<Dropped> drop_segments(Journal& journal);
// Writes again every segment that is missing in the outbox and whose lines are here.
std::vector<Dropped> redrop_segments(Journal& journal);

} // namespace tally::journal
