#include "verifier/check/volume_check.hpp"

#include "verifier/check/authority.hpp"

#include <algorithm>
#include <zstd.h>

namespace tally::check {
namespace {

using bundle::UnverifiedBundle;

bool has_lines(const bundle::HostRow& row) { return row.first < row.next; }

const char* role_of(std::size_t row) { return row == 0 ? "station" : "recorder"; }

std::size_t smallest_member(const std::vector<bundle::Member>& members) {
    const auto first = members.begin() + UnverifiedBundle::first_lines_member;
    const auto smallest =
        std::min_element(first, members.end(), [](const auto& a, const auto& b) { return a.raw < b.raw; });
    return static_cast<std::size_t>(smallest - members.begin());
}

// Of which members it is proved that they are compressed in the one way: all, or for speed the smallest.
std::function<Encoding(std::size_t)> encodings(const UnverifiedBundle& bundle, Recompress recompress) {
    if (bundle.manifest().zstd_version != ZSTD_versionString()) {
        return [](std::size_t) { return Encoding::trusted; };
    }
    return [recompress, smallest = smallest_member(bundle.members())](std::size_t member) {
        return recompress == Recompress::yes || member == smallest ? Encoding::recompressed : Encoding::trusted;
    };
}

} // namespace

VolumeCheck::VolumeCheck(const UnverifiedBundle& bundle, std::vector<bundle::HostRow> rows, VolumeBasis basis,
                         Findings& findings)
    : bundle_(bundle), manifest_(bundle.manifest()), rows_(std::move(rows)), basis_(std::move(basis)),
      findings_(findings), station_(basis_.known) {
    TALLY_ASSERT(!rows_.empty());
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        row_of_.emplace(rows_[row].host.text(), row);
    }
}

VolumeContents VolumeCheck::run() {
    if (manifest_.volume.k == 1) {
        open_log(0);
    }
    MemberFeed members(bundle_, std::max(1U, basis_.options.workers), encodings(bundle_, basis_.options.recompress));
    while (const auto member = members.next()) {
        feed(*member);
    }
    if (!blind_) {
        finish_volume();
        if (!basis_.behind_missing) { // else enrolments may be in what is missing
            finish_roster();
        }
    }
    contents_.enrolled = station_.enrolled();
    contents_.arrivals = station_.arrivals_beyond(reached_);
    return std::move(contents_);
}

void VolumeCheck::feed(const DigestedMember& member) {
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
    contents_.lines += member.digest.lines;
    for (const auto& fault : member.digest.faults) {
        findings_.add(fault).member = member.name;
        findings_.count_unlisted(fault.code, &fault == &member.digest.faults.back() ? member.digest.more_faults : 0);
    }
    if (blind_) {
        return;
    }
    for (const auto& run : member.digest.runs) {
        feed(run, member);
    }
    if (log_) {
        log_->skip(member.digest.faulty_at_end);
    }
}

void VolumeCheck::feed(const Run& run, const DigestedMember& member) {
    LogCheck* log = log_of(run, member.name);
    if (log == nullptr) {
        return;
    }
    if (run.first > log->position()) {
        log->skip(std::min(run.faulty_before, run.first - log->position()));
    }
    log->feed(run, member.digest.leaves, member.name);
    station_.hold_nil_against(run, findings_);
    if (open_ == 1) {
        station_.take(run, member.name, findings_);
    }
}

// Logs come in the order of the roster; those that are passed over are finished.
LogCheck* VolumeCheck::log_of(const Run& run, const std::string& member) {
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
void VolumeCheck::begin_at(const Run& run, const std::string& member) {
    const auto found = row_of_.find(run.host);
    begin_ = found == row_of_.end() ? 0 : found->second;
    place_cut(run, member);
    while (open_ < begin_) {
        if (!basis_.behind_missing && memory() != nullptr) {
            check_before_volume(rows_[open_], *memory(), findings_);
        }
        if (is_last() && !has_lines(rows_[open_])) {
            open_log(open_);
            close_log(Rest::nothing);
        } else {
            leave_out(open_++);
        }
    }
    open_log(begin_);
}

// The row of the log with which the volume begins then says how that log stands there.
void VolumeCheck::place_cut(const Run& run, const std::string& member) {
    const auto& cut = manifest_.cut;
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
}

Anchor VolumeCheck::anchor_of(const bundle::HostRow& row) {
    Anchor anchor;
    anchor.behind_missing = basis_.behind_missing;
    anchor.until_ms = manifest_.until_ms;
    if (manifest_.cut && &row == &rows_[begin_]) {
        anchor.claimed_in = bundle::manifest_name;
    }
    anchor.basis = basis_.trust.basis;
    const std::string& host = row.host.text();
    if (const RosterEntry* entry = station_.find(host)) {
        anchor.first_key = entry->first_key;
        anchor.label = entry->label;
    }
    anchor.arrived = station_.arrived(host);
    if (memory() != nullptr) {
        station_.check_arrivals(row, *memory(), findings_);
        anchor.position = memory()->position(host);
        anchor.root_at_next = memory()->root_at(host, row.next);
        for (const auto& told : memory()->arrivals(host)) {
            anchor.arrived.emplace(told.next, told.root);
        }
        reached_[host] = anchor.position ? anchor.position->range.size() : 0;
    }
    return anchor;
}

void VolumeCheck::open_log(std::size_t row) {
    log_.emplace(rows_[row], anchor_of(rows_[row]), role_of(row), static_cast<std::uint32_t>(contents_.logs.size()),
                 findings_, basis_.options.wanted == Wanted::bundle ? &contents_.seals : nullptr);
    open_ = row + 1;
}

// Logs between the open one and that of `row` have no lines here.
void VolumeCheck::open_until(std::size_t row) {
    close_log(Rest::nothing);
    while (open_ <= row) {
        if (open_ < row && !is_last() && !has_lines(rows_[open_])) {
            leave_out(open_++);
            continue;
        }
        open_log(open_);
        if (open_ <= row) {
            close_log(Rest::nothing);
        }
    }
}

void VolumeCheck::close_log(Rest rest) {
    log_->finish(rest);
    const VerifiedLog verified = log_->verified();
    if (open_ == 1 && verified.next == log_->row().next) {
        check_export();
    }
    contents_.anchored = contents_.anchored && log_->anchored();
    contents_.coverage.push_back(log_->coverage());
    reached_[verified.host] = std::max(reached_[verified.host], verified.next);
    contents_.logs.push_back(verified);
    log_.reset();
}

// What the station's log, which ends here, and earlier bundles say of this one.
void VolumeCheck::check_export() {
    station_.check_export(manifest_, findings_);
    if (memory() != nullptr) {
        const bool given_up = station_.gave_up(manifest_.agreement.text(), manifest_.n - 1);
        check_previous(manifest_, given_up ? Previous::given_up : Previous::expected, *memory(), findings_);
    }
}

// What the last log of the volume still needs, and the logs behind it.
void VolumeCheck::finish_volume() {
    const bool went_on = log_ && log_->position() < log_->row().next;
    if (log_) {
        close_log(is_last() ? Rest::nothing : Rest::later_volume);
    }
    const auto behind = rows_.begin() + static_cast<std::ptrdiff_t>(std::min(open_, rows_.size()));
    if (!is_last() && !went_on && std::none_of(behind, rows_.end(), has_lines)) {
        findings_.add(Code::non_canonical, "a volume that is not the last, and nothing is left for a later one")
            .member = bundle::manifest_name;
    }
    while (open_ < rows_.size()) {
        if (is_last()) {
            open_log(open_);
            close_log(Rest::nothing);
        } else {
            leave_out(open_++);
        }
    }
}

// A log that is in another volume of the set. That it is enrolled is known from now on, its lines are not.
void VolumeCheck::leave_out(std::size_t row) {
    const std::string& host = rows_[row].host.text();
    if (const RosterEntry* entry = station_.find(host)) {
        contents_.logs.push_back({host, entry->label, role_of(row), entry->first_key, 0, 0, 0});
        const auto known = memory() == nullptr ? std::nullopt : memory()->position(host);
        reached_[host] = known ? known->range.size() : 0;
    }
}

void VolumeCheck::finish_roster() {
    for (const auto& [host, entry] : station_.roster()) {
        if (!row_of_.contains(host)) {
            findings_.add(Code::host_silent, Severity::warn, "enrolled, and not listed in HOSTS.jsonl").host = host;
        }
    }
    station_.check_order(row_of_, findings_);
}

} // namespace tally::check
