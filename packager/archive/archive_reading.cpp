// What the archive holds, for those who list it and pack from it.
#include "packager/archive/archive.hpp"
#include "packager/archive/index.hpp"
#include "tally/crypto/sha256.hpp"
#include "tally/segment/segment.hpp"

#include <algorithm>

namespace tally::archive {

struct Archive::Piece {
    Run run;                      // the lines that count
    std::uint64_t file_first = 0; // of the first line in the file
    std::uint64_t file_next = 0;
    line::Hash digest{}; // of the file
};

std::uint64_t Archive::next(const HostId& log) const {
    auto& last = statements_->last;
    const auto lines = last.bind(std::string_view(log.text())).step() ? last.integer(0) : 0;
    last.bind(); // done with it
    return static_cast<std::uint64_t>(lines);
}

std::uint64_t Archive::begins(const HostId& log) const {
    auto& beginning = statements_->begins;
    const auto first = beginning.bind(std::string_view(log.text())).step() ? beginning.integer(0) : 0;
    beginning.bind(); // done with it
    return static_cast<std::uint64_t>(first);
}

std::vector<Run> Archive::waiting(const HostId& log) const {
    sqlite::Statement statement(index_, "SELECT first, next FROM waiting WHERE log = ? ORDER BY first, next");
    std::vector<Run> runs;
    statement.bind(std::string_view(log.text()));
    while (statement.step()) {
        runs.push_back(
            {static_cast<std::uint64_t>(statement.integer(0)), static_cast<std::uint64_t>(statement.integer(1))});
    }
    return runs;
}

std::vector<std::uint64_t> Archive::seals(const HostId& log, std::uint64_t first, std::uint64_t next) const {
    sqlite::Statement statement(index_, "SELECT size FROM seal WHERE log = ? AND size > ? AND size <= ? ORDER BY size");
    std::vector<std::uint64_t> sizes;
    statement.bind(std::string_view(log.text()), first, next);
    while (statement.step()) {
        sizes.push_back(static_cast<std::uint64_t>(statement.integer(0)));
    }
    return sizes;
}

Position Archive::position(const HostId& log, std::uint64_t size) const {
    const EnrolledLog* enrolled = find(log);
    TALLY_ASSERT(enrolled != nullptr);
    if (size == 0) {
        line::TreeHasher hasher;
        return {{}, line::CompactRange().root(hasher), {0}, enrolled->first_key, 0};
    }
    auto& seal = statements_->seal;
    TALLY_ASSERT(seal.bind(std::string_view(log.text()), size).step());
    const auto position = index::position_of(seal, size);
    seal.bind(); // done with it
    return position;
}

void Archive::for_each_line(const HostId& log, std::uint64_t first, std::uint64_t next,
                            const std::function<void(std::uint64_t, std::string_view)>& each) const {
    TALLY_ASSERT(first >= next || next <= this->next(log));
    if (first >= next) {
        return;
    }
    if (const std::uint64_t here = begins(log); first < here) {
        throw Error("read", folder(log).string(),
                    "lines " + std::to_string(first) + " to " + std::to_string(std::min(next, here) - 1) + " of log " +
                        log.text() + " were removed: it begins at line " + std::to_string(here) + " here",
                    {"they went when every verifier had receipts for them; the station's log says so in its pruned "
                     "lines",
                     "what was in them is on the other side, in the bundles that were received"});
    }
    for (const auto& piece : pieces(log, {first, next})) {
        std::uint64_t seq = piece.file_first;
        segment::for_each_line(unpack(log, piece), [&](std::string_view text) {
            if (seq >= std::max(first, piece.run.first) && seq < std::min(next, piece.run.next)) {
                each(seq, text);
            }
            ++seq;
        });
    }
}

std::vector<Archive::Piece> Archive::pieces(const HostId& log, const Run& run) const {
    sqlite::Statement statement(index_,
                                "SELECT first, next, file_first, file_next, digest FROM piece WHERE log = ? AND "
                                "next > ? AND first < ? ORDER BY first");
    std::vector<Piece> list;
    statement.bind(std::string_view(log.text()), run.first, run.next);
    const auto number = [&](int column) { return static_cast<std::uint64_t>(statement.integer(column)); };
    while (statement.step()) {
        list.push_back({{number(0), number(1)}, number(2), number(3), index::hash_of(statement, 4)});
    }
    return list;
}

std::string Archive::unpack(const HostId& log, const Piece& piece) const {
    const segment::Name name{log, piece.file_first, piece.file_next};
    const auto path = folder(log) / name.text();
    const std::string packed = os::read_file(staging_.located(path), segment::max_packed);
    auto raw = segment::read(name, as_bytes(packed));
    if (!raw || crypto::sha256(packed) != piece.digest) {
        throw DamagedCopy(
            "read", path.string(), "other bytes than those that were archived",
            {"collect this segment again from its host or from the medium it came on: the copy is then replaced"});
    }
    return std::move(*raw);
}

} // namespace tally::archive
