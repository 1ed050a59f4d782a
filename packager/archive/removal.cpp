// Removal of lines from the beginning of a log, and what is offered of them once they are gone.
#include "packager/archive/archive.hpp"
#include "packager/archive/index.hpp"
#include "packager/archive/proof.hpp"
#include "packager/archive/removed.hpp"
#include "tally/segment/segment.hpp"

#include <algorithm>

namespace tally::archive {
namespace {

Error not_proved(const HostId& log, std::uint64_t at, const std::string& why) {
    return {"remove",
            log.text(),
            "line " + std::to_string(at) + " of the archive does not hold: " + why,
            {"nothing of this log was removed; collect its segments again from the host or the medium they came on"}};
}

} // namespace

std::uint64_t Archive::prunable(const HostId& log, std::uint64_t limit) const {
    sqlite::Statement statement(index_, "SELECT max(next) FROM piece WHERE log = ?1 AND next <= ?2 AND "
                                        "next < (SELECT max(next) FROM piece WHERE log = ?1)");
    const bool some = statement.bind(std::string_view(log.text()), limit).step() && !statement.is_null(0);
    return std::max(begins(log), some ? static_cast<std::uint64_t>(statement.integer(0)) : 0);
}

// Segment files that hold nothing but lines before `below`.
std::vector<os::fs::path> Archive::files_before(const HostId& log, std::uint64_t below) const {
    std::vector<os::fs::path> files;
    boost::system::error_code none;
    for (os::fs::directory_iterator at(folder(log), none), end; at != end; at.increment(none)) {
        const auto name = segment::Name::parse(at->path().filename().string());
        if (name && name->host == log && name->next <= below) {
            files.push_back(at->path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

Archive::Removed Archive::removable(const HostId& log, std::uint64_t below) const {
    Removed removed;
    for (const auto& path : files_before(log, below)) {
        boost::system::error_code none;
        const auto size = os::fs::file_size(path, none);
        removed.bytes += none ? 0 : size;
        ++removed.files;
    }
    return removed;
}

// The seals before `below`, those of lines that went earlier included, as removed.jsonl keeps them. All lines are read
// from the disk and proved on the way.
std::string Archive::seals_to_keep(const EnrolledLog& log, std::uint64_t below) const {
    const std::uint64_t begin = begins(log.id);
    std::string kept;
    if (begin > 0) {
        kept = os::read_file(folder(log.id) / removed_name, max_removed);
        const auto seals = read_kept_seals(log, kept);
        if (!seals) {
            throw not_proved(log.id, 0, std::string(removed_name) + ": " + seals.fault().what);
        }
        std::size_t end = 0;
        for (const auto& seal : *seals) { // an interrupted run may have kept more
            end = seal.after.range.size() <= begin ? seal.end : end;
        }
        kept.resize(end);
    }
    const Position from = position(log.id, begin);
    line::Chain chain(log.id.text(), from.range, from.epoch, from.key);
    line::Fields fields;
    for_each_line(log.id, begin, below, [&](std::uint64_t seq, std::string_view text) {
        const bool sealing = !fields.parse(text, line::max_record) && fields.string("t") == "seal";
        const line::CompactRange before = sealing ? chain.range() : line::CompactRange();
        if (const auto fault = chain.feed(text); fault != line::Chain::Fault::none) {
            throw not_proved(log.id, seq, describe(fault));
        }
        kept += sealing ? kept_seal(before, text) : "";
    });
    const auto seals = read_kept_seals(log, kept);
    if (!chain.sealed() || !seals || seals->back().after != position(log.id, below)) {
        throw not_proved(log.id, below, "its seals are not those of the index");
    }
    return kept;
}

Archive::Removed Archive::remove_before(const HostId& log, std::uint64_t below) {
    const EnrolledLog* enrolled = find(log);
    TALLY_ASSERT(enrolled != nullptr && below <= prunable(log, below));
    if (below > begins(log)) {
        os::replace_file(folder(log) / removed_name, seals_to_keep(*enrolled, below), 0600);
        begin();
        sqlite::Statement(index_, "DELETE FROM piece WHERE log = ? AND next <= ?")
            .bind(std::string_view(log.text()), below)
            .run();
        note_beginning(log, below);
        commit();
    }
    const Removed removed = removable(log, below);
    const auto files = files_before(log, below);
    for (const auto& path : files) {
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
            throw Error::system("remove", path.string());
        }
    }
    if (!files.empty()) {
        os::sync_directory(folder(log));
    }
    return removed;
}

void Archive::note_beginning(const HostId& log, std::uint64_t first) {
    sqlite::Statement(index_, "INSERT OR REPLACE INTO beginning(log, first) VALUES(?, ?)")
        .bind(std::string_view(log.text()), first)
        .run();
    index::finish(index_);
}

// For an index that is made again.
void Archive::restore_beginnings() {
    for (const auto& log : roster_) {
        const auto path = folder(log.id) / removed_name;
        if (!os::fs::exists(path)) {
            continue;
        }
        const auto kept = read_kept_seals(log, os::read_file(path, max_removed));
        if (!kept) {
            throw Error("read", path.string(), kept.fault().what + ", line " + std::to_string(kept.fault().at),
                        {"bring this file back from a copy of the station: without it what follows cannot be proved"});
        }
        begin();
        std::vector<Position> positions;
        for (const auto& seal : *kept) { // an interrupted run may have noted them
            const std::uint64_t size = seal.after.range.size();
            if (seals(log.id, size - 1, size).empty()) {
                positions.push_back(seal.after);
            }
        }
        keep_seals(positions, log.id);
        sqlite::Statement(index_, "INSERT OR REPLACE INTO beginning(log, first) VALUES(?, ?)")
            .bind(std::string_view(log.id.text()), kept->back().after.range.size())
            .run();
    }
}

// A segment that begins among removed lines: those of it that were here are the same if the same seals cover them.
Outcome Archive::compare_removed(const EnrolledLog& log, const Run& run, std::string_view raw) const {
    const auto sizes = seals(log.id, 0, run.first);
    const Position from = position(log.id, sizes.empty() ? 0 : sizes.back());
    if (from.range.size() != run.first) {
        return {Taken::refused, Refusal::bad_segment,
                "begins inside an epoch that was removed here: it cannot be compared"};
    }
    const Proof proof = prove(log.id, from, run.first, raw);
    if (proof.refusal != Refusal::none) {
        return {Taken::refused, proof.refusal, proof.reason};
    }
    const std::uint64_t have = next(log.id);
    for (const auto& seal : proof.seals) {
        const std::uint64_t size = seal.range.size();
        if (size <= have && (seals(log.id, size - 1, size).empty() || position(log.id, size) != seal)) {
            return {Taken::refused, Refusal::fork,
                    "differs from the archive before line " + std::to_string(size) +
                        ", and the log's own keys sealed both"};
        }
    }
    return {Taken::known, Refusal::none, ""};
}

} // namespace tally::archive
