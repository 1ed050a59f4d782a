// One line of a site file: the codec, and the rules that one line can keep or break by itself. Not for other stages.
#pragma once

#include "tally/site_file/proposal.hpp"

#include <map>
#include <string>

namespace tally::site_file {

// Every field and key is well formed and has one role; the signatures are spelled well and not yet checked.
[[nodiscard]] Result<SignedVersion> read_version(std::string_view text);
[[nodiscard]] std::string line_of(const SignedVersion& line);
[[nodiscard]] minisig::Signature sign_version(const Version& version, const minisig::SecretKey& key);

// Each signature is good and by a root key of this version or of the one before (`before` null: there is none).
[[nodiscard]] Result<void> check_signatures(const SignedVersion& line, const Version* before);
// How many of `roots` have signed.
[[nodiscard]] std::uint64_t signers_among(const std::vector<minisig::PublicKey>& roots, const SignedVersion& line);
// Keys with the role that they once had: none ever gets another.
class Roles {
public:
    bool keep(const Version& version); // false: one of its keys had another role

private:
    bool keep(const std::vector<minisig::PublicKey>& keys, const std::string& role);
    std::map<crypto::PublicKey, std::string> roles_; // of an officer with the person
};

// Whether the version may follow `before` (null: be the first), whose roles and those of all earlier ones are kept.
[[nodiscard]] Result<void> check_step(const Version* before, const Version& after, Roles& roles);
// Every key has one role in a version, no two share an id, and the threshold can be reached.
[[nodiscard]] Result<void> check_version(const Version& version);

} // namespace tally::site_file
