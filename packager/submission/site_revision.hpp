// Changing the site file: a next version is proposed in STATE/SITE.next.jsonl, gathers the signatures of the root keys,
// and becomes the last line of STATE/SITE.jsonl when they suffice. One proposal at a time; until it is complete nothing
// of it counts. Neither makes keys nor signs.
#pragma once

#include "tally/os/file.hpp"
#include "tally/site_file/proposal.hpp"

#include <optional>

namespace tally::submission {

inline constexpr const char* proposal_name = "SITE.next.jsonl";
inline constexpr const char* proposal_text_name = "SITE.next.text"; // what stock minisign signs

// What the next version changes.
struct Revision {
    std::vector<minisig::PublicKey> add_roots, add_exports, add_verifiers;
    std::vector<site_file::Officer> add_officers;
    std::vector<std::string> drop;   // keys of any role, by their text or printed id; export keys and officers are
                                     // retired
    std::vector<std::string> revoke; // of those, dropped without being retired: what they signed is not believed
    std::optional<std::uint64_t> threshold, releases;
};

// `station_size` is that of the station's log: up to there a retired key has signed. Fault: a key that the version does
// not list, or nothing changes.
[[nodiscard]] Result<site_file::Version> revised(const site_file::Version& current, const Revision& revision,
                                                 std::uint64_t station_size);

// Nothing when none is pending. Error when the file is there and is no proposal for this chain.
[[nodiscard]] std::optional<site_file::SignedVersion> read_proposal(const os::fs::path& state,
                                                                    const site_file::Chain& chain);

enum class Settled : std::uint8_t { pending, complete };
// Keeps the proposal or, when nothing is wanting, makes it the current version; durable on return. An interrupted run is
// finished by the next.
Settled settle(const os::fs::path& state, const site_file::Chain& chain, const site_file::SignedVersion& proposal);

// Takes a pending proposal back. False when there is none.
bool withdraw(const os::fs::path& state);

} // namespace tally::submission
