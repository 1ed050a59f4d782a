// Looks at a medium after it was put in again: every parcel of the site is read twice, once past the page cache, proved as
// before writing, and compared with what the station knows to have written. Reads nothing that is not a regular file
// below TALLY/<site>, writes nothing. A device that lies only to other machines is beyond it.
#pragma once

#include "packager/media/parcel.hpp"

namespace tally::media {

enum class Doubt : std::uint8_t {
    incomplete, // no signature: the write did not come to its end
    damaged,    // other bytes than were signed or derived
    unsteady,   // two readings differ
    missing,    // the station wrote it, and it is not there
    foreign,    // not of a parcel; not looked into, and no fault
};
[[nodiscard]] std::string_view name_of(Doubt doubt);

struct Remark {
    Doubt doubt = Doubt::damaged;
    std::string where; // below the medium, as encoded text: a name may hold anything
    std::string what;
};

struct ParcelSeen {
    std::string folder, agreement, bundle;
    std::uint64_t n = 0;
    std::uint64_t size = 0; // of the bundle
    crypto::Hash sha256{};
    Method method = Method::memory; // the weakest of its files
};

struct MediumSeen {
    std::vector<ParcelSeen> whole;
    std::vector<Remark> remarks;
    // At least one parcel, and nothing to complain of.
    [[nodiscard]] bool sound() const;
};

// `expected`: digests of bundles that were written to this medium.
[[nodiscard]] MediumSeen verify(const os::Descriptor& root, const os::fs::path& shown, const site_file::Chain& site,
                                const std::vector<crypto::Hash>& expected, const Progress& progress = {});

} // namespace tally::media
