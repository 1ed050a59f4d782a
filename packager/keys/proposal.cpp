#include "tally/site_file/proposal.hpp"

#include "packager/keys/site_line.hpp"

#include <algorithm>

namespace tally::site_file {
namespace {

Result<void> check_next(const Chain& chain, const Version& next) {
    Roles roles;
    for (const auto& version : chain.versions()) {
        roles.keep(version);
    }
    return check_step(&chain.current(), next, roles);
}

} // namespace

Result<SignedVersion> propose(const Chain& chain, const Version& next) {
    if (const auto rules = check_version(next); !rules) {
        return rules.fault();
    }
    if (const auto step = check_next(chain, next); !step) {
        return step.fault();
    }
    return SignedVersion{next, {}};
}

Result<SignedVersion> read_proposal(const Chain& chain, std::string_view line) {
    auto proposal = read_version(line);
    if (!proposal) {
        return proposal.fault();
    }
    if (const auto step = check_next(chain, proposal->version); !step) {
        return step.fault();
    }
    if (const auto signatures = check_signatures(*proposal, &chain.current()); !signatures) {
        return signatures.fault();
    }
    return std::move(*proposal);
}

std::string proposal_line(const SignedVersion& proposal) { return line_of(proposal); }

Result<void> sign(const Chain& chain, SignedVersion& proposal, const minisig::SecretKey& key) {
    return add_signature(chain, proposal, sign_version(proposal.version, key));
}

Result<void> add_signature(const Chain& chain, SignedVersion& proposal, const minisig::Signature& signature) {
    std::vector<minisig::PublicKey> roots = proposal.version.roots;
    roots.insert(roots.end(), chain.current().roots.begin(), chain.current().roots.end());
    const auto root =
        std::find_if(roots.begin(), roots.end(), [&](const auto& key) { return key.id == signature.key; });
    if (root == roots.end()) {
        return Fault{"signed with a key that is no root key: " + minisig::printed_id(signature.key)};
    }
    SignedVersion alone{proposal.version, {}};
    alone.signatures.emplace_back(*root, signature);
    if (const auto good = check_signatures(alone, &chain.current()); !good) {
        return good.fault();
    }
    const auto by_root = [&](const auto& entry) { return entry.first == *root; };
    if (std::none_of(proposal.signatures.begin(), proposal.signatures.end(), by_root)) {
        proposal.signatures.push_back(std::move(alone.signatures.front()));
    }
    return {};
}

Wanting wanting(const Chain& chain, const SignedVersion& proposal) {
    const auto missing = [&](const Version& version) {
        const std::uint64_t have = signers_among(version.roots, proposal);
        return version.threshold > have ? version.threshold - have : 0;
    };
    return {missing(chain.current()), missing(proposal.version)};
}

} // namespace tally::site_file
