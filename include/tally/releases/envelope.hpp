// What an encrypted bundle says of itself on the outside (docs/formats/release.md, "Envelope"): the trusted comment of its
// signature, strict both ways, and the name of its file. Proves nothing: the signature does, and of the outside only.
#pragma once

#include "tally/base/ids.hpp"
#include "tally/base/result.hpp"
#include "tally/bundle/manifest.hpp"

#include <string>
#include <string_view>

namespace tally::releases {

inline constexpr std::string_view envelope_suffix = ".age";
// The untrusted comment; nothing covers it, so a reader compares it.
inline constexpr std::string_view envelope_note = "envelope of a bundle by tally-packager";
inline constexpr std::size_t max_envelope_comment = 79;

// The bundle inside.
struct EnvelopeSubject {
    SiteId site, agreement;
    std::uint64_t n = 0; // 1…bundle::max_sequence
    bundle::Volume volume;
};

// "tally-envelope-1 <site> <agreement> <n> <k>/<m>"
[[nodiscard]] std::string envelope_comment(const EnvelopeSubject& subject);
// Fault.at is a byte offset.
[[nodiscard]] Result<EnvelopeSubject> read_envelope_comment(std::string_view comment);
// "<SITE>_<label>_<n in six digits>_V<k>OF<m>.tally.age", with any label.
[[nodiscard]] bool is_called(const EnvelopeSubject& subject, std::string_view file_name);

} // namespace tally::releases
