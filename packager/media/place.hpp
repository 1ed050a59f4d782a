// Brings parcels onto a medium: each file is written beside its name, synced, renamed, its folder synced, and read back
// past the page cache; the signature of a bundle comes when all else of its parcel has been read back. So a medium that
// was pulled out in the middle has no signature where something is missing. What is there and equal is not written again;
// what is no file of a parcel is never opened, replaced or removed. No link is followed below the medium's own folder.
#pragma once

#include "packager/media/parcel.hpp"

namespace tally::media {

enum class There : std::uint8_t {
    absent,
    equal,
    leftover, // of a write that did not come to its end: replaced
};

struct Step {
    const Parcel* parcel = nullptr;
    const Piece* piece = nullptr;
    There there = There::absent;    // before
    Method method = Method::memory; // of reading it back
};

// Looks for every piece in the order in which they are written. Error when something else has one of their names, or
// when a parcel that was completed there has changed since. The parcels must outlive the steps.
[[nodiscard]] std::vector<Step> survey(const os::Descriptor& root, const os::fs::path& shown,
                                       const std::vector<Parcel>& parcels, const Progress& progress = {});

// Writes what the survey did not find equal, and says how each file was read back. Error when the medium refuses or does
// not give back what it was given; then the parcel at hand has no signature there, those before it are complete.
void place(const os::Descriptor& root, const os::fs::path& shown, std::vector<Step>& steps,
           const Progress& progress = {});

} // namespace tally::media
