// When the machine was off, by the records that the system keeps of its own starts and stops (wtmp). Only a stop that is
// followed by a start is told: a machine that lost its power wrote no stop. Strict reader, bounded.
#pragma once

#include "recorder/sessions/gaps.hpp"
#include "tally/os/file.hpp"

#include <string_view>
#include <vector>

namespace tally::processes {

// In the order in which they stand there.
[[nodiscard]] std::vector<sessions::Off> read_boot_records(std::string_view wtmp);
// Of the newest records of the file; none when it is not there or cannot be read.
[[nodiscard]] std::vector<sessions::Off> boot_records(const os::fs::path& file = "/var/log/wtmp");

} // namespace tally::processes
