// A site with one host and its station, whole and sealed, at any size: the host's lines lie in a file (memory stays
// flat), everything else is small. The keys follow from fixed seeds: the same size gives the same lines.
#pragma once

#include "packager/bundle/writer.hpp"
#include "tally/minisig/signature.hpp"

namespace tally::bench {

struct MadeSite {
    bundle::Contents contents; // station and host; `lines` of the host reads `host_lines`
    std::string site_chain;    // bytes of SITE.jsonl
    os::fs::path host_lines;   // the host's lines, each with its LF
    std::uint64_t lines = 0;   // of the host
    std::uint64_t line_bytes = 0;
    std::uint64_t sessions = 0;
    minisig::SecretKey export_key;
};

[[nodiscard]] MadeSite make_site(const os::fs::path& directory, std::uint64_t sessions);

// Writes the bundle and its signature into `directory`; gives the bundle's path.
[[nodiscard]] os::fs::path pack(const MadeSite& site, const os::fs::path& directory);

} // namespace tally::bench
