#include "tally/site_file/chain.hpp"

#include "packager/keys/site_line.hpp"

#include "tally/base/encoding.hpp"

#include <algorithm>
#include <map>

namespace tally::site_file {

bool Roles::keep(const Version& version) {
    return keep(version.roots, "root") && keep(version.exports, "export") && keep(version.verifiers, "verifier") &&
           std::all_of(version.officers.begin(), version.officers.end(),
                       [&](const auto& one) { return keep({one.key}, "officer " + one.person.text()); }) &&
           keep({{{}, version.log}}, "log");
}

bool Roles::keep(const std::vector<minisig::PublicKey>& keys, const std::string& role) {
    return std::all_of(keys.begin(), keys.end(),
                       [&](const auto& key) { return roles_.try_emplace(key.point, role).first->second == role; });
}

std::uint64_t signers_among(const std::vector<minisig::PublicKey>& roots, const SignedVersion& line) {
    return static_cast<std::uint64_t>(std::count_if(roots.begin(), roots.end(), [&](const auto& root) {
        return std::any_of(line.signatures.begin(), line.signatures.end(),
                           [&](const auto& entry) { return entry.first == root; });
    }));
}

Result<void> check_signatures(const SignedVersion& line, const Version* before) {
    const auto digest = minisig::digest(as_bytes(signed_text(line.version)));
    for (const auto& [key, signature] : line.signatures) {
        const auto is_key = [&signer = key](const minisig::PublicKey& root) { return root == signer; };
        const auto lists = [&](const std::vector<minisig::PublicKey>& roots) {
            return std::any_of(roots.begin(), roots.end(), is_key);
        };
        if (!lists(line.version.roots) && (before == nullptr || !lists(before->roots))) {
            return Fault{"signed with a key that is no root key: " + minisig::printed_id(key.id)};
        }
        if (const auto verdict = minisig::verify(key, digest, signature); verdict != minisig::Verdict::good) {
            return Fault{"root key " + minisig::printed_id(key.id) + ": " + minisig::describe(verdict)};
        }
        if (signature.comments.trusted != signature_comment(line.version)) {
            return Fault{"root key " + minisig::printed_id(key.id) + " signed it under another comment"};
        }
    }
    return {};
}

namespace {

// A key is retired when it is dropped from `exports`, or not at all; its end is never put off.
Result<void> check_retired(const Version* before, const Version& after) {
    for (const auto& retired : after.retired) {
        const auto was = [&](const RetiredKey& one) { return one.key == retired.key && retired.until <= one.until; };
        const bool known = before != nullptr && (std::find(before->exports.begin(), before->exports.end(),
                                                           retired.key) != before->exports.end() ||
                                                 std::any_of(before->retired.begin(), before->retired.end(), was));
        if (!known) {
            return Fault{"retires key " + minisig::printed_id(retired.key.id) +
                         ", which signed no bundles up to the version before, or less long"};
        }
    }
    return {};
}

// An officer who has left was one in the version before, and neither comes back nor stays longer.
Result<void> check_officers(const Version* before, const Version& after) {
    const std::vector<Officer> known = before == nullptr ? std::vector<Officer>() : before->officers;
    for (const auto& officer : after.officers) {
        const auto was =
            std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.key == officer.key; });
        const bool listed = was != known.end();
        if (listed ? was->until && (!officer.until || *officer.until > *was->until) : officer.until.has_value()) {
            return Fault{"officer's key " + minisig::printed_id(officer.key.id) +
                         (listed ? " comes back, or stays longer" : " has left before it was listed")};
        }
    }
    return {};
}

} // namespace

Result<void> check_step(const Version* before, const Version& after, Roles& roles) {
    if (before == nullptr && after.number != 1) {
        return Fault{"does not start at version 1"};
    }
    if (before != nullptr && (after.site != before->site || after.number != before->number + 1)) {
        return Fault{"does not follow the version before"};
    }
    if (before != nullptr && after.log != before->log) {
        return Fault{"changes the station's log"};
    }
    if (const auto retired = check_retired(before, after); !retired) {
        return retired.fault();
    }
    if (const auto officers = check_officers(before, after); !officers) {
        return officers.fault();
    }
    return roles.keep(after) ? Result<void>() : Fault{"gives a key another role than it had"};
}

Result<Chain> read_chain(std::string_view bytes) {
    Chain chain;
    Roles roles;
    while (!bytes.empty()) {
        const std::uint64_t at = chain.lines_.size() + 1;
        const std::size_t end = bytes.find('\n');
        if (end == std::string_view::npos || at > max_versions) {
            return Fault{end == std::string_view::npos ? "no line end" : "more versions than a site file may have", at};
        }
        const std::string_view text = bytes.substr(0, end);
        bytes.remove_prefix(end + 1);
        const auto line = read_version(text);
        if (!line) {
            return Fault{line.fault().what, at};
        }
        const Version* before = chain.versions_.empty() ? nullptr : &chain.versions_.back();
        if (const auto step = check_step(before, line->version, roles); !step) {
            return Fault{step.fault().what, at};
        }
        if (const auto signatures = check_signatures(*line, before); !signatures) {
            return Fault{signatures.fault().what, at};
        }
        if (signers_among(line->version.roots, *line) < line->version.threshold) {
            return Fault{"signed by fewer of its root keys than its threshold", at};
        }
        if (before != nullptr && signers_among(before->roots, *line) < before->threshold) {
            return Fault{"signed by fewer root keys of the version before than its threshold", at};
        }
        chain.versions_.push_back(line->version);
        chain.lines_.emplace_back(text);
    }
    if (chain.versions_.empty()) {
        return Fault{"empty site file", 1};
    }
    chain.fingerprint_ = crypto::sha256(signed_text(chain.first()));
    return chain;
}

Relation relate(const Chain& known, const Chain& shown) {
    const std::size_t common = std::min(known.lines().size(), shown.lines().size());
    if (!std::equal(known.lines().begin(), known.lines().begin() + static_cast<std::ptrdiff_t>(common),
                    shown.lines().begin())) {
        return Relation::different;
    }
    return known.lines().size() == shown.lines().size() ? Relation::same
           : known.lines().size() > common              ? Relation::older
                                                        : Relation::newer;
}

} // namespace tally::site_file
