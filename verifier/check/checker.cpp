#include "verifier/check/checker.hpp"

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

bool has_lines(const bundle::HostRow& row) { return row.first < row.next; }

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
    check_manifest(signature);
    if (auto defect = bundle_->check_hash(UnverifiedBundle::hosts_member)) {
        findings_.add(to_finding(*defect));
    }
    const site_file::Chain* enrolled = signer_ ? &enrolled_[signer_->chain] : nullptr;
    for (const auto& chain : enrolled_) {
        enrolled = enrolled == nullptr && chain.current().site == bundle_->manifest().site ? &chain : enrolled;
    }
    own_ = read_site_file(*bundle_, enrolled, findings_);
    if (signature && own_ && trust_.basis == Trust::Basis::none) {
        static_cast<void>(find_signer(*signature, copy.blake2b512, {*own_}, findings_));
    }
    const site_file::Chain* site = enrolled != nullptr ? enrolled : own_ ? &*own_ : nullptr;
    std::vector<RosterEntry> known;
    if (trust_.memory != nullptr) {
        known = trust_.memory->roster(bundle_->manifest().site.text());
    }
    if (site != nullptr) {
        station_id_ = line::log_id(site->current().log);
        known.push_back({station_id_->text(), "", site->current().log});
    }
    station_.emplace(known);
    const bool readable = read_rows();
    check_releases(copy.blake2b512);
    if (readable) {
        check_lines();
    }
}

void Checker::check_releases(const minisig::Digest& digest) {
    if (!signer_) {
        return;
    }
    const auto& manifest = bundle_->manifest();
    const auto& policy = enrolled_[signer_->chain].current();
    const releases::Case released{{manifest.site, manifest.n, manifest.volume},
                                  manifest.agreement,
                                  report_.digest,
                                  digest,
                                  rows_.empty() ? UINT64_MAX : rows_[0].next};
    report_.releases_needed = policy.releases;
    for (const auto& one : check::check_releases(releases_, released, policy, findings_)) {
        if (one.flaw == releases::Flaw::none) {
            report_.releases.push_back({one.person, one.key, one.file});
        }
    }
}

void Checker::check_manifest(const std::optional<minisig::Signature>& signature) {
    const auto& manifest = bundle_->manifest();
    report_.site = manifest.site.text();
    report_.agreement = manifest.agreement.text();
    report_.n = manifest.n;
    report_.volume = manifest.volume.k;
    report_.volumes = manifest.volume.n;
    if (signature) {
        check_comments(*signature, manifest, findings_);
    }
    say_reenrolled(trust_.reenrolled, report_.site, findings_);
    if (signer_ && enrolled_[signer_->chain].current().site != manifest.site) {
        findings_.add(Code::unknown_key, "the key that signed belongs to site " +
                                             enrolled_[signer_->chain].current().site.text() +
                                             ", the bundle says site " + manifest.site.text());
    }
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
    if (trust_.memory != nullptr) {
        known_bundle_ = check_previous(manifest, report_.digest, *trust_.memory, findings_);
    }
    if (manifest.receipt) {
        report_.receipt = {manifest.receipt->n, manifest.receipt->hash, manifest.receipt->challenge};
        if (trust_.memory != nullptr && !known_bundle_) {
            check_receipt(manifest, *report_.receipt, *trust_.memory, findings_);
        }
    }
    set_ = set_of(manifest);
    behind_missing_ = check_set(manifest, set_, trust_.memory, findings_);
    const auto& members = bundle_->members();
    smallest_ = UnverifiedBundle::first_lines_member;
    for (std::size_t i = smallest_; i < members.size(); ++i) {
        smallest_ = members[i].raw < members[smallest_].raw ? i : smallest_;
    }
}

bool Checker::is_last_volume() const { return bundle_->manifest().volume.k == bundle_->manifest().volume.n; }

bool Checker::read_rows() {
    if (const auto defect = bundle_->for_each_host([this](const bundle::HostRow& row) {
            row_of_.emplace(row.host.text(), rows_.size());
            rows_.push_back(row);
        })) {
        findings_.add(to_finding(*defect));
        return false;
    }
    if (rows_.empty() || (station_id_ && rows_[0].host != *station_id_)) {
        findings_.add(Code::host_unknown, "HOSTS.jsonl does not begin with the station's log that the site file names")
            .member = bundle::hosts_name;
        return !rows_.empty();
    }
    if (signer_ && signer_->until && rows_[0].next > *signer_->until) {
        findings_.add(Code::unknown_key, "the key that signed was retired at line " + std::to_string(*signer_->until) +
                                             " of the station's log, this bundle goes on to " +
                                             std::to_string(rows_[0].next));
    }
    return true;
}

Encoding Checker::encoding_of(std::size_t member) const {
    const bool comparable = bundle_->manifest().zstd_version == ZSTD_versionString();
    return comparable && (options_.recompress == Recompress::yes || member == smallest_) ? Encoding::recompressed
                                                                                         : Encoding::trusted;
}

void Checker::check_lines() {
    if (bundle_->manifest().volume.k == 1) {
        open_log(0);
    }
    MemberFeed feed(*bundle_, std::max(1U, options_.workers),
                    [this](std::size_t member) { return encoding_of(member); });
    while (const auto member = feed.next()) {
        feed_member(*member);
    }
    if (!blind_) {
        finish_volume();
        finish_roster();
    }
}

// What the last log of the volume still needs, and the logs behind it.
void Checker::finish_volume() {
    const bool last = is_last_volume();
    const bool went_on = log_ && log_->position() < log_->row().next;
    if (log_) {
        close_log(last ? Rest::nothing : Rest::later_volume);
    }
    const auto behind = rows_.begin() + static_cast<std::ptrdiff_t>(std::min(open_, rows_.size()));
    if (!last && !went_on && std::none_of(behind, rows_.end(), has_lines)) {
        findings_.add(Code::non_canonical, "a volume that is not the last, and nothing is left for a later one")
            .member = bundle::manifest_name;
    }
    while (open_ < rows_.size()) {
        if (last) {
            open_log(open_);
            close_log(Rest::nothing);
        } else {
            leave_out(open_++);
        }
    }
}

void Checker::feed_member(const DigestedMember& member) {
    if (member.defect) {
        findings_.add(*member.defect);
        blind_ = true;
        room_ = 0;
        return;
    }
    if (member.digest.first_line <= room_) {
        findings_.add(Code::non_canonical, "its first line has room in the member before").member = member.name;
    }
    room_ = bundle::max_raw_lines - member.digest.bytes;
    report_.lines += member.digest.lines;
    for (const auto& fault : member.digest.faults) {
        findings_.add(fault).member = member.name;
        findings_.count_unlisted(fault.code, &fault == &member.digest.faults.back() ? member.digest.more_faults : 0);
    }
    if (blind_) {
        return;
    }
    for (const auto& run : member.digest.runs) {
        if (LogCheck* log = log_of(run, member.name)) {
            if (run.first > log->position()) {
                log->skip(std::min(run.faulty_before, run.first - log->position()));
            }
            log->feed(run, member.digest.leaves, member.name);
            station_->hold_nil_against(run, findings_);
            if (open_ == 1 && log_) {
                station_->take(run, member.name, findings_);
            }
        }
    }
    if (log_) {
        log_->skip(member.digest.faulty_at_end);
    }
}

// Logs come in the order of the roster; those that are passed over are finished.
LogCheck* Checker::log_of(const Run& run, const std::string& member) {
    if (!log_ && open_ == 0) {
        begin_at(run, member);
    }
    if (log_ && log_->row().host.text() == run.host) {
        return &*log_;
    }
    const auto row = row_of_.find(run.host);
    if (row != row_of_.end() && row->second >= open_) {
        open_until(row->second);
        return &*log_;
    }
    Finding& finding = row != row_of_.end()
                           ? findings_.add(Code::non_canonical, "lines of this log stand after those of a later one")
                           : findings_.add(Code::host_unknown, "lines of a log that HOSTS.jsonl does not list");
    finding.host = run.host;
    finding.seq = run.first;
    finding.member = member;
    finding.line = run.member_line;
    return nullptr;
}

// A later volume tells by its first line, and by `cut`, where it begins.
void Checker::begin_at(const Run& run, const std::string& member) {
    const auto& cut = bundle_->manifest().cut;
    const auto found = row_of_.find(run.host);
    begin_ = found == row_of_.end() ? 0 : found->second;
    bundle::HostRow& row = rows_[begin_];
    if (cut && (cut->host.text() != run.host || cut->first != run.first || cut->first <= row.first ||
                cut->first >= row.next)) {
        findings_.add(Code::non_canonical, "the cut is not where the first line of the volume stands").member =
            bundle::manifest_name;
    } else if (cut) {
        row.first = cut->first;
        row.range = cut->range;
        row.epoch = cut->epoch;
        row.key = cut->key;
    } else if (run.first != row.first) {
        findings_.add(Code::non_canonical, "the volume begins inside a log, and no cut says how that log stands there")
            .member = member;
    } else if (std::none_of(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(begin_), has_lines)) {
        findings_.add(Code::non_canonical, "a later volume that begins where the export begins").member =
            bundle::manifest_name;
    }
    while (open_ < begin_) {
        if (!behind_missing_ && trust_.memory != nullptr) {
            check_before_volume(rows_[open_], *trust_.memory, findings_);
        }
        if (is_last_volume() && rows_[open_].first == rows_[open_].next) {
            open_log(open_);
            close_log(Rest::nothing);
        } else {
            leave_out(open_++);
        }
    }
    open_log(begin_);
}

Anchor Checker::anchor_of(const bundle::HostRow& row) {
    Anchor anchor;
    anchor.behind_missing = behind_missing_;
    anchor.until_ms = bundle_->manifest().until_ms;
    if (bundle_->manifest().cut && &row == &rows_[begin_]) {
        anchor.claimed_in = bundle::manifest_name;
    }
    anchor.basis = trust_.basis;
    anchor.known_bundle = known_bundle_;
    const std::string& host = row.host.text();
    if (const RosterEntry* entry = station_->find(host)) {
        anchor.first_key = entry->first_key;
        anchor.label = entry->label;
    }
    if (trust_.memory != nullptr) {
        station_->check_arrivals(row, *trust_.memory, findings_);
        anchor.position = trust_.memory->position(host);
        anchor.root_at_next = trust_.memory->root_at(host, row.next);
    }
    anchor.arrived = station_->arrived(host);
    if (trust_.memory != nullptr) {
        for (const auto& told : trust_.memory->arrivals(host)) {
            anchor.arrived.emplace(told.next, told.root);
        }
        reached_[host] = anchor.position ? anchor.position->range.size() : 0;
    }
    return anchor;
}

void Checker::open_log(std::size_t row) {
    log_.emplace(rows_[row], anchor_of(rows_[row]), row == 0 ? "station" : "recorder",
                 static_cast<std::uint32_t>(logs_.size()), findings_,
                 options_.wanted == Wanted::bundle ? &seals_ : nullptr);
    open_ = row + 1;
}

// Logs between the open one and that of `row` have no lines here.
void Checker::open_until(std::size_t row) {
    close_log(Rest::nothing);
    for (; open_ <= row;) {
        const bool later = open_ < row && !is_last_volume() && rows_[open_].first == rows_[open_].next;
        if (later) {
            leave_out(open_++);
            continue;
        }
        open_log(open_);
        if (open_ <= row) {
            close_log(Rest::nothing);
        }
    }
}

void Checker::close_log(Rest rest) {
    log_->finish(rest);
    const VerifiedLog verified = log_->verified();
    if (open_ == 1 && verified.next == log_->row().next) {
        station_->check_export(bundle_->manifest(), findings_);
    }
    all_anchored_ = all_anchored_ && log_->anchored();
    report_.logs.push_back(log_->coverage());
    report_.seals += log_->coverage().seals;
    reached_[verified.host] = std::max(reached_[verified.host], verified.next);
    logs_.push_back(verified);
    log_.reset();
}

// A log that is in another volume of the set. That it is enrolled is known from now on, its lines are not.
void Checker::leave_out(std::size_t row) {
    const std::string& host = rows_[row].host.text();
    if (const RosterEntry* entry = station_->find(host)) {
        logs_.push_back({host, entry->label, row == 0 ? "station" : "recorder", entry->first_key, 0, 0, 0});
        const auto known = trust_.memory == nullptr ? std::nullopt : trust_.memory->position(host);
        reached_[host] = known ? known->range.size() : 0;
    }
}

void Checker::finish_roster() {
    for (const auto& [host, entry] : station_->roster()) {
        if (!row_of_.contains(host) && !known_bundle_) {
            findings_.add(Code::host_silent, Severity::warn, "enrolled, and not listed in HOSTS.jsonl").host = host;
        }
    }
    station_->check_order(row_of_, findings_);
}

Outcome Checker::conclude() {
    if (trust_.basis == Trust::Basis::none) {
        findings_.add(
            Code::unanchored,
            "internally consistent at best: no site file is trusted here, so origin and earlier lines are not proved");
    }
    report_.findings = findings_.finish();
    report_.verdict = verdict_of(report_.findings);
    Outcome outcome{report_, std::nullopt};
    if (options_.wanted == Wanted::bundle && report_.verdict != Verdict::rejected &&
        trust_.basis == Trust::Basis::enrolled && signer_ && waits_for_volume(report_.findings)) {
        outcome.waiting.emplace(std::move(copy_), report_.bytes, std::move(signature_), std::move(releases_));
    } else if (options_.wanted == Wanted::bundle && report_.verdict != Verdict::rejected &&
               trust_.basis == Trust::Basis::enrolled && signer_ && all_anchored_) {
        const std::uint64_t created_ms = bundle_->manifest().created_ms;
        auto state = std::unique_ptr<VerifiedBundle::State>(
            new VerifiedBundle::State{report_, std::move(copy_), created_ms, std::move(logs_), std::move(seals_),
                                      station_->enrolled(), lines_of(std::move(*bundle_)), std::move(signature_),
                                      station_->arrivals_beyond(reached_), set_, std::move(releases_)});
        outcome.bundle = VerifiedBundle(std::move(state));
    }
    return outcome;
}

Outcome check_bundle(const Options& options, const Trust& trust) {
    return Checker(options, trust).run(gather_evidence(options));
}

} // namespace tally::check
