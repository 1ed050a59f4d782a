// What travels together: a bundle, its signatures, and the pages beside it, proved by the station's site file before
// anybody carries it. The same bundle and site file give the same parcel, whether it is read from the station's disk or
// from a medium: only bundle and signatures are taken from files, all else is derived again.
#pragma once

#include "packager/media/read_back.hpp"
#include "tally/bundle/manifest.hpp"
#include "tally/site_file/chain.hpp"

namespace tally::media {

inline constexpr std::string_view top_folder = "TALLY";

// One file of a parcel.
struct Piece {
    std::string name;
    std::uint64_t size = 0;
    crypto::Hash sha256{};
    std::string text;    // all of it, when it is small and already in hand
    os::Descriptor file; // otherwise
};

// TALLY/<site>/<folder>/: its pieces in the order in which they are written. The signature of the bundle is the last:
// with it the parcel is complete.
struct Parcel {
    std::string site;
    std::string folder;
    std::string agreement;
    std::uint64_t n = 0;
    std::uint64_t made_ms = 0; // `created` of the bundle
    crypto::Hash digest{};     // of what the signature signs
    bundle::Volume volume;
    std::vector<Piece> pieces;
};

// "X.tally" gives "X", "X.tally.age" gives "X_AGE"; and back.
[[nodiscard]] std::string folder_of(const std::string& file_name);
[[nodiscard]] std::string file_of(const std::string& folder);

// Reads `name` in the directory once to its end. Error with hints when it is not whole, not signed by a key that the site
// file lists for exports, or lacks releases that the site file demands. Of an envelope only the outside is looked at: the
// station signs none around a bundle that lacks releases.
[[nodiscard]] Parcel read_parcel(const os::Descriptor& directory, const std::string& name, const os::fs::path& shown,
                                 const site_file::Chain& site);

} // namespace tally::media
