#include "verifier/check/checker.hpp"

#include "verifier/check/authority.hpp"
#include "verifier/check/verified_state.hpp"

#include <algorithm>
#include <fcntl.h>
#include <zstd.h>

namespace tally::check {
namespace {

using bundle::UnverifiedBundle;

os::Descriptor duplicate(const os::Descriptor& file) {
    os::Descriptor copy(::fcntl(file.get(), F_DUPFD_CLOEXEC, 0)); // NOLINT(*-vararg)
    if (!copy.is_open()) {
        throw Error::system("duplicate", "the private copy of the bundle");
    }
    return copy;
}

// The station's log, as the site file names it.
std::optional<RosterEntry> station_of(const site_file::Chain* site) {
    return site == nullptr
               ? std::nullopt
               : std::optional(RosterEntry{line::log_id(site->current().log).text(), "", site->current().log});
}

} // namespace

Evidence gather_evidence(const Options& options) {
    Evidence evidence{bundle::private_copy(options.bundle, bundle::max_bundle, options.private_directory), {}, ""};
    if (const auto* copy = std::get_if<bundle::PrivateCopy>(&evidence.bundle)) {
        evidence.again = duplicate(copy->file);
        evidence.signature = read_signature_bytes(
            options.signature.empty() ? os::fs::path(options.bundle.string() + ".minisig") : options.signature);
        evidence.releases = options.releases ? *options.releases : releases::read_beside(options.bundle);
    }
    return evidence;
}

Checker::Checker(const Options& options, const Trust& trust) : options_(options), trust_(trust) {
    for (const auto& bytes : trust.chains) {
        auto chain = site_file::read_chain(bytes);
        if (!chain) {
            throw Error("read", "the enrolled site file", chain.fault().what);
        }
        enrolled_.push_back(std::move(*chain));
    }
}

Outcome Checker::run(Evidence evidence) {
    report_.file = options_.bundle.string();
    if (const auto* defect = std::get_if<bundle::Defect>(&evidence.bundle)) {
        findings_.add(to_finding(*defect));
        return conclude();
    }
    auto& copy = std::get<bundle::PrivateCopy>(evidence.bundle);
    copy_ = std::move(evidence.again);
    report_.digest = copy.sha256;
    report_.bytes = copy.size;
    releases_ = std::move(evidence.releases);
    std::optional<minisig::Signature> signature;
    if (auto* finding = std::get_if<Finding>(&evidence.signature)) {
        findings_.add(std::move(*finding));
    } else {
        signature_ = std::get<std::string>(evidence.signature);
        signature = read_signature(signature_, findings_);
    }
    if (signature && trust_.basis == Trust::Basis::enrolled) {
        signer_ = find_signer(*signature, copy.blake2b512, enrolled_, findings_);
    }
    look_inside(std::move(copy), signature);
    return conclude();
}

void Checker::look_inside(bundle::PrivateCopy copy, const std::optional<minisig::Signature>& signature) {
    auto opened = UnverifiedBundle::open(std::move(copy.file), copy.size);
    if (const auto* defect = std::get_if<bundle::Defect>(&opened)) {
        findings_.add(to_finding(*defect));
        return;
    }
    bundle_.emplace(std::move(std::get<UnverifiedBundle>(opened)));
    check_origin(signature);
    if (trust_.memory != nullptr && was_accepted(bundle_->manifest(), report_.digest, *trust_.memory)) {
        findings_.add(Code::replay, "this very bundle was accepted before: what it holds was proved then");
        if (options_.wanted == Wanted::verdict) {
            look_again(copy.blake2b512, signature);
        }
        return;
    }
    look_at_contents(copy.blake2b512, signature);
}

// For the coverage of a bundle that was accepted before. What was found then is in the ledger, and what came since is
// held against it there: only what would refuse it today is told.
void Checker::look_again(const minisig::Digest& digest, const std::optional<minisig::Signature>& signature) {
    Findings told = std::exchange(findings_, {});
    look_at_contents(digest, signature);
    for (auto& finding : findings_.finish()) {
        if (finding.severity == Severity::refuse) {
            told.add(std::move(finding));
        }
    }
    findings_ = std::move(told);
}

void Checker::look_at_contents(const minisig::Digest& digest, const std::optional<minisig::Signature>& signature) {
    check_manifest();
    if (auto defect = bundle_->check_hash(UnverifiedBundle::hosts_member)) {
        findings_.add(to_finding(*defect));
    }
    const site_file::Chain* enrolled = enrolled_chain();
    const auto own = read_site_file(*bundle_, enrolled, findings_);
    if (signature && own && trust_.basis == Trust::Basis::none) {
        static_cast<void>(find_signer(*signature, digest, {*own}, findings_));
    }
    const auto station = station_of(enrolled != nullptr ? enrolled : own ? &*own : nullptr);
    std::vector<bundle::HostRow> rows;
    const bool readable = read_rows(station, rows);
    check_releases(digest, rows);
    if (readable) {
        check_lines(std::move(rows), station);
    }
}

// Of whoever signed; otherwise of the site that the bundle names.
const site_file::Chain* Checker::enrolled_chain() const {
    if (signer_) {
        return &enrolled_[signer_->chain];
    }
    const auto named = std::find_if(enrolled_.begin(), enrolled_.end(), [&](const auto& chain) {
        return chain.current().site == bundle_->manifest().site;
    });
    return named == enrolled_.end() ? nullptr : &*named;
}

// What the signature says of this bundle, and the site of whoever signed.
void Checker::check_origin(const std::optional<minisig::Signature>& signature) {
    const auto& manifest = bundle_->manifest();
    report_.site = manifest.site.text();
    report_.agreement = manifest.agreement.text();
    report_.n = manifest.n;
    report_.volume = manifest.volume.k;
    report_.volumes = manifest.volume.n;
    if (manifest.receipt) {
        report_.receipt = {manifest.receipt->n, manifest.receipt->hash, manifest.receipt->challenge};
    }
    if (signature) {
        check_comments(*signature, manifest, findings_);
    }
    say_reenrolled(trust_.reenrolled, report_.site, findings_);
    if (signer_ && enrolled_[signer_->chain].current().site != manifest.site) {
        findings_.add(Code::unknown_key, "the key that signed belongs to site " +
                                             enrolled_[signer_->chain].current().site.text() +
                                             ", the bundle says site " + manifest.site.text());
    }
}

void Checker::check_manifest() {
    const auto& manifest = bundle_->manifest();
    const auto& own = trust_.audiences;
    if (manifest.audience && std::find(own.begin(), own.end(), *manifest.audience) == own.end()) {
        findings_.add(Code::wrong_audience,
                      "made for the verifier with key " + to_hex(*manifest.audience) + ", which is not known here");
    }
    if (manifest.zstd_level != bundle::stored_level && manifest.zstd_version != ZSTD_versionString()) {
        findings_
            .add(Code::encoding_unchecked, "compressed with zstd " + manifest.zstd_version + ", here is " +
                                               ZSTD_versionString() +
                                               ": that nothing hides in the encoding is not proved here")
            .member = bundle::manifest_name;
    }
    if (report_.receipt && trust_.memory != nullptr) {
        check_receipt(manifest, *report_.receipt, *trust_.memory, findings_);
    }
    set_ = set_of(manifest);
    behind_missing_ = check_set(manifest, set_, trust_.memory, findings_);
}

// Rows up to the first bad one; false when no line can be judged by them.
bool Checker::read_rows(const std::optional<RosterEntry>& station, std::vector<bundle::HostRow>& rows) {
    if (const auto defect = bundle_->for_each_host([&](const bundle::HostRow& row) { rows.push_back(row); })) {
        findings_.add(to_finding(*defect));
        return false;
    }
    if (rows.empty() || (station && rows[0].host.text() != station->host)) {
        findings_.add(Code::host_unknown, "HOSTS.jsonl does not begin with the station's log that the site file names")
            .member = bundle::hosts_name;
    } else if (signer_ && signer_->until && rows[0].next > *signer_->until) {
        findings_.add(Code::unknown_key, "the key that signed was retired at line " + std::to_string(*signer_->until) +
                                             " of the station's log, this bundle goes on to " +
                                             std::to_string(rows[0].next));
    }
    return !rows.empty();
}

void Checker::check_releases(const minisig::Digest& digest, const std::vector<bundle::HostRow>& rows) {
    if (!signer_) {
        return;
    }
    const auto& manifest = bundle_->manifest();
    const auto& policy = enrolled_[signer_->chain].current();
    const releases::Case released{{manifest.site, manifest.n, manifest.volume},
                                  manifest.agreement,
                                  report_.digest,
                                  digest,
                                  rows.empty() ? UINT64_MAX : rows[0].next};
    report_.releases_needed = policy.releases;
    for (const auto& one : check::check_releases(releases_, released, policy, findings_)) {
        if (one.flaw == releases::Flaw::none) {
            report_.releases.push_back({one.person, one.key, one.file});
        }
    }
}

void Checker::check_lines(std::vector<bundle::HostRow> rows, const std::optional<RosterEntry>& station) {
    VolumeBasis basis{options_, trust_, {}, behind_missing_};
    if (trust_.memory != nullptr) {
        basis.known = trust_.memory->roster(report_.site);
    }
    if (station) {
        basis.known.push_back(*station);
    }
    contents_ = VolumeCheck(*bundle_, std::move(rows), std::move(basis), findings_).run();
    report_.lines = contents_.lines;
    report_.logs = std::move(contents_.coverage);
    for (const auto& log : report_.logs) {
        report_.seals += log.seals;
    }
}

Outcome Checker::conclude() {
    if (trust_.basis == Trust::Basis::none) {
        findings_.add(
            Code::unanchored,
            "internally consistent at best: no site file is trusted here, so origin and earlier lines are not proved");
    }
    report_.findings = findings_.finish();
    report_.verdict = verdict_of(report_.findings);
    Outcome outcome{report_};
    if (options_.wanted != Wanted::bundle || report_.verdict == Verdict::rejected || !signer_) {
        return outcome;
    }
    if (waits_for_volume(report_.findings)) {
        outcome.waiting.emplace(std::move(copy_), report_.bytes, std::move(signature_), std::move(releases_));
    } else if (contents_.anchored) {
        const std::uint64_t created_ms = bundle_->manifest().created_ms;
        outcome.bundle = VerifiedBundle(std::unique_ptr<VerifiedBundle::State>(new VerifiedBundle::State{
            report_, std::move(copy_), created_ms, std::move(contents_.logs), std::move(contents_.seals),
            std::move(contents_.enrolled), lines_of(std::move(*bundle_)), std::move(signature_),
            std::move(contents_.arrivals), set_, std::move(releases_)}));
    }
    return outcome;
}

Outcome check_bundle(const Options& options, const Trust& trust) {
    return Checker(options, trust).run(gather_evidence(options));
}

} // namespace tally::check
