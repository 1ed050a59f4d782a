// The record lines of a licence server's packages (docs/formats/record.md): what is known already is left out, a long
// list takes several lines.
#pragma once

#include "recorder/capture/records.hpp"

namespace tally::capture {

// `listed`: package → its components, as the log writes them.
void write_packages(Memory& memory, Records& records, Source& source,
                    const std::map<std::string, std::vector<std::string>>& listed);

} // namespace tally::capture
