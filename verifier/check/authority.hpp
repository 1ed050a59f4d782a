// Who vouches for a bundle: its signature file, the key's role, the fixed comments, and the site file it carries.
// Everything is measured against the chains that were enrolled; the bundle's own chain is only compared with them.
#pragma once

#include "tally/bundle/bundle_reader.hpp"
#include "tally/releases/releases.hpp"
#include "tally/site_file/chain.hpp"
#include "verifier/check/check.hpp"
#include "verifier/check/findings.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tally::check {

// The bytes of a signature file, not looked into, or what is wrong with the file.
[[nodiscard]] std::variant<std::string, Finding> read_signature_bytes(const os::fs::path& path);
// Nothing when they are not in the one spelling (BAD_SIGNATURE).
[[nodiscard]] std::optional<minisig::Signature> read_signature(std::string_view bytes, Findings& findings);

struct Signer {
    std::size_t chain = 0;              // index of the one whose current version lists the key
    std::optional<std::uint64_t> until; // of a retired key: it signed nothing beyond this size of the station's log
};
// Whose export key signed, current or retired, when the signature holds.
[[nodiscard]] std::optional<Signer> find_signer(const minisig::Signature& signature, const minisig::Digest& digest,
                                                const std::vector<site_file::Chain>& chains, Findings& findings);

// The fixed comments of an export signature of this very bundle.
void check_comments(const minisig::Signature& signature, const bundle::Manifest& manifest, Findings& findings);

// Releases beside it, held against `policy`, the enrolled one. One that does not count is a warning; too few persons are
// RELEASE_MISSING.
[[nodiscard]] std::vector<releases::Judged> check_releases(const releases::Beside& beside,
                                                           const releases::Case& released,
                                                           const site_file::Version& policy, Findings& findings);

// The chain that the bundle carries; compared with `enrolled` when there is one.
[[nodiscard]] std::optional<site_file::Chain> read_site_file(const bundle::UnverifiedBundle& bundle,
                                                             const site_file::Chain* enrolled, Findings& findings);

// Whether the file with that digest was accepted.
[[nodiscard]] bool was_accepted(const bundle::Manifest& manifest, const Hash& digest, const Memory& memory);
// The bundle before this one must be the one that was accepted; `previous`: what the station says of its number.
enum class Previous : std::uint8_t { expected, given_up };
void check_previous(const bundle::Manifest& manifest, Previous previous, const Memory& memory, Findings& findings);
// What the site had taken in when it made the bundle: a receipt of this verifier, and none older than it had used before.
void check_receipt(const bundle::Manifest& manifest, const NamedReceipt& named, const Memory& memory,
                   Findings& findings);
// A digest that only volumes of one set share; all zeros of a bundle that is whole.
[[nodiscard]] Hash set_of(const bundle::Manifest& manifest);
// Whether a volume before this one was not accepted; a volume of another set is a finding.
[[nodiscard]] bool check_set(const bundle::Manifest& manifest, const Hash& set, const Memory* memory,
                             Findings& findings);
// A row that stands before the log with which a later volume begins: its lines were in the volumes before, which were
// accepted.
void check_before_volume(const bundle::HostRow& row, const Memory& memory, Findings& findings);

// That the site is trusted under another fingerprint than it once was.
void say_reenrolled(const std::vector<Reenrolled>& all, const std::string& site, Findings& findings);

} // namespace tally::check
