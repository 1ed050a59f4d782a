// Which lines a station need not keep any more: those that are below the positions of the newest receipts of all
// agreements, and that no bundle needs which is still on its way or would be made next. Decides; removes nothing.
#pragma once

#include "packager/receipts/receipts.hpp"

namespace tally::receipts {

struct Limit {
    std::uint64_t below = 0;
    std::string agreement; // that holds what stands behind; as the log spells it
};

// For every log of the roster but the station's own, which stays whole; 0 while an agreement has no receipt.
[[nodiscard]] std::map<HostId, Limit> limits(const submission::Station& station, const Receipts& receipts);

} // namespace tally::receipts
