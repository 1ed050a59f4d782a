// The lines of one member of an unverified bundle: its hash, one strict frame (or the lines as they are) within the size that the manifest
// declares, and whether the encoding is the one spelling (docs/formats/bundle.md). Says nothing about the lines.
// Contexts are reused: one object per thread.
#pragma once

#include "tally/bundle/bundle_reader.hpp"
#include "tally/zstd/frame.hpp"

namespace tally::bundle {

enum class Spelling : std::uint8_t {
    equal,   // compressing again gives these bytes: nothing is hidden in the encoding
    differs, // it does not, with the very library version that the manifest names
    unknown, // it does not, but this library is another version than the manifest names
};

struct Lines {
    std::string raw; // whole lines, each with its LF
    Spelling spelling = Spelling::unknown;
};

class LinesReader {
public:
    explicit LinesReader(const UnverifiedBundle& bundle) : bundle_(bundle) {
        if (bundle.manifest().zstd_level != stored_level) {
            compressor_.emplace(bundle.manifest().zstd_level);
        }
    }

    // `member` from first_lines_member on. Memory: the member packed, raw, and packed again.
    [[nodiscard]] Checked<Lines> read(std::size_t member);

private:
    const UnverifiedBundle& bundle_;
    zstd::Decompressor decompressor_;
    std::optional<zstd::Compressor> compressor_; // of a bundle that is compressed
};

} // namespace tally::bundle
