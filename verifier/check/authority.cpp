#include "verifier/check/authority.hpp"

#include "tally/text/date.hpp"
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

Code code_of(releases::Flaw flaw) {
    return flaw == releases::Flaw::not_listed   ? Code::unknown_key
           : flaw == releases::Flaw::other_role ? Code::wrong_role
                                                : Code::bad_signature;
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

std::vector<releases::Judged> check_releases(const releases::Beside& beside, const releases::Case& released,
                                             const site_file::Version& policy, Findings& findings) {
    auto judged = releases::judge(beside, released, policy);
    for (const auto& one : judged) {
        if (one.flaw != releases::Flaw::none) {
            findings.add(code_of(one.flaw), Severity::warn, one.file + " is not a release: " + one.what);
        }
    }
    const auto persons = releases::persons_of(judged);
    if (persons.size() < policy.releases) {
        std::string who;
        for (const auto& person : persons) {
            who += (who.empty() ? "" : ", ") + person;
        }
        findings.add(Code::release_missing, "the site's policy asks for the release of " +
                                                std::to_string(policy.releases) + " persons, it was released by " +
                                                (who.empty() ? "nobody" : who));
    }
    return judged;
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

bool was_accepted(const bundle::Manifest& manifest, const Hash& digest, const Memory& memory) {
    const auto same = memory.accepted(manifest.site.text(), manifest.agreement.text(), manifest.n);
    return std::find(same.begin(), same.end(), digest) != same.end();
}

void check_previous(const bundle::Manifest& manifest, Previous previous, const Memory& memory, Findings& findings) {
    if (manifest.n == 1) {
        return;
    }
    const std::string number = std::to_string(manifest.n - 1);
    const auto before = memory.accepted(manifest.site.text(), manifest.agreement.text(), manifest.n - 1);
    if (before.empty() && previous == Previous::given_up) {
        findings.add(Code::bundle_missing, Severity::note,
                     "bundle " + number + " of agreement " + manifest.agreement.text() +
                         " was begun at the station and given up: its log does not say that it was finished");
    } else if (before.empty()) {
        findings.add(Code::bundle_missing,
                     "bundle " + number + " of agreement " + manifest.agreement.text() + " was never accepted here");
    } else if (!manifest.previous || std::find(before.begin(), before.end(), *manifest.previous) == before.end()) {
        findings.add(Code::bundle_missing, "it follows another bundle " + number + " than the one accepted here");
    }
}

void check_receipt(const bundle::Manifest& manifest, const NamedReceipt& named, const Memory& memory,
                   Findings& findings) {
    const std::string& site = manifest.site.text();
    const std::string& agreement = manifest.agreement.text();
    const std::string number = std::to_string(named.n);
    const auto issued = memory.issued(site, agreement, named.n);
    if (!issued) {
        findings.add(Code::receipt_missing, "it answers receipt " + number + ", which was not issued here");
    } else if (issued != named) {
        findings.add(Code::receipt_missing, "it answers another receipt " + number + " than the one issued here");
    }
    const std::uint64_t newest = memory.newest_named(site, agreement, manifest.n);
    if (newest > named.n) {
        findings.add(Code::stale_challenge, "it repeats the challenge of receipt " + number +
                                                ", a bundle before it that of receipt " + std::to_string(newest));
    }
}

// SHA-256 over what the manifests of all volumes of a set have in common, a line each; no value holds a line feed.
Hash set_of(const bundle::Manifest& manifest) {
    if (manifest.volume.n == 1) {
        return {};
    }
    std::string common;
    const auto add = [&](const auto& value) {
        if constexpr (std::is_arithmetic_v<std::decay_t<decltype(value)>>) {
            common += std::to_string(value);
        } else {
            common += value;
        }
        common += '\n';
    };
    add(manifest.site.text());
    add(manifest.agreement.text());
    add(manifest.audience ? to_hex(*manifest.audience) : "");
    add(manifest.label.text());
    add(manifest.created_ms);
    add(manifest.n);
    add(manifest.previous ? to_hex(*manifest.previous) : "");
    add(manifest.zstd_level);
    add(manifest.zstd_version);
    add(manifest.volume.n);
    add(manifest.until_ms ? std::to_string(*manifest.until_ms) : "");
    if (const auto& receipt = manifest.receipt) {
        add(receipt->n);
        add(to_hex(receipt->hash));
        add(to_hex(receipt->challenge));
    }
    for (std::size_t i = 0; i < bundle::UnverifiedBundle::first_lines_member; ++i) {
        add(to_hex(manifest.members[i].sha256));
    }
    return crypto::sha256(common);
}

void check_before_volume(const bundle::HostRow& row, const Memory& memory, Findings& findings) {
    const auto known = memory.position(row.host.text());
    const std::uint64_t size = known ? known->range.size() : 0;
    if (size < row.next) {
        Finding& finding =
            findings.add(Code::sequence_gap, "lines " + std::to_string(size) + " to " + std::to_string(row.next - 1) +
                                                 " are in no volume before this one");
        finding.host = row.host.text();
        finding.seq = size;
    }
}

bool check_set(const bundle::Manifest& manifest, const Hash& set, const Memory* memory, Findings& findings) {
    const auto [k, n] = manifest.volume;
    const auto known = memory == nullptr ? std::vector<KnownVolume>()
                                         : memory->volumes(manifest.site.text(), manifest.agreement.text(), manifest.n);
    for (const auto& one : known) {
        if (one.set != set && (one.n > 1 || n > 1)) {
            findings.add(Code::volume_mixed, "volume " + std::to_string(k) + " of " + std::to_string(n) +
                                                 " is not of the set of which volume " + std::to_string(one.k) +
                                                 " of " + std::to_string(one.n) + " was accepted");
            return false;
        }
    }
    std::string missing;
    for (std::uint64_t before = 1; before < manifest.volume.k; ++before) {
        if (std::none_of(known.begin(), known.end(), [&](const auto& one) { return one.k == before; })) {
            missing += (missing.empty() ? "" : ", ") + std::to_string(before);
        }
    }
    if (!missing.empty()) {
        findings.add(Code::volume_missing, "of " + std::to_string(n) + " volumes, " + missing +
                                               (memory == nullptr ? " would be needed to prove volume "
                                                                  : " was not accepted before volume ") +
                                               std::to_string(k));
    }
    return !missing.empty();
}

void say_reenrolled(const std::vector<Reenrolled>& all, const std::string& site, Findings& findings) {
    for (const auto& one : all) {
        if (one.site == site) {
            findings.add(Code::site_reenrolled, "on " + text::format_day(text::day_of(one.at)) +
                                                    " the site file with fingerprint " + one.former +
                                                    " was replaced by one that does not continue it: " + one.reason);
        }
    }
}

} // namespace tally::check
