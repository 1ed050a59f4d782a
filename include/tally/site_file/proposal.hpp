// The next version of a site file on its way to being signed (docs/formats/site-file.md, "Proposal"): a line like those
// of the site file, to which the holders of the root keys add their signatures one after the other. Every signature in
// it has been checked; whether they suffice is what wanting() says. Nobody takes keys or policy from a proposal.
#pragma once

#include "tally/site_file/chain.hpp"

#include <utility>

namespace tally::site_file {

struct SignedVersion {
    Version version;
    std::vector<std::pair<minisig::PublicKey, minisig::Signature>> signatures; // by root keys, each once
};

// A version as it could follow the chain, signed by nobody yet. Fault: it breaks a rule of the format.
[[nodiscard]] Result<SignedVersion> propose(const Chain& chain, const Version& next);
// `line` without LF. Fault: not a line that may follow the chain, or a signature that is not good.
[[nodiscard]] Result<SignedVersion> read_proposal(const Chain& chain, std::string_view line);
[[nodiscard]] std::string proposal_line(const SignedVersion& proposal); // without LF

// Signing again with the same key changes nothing. Fault: no root key of this version or of the one before it.
[[nodiscard]] Result<void> sign(const Chain& chain, SignedVersion& proposal, const minisig::SecretKey& key);
// A signature that was made elsewhere over signed_text(), with the trusted comment signature_comment().
[[nodiscard]] Result<void> add_signature(const Chain& chain, SignedVersion& proposal,
                                         const minisig::Signature& signature);

// Signatures that are still missing: of root keys of the current version, and of the proposed one.
struct Wanting {
    std::uint64_t of_current = 0, of_next = 0;
    [[nodiscard]] bool nothing() const { return of_current == 0 && of_next == 0; }
};
[[nodiscard]] Wanting wanting(const Chain& chain, const SignedVersion& proposal);

} // namespace tally::site_file
