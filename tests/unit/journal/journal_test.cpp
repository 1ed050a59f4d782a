#include "tests/unit/journal/fixture.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using journal::Journal;

TEST_CASE("a new log begins with a genesis line that names the log by its key, and with an enrolment request") {
    LogDir log;
    const auto journal = log.open();

    const auto genesis = journal::read_genesis(line_at(*journal, 0));
    REQUIRE(genesis);
    CHECK(genesis->host == journal->host());
    CHECK(genesis->host == line::log_id(genesis->key));
    CHECK(genesis->machine == journal::machine_digest("machine-one"));
    CHECK(genesis->log.label == "LICSRV");
    CHECK_FALSE(genesis->replaces);
    check_request(log, *genesis);
}

TEST_CASE("state belongs to its owner alone, whatever the umask") {
    const TempDir above; // made under another umask: a folder above that others may write into is refused
    const auto path = above / "log";
    const os::Clock clock = [] { return os::Stamp{boot, 1000, 1'700'000'000'000}; };
    const journal::Surroundings surroundings{"machine-one", {}};
    const mode_t before = ::umask(0);
    journal::Journal::create(path, {*SiteId::parse("SITE1"), "LICSRV", journal::Role::recorder, "0.1.0"}, clock,
                             surroundings);
    journal::Journal(path, clock, surroundings).append(note(1));
    ::umask(before);

    CHECK(fs::status(path).permissions() == fs::owner_all);
    for (const auto& entry : fs::directory_iterator(path)) {
        INFO(entry.path().string());
        CHECK(fs::status(entry.path()).permissions() == (fs::owner_read | fs::owner_write));
    }
}

TEST_CASE("a second creation changes nothing and says that there is a log") {
    LogDir log;
    const std::string key = log.slot(0);
    const std::string request = os::read_file(log.path / "enrolment.json", 4096);

    Exit exit = Exit::ok;
    try {
        Journal::create(log.path, {*SiteId::parse("SITE2"), "OTHER", journal::Role::recorder, "1"}, log.clock());
    } catch (const Error& error) {
        exit = error.exit;
    }

    CHECK(exit == Exit::nothing_to_do);
    CHECK(log.slot(0) == key);
    CHECK(os::read_file(log.path / "enrolment.json", 4096) == request);
    CHECK_FALSE(log.open()->recovery());
}

TEST_CASE("a creation that was interrupted before the first line can be made again") {
    LogDir log;
    fs::remove(log.path / "enrolment.json");
    fs::remove(log.path / "journal.db");
    fs::save_string_file(log.path / "journal.db", "");

    Journal::create(log.path, {*SiteId::parse("SITE1"), "LICSRV", journal::Role::recorder, "1"}, log.clock(),
                    log.surroundings);

    CHECK(log.open()->size() == 1);
}

TEST_CASE("a directory with other files in it is not taken for a log") {
    TempDir dir;
    fs::save_string_file(dir / "letter.txt", "dear");

    CHECK_THROWS_AS(
        Journal::create(dir.path(), {*SiteId::parse("SITE1"), "X", journal::Role::recorder, "1"}, os::system_clock()),
        Error);
    CHECK_THROWS_AS(Journal(dir.path(), os::system_clock()), Error);
}

TEST_CASE("a line carries the record's fields and those of every line in one canonical spelling") {
    LogDir log;
    const auto journal = log.open();

    const auto seq =
        journal->append(line::Object().token("t", "start").text("user", "R\"\n").token("zone", "x").integer("at", 5));
    journal->commit();

    CHECK(seq == 1);
    CHECK(line_at(*journal, 1) ==
          "{\"at\":5,\"boot\":\"" + std::string(boot) + "\",\"host\":\"" + journal->host().text() +
              "\",\"seq\":1,\"t\":\"start\",\"up\":1000,\"user\":\"R%22%0A\",\"wall\":1700000000000,\"zone\":\"x\"}");
}

TEST_CASE("committed lines are there after reopening, uncommitted ones are forgotten") {
    LogDir log;
    {
        const auto journal = log.open();
        journal->append(note(1));
        journal->commit();
        journal->append(note(2));
        CHECK(journal->size() == 3);
    }

    const auto journal = log.open();

    CHECK(journal->size() == 2);
    CHECK(journal->append(note(3)) == 2);
    CHECK_FALSE(journal->recovery());
}

TEST_CASE("a group is committed by itself before its 257th line") {
    LogDir log;
    {
        const auto journal = log.open();
        for (std::uint64_t n = 0; n < journal::group_lines + 1; ++n) {
            journal->append(note(n));
        }
    }
    CHECK(log.open()->size() == 1 + journal::group_lines);
}

TEST_CASE("rows of a caller and its line are committed together or not at all") {
    LogDir log;
    log.alter("CREATE TABLE mine(n INTEGER)");
    {
        const auto journal = log.open();
        journal->group_by(journal::GroupedBy::caller);
        journal->begin();
        journal->database().run("INSERT INTO mine VALUES(1)");
        for (std::uint64_t n = 0; n < 2 * journal::group_lines; ++n) {
            journal->append(note(n));
        }
        journal->commit_if_due();
    }
    const auto journal = log.open();
    CHECK(journal->size() == 1);
    CHECK_FALSE(sqlite::Statement(journal->database(), "SELECT 1 FROM mine").step());
}

TEST_CASE("a rolled back group leaves its sequence numbers to the next") {
    LogDir log;
    const auto journal = log.open();
    journal->append(note(1));
    journal->rollback();

    CHECK(journal->append(note(2)) == 1);
    journal->commit();
    journal->seal("test");

    CHECK(log.verify().holds());
}

TEST_CASE("an epoch is sealed when it has 4096 lines") {
    LogDir log;
    const auto journal = log.open();
    for (std::uint64_t n = 0; n < 2 * journal::epoch_lines + journal::group_lines; ++n) {
        journal->append(note(n));
    }
    journal->commit();

    CHECK(journal->store().seals(0).size() == 2);
    CHECK(journal->unsealed() < journal::epoch_lines);
    const auto proof = log.verify();
    CHECK(proof.holds());
    CHECK(proof.seals == 2);
}

TEST_CASE("a log of several seals proves from its lines alone, whatever the views beside them say") {
    LogDir log;
    {
        const auto journal = log.open();
        for (int epoch = 0; epoch < 5; ++epoch) {
            journal->append(note(7));
            journal->seal("test");
        }
        journal->append(note(8));
        journal->commit();
    }
    log.alter("DELETE FROM seal; DELETE FROM state; DELETE FROM dropped");

    const auto proof = log.verify();

    CHECK(proof.holds());
    CHECK(proof.seals == 5);
    CHECK(proof.lines == 12);
    CHECK(proof.sealed == 11);
}

TEST_CASE("verify names the first line that does not hold") {
    LogDir log;
    {
        const auto journal = log.open();
        journal->append(note(1)); // 1
        journal->append(note(2)); // 2
        journal->seal("test");    // 3
        journal->append(note(3)); // 4
        journal->seal("test");    // 5
    }
    SECTION("an altered line shows at the seal that covers it") {
        log.alter(
            "UPDATE line SET body = CAST(replace(CAST(body AS TEXT), '\"n\":1', '\"n\":9') AS BLOB) WHERE seq = 1");
        CHECK(log.verify().first_bad == 3U);
    }
    SECTION("a missing line shows where it was") {
        log.alter("DELETE FROM line WHERE seq = 2");
        CHECK(log.verify().first_bad == 2U);
    }
    SECTION("a line that is not canonical shows itself") {
        log.alter("UPDATE line SET body = CAST('{}' || CAST(body AS TEXT) AS BLOB) WHERE seq = 4");
        CHECK(log.verify().first_bad == 4U);
    }
    SECTION("a file that is no database is broken from the start") {
        fs::remove(log.path / "journal.db-wal");
        fs::save_string_file(log.path / "journal.db", std::string(8192, 'x'));
        CHECK(log.verify().first_bad == 0U);
    }
}

TEST_CASE("sealing with nothing new seals nothing") {
    LogDir log;
    const auto journal = log.open();
    journal->seal("test");
    const auto size = journal->size();

    journal->seal("test");

    CHECK(journal->size() == size);
}

TEST_CASE("a wall clock that moves against the time since boot is said and sealed at once") {
    LogDir log;
    auto journal = log.open();
    journal->append(note(1));
    journal->commit();

    SECTION("two seconds are tolerated") {
        log.pass_ms(1000);
        log.now.wall_ms -= 2000;
        CHECK(journal->append(note(2)) == 2);
    }
    SECTION("more is a clock line and a seal") {
        log.pass_ms(1000);
        log.now.wall_ms -= 3'600'000;
        CHECK(journal->append(note(2)) == 4);
        line::Fields fields;
        const std::string line = line_at(*journal, 2);
        REQUIRE_FALSE(fields.parse(line, line::max_record));
        CHECK(fields.string("t") == "clock");
        CHECK(fields.integer("from") == 1'700'000'001'000U);
        CHECK(fields.integer("to") == 1'700'000'001'000U - 3'600'000U);
        CHECK(line_at(*journal, 3).find("clock_step") != std::string::npos);
    }
    SECTION("a step while nothing ran is seen by the next process") {
        log.now.wall_ms += 5000;
        journal.reset();
        const auto later = log.open();
        CHECK(later->append(note(2)) == 4);
    }
    SECTION("another boot has no expectation") {
        log.now = {"00000000000000000000000000000002", 5, 1'600'000'000'000};
        CHECK(journal->append(note(2)) == 2);
    }
}

TEST_CASE("one process at a time: a second one is told at once that the log is locked") {
    LogDir log;
    const auto journal = log.open();

    Exit exit = Exit::ok;
    try {
        log.open();
    } catch (const Error& error) {
        exit = error.exit;
    }

    CHECK(exit == Exit::locked);
}

TEST_CASE("the log can be read while another process holds it") {
    LogDir log;
    const auto journal = log.open();
    journal->append(note(1));
    journal->commit();
    journal->append(note(2));

    journal::Store reader(log.path, journal::Access::read);

    CHECK(reader.size() == 2);
    journal->commit();
    CHECK(reader.size() == 3);
    CHECK(log.verify().holds());
}

TEST_CASE("a group larger than an epoch may be is refused and leaves the log as it was") {
    LogDir log;
    {
        const auto journal = log.open();
        journal->group_by(journal::GroupedBy::caller);
        const std::string text(180, 'x');
        const auto fill = [&] {
            for (int i = 0; i < 100'000; ++i) {
                journal->append(line::Object().token("t", "note").text("a", text));
            }
        };
        CHECK_THROWS_AS(fill(), Error);
        CHECK(journal->append(note(1)) == 1);
        journal->commit();
    }
    CHECK(log.open()->size() == 2);
    CHECK(log.verify().holds());
}

TEST_CASE("file systems that cannot keep a journal are named, others are not") {
    CHECK(journal::unsuitable_file_system(0x4D44) == "FAT");
    CHECK(journal::unsuitable_file_system(0x2011BAB0) == "exFAT");
    CHECK(journal::unsuitable_file_system(0x6969) == "NFS");
    CHECK(journal::unsuitable_file_system(0xFF534D42) == "CIFS");
    CHECK_FALSE(journal::unsuitable_file_system(0xEF53));     // ext4
    CHECK_FALSE(journal::unsuitable_file_system(0x01021994)); // tmpfs
    CHECK_FALSE(journal::unsuitable_file_system(0x58465342)); // XFS
}

TEST_CASE("making a log that ended before its request was written is finished by the next one, of the same name only") {
    LogDir log;
    const auto make = [&](const char* label) {
        journal::Journal::create(log.path, {*SiteId::parse("SITE1"), label, journal::Role::recorder, "0.1.0"},
                                 log.clock(), log.surroundings);
    };
    CHECK_THROWS_WITH(make("LICSRV"), Catch::Contains("there is a log already"));
    fs::remove(log.path / "enrolment.json");
    CHECK_THROWS_WITH(make("OTHER"), Catch::Contains("there is a log already"));
    make("LICSRV");
    check_request(log, log.open()->genesis());
    CHECK_THROWS_WITH(make("LICSRV"), Catch::Contains("there is a log already"));
}
