#include "recorder/journal/pruning.hpp"

#include "recorder/journal/outbox.hpp"
#include "tests/unit/journal/fixture.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using Catch::Contains;
using journal::Journal;
using journal::Pruning;
using journal::Retention;

namespace {

// Each epoch is `lines` lines and a seal, and a segment of its own in the outbox that the station has taken. The first
// one has the genesis line too.
void add_epochs(LogDir& log, Journal& journal, unsigned epochs, unsigned lines) {
    for (unsigned epoch = 0; epoch < epochs; ++epoch) {
        for (unsigned i = 0; i < lines; ++i) {
            journal.append(note(journal.size()));
        }
        log.pass_ms(1000);
        journal.seal("test");
        for (const auto& segment : journal::drop_segments(journal)) {
            fs::remove(log.path / "outbox" / segment.file);
        }
    }
}

Pruning prune(Journal& journal, std::uint64_t floor, const Retention& keep = {}) {
    return journal::prune(journal, floor, keep, [] {});
}

std::vector<std::uint64_t> lines_here(Journal& journal) {
    std::vector<std::uint64_t> numbers;
    journal.store().for_each_line(0, line::max_tree,
                                  [&](std::uint64_t seq, std::string_view) { numbers.push_back(seq); });
    return numbers;
}

// Five epochs: [0,5) [5,9) [9,13) [13,17) [17,21), the last line of each a seal.
struct FiveEpochs : LogDir {
    std::unique_ptr<Journal> journal = open();
    FiveEpochs() { add_epochs(*this, *journal, 5, 3); }
};

} // namespace

TEST_CASE("lines below the floor go, the first line and the seals stay, and the log proves itself to the same root") {
    FiveEpochs log;
    const auto before = log.verify();
    REQUIRE(before.holds());

    const Pruning done = prune(*log.journal, 13);

    CHECK(done.began == 0);
    CHECK(done.begins == 13);
    CHECK(done.epochs == 3);
    CHECK(done.lines == 9);
    CHECK(lines_here(*log.journal) == std::vector<std::uint64_t>{0, 4, 8, 12, 13, 14, 15, 16, 17, 18, 19, 20});
    const auto after = log.verify();
    CHECK(after.holds());
    CHECK(after.problem.empty());
    CHECK(after.begins == 13);
    CHECK(after.lines == before.lines);
    CHECK(after.sealed == before.sealed);
    CHECK(after.seals == before.seals);
    CHECK(after.last_seal->root == before.last_seal->root);
}

TEST_CASE("a pruned log goes on: it is opened, sealed, dropped and pruned again like any other") {
    FiveEpochs log;
    prune(*log.journal, 9);
    log.journal.reset();
    log.journal = log.open();
    CHECK_FALSE(log.journal->recovery());
    CHECK(log.journal->size() == 21);

    add_epochs(log, *log.journal, 2, 3);
    const Pruning again = prune(*log.journal, 25);

    CHECK(again.began == 9);
    CHECK(again.begins == 25);
    CHECK(again.lines == 12);
    CHECK(log.verify().holds());
    CHECK(prune(*log.journal, 25).lines == 0);
    CHECK(prune(*log.journal, 9).begins == 25); // an older word changes nothing
}

TEST_CASE("without a floor nothing is removed") {
    FiveEpochs log;
    const auto lines = lines_here(*log.journal);
    CHECK(prune(*log.journal, 0).lines == 0);
    CHECK(lines_here(*log.journal) == lines);
    CHECK(log.verify().begins == 0);
}

TEST_CASE("a floor in the middle of an epoch removes whole epochs before it only") {
    for (std::uint64_t floor = 0; floor <= 21; ++floor) {
        FiveEpochs log;
        const std::uint64_t expected = floor < 5 ? 0 : floor < 9 ? 5 : floor < 13 ? 9 : floor < 17 ? 13 : 17;
        INFO("floor " << floor);
        CHECK(journal::plan_pruning(*log.journal, floor, {}).begins == expected);
        CHECK(prune(*log.journal, floor).begins == expected);
        CHECK(log.verify().holds());
    }
}

TEST_CASE("the last sealed epoch stays, whatever the floor, and unsealed lines are none") {
    FiveEpochs log;
    log.journal->append(note(1));
    log.journal->commit();
    CHECK(prune(*log.journal, 21).begins == 17);
    LogDir young;
    const auto journal = young.open();
    add_epochs(young, *journal, 1, 3);
    CHECK(prune(*journal, 5).lines == 0);
}

TEST_CASE("a floor beyond what is sealed removes nothing") {
    FiveEpochs log;
    log.journal->append(note(1));
    log.journal->commit();
    CHECK_THROWS_WITH(prune(*log.journal, 22), Contains("only 21 are sealed here"));
    CHECK(lines_here(*log.journal).size() == 22);
}

TEST_CASE("what is to be kept by number or by age stays") {
    FiveEpochs log; // sealed one second after the other
    const auto begins = [&](const Retention& keep) { return journal::plan_pruning(*log.journal, 21, keep).begins; };
    CHECK(begins({3, {}}) == 9);
    CHECK(begins({5, {}}) == 0);
    CHECK(begins({50, {}}) == 0);
    CHECK(begins({0, log.now.wall_ms - 2000}) == 9); // the third was sealed right then
    CHECK(begins({0, log.now.wall_ms - 1999}) == 13);
    CHECK(begins({0, 0}) == 0);
    CHECK(lines_here(*log.journal).size() == 21);
}

TEST_CASE("what the recorder looks up stays: instructions, policies, consents and the last import") {
    LogDir log;
    const auto journal = log.open();
    for (const char* type : {"import", "instructed", "policy", "consent", "import", "start"}) {
        journal->append(line::Object().token("t", type));
    }
    add_epochs(log, *journal, 3, 1);
    const std::uint64_t floor = journal->size();

    prune(*journal, floor);

    CHECK(lines_here(*journal) == std::vector<std::uint64_t>{0, 2, 3, 4, 5, 8, 10, 11, 12});
    CHECK(log.verify().holds());
}

TEST_CASE("nothing is removed from a log that does not hold") {
    FiveEpochs log;
    log.journal.reset();
    log.alter("UPDATE line SET body = CAST(replace(CAST(body AS TEXT), '\"n\":6', '\"n\":7') AS BLOB) WHERE seq = 6");
    const auto journal = log.open();
    CHECK_THROWS_WITH(prune(*journal, 21), Contains("nothing was removed") || Contains("does not hold"));
    CHECK(lines_here(*journal).size() == 21);
}

TEST_CASE("whoever alters what stands for the removed lines is found") {
    const auto broken = [](const std::string& sql) {
        FiveEpochs log;
        prune(*log.journal, 13);
        log.journal.reset();
        log.alter(sql);
        return log.verify().problem;
    };
    CHECK(broken("DELETE FROM line WHERE seq = 8") == "seal of another epoch");
    CHECK(broken("DELETE FROM line WHERE seq = 12") == "line is missing");
    CHECK(broken("DELETE FROM line WHERE seq = 13") == "line is missing");
    CHECK(broken("DELETE FROM line WHERE seq = 0") == "line is missing");
    CHECK(broken("DELETE FROM beginning") == "the database is damaged here");
    CHECK(broken("UPDATE beginning SET range = zeroblob(64)") ==
          "the tree of the removed lines is not the one that their last seal signs");
    CHECK(broken("UPDATE beginning SET size = 8, range = zeroblob(32)") ==
          "the tree of the removed lines is not the one that their last seal signs");
    CHECK(broken("UPDATE line SET body = CAST(replace(CAST(body AS TEXT), '\"reason\":\"test\"', "
                 "'\"reason\":\"TEST\"') AS BLOB) "
                 "WHERE seq = 4") == "seal is not signed by the key of its epoch");
    CHECK(broken("UPDATE line SET body = (SELECT body FROM line WHERE seq = 4) WHERE seq = 8") ==
          "not the line of this place");
    CHECK(broken("UPDATE line SET body = CAST(replace(CAST(body AS TEXT), '\"n\":14', '\"n\":15') AS BLOB) WHERE seq = "
                 "14") == "seal does not cover the lines before it: one of its epoch was altered");
    CHECK(broken("SELECT 1").empty());
}

TEST_CASE("a program that does not know of beginnings does not open a pruned journal") {
    FiveEpochs log;
    const auto version = [&] {
        sqlite::Statement asked(log.journal->database(), "PRAGMA user_version");
        return asked.bind().step() ? asked.integer(0) : -1;
    };
    CHECK(version() == 1);
    prune(*log.journal, 13);
    CHECK(version() == 2);
}

TEST_CASE("segments of removed lines are listed as removed and not written again, the others are") {
    FiveEpochs log;
    prune(*log.journal, 13);
    const auto segments = journal::list_segments(log.path, log.journal->store());
    REQUIRE(segments.size() == 5);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        CHECK(segments[i].removed == (i < 3));
    }

    const auto written = journal::redrop_segments(*log.journal);

    REQUIRE(written.size() == 2);
    CHECK(written[0].first == 13);
    CHECK(written[1].next == 21);
}

TEST_CASE("a segment across the new beginning begins there, unless it still lies in the outbox") {
    LogDir log;
    const auto journal = log.open();
    for (unsigned epoch = 0; epoch < 4; ++epoch) { // [0,3) [3,5) [5,7) [7,9)
        journal->append(note(epoch));
        journal->seal("test");
    }
    const auto dropped = journal::drop_segments(*journal);
    REQUIRE(dropped.size() == 1);

    CHECK(prune(*journal, 5).lines == 0);
    fs::remove(log.path / "outbox" / dropped[0].file);
    CHECK(prune(*journal, 5).begins == 5);

    const auto written = journal::redrop_segments(*journal);
    REQUIRE(written.size() == 1);
    CHECK(written[0].file == "SEG_" + journal->host().text() + "_5_9.jsonl.zst");
    CHECK(log.verify().holds());
}

TEST_CASE("lines that no segment has yet are not removed") {
    LogDir log;
    const auto journal = log.open();
    add_epochs(log, *journal, 2, 3); // [0,5) [5,9)
    for (unsigned epoch = 0; epoch < 3; ++epoch) {
        journal->append(note(epoch));
        journal->seal("test");
    }
    CHECK(prune(*journal, journal->size()).begins == 9);
}

TEST_CASE("the room of removed lines goes back to the file system, and little is needed beside it meanwhile") {
    for (const bool made_before : {false, true}) {
        LogDir log;
        if (made_before) { // by a version whose files could not shrink
            log.alter("PRAGMA journal_mode=DELETE; PRAGMA auto_vacuum=NONE; VACUUM; PRAGMA journal_mode=WAL");
        }
        auto journal = log.open();
        journal->group_by(journal::GroupedBy::caller);
        const std::string text(150, 'x');
        for (unsigned i = 0; i < 40'000; ++i) {
            journal->append(line::Object().token("t", "note").text("a", text).integer("n", i));
            journal->commit_if_due();
        }
        journal->seal("test");
        for (const auto& segment : journal::drop_segments(*journal)) {
            fs::remove(log.path / "outbox" / segment.file);
        }
        journal.reset();
        journal = log.open();
        const auto before = fs::file_size(log.path / "journal.db");
        const std::uint64_t size = journal->size();

        const Pruning done = prune(*journal, size);

        CHECK(done.lines > 30'000);
        const auto after = fs::file_size(log.path / "journal.db");
        CHECK(after < before / 5);
        CHECK(fs::file_size(log.path / "journal.db-wal") == 0);
        CHECK_FALSE(journal::has_free_room(journal->store()));
        CHECK(log.verify().holds());
        sqlite::Statement sound(journal->database(), "PRAGMA integrity_check");
        REQUIRE(sound.bind().step());
        CHECK(sound.text(0) == "ok");
        std::printf("pruned %llu lines: %llu bytes became %llu\n", static_cast<unsigned long long>(done.lines),
                    static_cast<unsigned long long>(before), static_cast<unsigned long long>(after));
    }
}

TEST_CASE("the old lines of a pruned log are known when it is replaced by a new one") {
    FiveEpochs log;
    const std::string host = log.journal->host().text();
    prune(*log.journal, 13);
    log.journal.reset();
    log.surroundings.machine_id = "machine-two";

    const auto journal = log.open();

    REQUIRE(journal->recovery());
    CHECK(journal->recovery()->old.host == host);
    CHECK(journal->recovery()->old.size == 20);
    CHECK(log.verify().holds());
}
