// What the station writes to this host: FILE, one canonical line with `format`, `site` and `host`, and FILE.minisig by an
// export key of the site (docs/formats/host-package.md). Finds letters in folders, reads them, says whose signature they
// bear. What a letter asks for is the business of its format.
#pragma once

#include "tally/base/ids.hpp"
#include "tally/site_file/chain.hpp"

#include <string>
#include <vector>

namespace tally::inbox {

inline constexpr std::size_t max_letter = 128U << 10U;

struct Letter {
    os::fs::path file;
    std::string bytes;     // with LF
    std::string format;    // "tally-host-1", …
    std::string host;      // to whom, as it says itself
    std::string signature; // bytes of FILE.minisig
};

// A file by its own path; of a folder the files KIND_<log>.json that are named after `host`, in the order of their names.
[[nodiscard]] std::vector<os::fs::path> letters_in(const os::fs::path& place, const HostId& host);
// Fault: no letter, or one without a signature file.
[[nodiscard]] Result<Letter> read_letter(const os::fs::path& file);

// Good when an export key of the chain's current version signed these bytes with this trusted comment.
[[nodiscard]] Result<void> check_signature(const Letter& letter, const site_file::Chain& chain,
                                           const std::string& comment);

} // namespace tally::inbox
