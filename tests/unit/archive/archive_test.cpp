#include "packager/archive/archive.hpp"

#include "tally/zstd/frame.hpp"
#include "tests/support/sealed_log.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::archive;
using test::SealedLog;

namespace {

// Three runs: [0,4), [4,8), [8,12).
SealedLog three_runs() {
    SealedLog log;
    log.run(2);
    log.run(3);
    log.run(3);
    return log;
}

std::vector<std::string> lines_of(const Archive& archive, const HostId& log, std::uint64_t first, std::uint64_t next) {
    std::vector<std::string> lines;
    archive.for_each_line(log, first, next, [&](std::uint64_t seq, std::string_view text) {
        CHECK(seq == first + lines.size());
        lines.emplace_back(text);
    });
    return lines;
}

Outcome offer(Archive& archive, const SealedLog& log, std::uint64_t first, std::uint64_t next) {
    return archive.take(log.name(first, next), log.packed(first, next));
}

void ignore(const std::string&, std::string_view, const Outcome&) {}

} // namespace

TEST_CASE("what is taken in can be read again line by line, from any position") {
    const test::TempDir dir;
    const auto log = three_runs();
    Archive archive(dir / "a", {log.enrolled()});

    CHECK(offer(archive, log, 0, 4).taken == Taken::added);
    CHECK(offer(archive, log, 4, 12).taken == Taken::added);
    archive.commit();

    CHECK(archive.next(log.host) == 12);
    CHECK(lines_of(archive, log.host, 0, 12) == log.lines);
    CHECK(lines_of(archive, log.host, 3, 9) == std::vector<std::string>(log.lines.begin() + 3, log.lines.begin() + 9));
    CHECK(lines_of(archive, log.host, 5, 5).empty());
    CHECK(archive.seals(log.host, 0, 12) == std::vector<std::uint64_t>{4, 8, 12});
    CHECK(archive.seals(log.host, 4, 11) == std::vector<std::uint64_t>{8});
}

TEST_CASE("a position is all that is needed to check what follows it") {
    const test::TempDir dir;
    const auto log = three_runs();
    Archive archive(dir / "a", {log.enrolled()});
    offer(archive, log, 0, 12);

    const auto at = archive.position(log.host, 8);
    line::Chain chain(log.host.text(), at.range, at.epoch, at.key);
    archive.for_each_line(log.host, 8, 12, [&](std::uint64_t, std::string_view text) {
        CHECK(chain.feed(text) == line::Chain::Fault::none);
    });

    CHECK(chain.sealed());
    CHECK(chain.range() == log.range);
    line::TreeHasher hasher;
    CHECK(archive.position(log.host, 12).root == log.range.root(hasher));
    CHECK(archive.position(log.host, 12).wall_ms == 1'790'000'000'011);
    CHECK(archive.position(log.host, 0).key == log.first);
    CHECK(archive.position(log.host, 0).range.size() == 0);
}

TEST_CASE("the same segment twice, or in another compression, changes nothing") {
    const test::TempDir dir;
    const auto log = three_runs();
    Archive archive(dir / "a", {log.enrolled()});
    offer(archive, log, 0, 4);
    archive.commit();

    CHECK(offer(archive, log, 0, 4).taken == Taken::known);
    CHECK(archive.take(log.name(0, 4), zstd::Compressor(19).compress(log.raw(0, 4))).taken == Taken::known);
    CHECK(archive.next(log.host) == 4);
}

TEST_CASE("a segment that came too early waits and is proved once the gap is filled") {
    const test::TempDir dir;
    const auto log = three_runs();
    {
        Archive archive(dir / "a", {log.enrolled()});
        CHECK(offer(archive, log, 8, 12).taken == Taken::waiting);
        CHECK(offer(archive, log, 8, 12).taken == Taken::known);
        CHECK(offer(archive, log, 4, 8).taken == Taken::waiting);
        CHECK(archive.waiting(log.host) == std::vector<Run>{{4, 8}, {8, 12}});
        archive.commit();
    }
    Archive archive(dir / "a", {log.enrolled()});
    CHECK(archive.next(log.host) == 0);
    offer(archive, log, 0, 4);

    std::size_t settled = 0;
    archive.settle([&](const std::string&, std::string_view, const Outcome& outcome) {
        settled += outcome.taken == Taken::added ? 1U : 0U;
    });
    archive.commit();

    CHECK(settled == 2);
    CHECK(archive.next(log.host) == 12);
    CHECK(archive.waiting(log.host).empty());
    CHECK(os::fs::is_empty(dir / "a" / "waiting"));
    CHECK(lines_of(archive, log.host, 0, 12) == log.lines);
}

TEST_CASE("segments in every order give the same archive") {
    const auto log = three_runs();
    std::vector<std::pair<std::uint64_t, std::uint64_t>> runs = {{0, 4}, {0, 8}, {4, 8}, {4, 12}, {8, 12}};
    std::sort(runs.begin(), runs.end());
    do {
        const test::TempDir dir;
        Archive archive(dir / "a", {log.enrolled()});
        for (const auto& [first, next] : runs) {
            REQUIRE(offer(archive, log, first, next).taken != Taken::refused);
            archive.settle(ignore);
        }
        archive.commit();
        REQUIRE(archive.next(log.host) == 12);
        REQUIRE(archive.waiting(log.host).empty());
        REQUIRE(lines_of(archive, log.host, 0, 12) == log.lines);
    } while (std::next_permutation(runs.begin(), runs.end()));
}

TEST_CASE("a segment of a log that is not enrolled is refused as such") {
    const test::TempDir dir;
    const auto log = three_runs();
    Archive archive(dir / "a", {SealedLog().enrolled()});

    CHECK(offer(archive, log, 0, 4).refusal == Refusal::unknown_log);
}

TEST_CASE("bytes that are no segment are refused as such") {
    const test::TempDir dir;
    const auto log = three_runs();
    Archive archive(dir / "a", {log.enrolled()});
    auto flipped = log.packed(0, 4);
    flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);

    CHECK(archive.take("SEG_x", "").refusal == Refusal::bad_segment);
    CHECK(archive.take("../" + log.name(0, 4), log.packed(0, 4)).refusal == Refusal::bad_segment);
    CHECK(archive.take(log.name(0, 4), "").refusal == Refusal::bad_segment);
    CHECK(archive.take(log.name(0, 4), flipped).refusal == Refusal::bad_segment);
    CHECK(archive.take(log.name(0, 4), log.packed(4, 8)).refusal == Refusal::bad_segment);
    CHECK(archive.take(log.name(4, 8), "not a segment, and early").refusal == Refusal::bad_segment);
    CHECK(archive.next(log.host) == 0);
}

TEST_CASE("a segment whose seal does not hold, or that ends without one, is refused with the place") {
    const test::TempDir dir;
    const auto log = three_runs();
    Archive archive(dir / "a", {log.enrolled()});
    auto altered = log;
    altered.lines[1].replace(altered.lines[1].find("start"), 5, "stort");

    const auto outcome = offer(archive, altered, 0, 4);

    CHECK(outcome.refusal == Refusal::bad_chain);
    CHECK(outcome.reason == "a seal over other lines at 3");
    CHECK(offer(archive, log, 0, 3).refusal == Refusal::bad_segment);
    CHECK(offer(archive, log, 0, 6).refusal == Refusal::bad_segment);
    CHECK(offer(archive, log, 0, 4).taken == Taken::added);
}

TEST_CASE("two histories that the log's own keys sealed are a fork, and the first one stays") {
    const test::TempDir dir;
    SealedLog log;
    log.run(2);
    SealedLog clone = log;
    log.run(3);
    clone.run(3, "denial");
    Archive archive(dir / "a", {log.enrolled()});
    offer(archive, log, 0, 8);

    const auto outcome = archive.take(clone.name(4, 8), clone.packed(4, 8));
    const auto longer = archive.take(clone.name(0, 8), clone.packed(0, 8));

    CHECK(outcome.refusal == Refusal::fork);
    CHECK(outcome.reason.find("at line 4") != std::string::npos);
    CHECK(longer.refusal == Refusal::fork);
    CHECK(lines_of(archive, log.host, 0, 8) == log.lines);
}

TEST_CASE("a differing history that the log's keys did not seal is no fork") {
    const test::TempDir dir;
    auto log = three_runs();
    Archive archive(dir / "a", {log.enrolled()});
    offer(archive, log, 0, 12);
    auto altered = log;
    altered.lines[5].replace(altered.lines[5].find("start"), 5, "stort");

    const auto outcome = offer(archive, altered, 4, 8);

    CHECK(outcome.refusal == Refusal::bad_chain);
    CHECK(outcome.reason.find("differs from the archive at line 5") != std::string::npos);
}

TEST_CASE("an overlap that is equal only adds what is new") {
    const test::TempDir dir;
    const auto log = three_runs();
    Archive archive(dir / "a", {log.enrolled()});
    offer(archive, log, 0, 8);

    CHECK(offer(archive, log, 4, 12).taken == Taken::added);
    CHECK(offer(archive, log, 0, 12).taken == Taken::known);
    CHECK(lines_of(archive, log.host, 0, 12) == log.lines);
    CHECK(archive.seals(log.host, 0, 12).size() == 3);
}

TEST_CASE("what was not committed leaves nothing behind") {
    const test::TempDir dir;
    const auto log = three_runs();
    {
        Archive archive(dir / "a", {log.enrolled()});
        offer(archive, log, 0, 4);
        archive.commit();
        offer(archive, log, 4, 8);
    }

    const Archive archive(dir / "a", {log.enrolled()});

    CHECK(archive.next(log.host) == 4);
    CHECK_FALSE(os::fs::exists(dir / "a" / log.host.text() / log.name(4, 8)));
    CHECK(os::fs::exists(dir / "a" / log.host.text() / log.name(0, 4)));
}

TEST_CASE("a lost index is made again from the segment files, with what waits") {
    const test::TempDir dir;
    const auto log = three_runs();
    {
        Archive archive(dir / "a", {log.enrolled()});
        offer(archive, log, 0, 4);
        offer(archive, log, 8, 12);
        archive.commit();
    }
    for (const std::string name : {"index.db", "index.db-wal", "index.db-shm"}) {
        os::fs::remove(dir / "a" / name);
    }

    Archive archive(dir / "a", {log.enrolled()});

    CHECK(archive.next(log.host) == 4);
    CHECK(archive.waiting(log.host) == std::vector<Run>{{8, 12}});
    CHECK(lines_of(archive, log.host, 0, 4) == std::vector<std::string>(log.lines.begin(), log.lines.begin() + 4));
}

TEST_CASE("a copy that rotted is noticed when it is read and mended by collecting again") {
    const test::TempDir dir;
    const auto log = three_runs();
    Archive archive(dir / "a", {log.enrolled()});
    offer(archive, log, 0, 4);
    archive.commit();
    os::replace_file(dir / "a" / log.host.text() / log.name(0, 4), log.packed(4, 8));

    CHECK_THROWS_AS(lines_of(archive, log.host, 0, 4), Error);
    CHECK(offer(archive, log, 0, 4).taken == Taken::known);
    CHECK(lines_of(archive, log.host, 0, 4).size() == 4);
}
