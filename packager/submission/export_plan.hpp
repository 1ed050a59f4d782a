// What an export consists of: a function of the station's lines up to the seal behind its `export` line, so that the
// same export can be made again to the same bytes whatever has arrived since.
#pragma once

#include "packager/bundle/writer.hpp"
#include "packager/submission/station.hpp"

namespace tally::submission {

// The station's own lines are taken up to the first seal behind the `export` line; of every log enrolled before that
// line, everything that had arrived before it, or up to its first seal at or after `until`. Each begins where the receipt
// of the export left it. The archive must hold that seal (StationLog::seal). The contents refer to `archive`, which must outlive them.
[[nodiscard]] bundle::Contents plan_export(const site_file::Chain& site, const archive::Archive& archive,
                                           const std::vector<Export>& exports, const Export& wanted);

// Something has arrived or was enrolled since the last finished export of the agreement, or there is none yet.
[[nodiscard]] bool anything_new(const archive::Archive& archive, const StationLog& log, const std::string& agreement);

} // namespace tally::submission
