#include "packager/archive/archive.hpp"

#include "packager/archive/index.hpp"
#include "packager/archive/proof.hpp"
#include "tally/crypto/sha256.hpp"
#include "tally/segment/segment.hpp"

#include <algorithm>
#include <set>

namespace tally::archive {
namespace {

constexpr const char* waiting_folder = "waiting";

void make_folder(const os::fs::path& path) {
    boost::system::error_code failed;
    if (os::fs::create_directories(path, failed)) {
        os::fs::permissions(path, os::fs::owner_all, failed);
        os::sync_directory(path.parent_path());
    }
    if (failed) {
        throw Error("create", path.string(), failed.message());
    }
}

os::fs::path made(os::fs::path path) {
    make_folder(path);
    make_folder(path / waiting_folder);
    return path;
}

// Empty when the file is gone, too large or cannot be read.
std::string bytes_if_there(const os::fs::path& path) {
    try {
        return os::read_file(path, segment::max_packed);
    } catch (const Error&) {
        return {};
    }
}

// Regular segment files of a folder, lowest first; a waiting file has 16 hex digits and "-" before its name.
struct Found {
    segment::Name name;
    os::fs::path path;
};
std::vector<Found> segments_in(const os::fs::path& folder) {
    std::vector<Found> found;
    boost::system::error_code none;
    for (os::fs::directory_iterator at(folder, none), end; at != end; at.increment(none)) {
        const std::string file = at->path().filename().string();
        if (const auto name = segment::Name::parse(file.substr(file.size() > 17 && file[16] == '-' ? 17 : 0))) {
            found.push_back({*name, at->path()});
        }
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.name.first < b.name.first; });
    return found;
}

Outcome refused(Refusal refusal, std::string reason) { return {Taken::refused, refusal, std::move(reason)}; }

} // namespace

Archive::Archive(os::fs::path directory, Roster roster)
    : directory_(made(std::move(directory))), roster_(std::move(roster)),
      index_((directory_ / index::file_name).string(), sqlite::Mode::create) {
    for (std::size_t i = 0; i < roster_.size(); ++i) {
        places_.emplace(roster_[i].id.text(), i);
    }
    const auto found = index::prepare(index_);
    statements_ = std::make_unique<index::Statements>(index_);
    if (found == index::Found::nothing) {
        rebuild();
    }
}

Archive::~Archive() = default;

const EnrolledLog* Archive::find(const HostId& log) const {
    const auto place = places_.find(log.text());
    return place == places_.end() ? nullptr : &roster_[place->second];
}

Outcome Archive::take(const std::string& name, std::string_view packed) {
    return take(name, packed, {crypto::sha256(packed)});
}

Outcome Archive::take(const std::string& name, std::string_view packed, const Ahead& ahead) {
    const auto parsed = segment::Name::parse(name);
    if (!parsed) {
        return refused(Refusal::bad_segment, "not the name of a segment");
    }
    const EnrolledLog* log = find(parsed->host);
    if (log == nullptr) {
        return refused(Refusal::unknown_log, "its log is not enrolled at this site");
    }
    const Run run{parsed->first, parsed->next};
    const auto& digest = ahead.digest;
    if (holds(name, log->id, packed, digest)) {
        return {Taken::known, Refusal::none, ""};
    }
    if (run.first <= next(log->id)) {
        return place(*log, run, name, packed, ahead);
    }
    // It cannot be proved yet, but whether it is a segment at all can be told.
    if (const auto raw = segment::read(*parsed, as_bytes(packed)); !raw) {
        return refused(Refusal::bad_segment, raw.fault().what);
    }
    sqlite::Statement known(index_, "SELECT 1 FROM waiting WHERE log = ? AND digest = ?");
    if (known.bind(std::string_view(log->id.text()), Bytes(digest)).step()) {
        return {Taken::known, Refusal::none, ""};
    }
    begin();
    const std::string file = to_hex(Bytes(digest).first(8)) + "-" + name;
    staging_.write(directory_ / waiting_folder / file, packed);
    sqlite::Statement(index_, "INSERT INTO waiting(log, first, next, digest, name, file) VALUES(?,?,?,?,?,?)")
        .bind(std::string_view(log->id.text()), run.first, run.next, Bytes(digest), std::string_view(name),
              std::string_view(file))
        .run();
    return {Taken::waiting, Refusal::none, ""};
}

// The very bytes are in the archive. A copy of ours that has suffered is written again from the good bytes at hand.
bool Archive::holds(const std::string& name, const HostId& log, std::string_view packed, const line::Hash& digest) {
    const auto parsed = segment::Name::parse(name);
    const bool same =
        statements_->same.bind(std::string_view(log.text()), parsed->first, parsed->next, Bytes(digest)).step();
    statements_->same.bind(); // a row that is looked at would keep what is committed meanwhile from being seen
    if (!same) {
        return false;
    }
    const auto path = staging_.located(folder(log) / name);
    if (bytes_if_there(path) != packed) {
        os::replace_file(path, packed, 0600);
    }
    return true;
}

// A segment that starts at or before the end of what is here: the overlap must be equal, the rest must be proved.
Outcome Archive::place(const EnrolledLog& log, const Run& run, const std::string& name, std::string_view packed,
                       const Ahead& ahead) {
    const std::uint64_t have = next(log.id);
    if (run.first == have && ahead.proof && ahead.proof->from == position(log.id, have)) {
        return admit(log, run, name, packed, ahead.digest, *ahead.proof);
    }
    const auto raw = segment::read(*segment::Name::parse(name), as_bytes(packed));
    if (!raw) {
        return refused(Refusal::bad_segment, raw.fault().what);
    }
    if (run.first < begins(log.id)) {
        if (auto outcome = compare_removed(log, run, *raw); outcome.taken == Taken::refused) {
            return outcome;
        }
    } else if (const auto at = first_difference(log.id, {run.first, std::min(run.next, have)}, *raw)) {
        return differs(log, run, *raw, *at);
    }
    if (run.next <= have) {
        return {Taken::known, Refusal::none, ""};
    }
    return admit(log, run, name, packed, ahead.digest, prove(log.id, position(log.id, have), run.first, *raw));
}

// `proof` is of what lies behind the end of what is here.
Outcome Archive::admit(const EnrolledLog& log, const Run& run, const std::string& name, std::string_view packed,
                       const line::Hash& digest, const Proof& proof) {
    if (proof.refusal != Refusal::none) {
        return refused(proof.refusal, proof.reason);
    }
    begin();
    make_folder(folder(log.id));
    staging_.write(folder(log.id) / name, packed);
    statements_->add_piece
        .bind(std::string_view(log.id.text()), proof.from.range.size(), run.next, run.first, run.next, Bytes(digest))
        .run();
    keep_seals(proof.seals, log.id);
    return {Taken::added, Refusal::none, ""};
}

// Sequence of the first line of `raw` inside `run` that is not the archive's.
std::optional<std::uint64_t> Archive::first_difference(const HostId& log, const Run& run, std::string_view raw) const {
    std::optional<std::uint64_t> at;
    for_each_line(log, run.first, run.next, [&](std::uint64_t seq, std::string_view ours) {
        const std::string_view theirs = raw.substr(0, raw.find('\n'));
        raw.remove_prefix(theirs.size() + 1);
        if (!at && ours != theirs) {
            at = seq;
        }
    });
    return at;
}

// Two histories of one log. If the log's own keys sealed this one as well, it is a fork; otherwise it is a forgery.
Outcome Archive::differs(const EnrolledLog& log, const Run& run, std::string_view raw, std::uint64_t at) const {
    const auto before = seals(log.id, 0, run.first);
    const Position from = position(log.id, before.empty() ? 0 : before.back());
    line::Chain chain(log.id.text(), from.range, from.epoch, from.key);
    auto fault = line::Chain::Fault::none;
    for_each_line(log.id, from.range.size(), run.first,
                  [&](std::uint64_t, std::string_view line) { fault = chain.feed(line); });
    segment::for_each_line(raw, [&](std::string_view line) { fault = chain.feed(line); });
    const std::string where = "differs from the archive at line " + std::to_string(at);
    if (fault == line::Chain::Fault::none && chain.sealed()) {
        return refused(Refusal::fork, where + ", and the log's own keys sealed both");
    }
    return refused(Refusal::bad_chain,
                   where + ": " + (fault == line::Chain::Fault::none ? "does not end in a seal" : describe(fault)));
}

void Archive::settle(const Settled& each) {
    struct Entry {
        std::string name;
        std::string file;
        line::Hash digest;
    };
    std::set<std::string> stuck; // files
    for (bool progress = true; progress;) {
        progress = false;
        for (const auto& log : roster_) {
            sqlite::Statement due(
                index_, "SELECT name, file, digest FROM waiting WHERE log = ? AND first <= ? ORDER BY first, next");
            std::vector<Entry> entries;
            due.bind(std::string_view(log.id.text()), next(log.id));
            while (due.step()) {
                entries.push_back({std::string(due.text(0)), std::string(due.text(1)), index::hash_of(due, 2)});
            }
            for (const auto& entry : entries) {
                const auto path = directory_ / waiting_folder / entry.file;
                if (stuck.contains(entry.file)) {
                    continue;
                }
                const std::string packed = bytes_if_there(staging_.located(path));
                const Outcome outcome = take_waiting(entry.name, packed);
                each(entry.name, packed, outcome);
                if (outcome.taken == Taken::waiting) {
                    stuck.insert(entry.file);
                    continue;
                }
                begin();
                sqlite::Statement(index_, "DELETE FROM waiting WHERE log = ? AND digest = ?")
                    .bind(std::string_view(log.id.text()), Bytes(entry.digest))
                    .run();
                settled_.push_back(path);
                progress = true;
            }
        }
    }
}

Outcome Archive::take_waiting(const std::string& name, std::string_view packed) {
    if (packed.empty()) {
        return refused(Refusal::bad_segment, "its waiting copy is gone: collect it again");
    }
    try {
        return take(name, packed);
    } catch (const DamagedCopy& damaged) {
        return {Taken::waiting, Refusal::none, damaged.what()};
    }
}

void Archive::commit() {
    staging_.settle();
    if (in_transaction_) {
        index_.run("COMMIT");
        in_transaction_ = false;
    }
    staging_.keep();
    for (const auto& path : settled_) {
        ::unlink(path.c_str());
    }
    settled_.clear();
}

void Archive::keep_seals(const std::vector<Position>& seals, const HostId& log) {
    for (const auto& seal : seals) {
        statements_->add_seal
            .bind(std::string_view(log.text()), seal.range.size(), seal.epoch.number, Bytes(seal.key),
                  as_bytes(index::flat(seal.range)), Bytes(seal.root), seal.wall_ms)
            .run();
    }
}

void Archive::begin() {
    if (!in_transaction_) {
        index_.run("BEGIN IMMEDIATE");
        in_transaction_ = true;
    }
}

// The index is lost: every segment file is proved again from its log's enrolled key.
void Archive::rebuild() {
    restore_beginnings();
    std::vector<Found> found;
    for (const auto& log : roster_) {
        const auto of_log = segments_in(folder(log.id));
        found.insert(found.end(), of_log.begin(), of_log.end());
    }
    const auto waiting = segments_in(directory_ / waiting_folder);
    found.insert(found.end(), waiting.begin(), waiting.end());
    for (const auto& file : found) {
        take(file.name.text(), bytes_if_there(file.path));
    }
    commit();
    index::finish(index_);
}

} // namespace tally::archive
