#include "tests/unit/journal/fixture.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <unistd.h>

using namespace tally;
using namespace tally::test;
using journal::Journal;
using journal::RotationStep;

namespace {

struct Stopped {};

// Root reads everything: for its length the process is a user without rights, who owns what is in `directory`.
class Unprivileged {
public:
    explicit Unprivileged(const fs::path& directory) {
        if (root_) {
            give(directory);
            for (const auto& entry : fs::directory_iterator(directory)) {
                give(entry.path());
            }
            REQUIRE(::seteuid(nobody) == 0);
        }
    }
    Unprivileged(const Unprivileged&) = delete;
    Unprivileged& operator=(const Unprivileged&) = delete;
    ~Unprivileged() {
        if (root_ && ::seteuid(0) != 0) {
            std::abort();
        }
    }

private:
    static constexpr uid_t nobody = 65534;
    static void give(const fs::path& path) { REQUIRE(::chown(path.c_str(), nobody, static_cast<gid_t>(-1)) == 0); }

    bool root_ = ::geteuid() == 0;
};

bool erased(const std::string& slot) {
    return std::all_of(slot.begin(), slot.end(), [](char c) { return c == '\0'; });
}

// The log directory as a process leaves it that stops right after `step` of its second rotation.
void stop_after(LogDir& log, RotationStep step) {
    log.open()->seal("first");
    log.surroundings.after_step = [step](RotationStep now) {
        if (now == step) {
            throw Stopped();
        }
    };
    auto journal = log.open();
    journal->append(note(1));
    CHECK_THROWS_AS(journal->seal("second"), Stopped);
    copy_tree(log.path, log.dir / "crashed"); // before anything is closed
    journal.reset();
    log.path = log.dir / "crashed";
    log.surroundings.after_step = {};
}

} // namespace

TEST_CASE("key slots are two files of fixed size that keep their place on the disk through every rotation") {
    LogDir log;
    struct stat before[2];
    struct stat after[2];
    for (int slot = 0; slot < 2; ++slot) {
        ::stat((log.path / ("key." + std::to_string(slot))).c_str(), &before[slot]);
    }

    const auto journal = log.open();
    for (int epoch = 0; epoch < 5; ++epoch) {
        journal->append(note(1));
        journal->seal("test");
    }

    for (int slot = 0; slot < 2; ++slot) {
        ::stat((log.path / ("key." + std::to_string(slot))).c_str(), &after[slot]);
        CHECK(before[slot].st_ino == after[slot].st_ino);
        CHECK(after[slot].st_size == 128);
    }
    CHECK(erased(log.slot(0)));       // epoch 4 was sealed
    CHECK_FALSE(erased(log.slot(1))); // epoch 5 is open
}

TEST_CASE("the key that sealed is nowhere in the directory afterwards") {
    LogDir log;
    const std::string seed = log.slot(0).substr(24, 32);
    log.open()->seal("test");

    for (const auto& entry : fs::directory_iterator(log.path)) {
        CHECK(os::read_file(entry.path(), 1U << 26U).find(seed) == std::string::npos);
    }
}

TEST_CASE("a rotation stopped after any of its steps is finished by the next process") {
    const auto step =
        GENERATE(RotationStep::next_key_written, RotationStep::seal_durable, RotationStep::old_key_erased);
    LogDir log;
    stop_after(log, step);
    if (step != RotationStep::old_key_erased) {
        REQUIRE_FALSE((erased(log.slot(0)) || erased(log.slot(1)))); // both slots hold a valid key
    }

    auto journal = log.open();

    CHECK_FALSE(journal->recovery());
    CHECK(erased(log.slot(0)) != erased(log.slot(1)));
    CHECK(journal->store().seals(0).size() == (step == RotationStep::next_key_written ? 1 : 2));
    journal->append(note(2));
    journal->seal("third");
    CHECK(log.verify().holds());
    CHECK(log.verify().first_bad == std::nullopt);
}

TEST_CASE("a log whose key is gone is not repaired: it is frozen as it is and a new log begins at once") {
    LogDir log;
    std::string old_host;
    line::Hash root{};
    {
        const auto journal = log.open();
        journal->append(note(1));
        journal->seal("test"); // at 2
        journal->append(note(2));
        journal->commit();
        old_host = journal->host().text();
        root = log.verify().last_seal->root;
    }
    const auto overwrite = [&](int slot, const std::string& bytes) {
        fs::save_string_file(log.path / ("key." + std::to_string(slot)), bytes);
    };
    SECTION("both slots empty") {
        overwrite(0, std::string(128, '\0'));
        overwrite(1, std::string(128, '\0'));
    }
    SECTION("one bit of the slot flipped") {
        std::string bytes = log.slot(1);
        bytes[30] = static_cast<char>(bytes[30] ^ 1);
        overwrite(1, bytes);
    }
    SECTION("a slot cut short") { overwrite(1, log.slot(1).substr(0, 100)); }
    SECTION("a slot removed") { fs::remove(log.path / "key.1"); }
    SECTION("a valid key of another log") {
        LogDir other;
        other.open()->seal("test");
        overwrite(1, other.slot(1));
    }

    const auto journal = log.open();

    REQUIRE(journal->recovery());
    CHECK(journal->recovery()->old.reason == "key_mismatch");
    CHECK(journal->host().text() != old_host);
    const auto genesis = journal::read_genesis(line_at(*journal, 0));
    REQUIRE(genesis);
    REQUIRE(genesis->replaces);
    CHECK(genesis->replaces->host == old_host);
    CHECK(genesis->replaces->size == 2);
    CHECK(genesis->replaces->root == root);
    CHECK(genesis->log.label == "LICSRV");
    check_request(log, *genesis);

    const auto frozen = journal::verify(log.path / "frozen-1");
    CHECK(frozen.holds());
    CHECK(frozen.lines == 4);
    CHECK(frozen.host == old_host);

    CHECK(journal->append(note(3)) == 1);
    journal->seal("test");
    CHECK(log.verify().holds());
}

TEST_CASE("altered stored state is never sealed: a new log begins") {
    LogDir log;
    {
        const auto journal = log.open();
        journal->append(note(1)); // 1
        journal->seal("test");    // 2
        journal->append(note(2)); // 3
        journal->append(note(3)); // 4
        journal->commit();
    }
    const auto flip = [](const std::string& column) {
        return "UPDATE state SET " + column + " = (SELECT CAST(x'" + std::string(64, 'e') + "' || substr(" + column +
               ", 33) AS BLOB))";
    };
    std::string reason = "tree_mismatch";
    SECTION("the compact range over all lines") { log.alter(flip("range")); }
    SECTION("the compact range at the last seal") { log.alter(flip("sealed_range")); }
    SECTION("both consistently wrong") { log.alter(flip("range") + ";" + flip("sealed_range")); }
    SECTION("an unsealed line") {
        log.alter(
            "UPDATE line SET body = CAST(replace(CAST(body AS TEXT), '\"n\":2', '\"n\":4') AS BLOB) WHERE seq = 3");
    }
    SECTION("the last line gone") { log.alter("DELETE FROM line WHERE seq = 4"); }
    SECTION("a line too many") { log.alter("INSERT INTO line SELECT 5, body FROM line WHERE seq = 4"); }
    SECTION("the next key that the seal names") {
        log.alter("UPDATE line SET body = CAST(replace(CAST(body AS TEXT), '\"next\":\"', '\"next\":\"0') AS BLOB) "
                  "WHERE seq = 2");
    }
    SECTION("no state at all") {
        log.alter("DELETE FROM state");
        reason = "unreadable";
    }
    SECTION("genesis line gone") {
        log.alter("DELETE FROM line WHERE seq = 0");
        reason = "unreadable";
    }

    const auto journal = log.open();

    REQUIRE(journal->recovery());
    CHECK(journal->recovery()->old.reason == reason);
    CHECK(journal->size() == 1);
    CHECK(journal::Store(log.path / "frozen-1", journal::Access::read).seals(0).size() == 1);
}

TEST_CASE("a line altered under a running recorder is not sealed, and the next process begins a new log") {
    LogDir log;
    {
        const auto journal = log.open();
        journal->append(note(1));
        journal->commit();
        log.alter(
            "UPDATE line SET body = CAST(replace(CAST(body AS TEXT), '\"n\":1', '\"n\":4') AS BLOB) WHERE seq = 1");

        CHECK_THROWS_AS(journal->seal("test"), Error);
        CHECK(journal->store().seals(0).empty());
    }
    CHECK(log.open()->recovery()->old.reason == "tree_mismatch");
}

TEST_CASE("a clone on another machine begins a log of its own and leaves the original alone") {
    LogDir log;
    log.open()->append(note(1));
    LogDir clone;
    fs::remove_all(clone.path);
    copy_tree(log.path, clone.path);
    clone.surroundings.machine_id = "machine-two";

    const auto there = clone.open();

    REQUIRE(there->recovery());
    CHECK(there->recovery()->old.reason == "machine_changed");
    CHECK(there->genesis().machine == journal::machine_digest("machine-two"));
    CHECK_FALSE(log.open()->recovery());
}

TEST_CASE("a database that cannot be read or is gone is frozen and replaced from the enrolment request") {
    LogDir log;
    const std::string old_host = log.open()->host().text();
    std::string reason = "unreadable";
    fs::remove(log.path / "journal.db-wal");
    SECTION("overwritten with noise") { fs::save_string_file(log.path / "journal.db", std::string(40960, 'x')); }
    SECTION("another application's database") {
        fs::remove(log.path / "journal.db");
        sqlite::Database((log.path / "journal.db").string(), sqlite::Mode::create).run("CREATE TABLE t(x)");
    }
    SECTION("removed") {
        fs::remove(log.path / "journal.db");
        reason = "missing";
    }

    const auto journal = log.open();

    REQUIRE(journal->recovery());
    CHECK(journal->recovery()->old.reason == reason);
    CHECK(journal->genesis().replaces->host == old_host);
    CHECK(journal->genesis().replaces->size == 0);
    CHECK(journal->genesis().log.site.text() == "SITE1");
}

TEST_CASE("freezing that was interrupted is finished by the next process, and a second one takes the next number") {
    LogDir log;
    const std::string old_host = log.open()->host().text();
    fs::create_directory(log.path / "frozen-1");
    fs::rename(log.path / "journal.db", log.path / "frozen-1" / "journal.db");
    SECTION("after the database") {}
    SECTION("after all files") { fs::rename(log.path / "enrolment.json", log.path / "frozen-1" / "enrolment.json"); }

    CHECK(log.open()->genesis().replaces->host == old_host);
    CHECK_FALSE(fs::exists(log.path / "frozen-2"));

    const std::string second = log.open()->host().text();
    log.surroundings.machine_id = "machine-three";
    CHECK(log.open()->genesis().replaces->host == second);
    CHECK(fs::exists(log.path / "frozen-2" / "journal.db"));
}

TEST_CASE("a directory that may not be read is an error and never a reason for a new log") {
    LogDir log;
    fs::permissions(log.path / "key.0", fs::no_perms);

    bool refused = false;
    {
        const Unprivileged someone(log.path);
        try {
            log.open();
        } catch (const Error&) {
            refused = true;
        }
    }

    CHECK(refused);
    CHECK_FALSE(fs::exists(log.path / "frozen-1"));
}
