// Who has released an export, as the station's own log tells it (docs/formats/release.md): by its `release` lines, over a
// file or over the list of a whole set, of keys that the site file still lists. Looks at no bundle; whoever carries one
// out looks at the signatures beside it.
#pragma once

#include "packager/submission/station_log.hpp"
#include "tally/site_file/chain.hpp"

#include <set>

namespace tally::submission {

struct ReleasedBy {
    std::set<std::string> persons; // who have released every file of it
    bool enough = true;            // each file by as many persons as the site file demands
};

[[nodiscard]] ReleasedBy released_by(StationLog& log, const site_file::Version& policy, const Export& made);

} // namespace tally::submission
