#include "verifier/check/log_check.hpp"

#include "tally/text/date.hpp"

#include <algorithm>

namespace tally::check {
namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }

// Of a time that no date is written with, the number.
std::string instant_text(std::uint64_t seconds) {
    constexpr std::uint64_t last_date = 253'402'300'799; // 9999-12-31T23:59:59Z
    return seconds <= last_date ? text::format_instant(static_cast<std::int64_t>(seconds))
                                : "second " + number(seconds);
}

const char* describe(line::Chain::Fault fault) {
    switch (fault) {
    case line::Chain::Fault::wrong_epoch:
        return "the seal is not of the next epoch";
    case line::Chain::Fault::wrong_root:
        return "the seal signs another tree than the lines before it give";
    case line::Chain::Fault::wrong_signature:
        return "the seal is not signed by the key of its epoch";
    case line::Chain::Fault::bad_seal:
        return "not a well-formed seal, or one that names an unacceptable next key";
    default:
        return "the seal does not continue the log";
    }
}

} // namespace

LogCheck::LogCheck(const bundle::HostRow& row, Anchor anchor, std::string role, std::uint32_t index, Findings& findings,
                   std::vector<AcceptedSeal>* seals)
    : row_(row), anchor_(std::move(anchor)), index_(index), findings_(findings), seals_(seals), position_(row.first),
      fresh_(row.first) {
    coverage_.host = row_.host.text();
    coverage_.label = anchor_.label;
    coverage_.role = std::move(role);
    if (anchor_.arrived.contains(row_.next) ||
        (anchor_.until_ms && anchor_.arrived.lower_bound(row_.next) != anchor_.arrived.end())) {
        witness_ = Witness::there;
    }
    coverage_.first = row_.first;
    coverage_.next = row_.next;
    start();
}

Finding& LogCheck::report(Code code, std::string text) { return report(code, usual_severity(code), std::move(text)); }

Finding& LogCheck::report(Code code, Severity severity, std::string text) {
    Finding& finding = findings_.add(code, severity, std::move(text));
    finding.host = row_.host.text();
    return finding;
}

void LogCheck::start() {
    crypto::PublicKey key = row_.key;
    if (anchor_.position && anchor_.position->range.size() > 0) {
        start_from_memory();
        return;
    }
    if (!anchor_.first_key) {
        anchored_ = false;
        if (!anchor_.behind_missing) {
            report(Code::host_unknown,
                   "no enrolment of this log is known: neither from the station's lines nor from earlier bundles");
        }
    } else if (row_.first > 0) {
        anchored_ = false;
        if (anchor_.basis == Trust::Basis::enrolled && !anchor_.behind_missing) {
            report(Code::sequence_gap,
                   "the bundle starts at line " + number(row_.first) + ", no earlier line was ever accepted");
        }
    } else {
        key = first_key();
    }
    chain_.emplace(row_.host.text(), row_.range, row_.first == 0 ? Epoch{} : row_.epoch, key);
}

// The enrolled one; what the row of a bundle from the beginning says of it must be the same.
crypto::PublicKey LogCheck::first_key() {
    if (row_.key != *anchor_.first_key || row_.epoch != Epoch{}) {
        report(Code::non_canonical, "HOSTS.jsonl names another first key or epoch than the log is enrolled with")
            .member = bundle::hosts_name;
    }
    return *anchor_.first_key;
}

void LogCheck::start_from_memory() {
    const Position& known = *anchor_.position;
    const std::uint64_t size = known.range.size();
    fresh_ = std::max(row_.first, size);
    if (row_.first > size) {
        anchored_ = false;
    }
    if (row_.first > size && !anchor_.behind_missing) {
        report(Code::sequence_gap, "lines " + number(size) + " to " + number(row_.first - 1) +
                                       " are missing: accepted up to " + number(size) + ", the bundle starts at " +
                                       number(row_.first));
    }
    if (row_.next < size && !anchor_.root_at_next) {
        failed_ = true;
        report(Code::rollback, "the log ends at " + number(row_.next) + ", where it never ended before; " +
                                   number(size) + " lines were accepted");
    } else if (row_.next <= size && anchor_.root_at_next != row_.root) {
        failed_ = true;
        report(Code::fork, "HOSTS.jsonl states another tree of " + number(row_.next) + " lines than was accepted");
    } else if (row_.next < size) {
        report(Code::replay,
               "an earlier state: " + number(row_.next) + " lines, and " + number(size) + " were accepted before");
    }
    if (row_.first != size) {
        const bool from_start = row_.first == 0 && anchor_.first_key;
        chain_.emplace(row_.host.text(), row_.range, row_.first == 0 ? Epoch{} : row_.epoch,
                       from_start ? first_key() : row_.key);
        return;
    }
    chain_.emplace(row_.host.text(), known.range, known.epoch, known.key);
    if (row_.range != known.range) {
        failed_ = true;
        report(Code::fork, "HOSTS.jsonl states another tree of " + number(size) + " lines than was accepted");
    } else if (row_.epoch != known.epoch || row_.key != known.key) {
        report(Code::non_canonical, "another epoch or key is stated at first than the log has there").member =
            anchor_.claimed_in;
    }
}

// Stops at the remembered size, so that it is compared wherever it lies.
void LogCheck::append(std::span<const Hash> leaves) {
    const std::uint64_t size = chain_->range().size();
    const std::uint64_t remembered = anchor_.position ? anchor_.position->range.size() : 0;
    if (remembered > size && remembered - size < leaves.size()) {
        const auto until = static_cast<std::size_t>(remembered - size);
        append_part(leaves.first(until));
        leaves = leaves.subspan(until);
    }
    if (!failed_) {
        append_part(leaves);
    }
}

void LogCheck::append_part(std::span<const Hash> leaves) {
    if (leaves.empty()) {
        return;
    }
    chain_->range().append(chain_->hasher(), leaves);
    if (anchor_.position && chain_->range().size() == anchor_.position->range.size() &&
        chain_->range() != anchor_.position->range) {
        failed_ = true;
        report(Code::fork,
               "the lines before seq " + number(chain_->range().size()) + " are not those that were accepted")
            .seq = chain_->range().size();
    }
}

void LogCheck::append_seal(const KeptLine& kept, const std::string& member) {
    const auto fault = chain_->feed(kept.bytes);
    if (fault != line::Chain::Fault::none) {
        failed_ = true;
        Finding& finding = report(Code::seal_broken, describe(fault));
        finding.seq = kept.seq;
        finding.member = member;
        finding.line = kept.member_line;
        return;
    }
    after_seal(kept.seq);
}

void LogCheck::after_seal(std::uint64_t seal_seq) {
    const std::uint64_t size = seal_seq + 1;
    const auto& range = chain_->range();
    if (anchor_.position && size == anchor_.position->range.size() && range != anchor_.position->range) {
        failed_ = true;
        report(Code::fork, "the lines before seq " + number(size) + " are not those that were accepted").seq = size;
        return;
    }
    if (const auto told = anchor_.arrived.find(size); told != anchor_.arrived.end()) {
        if (told->second != range.root(chain_->hasher())) {
            report(Code::anchor_mismatch, "the station's log recorded another tree of " + number(size) + " lines").seq =
                size;
        }
        anchor_.arrived.erase(told);
    }
    if (seals_ != nullptr && seal_seq >= fresh_) {
        const line::Seal& seal = *chain_->last_seal();
        seals_->push_back({index_, seal_seq, seal.epoch, seal.root, {range, chain_->epoch(), chain_->key()}});
    }
}

void LogCheck::skip(std::uint64_t lines) {
    failed_ = failed_ || lines > 0;
    position_ += std::min(lines, row_.next - std::min(row_.next, position_));
}

void LogCheck::feed(const Run& run, const std::vector<Hash>& leaves, const std::string& member) {
    if (run.first != position_) {
        Finding& finding = run.first > position_
                               ? report(Code::sequence_gap,
                                        "lines " + number(position_) + " to " + number(run.first - 1) + " are missing")
                               : report(Code::non_canonical, "line " + number(run.first) + " stands where line " +
                                                                 number(position_) + " belongs");
        finding.seq = run.first;
        finding.member = member;
        finding.line = run.member_line;
        failed_ = true;
    }
    look_at_clock(run);
    const std::span<const Hash> own = std::span(leaves).subspan(run.leaf, run.count);
    std::size_t done = 0;
    ends_sealed_ = false;
    for (const auto& kept : run.kept) {
        const auto at = static_cast<std::size_t>(kept.seq - run.first);
        const bool is_seal = kept.type == RecordType::seal;
        if (!failed_) {
            append(own.subspan(done, at - done));
        }
        if (!failed_) {
            is_seal ? append_seal(kept, member) : append(own.subspan(at, 1));
        }
        done = at + 1;
        coverage_.seals += is_seal;
        ends_sealed_ = is_seal && done == run.count;
        look_at(kept, member);
    }
    if (!failed_) {
        append(own.subspan(done));
    }
    if (position_ == 0 && run.first == 0 && run.first_type != RecordType::genesis) {
        report(Code::non_canonical, "line 0 is not the log's genesis").seq = 0;
    }
    position_ = run.first + run.count;
    coverage_.fresh_lines += position_ > fresh_ ? position_ - std::max(fresh_, run.first) : 0;
    coverage_.sessions += run.sessions;
    coverage_.imports += run.imports;
    if (run.imports > 0) {
        coverage_.imported_first =
            coverage_.imported_first == 0 ? run.imported_first : std::min(coverage_.imported_first, run.imported_first);
        coverage_.imported_last = std::max(coverage_.imported_last, run.imported_last);
    }
}

void LogCheck::look_at_clock(const Run& run) {
    if (!latest_) {
        coverage_.first_wall = run.earliest.wall;
    } else if (run.first_type != RecordType::clock && run.first == position_) {
        if (const auto jump = clock_jump(run.earliest.boot, run.earliest.up, run.earliest.wall, *latest_)) {
            report(Code::clock_step, "the clock went from " + number(jump->expected) + " to " + number(jump->read) +
                                         " ms without a line that says so")
                .seq = run.first;
        }
    }
    for (const auto& jump : run.jumps) {
        report(Code::clock_step, "the clock went from " + number(jump.expected) + " to " + number(jump.read) +
                                     " ms without a line that says so")
            .seq = jump.seq;
    }
    latest_ = run.latest;
    coverage_.last_wall = run.latest.wall;
}

void LogCheck::look_at(const KeptLine& kept, const std::string& member) {
    line::Fields fields;
    const bool said = kept.type == RecordType::declare || kept.type == RecordType::amend;
    const bool named = kept.type == RecordType::policy && !is_station();
    if (kept.type != RecordType::genesis && kept.type != RecordType::clock && !said && !named) {
        return;
    }
    if (fields.parse(kept.bytes, line::max_record)) {
        return;
    }
    if (kept.type == RecordType::genesis) {
        look_at_genesis(kept, fields, member);
    } else if (said) {
        look_at_word(kept, fields);
    } else if (named) {
        look_at_policy(kept, fields);
    } else if (kept.seq >= fresh_) {
        report(Code::clock_step, "the recorder saw its clock go from " + number(fields.integer("from").value_or(0)) +
                                     " to " + number(fields.integer("to").value_or(0)) + " ms")
            .seq = kept.seq;
    }
}

// What the site says of its own reports; only the station speaks for it.
void LogCheck::look_at_word(const KeptLine& kept, const line::Fields& fields) {
    const bool amends = kept.type == RecordType::amend;
    if (kept.seq < fresh_ || coverage_.role != "station" || (!amends && fields.string("kind") != "nil")) {
        return;
    }
    const auto to = fields.integer("to");
    report(amends ? Code::amended : Code::nil_return,
           (amends ? "the site corrects what it reported of " : "the site says that nothing was used from ") +
               instant_text(*fields.integer("from")) + (amends ? " to " : " until ") +
               (to ? instant_text(*to) : "further notice") + ": " + std::string(fields.string("reason").value_or("")))
        .seq = kept.seq;
}

// Names under a later secret than a site's first: whoever was named before has another name from here on.
void LogCheck::look_at_policy(const KeptLine& kept, const line::Fields& fields) {
    const std::uint64_t epoch = *fields.integer("epoch");
    if (epoch > 1 && epoch != epoch_ && kept.seq >= fresh_) {
        report(Code::pseudonym_epoch,
               "names are written under the site's secret of epoch " + number(epoch) +
                   " from here on: who was named under an earlier one has another name, and can be counted twice")
            .seq = kept.seq;
    }
    epoch_ = epoch;
}

// Without an enrolment the row's own word counts, as far as it gives the name of the log.
bool LogCheck::is_first_key(std::string_view hex) const {
    if (anchor_.first_key) {
        return hex == to_hex(*anchor_.first_key);
    }
    return hex == to_hex(row_.key) && line::log_id(row_.key) == row_.host && row_.epoch == Epoch{};
}

void LogCheck::look_at_genesis(const KeptLine& kept, const line::Fields& fields, const std::string& member) {
    if (coverage_.label.empty()) {
        coverage_.label = fields.string("label").value_or("");
    }
    const char* what =
        kept.seq != 0                                      ? "a genesis inside the log"
        : !is_first_key(fields.string("key").value_or("")) ? "the genesis names another first key than the log has"
        : fields.string("role") != coverage_.role          ? "the genesis names another role than the roster gives"
                                                           : nullptr;
    if (what != nullptr) {
        Finding& finding = report(Code::non_canonical, what);
        finding.seq = kept.seq;
        finding.member = member;
        finding.line = kept.member_line;
    }
    line::Fields replaced;
    const auto replaces = fields.object("replaces");
    if (kept.seq < fresh_ || !replaces || replaced.parse(*replaces, line::max_record)) {
        return;
    }
    report(Code::log_replaced, "this log takes the place of " + std::string(replaced.string("host").value_or("?")) +
                                   ", which ended at line " + number(replaced.integer("size").value_or(0)) + " (" +
                                   std::string(replaced.string("reason").value_or("no reason given")) +
                                   "): what happened between that log's last seal and this genesis was not observed")
        .seq = 0;
}

void LogCheck::finish(Rest rest) {
    partial_ = rest == Rest::later_volume && position_ < row_.next;
    if (partial_) {
        coverage_.next = position_;
    } else if (position_ < row_.next) {
        failed_ = true;
        report(Code::sequence_gap,
               "lines " + number(position_) + " to " + number(row_.next - 1) + " are missing at the end")
            .seq = position_;
    } else if (position_ > row_.next) {
        failed_ = true;
        report(Code::non_canonical, "more lines than HOSTS.jsonl says").seq = row_.next;
    }
    if (row_.first < row_.next && coverage_.seals == 0) {
        failed_ = true;
        report(Code::seal_missing, "no seal among the lines " + number(row_.first) + " to " + number(end() - 1));
    } else if (row_.first < position_ && !ends_sealed_) {
        failed_ = true;
        report(Code::unsealed_tail, "the last lines stand after the last seal: nothing proves them").seq =
            position_ - 1;
    }
    if (row_.next == fresh_ && !anchor_.behind_missing) {
        report(Code::host_silent, row_.next == 0 ? "enrolled, and no line has arrived yet" : "no new line");
    }
    if (!failed_) {
        finish_root();
        finish_arrived();
    }
}

void LogCheck::finish_root() {
    if (partial_) {
        coverage_.root = anchored_ ? std::optional(chain_->range().root(chain_->hasher())) : std::nullopt;
    } else if (chain_->range().root(chain_->hasher()) == row_.root) {
        coverage_.root = anchored_ ? std::optional(row_.root) : std::nullopt;
    } else {
        report(Code::bad_hash, "the root that HOSTS.jsonl states at " + number(row_.next) + " is not that of the lines")
            .member = bundle::hosts_name;
    }
}

// The log's last line was written when the period of the export was over; of a log without lines here, the last one that
// was accepted.
bool LogCheck::not_asked_for() const {
    const std::uint64_t last = latest_ ? latest_->wall : anchor_.position ? anchor_.position->wall : 0;
    return anchor_.until_ms && last >= *anchor_.until_ms;
}

// What is left in `arrived` was not met at a seal of the bundle.
void LogCheck::finish_arrived() {
    const bool awaited = !partial_ && !anchor_.behind_missing && !is_station();
    if (awaited && row_.next > fresh_ && witness_ == Witness::missing) {
        report(Code::anchor_mismatch, Severity::warn,
               "no line of the station's log tells that these lines arrived there")
            .seq = row_.next;
    }
    for (const auto& [size, root] : anchor_.arrived) {
        if (size > end()) {
            if (partial_ || not_asked_for()) {
                return;
            }
            report(Code::sequence_gap, Severity::warn,
                   "the station's log has " + number(size) + " lines of it, the bundle ends at " + number(row_.next))
                .seq = row_.next;
            return;
        }
        if (size > row_.first) {
            report(Code::anchor_mismatch,
                   "the station's log recorded an end at " + number(size) + ", where there is no seal")
                .seq = size;
        }
    }
}

VerifiedLog LogCheck::verified() const {
    VerifiedLog log;
    log.host = row_.host.text();
    log.label = coverage_.label;
    log.role = coverage_.role;
    if (anchor_.first_key) {
        log.first_key = *anchor_.first_key;
    }
    log.first = row_.first;
    log.fresh = std::min(fresh_, end());
    log.next = end();
    return log;
}

} // namespace tally::check
