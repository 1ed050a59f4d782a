#include "verifier/check/member_digest.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tally::check {
namespace {

constexpr std::size_t hashed_at_once = 64;

bool is_kept(RecordType type) {
    switch (type) {
    case RecordType::genesis:
    case RecordType::seal:
    case RecordType::clock:
    case RecordType::enrol:
    case RecordType::declare:
    case RecordType::amend:
    case RecordType::policy:
    case RecordType::arrived:
    case RecordType::exporting:
    case RecordType::exported:
        return true;
    default:
        return false;
    }
}

void count(const Record& record, const line::Fields& fields, Run& run) {
    if (record.type == RecordType::start) {
        ++run.sessions;
        run.used.push_back({record.at_from, record.at_to, record.seq});
    } else if (record.type == RecordType::import) {
        ++run.imports;
        const auto first = fields.integer("first");
        const auto last = fields.integer("last");
        if (first && last) {
            run.imported_first = run.imported_first == 0 ? *first : std::min(run.imported_first, *first);
            run.imported_last = std::max(run.imported_last, *last);
        }
    }
}

void set_stamp(Stamp& stamp, const Record& record) {
    if (stamp.boot != record.boot) {
        stamp.boot = record.boot;
    }
    stamp.up = record.up;
    stamp.wall = record.wall;
}

} // namespace

std::optional<ClockJump> clock_jump(std::string_view boot, std::uint64_t up, std::uint64_t wall, const Stamp& earlier) {
    if (boot != earlier.boot) {
        return wall + clock_tolerance_ms < earlier.wall ? std::optional(ClockJump{0, earlier.wall, wall})
                                                        : std::nullopt;
    }
    if (up < earlier.up) {
        return std::nullopt;
    }
    const std::uint64_t expected = earlier.wall + (up - earlier.up);
    const std::uint64_t apart = expected > wall ? expected - wall : wall - expected;
    return apart > clock_tolerance_ms ? std::optional(ClockJump{0, expected, wall}) : std::nullopt;
}

void MemberReader::fault(MemberDigest& digest, Code code, std::string text) {
    broken_ = true;
    ++digest.faulty_at_end;
    if (digest.faults.size() == max_member_faults) {
        ++digest.more_faults;
        return;
    }
    Finding finding{code, usual_severity(code), "", std::nullopt, "", digest.lines, std::nullopt, std::move(text)};
    if (const auto host = fields_.string("host")) {
        finding.host = std::string(*host);
        finding.seq = fields_.integer("seq");
    }
    digest.faults.push_back(std::move(finding));
}

MemberDigest MemberReader::read(std::string_view raw) {
    MemberDigest digest;
    digest.bytes = raw.size();
    digest.leaves.reserve(raw.size() / 160);
    pending_.clear();
    broken_ = true;
    const char* const begin = raw.data();
    const char* const end = begin + raw.size();
    for (const char* at = begin; at != end;) {
        const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
        const char* stop = found != nullptr ? static_cast<const char*>(found) : end;
        if (++digest.lines == 1) {
            digest.first_line = static_cast<std::size_t>(stop - begin) + 1;
        }
        if (found == nullptr) {
            fields_ = {};
            fault(digest, Code::truncated, "the last line does not end in LF");
            break;
        }
        take({at, static_cast<std::size_t>(stop - at)}, digest);
        at = stop + 1;
    }
    hash_pending(digest);
    return digest;
}

void MemberReader::hash_pending(MemberDigest& digest) {
    hasher_.add_leaves(pending_, digest.leaves);
    pending_.clear();
}

void MemberReader::take(std::string_view line, MemberDigest& digest) {
    if (const auto problem = fields_.parse(line, line::max_record)) {
        const bool long_line = line.size() > line::max_record;
        fault(digest, long_line ? Code::limit_exceeded : Code::non_canonical,
              std::string(problem.what) + " (byte " + std::to_string(problem.at) + " of the line)");
        return;
    }
    Record record;
    if (const char* what = read_record(fields_, record)) {
        fault(digest, Code::non_canonical, what);
        return;
    }
    extend(record, line, digest);
}

void MemberReader::extend(const Record& record, std::string_view line, MemberDigest& digest) {
    const bool continues = !broken_ && digest.runs.back().host == record.host &&
                           digest.runs.back().first + digest.runs.back().count == record.seq;
    if (!continues) {
        Run run;
        run.host = record.host;
        run.first = record.seq;
        run.member_line = digest.lines;
        run.faulty_before = std::exchange(digest.faulty_at_end, 0);
        run.leaf = digest.leaves.size() + pending_.size();
        run.first_type = record.type;
        set_stamp(run.earliest, record);
        run.latest = run.earliest;
        digest.runs.push_back(std::move(run));
        broken_ = false;
    }
    Run& run = digest.runs.back();
    if (run.count > 0 && record.type != RecordType::clock && run.jumps.size() < max_member_faults) {
        if (auto jump = clock_jump(record.boot, record.up, record.wall, run.latest)) {
            jump->seq = record.seq;
            run.jumps.push_back(*jump);
        }
    }
    set_stamp(run.latest, record);
    pending_.push_back(line);
    if (pending_.size() == hashed_at_once) {
        hash_pending(digest);
    }
    ++run.count;
    count(record, fields_, run);
    if (is_kept(record.type)) {
        run.kept.push_back({record.type, record.seq, digest.lines, std::string(line)});
    }
}

} // namespace tally::check
