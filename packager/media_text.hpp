// What `write` and `verify-media` say alike: how a medium is called in the station's log, and how far the work is.
#pragma once

#include "packager/media/medium.hpp"
#include "packager/media/read_back.hpp"

namespace tally::packager {

// "3A21-07FF", then the serial number of the device, then what people call it; "-" for what is not to be had.
[[nodiscard]] std::string name_of(const media::Medium& medium, const std::string& label);
// Whether two such names are of one medium: the same file system, or, where that has no number, the same label.
[[nodiscard]] bool same_medium(const std::string& a, const std::string& b);

// Counts bytes, and shows them on stderr when that is a terminal.
[[nodiscard]] media::Progress show_progress(std::uint64_t total_bytes, const char* doing);

} // namespace tally::packager
