#include "recorder/journal/outbox.hpp"
#include "tally/segment/segment.hpp"
#include "tests/unit/journal/fixture.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;

namespace {

std::string raw_of(const LogDir& log, const std::string& file) {
    const std::string packed = os::read_file(log.path / "outbox" / file, segment::max_packed);
    const auto name = segment::Name::parse(file);
    REQUIRE(name);
    auto raw = segment::read(*name, as_bytes(packed));
    REQUIRE(raw);
    return *raw;
}

} // namespace

TEST_CASE("what is sealed and only that is dropped, and a second drop has nothing to do") {
    LogDir log;
    const auto journal = log.open();
    journal->append(note(1));
    journal->seal("test"); // 2
    journal->append(note(2));
    journal->commit();

    const auto dropped = journal::drop_segments(*journal);

    REQUIRE(dropped.size() == 1);
    CHECK(dropped[0].file == "SEG_" + journal->host().text() + "_0_3.jsonl.zst");
    CHECK(raw_of(log, dropped[0].file) ==
          line_at(*journal, 0) + "\n" + line_at(*journal, 1) + "\n" + line_at(*journal, 2) + "\n");
    CHECK(journal::drop_segments(*journal).empty());
    CHECK(journal::list_segments(log.path, journal->store()).at(0).present);
}

TEST_CASE("segments follow each other without a hole over several runs and prove as one chain") {
    LogDir log;
    for (int run = 0; run < 3; ++run) {
        const auto journal = log.open();
        journal->append(note(1));
        journal->seal("test");
        journal->seal("again");
        REQUIRE(journal::drop_segments(*journal).size() == 1);
    }
    const auto journal = log.open();
    line::Chain chain(journal->host().text(), {}, {}, journal->genesis().key);
    for (const auto& segment : journal->store().dropped()) {
        CHECK(segment.first == chain.range().size());
        segment::for_each_line(raw_of(log, segment.file),
                               [&](std::string_view line) { CHECK(chain.feed(line) == line::Chain::Fault::none); });
        CHECK(chain.sealed());
        CHECK(chain.range() == segment.range);
    }
    CHECK(chain.range().size() == journal->size());
}

TEST_CASE("segments are cut at the last seal within 8 MiB") {
    LogDir log;
    const auto journal = log.open();
    journal->group_by(journal::GroupedBy::caller);
    const std::string text(180, 'x');
    for (int i = 0; i < 60'000; ++i) {
        journal->append(line::Object().token("t", "note").text("a", text).text("b", text));
        journal->commit_if_due();
    }
    journal->seal("test");

    const auto dropped = journal::drop_segments(*journal);

    REQUIRE(dropped.size() >= 3);
    std::uint64_t next = 0;
    for (const auto& segment : dropped) {
        CHECK(segment.first == next);
        next = segment.next;
        CHECK(raw_of(log, segment.file).size() <= segment::cut_raw);
    }
    CHECK(next == journal->size());
}

TEST_CASE("a drop that was interrupted is finished under the same names with the same bytes") {
    LogDir log;
    std::string file;
    std::string bytes;
    {
        const auto journal = log.open();
        journal->seal("test");
        file = journal::drop_segments(*journal).at(0).file;
        bytes = os::read_file(log.path / "outbox" / file, segment::max_packed);
    }
    log.alter("UPDATE dropped SET written = 0");
    fs::remove(log.path / "outbox" / file);
    const auto journal = log.open();
    journal->append(note(1));
    journal->seal("test");

    const auto dropped = journal::drop_segments(*journal);

    REQUIRE(dropped.size() == 2);
    CHECK(dropped[0].file == file);
    CHECK(os::read_file(log.path / "outbox" / file, segment::max_packed) == bytes);
    CHECK(dropped[1].first == dropped[0].next);
}

TEST_CASE("segments that were taken away can be dropped again with the same bytes") {
    LogDir log;
    const auto journal = log.open();
    journal->seal("test");
    const auto file = log.path / "outbox" / journal::drop_segments(*journal).at(0).file;
    const std::string bytes = os::read_file(file, segment::max_packed);
    CHECK(journal::redrop_segments(*journal).empty());
    fs::remove(file);

    CHECK(journal::redrop_segments(*journal).size() == 1);
    CHECK(os::read_file(file, segment::max_packed) == bytes);
}

TEST_CASE("lines that do not prove against their seals are never dropped") {
    LogDir log;
    {
        const auto journal = log.open();
        journal->append(note(1));
        journal->seal("test");
    }
    log.alter("UPDATE line SET body = CAST(replace(CAST(body AS TEXT), '\"n\":1', '\"n\":4') AS BLOB) WHERE seq = 1");
    const auto journal = log.open(); // sealed lines are not read at the start
    REQUIRE_FALSE(journal->recovery());

    CHECK_THROWS_AS(journal::drop_segments(*journal), Error);
    CHECK((!fs::exists(log.path / "outbox") || fs::is_empty(log.path / "outbox")));
}
