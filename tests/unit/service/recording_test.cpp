#include "recorder/service/recording.hpp"

#include "tests/unit/journal/fixture.hpp"

#include <poll.h>

using namespace tally;
using namespace tally::service;
using test::LogDir;

namespace {

const std::string id = "0123456789abcdef0123456789abcdef";

struct Running {
    LogDir log;
    std::unique_ptr<journal::Journal> journal;
    std::optional<Recording> recording;

    Running() { open(); }
    void open() {
        recording.reset();
        journal.reset();
        journal = std::make_unique<journal::Journal>(log.path, os::system_clock(), log.surroundings);
        recording.emplace(*journal, sessions::Rules(), privacy::Naming(),
                          [](sessions::Book& book) { book.scanned([](const auto&) { return false; }); });
    }
    std::optional<sessions::Taken> begin(const std::string& of = id) {
        sessions::Begun begun;
        begun.id = of;
        begun.subject.product = "revit";
        begun.subject.user = "hig";
        begun.when = sessions::When::at(os::clock_ms(CLOCK_BOOTTIME));
        begun.bound = sessions::Bound::heartbeat;
        begun.n = 1;
        return recording->apply([&](sessions::Book& book) { return book.begin(begun); });
    }
    std::size_t lines(const std::string& type) {
        std::size_t count = 0;
        journal->store().for_each_line(0, line::max_tree, [&](std::uint64_t, std::string_view line) {
            count += line.find("\"t\":\"" + type + "\"") != std::string_view::npos ? 1U : 0U;
        });
        return count;
    }
    // As a disk without room: what is written fails, what is there can be read.
    void fill_disk() {
        log.alter(
            "CREATE TRIGGER full BEFORE INSERT ON line BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");
    }
    void free_disk() { log.alter("DROP TRIGGER full"); }
    // It tries again once a second.
    void commit_when_it_can() {
        while (!recording->commit()) {
            ::poll(nullptr, 0, 20);
        }
    }
};

} // namespace

TEST_CASE("what was committed is there for the next run, and is known by its number") {
    Running run;
    REQUIRE(run.begin() == sessions::Taken::taken);
    REQUIRE(run.recording->commit());
    CHECK(run.lines("start") == 1);
    run.open();
    CHECK(run.begin() == sessions::Taken::known);
    REQUIRE(run.recording->commit());
    CHECK(run.lines("start") == 1);
}

TEST_CASE("while the log cannot be written sessions wait in memory, and are written once it can") {
    Running run;
    run.fill_disk();
    run.begin();
    CHECK_FALSE(run.recording->commit());
    CHECK(run.recording->is_stuck());
    CHECK_FALSE(run.recording->trouble().empty());
    CHECK(run.begin() == sessions::Taken::known);
    CHECK(run.lines("start") == 0);
    run.free_disk();
    run.commit_when_it_can();
    CHECK_FALSE(run.recording->is_stuck());
    CHECK(run.lines("start") == 1);
    CHECK(run.lines("loss") == 0);
}

TEST_CASE("what memory has no room for is counted, and told when the log can be written again") {
    Running run;
    REQUIRE(run.begin() == sessions::Taken::taken);
    REQUIRE(run.recording->commit());
    run.fill_disk();
    const auto sample = [&] {
        return run.recording->apply([&](sessions::Book& book) {
            return book.sample(id, 0, {"open", sessions::When::at(os::clock_ms(CLOCK_BOOTTIME)), 5, 0});
        });
    };
    REQUIRE(sample());
    CHECK_FALSE(run.recording->commit());
    std::size_t lost = 0;
    for (std::size_t i = 0; i < most_waiting + 5; ++i) {
        lost += sample() ? 0U : 1U;
    }
    CHECK(lost == 6);
    CHECK(run.recording->lost() == lost);
    run.free_disk();
    run.commit_when_it_can();
    CHECK(run.lines("sample") == most_waiting);
    CHECK(run.lines("loss") == 1);
}
