// A released bundle encrypted for its readers by the stock program age (docs/formats/release.md, "Envelope"): what goes
// into it, and the signature over what comes out. No cryptography of ours, and no secret: only recipients are handed to
// age. Whether it can be decrypted again only a reader can say.
#pragma once

#include "packager/media/parcel.hpp"

namespace tally::media {

inline constexpr std::size_t max_recipients = 64U << 10U; // bytes of the file

struct Envelope {
    std::uint64_t size = 0;
    crypto::Hash sha256{};
    minisig::Digest blake2b512{};
};

// Writes `to` whole or not at all: the signatures of the parcel and its bundle as a strict ustar, encrypted. Error with a
// hint when age is not installed, when it refuses, or when the file of recipients holds a secret key.
[[nodiscard]] Envelope encrypt(const Parcel& parcel, const os::fs::path& recipients, const os::fs::path& to,
                               const Progress& progress = {});

} // namespace tally::media
