// Writes the file or the volumes of one export (docs/formats/bundle.md). The same contents give the same bytes, whatever
// the machine does. Memory is bounded: members wait compressed in unnamed files beside the bundle until the manifest
// that must come first can be written. Under a final name there is nothing or a whole, durable file. Does not sign and
// does not prove the lines it is given.
#pragma once

#include "tally/bundle/manifest.hpp"
#include "tally/os/file.hpp"

#include <array>
#include <functional>

namespace tally::bundle {

// Takes whole lines, each with its LF, in order; any number of them at a time. Not kept after the call.
using LineSink = std::function<void(std::string_view lines)>;

struct LogSource {
    HostRow row;
    std::function<void(const LineSink&)> lines; // gives lines [row.first, row.next); their number is asserted
    std::vector<std::uint64_t> seals = {}; // sizes behind each seal in (row.first, row.next]: where a volume may end
    std::function<Cut(std::uint64_t size)> cut = {}; // where the log stands at one of them
};

struct Contents {
    Manifest head;               // members, cut and volume empty; zstd_version is that of the library
    std::vector<LogSource> logs; // station first
    std::string site;            // bytes of SITE.jsonl
    std::vector<Hash> expected;  // of the files, when they were made before: other bytes are an Error and get no name
    std::uint64_t volume_bytes = 0;                         // at most so many in a file; 0: no limit
    std::function<void(std::uint64_t lines)> progress = {}; // told now and then how many lines have gone in
};

// More would not fit into the station's line that names them.
inline constexpr std::size_t max_set = 20;

struct Written {
    os::fs::path path;
    std::uint64_t size = 0;
    Hash sha256{};
    std::array<std::uint8_t, 64> blake2b512{}; // to be signed
    Manifest manifest;
};

// Of the zstd library that compresses here; goes into the manifest.
[[nodiscard]] std::string compressor_version();

// Writes directory/bundle_name() of each volume. A file of that name with the same bytes is left as it is; one with
// other bytes is an Error and stays.
// Error when the disk refuses, or when the contents do not fit max_set volumes, or an epoch not one.
[[nodiscard]] std::vector<Written> write_volumes(const os::fs::path& directory, const Contents& contents);
// The same of contents that are known to fit one file.
[[nodiscard]] Written write_bundle(const os::fs::path& directory, const Contents& contents);

} // namespace tally::bundle
