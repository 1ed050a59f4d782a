#include "verifier/check/authority.hpp"

#include "verifier/check/member_feed.hpp"

#include <algorithm>

namespace tally::check {
namespace {

bool lists(const std::vector<minisig::PublicKey>& keys, const minisig::KeyId& id) {
    return std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return key.id == id; });
}

// Why no chain lists the key as a current export key.
void report_unlisted(const minisig::KeyId& id, const std::vector<site_file::Chain>& chains, Findings& findings) {
    const std::string key = "key " + minisig::printed_id(id);
    for (const auto& chain : chains) {
        const auto& version = chain.current();
        if (lists(version.roots, id) || lists(version.verifiers, id)) {
            findings.add(Code::wrong_role,
                         key + " is listed in the site file of " + version.site.text() + ", but not to sign bundles");
            return;
        }
        for (const auto& earlier : chain.versions()) {
            if (lists(earlier.exports, id)) {
                findings.add(Code::unknown_key, key + " signed bundles up to version " +
                                                    std::to_string(earlier.number) + " of the site file of " +
                                                    version.site.text() + " and no longer does");
                return;
            }
        }
    }
    findings.add(Code::unknown_key, key + " is not an export key of any site file that is trusted here");
}

} // namespace

std::variant<std::string, Finding> read_signature_bytes(const os::fs::path& path) {
    const auto refuse = [](Code code, std::string text) {
        return Finding{code, usual_severity(code), "", std::nullopt, "", std::nullopt, std::nullopt, std::move(text)};
    };
    boost::system::error_code failed;
    const auto status = os::fs::symlink_status(path, failed);
    if (status.type() == os::fs::file_not_found) {
        return refuse(Code::bad_signature, "there is no signature file " + path.filename().string());
    }
    if (status.type() != os::fs::regular_file) {
        return refuse(Code::bad_signature, path.filename().string() + " is not a regular file");
    }
    if (os::fs::file_size(path, failed) > minisig::max_signature_file || failed) {
        return refuse(Code::limit_exceeded,
                      "the signature file is larger than " + std::to_string(minisig::max_signature_file) + " bytes");
    }
    return os::read_file(path, minisig::max_signature_file);
}

std::optional<minisig::Signature> read_signature(std::string_view bytes, Findings& findings) {
    auto signature = minisig::read_signature_file(bytes);
    if (!signature) {
        findings.add(Code::bad_signature, "the signature file is not in its one spelling: " + signature.fault().what)
            .line = signature.fault().at;
        return std::nullopt;
    }
    return std::move(*signature);
}

std::optional<Signer> find_signer(const minisig::Signature& signature, const minisig::Digest& digest,
                                  const std::vector<site_file::Chain>& chains, Findings& findings) {
    std::optional<minisig::Verdict> verdict; // of the last key with this id
    const auto signed_by = [&](const minisig::PublicKey& key) {
        if (key.id == signature.key) {
            verdict = minisig::verify(key, digest, signature);
        }
        return key.id == signature.key && verdict == minisig::Verdict::good;
    };
    for (std::size_t i = 0; i < chains.size(); ++i) {
        const auto& version = chains[i].current();
        if (std::any_of(version.exports.begin(), version.exports.end(), signed_by)) {
            return Signer{i, std::nullopt};
        }
        for (const auto& retired : version.retired) {
            if (signed_by(retired.key)) {
                return Signer{i, retired.until};
            }
        }
    }
    if (verdict) {
        findings.add(Code::bad_signature, std::string("the signature does not hold: ") + minisig::describe(*verdict));
    } else {
        report_unlisted(signature.key, chains, findings);
    }
    return std::nullopt;
}

void check_comments(const minisig::Signature& signature, const bundle::Manifest& manifest, Findings& findings) {
    const std::string& trusted = signature.comments.trusted;
    const std::string expected = bundle::export_comment(manifest.site, manifest.n, manifest.volume);
    if (trusted != expected) {
        const bool other_role = trusted.starts_with("tally-") && !trusted.starts_with("tally-export-1 ");
        findings.add(other_role ? Code::wrong_role : Code::bad_signature,
                     "the signature's trusted comment is '" + trusted + "', this bundle's must be '" + expected + "'");
    }
    if (signature.comments.untrusted != bundle::export_note) {
        findings.add(Code::bad_signature,
                     "the signature's first line does not say '" + std::string(bundle::export_note) + "'");
    }
}

std::optional<site_file::Chain> read_site_file(const bundle::UnverifiedBundle& bundle, const site_file::Chain* enrolled,
                                               Findings& findings) {
    const auto refuse = [&](std::string text) -> Finding& {
        Finding& finding = findings.add(Code::site_file_invalid, std::move(text));
        finding.member = bundle::site_name;
        return finding;
    };
    const auto bytes = bundle.packed(bundle::UnverifiedBundle::site_member);
    if (const auto* defect = std::get_if<bundle::Defect>(&bytes)) {
        findings.add(to_finding(*defect));
        return std::nullopt;
    }
    auto chain = site_file::read_chain(std::get<std::string>(bytes));
    if (!chain) {
        refuse(chain.fault().what).line = chain.fault().at;
        return std::nullopt;
    }
    if (chain->current().site != bundle.manifest().site) {
        refuse("it is that of site " + chain->current().site.text() + ", the manifest says " +
               bundle.manifest().site.text());
    }
    if (enrolled != nullptr && site_file::relate(*enrolled, *chain) == site_file::Relation::different) {
        refuse("it differs from the one that is enrolled for " + enrolled->current().site.text());
    }
    return std::move(*chain);
}

} // namespace tally::check
