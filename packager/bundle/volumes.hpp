// Compresses the lines of an export into the members of one or several volumes, which end behind seals
// (docs/formats/bundle.md, "Volumes"). Where they end follows from the lines, the level and the limit alone. Each
// volume's members wait in an unnamed file. Knows nothing of archives and manifests but how large they can become.
#pragma once

#include "packager/bundle/writer.hpp"

namespace tally::bundle {

using Spool = os::Descriptor; // of a file without a name: gone with the process, even after a kill

struct VolumePart {
    std::optional<Cut> cut;      // where it begins, when that is inside a log
    std::vector<Member> members; // LINES_0001 …
    Spool spool;                 // their bytes, one after the other
};

// `plain_bytes`: what HOSTS.jsonl and SITE.jsonl take, which are in every volume.
[[nodiscard]] std::vector<VolumePart> cut_into_volumes(const os::fs::path& directory, const Contents& contents,
                                                       std::uint64_t plain_bytes);

} // namespace tally::bundle
