// Writes one bundle file (docs/formats/bundle.md). The same contents give the same bytes, whatever the machine does.
// Memory is bounded: members wait compressed in an unnamed file beside the bundle until the manifest that must come
// first can be written. Under the final name there is nothing or the whole, durable file. Does not sign and does not
// prove the lines it is given.
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
};

struct Contents {
    Manifest head;                // members empty; zstd_version is that of the library
    std::vector<LogSource> logs;  // station first
    std::string site;             // bytes of SITE.jsonl
    std::optional<Hash> expected; // of the file, when it was made before: other bytes are an Error and get no name
};

struct Written {
    os::fs::path path;
    std::uint64_t size = 0;
    Hash sha256{};
    std::array<std::uint8_t, 64> blake2b512{}; // to be signed
    Manifest manifest;
};

// Of the zstd library that compresses here; goes into the manifest.
[[nodiscard]] std::string compressor_version();

// Writes directory/bundle_name(head). A file of that name with the same bytes is left as it is; one with other bytes
// is an Error and stays.
// Error when the disk refuses, or when the contents do not fit one volume (4096 members of 8 MiB).
[[nodiscard]] Written write_bundle(const os::fs::path& directory, const Contents& contents);

} // namespace tally::bundle
