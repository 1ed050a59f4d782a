#include "packager/archive/archive.hpp"
#include "packager/archive/removed.hpp"
#include "tests/support/sealed_log.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::archive;
using Catch::Contains;
using test::SealedLog;

namespace {

// Four segments: [0,4) [4,8) of two epochs, [8,12), [12,16).
struct Shelf {
    test::TempDir dir;
    SealedLog log;
    std::unique_ptr<Archive> archive;

    Shelf() {
        log.run(2);
        log.run(1);
        log.run(1);
        log.run(3);
        log.run(3);
        open();
        for (const std::uint64_t first : {0U, 4U, 8U, 12U}) {
            CHECK(offer(first, first + 4).taken == Taken::added);
        }
        archive->commit();
    }
    void open() {
        archive.reset();
        archive = std::make_unique<Archive>(dir / "a", Roster{log.enrolled()});
    }
    Outcome offer(std::uint64_t first, std::uint64_t next) {
        return archive->take(log.name(first, next), log.packed(first, next));
    }
    [[nodiscard]] os::fs::path file(std::uint64_t first, std::uint64_t next) const {
        return dir / "a" / log.host.text() / log.name(first, next);
    }
    [[nodiscard]] os::fs::path kept() const { return dir / "a" / log.host.text() / removed_name; }
    [[nodiscard]] std::vector<std::string> lines(std::uint64_t first) const {
        std::vector<std::string> lines;
        archive->for_each_line(log.host, first, archive->next(log.host),
                               [&](std::uint64_t, std::string_view text) { lines.emplace_back(text); });
        return lines;
    }
    // Everything that may be asked of the archive but removed lines.
    void check_whole(std::uint64_t begins) {
        CHECK(archive->begins(log.host) == begins);
        CHECK(archive->next(log.host) == log.lines.size());
        CHECK(archive->seals(log.host, 0, 100) == std::vector<std::uint64_t>{4, 6, 8, 12, 16});
        CHECK(lines(begins) ==
              std::vector<std::string>(log.lines.begin() + static_cast<std::ptrdiff_t>(begins), log.lines.end()));
        line::CompactRange range;
        line::TreeHasher hasher;
        for (const auto& text : log.lines) {
            range.append(hasher, hasher.leaf(text));
            if (const auto size = range.size(); size % 4 == 0 || size == 6) {
                CHECK(archive->position(log.host, size).range == range);
                CHECK(archive->position(log.host, size).wall_ms == 1'790'000'000'000 + size - 1);
            }
        }
    }
};

} // namespace

TEST_CASE("whole segments below a limit may go, never the last one") {
    Shelf shelf;
    for (std::uint64_t limit = 0; limit <= 20; ++limit) {
        INFO("limit " << limit);
        CHECK(shelf.archive->prunable(shelf.log.host, limit) == std::min<std::uint64_t>(limit / 4 * 4, 12));
    }
    CHECK(shelf.archive->prunable(SealedLog().host, 100) == 0);
}

TEST_CASE("removed lines are gone with their files; all that follows, and every position, is as before") {
    Shelf shelf;
    const auto bytes = os::fs::file_size(shelf.file(0, 4)) + os::fs::file_size(shelf.file(4, 8));
    const auto may_go = shelf.archive->removable(shelf.log.host, 8);
    CHECK(may_go.files == 2);
    CHECK(may_go.bytes == bytes);

    const auto gone = shelf.archive->remove_before(shelf.log.host, 8);

    CHECK(gone.files == 2);
    CHECK(gone.bytes == bytes);
    CHECK_FALSE(os::fs::exists(shelf.file(0, 4)));
    CHECK_FALSE(os::fs::exists(shelf.file(4, 8)));
    CHECK(os::fs::exists(shelf.file(8, 12)));
    shelf.check_whole(8);
    shelf.open();
    shelf.check_whole(8);
    CHECK_THROWS_WITH(shelf.lines(7), Contains("lines 7 to 7") && Contains("it begins at line 8 here"));
}

TEST_CASE("removing goes on from where it stood, and what is done is not done twice") {
    Shelf shelf;
    CHECK(shelf.archive->remove_before(shelf.log.host, 4).files == 1);
    shelf.check_whole(4);
    CHECK(shelf.archive->remove_before(shelf.log.host, 4).files == 0);
    shelf.open();
    CHECK(shelf.archive->remove_before(shelf.log.host, 12).files == 2);
    shelf.check_whole(12);
    CHECK(shelf.archive->prunable(shelf.log.host, 3) == 12);
}

TEST_CASE("the index of a pruned archive is made again from what is left") {
    Shelf shelf;
    shelf.archive->remove_before(shelf.log.host, 8);
    shelf.archive.reset();
    for (const char* end : {"", "-wal", "-shm"}) {
        os::fs::remove((shelf.dir / "a" / "index.db").string() + end);
    }
    shelf.open();
    shelf.check_whole(8);
    CHECK(shelf.archive->remove_before(shelf.log.host, 12).files == 1);
    shelf.check_whole(12);
}

TEST_CASE("a pruned archive takes in what follows") {
    Shelf shelf;
    shelf.archive->remove_before(shelf.log.host, 12);
    shelf.log.run(3);
    CHECK(shelf.offer(16, 20).taken == Taken::added);
    shelf.archive->commit();
    CHECK(shelf.archive->next(shelf.log.host) == 20);
    CHECK(shelf.archive->prunable(shelf.log.host, 20) == 16);
    CHECK(shelf.archive->remove_before(shelf.log.host, 16).files == 1);
    CHECK(shelf.archive->seals(shelf.log.host, 0, 100) == std::vector<std::uint64_t>{4, 6, 8, 12, 16, 20});
}

TEST_CASE("removed segments that come again are known, and other lines under their names are not") {
    Shelf shelf;
    shelf.archive->remove_before(shelf.log.host, 12);
    shelf.log.run(3);

    for (const auto& [first, next] :
         std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 4}, {4, 8}, {4, 6}, {6, 12}, {0, 16}}) {
        INFO(first << " to " << next);
        CHECK(shelf.offer(first, next).taken == Taken::known);
    }
    CHECK(shelf.offer(8, 20).taken == Taken::added); // and is new behind the end
    shelf.archive->commit();
    CHECK(shelf.archive->next(shelf.log.host) == 20);
    CHECK(shelf.lines(12).size() == 8);

    std::string altered = shelf.log.raw(4, 8);
    altered.replace(altered.find("\"wall\":1790000000004"), 20, "\"wall\":1790000000009");
    CHECK(shelf.archive->take(shelf.log.name(4, 8), segment::pack(altered)).refusal == Refusal::bad_chain);
    CHECK(shelf.offer(5, 8).refusal == Refusal::bad_segment); // no recorder begins inside an epoch
}

TEST_CASE("a second history of removed lines under the log's own keys is a fork") {
    test::TempDir dir;
    SealedLog log;
    log.run(2);
    SealedLog clone = log;
    log.run(3);
    log.run(3);
    clone.run(3, "end");
    Archive archive(dir / "a", {log.enrolled()});
    for (const std::uint64_t first : {0U, 4U, 8U}) {
        archive.take(log.name(first, first + 4), log.packed(first, first + 4));
    }
    archive.commit();
    archive.remove_before(log.host, 8);
    CHECK(archive.take(clone.name(4, 8), clone.packed(4, 8)).refusal == Refusal::fork);
}

TEST_CASE("nothing is removed when the disk does not give the lines back as they were") {
    Shelf shelf;
    os::replace_file(shelf.file(4, 8), shelf.log.packed(8, 12));
    CHECK_THROWS_AS(shelf.archive->remove_before(shelf.log.host, 8), Error);
    CHECK(shelf.archive->begins(shelf.log.host) == 0);
    CHECK(os::fs::exists(shelf.file(0, 4)));
}

TEST_CASE("what is kept of removed lines proves itself from the enrolled key, in one spelling") {
    Shelf shelf;
    shelf.archive->remove_before(shelf.log.host, 12);
    const auto log = shelf.log.enrolled();
    const std::string good = os::read_file(shelf.kept(), max_removed);
    const auto seals = read_kept_seals(log, good);
    REQUIRE(seals);
    REQUIRE(seals->size() == 4);
    CHECK(seals->back().after == shelf.archive->position(shelf.log.host, 12));
    CHECK(seals->back().end == good.size());

    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        std::string altered = good;
        altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << bit % 8));
        INFO("bit " << bit);
        REQUIRE_FALSE(read_kept_seals(log, altered));
    }
    const auto lines = std::count(good.begin(), good.end(), '\n');
    for (std::size_t size = 0; size < good.size(); ++size) {
        const auto cut = read_kept_seals(log, std::string_view(good).substr(0, size));
        REQUIRE((!cut || cut->size() < static_cast<std::size_t>(lines) / 2)); // whole pairs are a shorter file
    }
    CHECK_FALSE(read_kept_seals(SealedLog().enrolled(), good));
    CHECK_FALSE(read_kept_seals(log, good + "\n"));
    CHECK_FALSE(read_kept_seals(log, good + good));
}

TEST_CASE("without what is kept of removed lines the index is not made again, and says why") {
    Shelf shelf;
    shelf.archive->remove_before(shelf.log.host, 12);
    shelf.archive.reset();
    os::fs::remove(shelf.dir / "a" / "index.db");
    std::string bytes = os::read_file(shelf.kept(), max_removed);
    bytes[20] = bytes[20] == '1' ? '2' : '1';
    os::replace_file(shelf.kept(), bytes);
    CHECK_THROWS_WITH(shelf.open(), Contains("removed.jsonl"));
}

TEST_CASE("what stays of removed lines is read as its page says, by vectors") {
    const auto read = [](const os::fs::path& path) {
        const std::string bytes = os::read_file(path, 1U << 20U);
        const std::size_t end = bytes.find('\n');
        crypto::PublicKey key{};
        REQUIRE(from_hex(std::string_view(bytes).substr(0, end), key));
        const EnrolledLog log{line::log_id(key), key, "HOST", ""};
        const auto seals = read_kept_seals(log, std::string_view(bytes).substr(end + 1));
        return seals ? seals->size() : 0;
    };
    std::size_t good = 0;
    std::size_t bad = 0;
    for (const auto& entry : os::fs::directory_iterator("vectors/removed/good")) {
        INFO(entry.path().string());
        CHECK(read(entry.path()) > 0);
        ++good;
    }
    for (const auto& entry : os::fs::directory_iterator("vectors/removed/bad")) {
        INFO(entry.path().string());
        CHECK(read(entry.path()) == 0);
        ++bad;
    }
    CHECK(good >= 5);
    CHECK(bad >= 45);
}
