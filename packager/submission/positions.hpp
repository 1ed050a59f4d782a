// Where the logs of an agreement stand by what its verifier has receipted: an export begins there, so that a lost medium
// never breaks anything. A function of the station's lines alone.
#pragma once

#include "packager/submission/station_log.hpp"

#include <map>

namespace tally::submission {

using Positions = std::map<HostId, std::uint64_t>; // a log that is not in it stands at 0

// Ends of all logs in an export: the station's own behind the seal of its `export` line.
[[nodiscard]] Positions ends_of(const archive::Archive& archive, const Export& wanted);

// Number of the newest receipt of that agreement; 0 when there is none.
[[nodiscard]] std::uint64_t last_receipt(const archive::Archive& archive, const std::string& agreement);

// Where export `wanted` begins, after its receipt: at the ends of the newest export all of whose files are named by
// receipts up to that one, taken in before. One that was received in part moves nothing: what it held is packed again. Without
// such a one behind the lines that were removed before the agreement was first mentioned.
[[nodiscard]] Positions begins_of(const archive::Archive& archive, const std::vector<Export>& exports,
                                  const Export& wanted);

// Number of that export; 0 when there is none.
[[nodiscard]] std::uint64_t newest_received(const archive::Archive& archive, const std::vector<Export>& exports,
                                            const Export& wanted);

// Error when lines that a bundle with these beginnings needs were removed from the archive.
void demand_lines(const archive::Archive& archive, const Positions& begins, const std::string& agreement);

} // namespace tally::submission
