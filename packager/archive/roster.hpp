// The logs a site answers for, in the order in which bundles list them: the station's own log first, then every
// enrolled host in the order of its `enrol` line. Filled from the station's log (packager/submission/station_log.hpp).
#pragma once

#include "tally/base/ids.hpp"
#include "tally/crypto/ed25519.hpp"

#include <string>
#include <vector>

namespace tally::archive {

struct EnrolledLog {
    HostId id;
    crypto::PublicKey first_key{}; // of epoch 0: all that the log's seals are checked with
    std::string label;             // encoded text, for people
    std::string group;             // encoded text, may be empty
};

using Roster = std::vector<EnrolledLog>;

} // namespace tally::archive
