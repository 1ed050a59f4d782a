#include "tests/support/ledger_site.hpp"
#include "verifier/ledger/usage.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <sys/wait.h>

using namespace tally;

namespace {

constexpr unsigned many = 3000;

// Two bundles of a site; the first was accepted.
struct Two : test::LedgerSite {
    test::Log& host = site.host("H1");
    test::Draft second = prepare();

    test::Draft prepare() {
        host.session(0, 60);
        host.seal();
        site.arrive(host, 0);
        deliver();
        for (unsigned i = 1; i <= many; ++i) {
            host.session(i, i + 60);
        }
        host.seal();
        site.arrive(host, 0);
        return site.draft();
    }
};

std::string dump(sqlite::Database& database) {
    std::string text;
    for (const char* table : {"bundle", "log", "seal", "session", "refusal", "day", "import", "source", "finding"}) {
        sqlite::Statement row(database, std::string("SELECT count(*) FROM ") + table);
        row.step();
        text += std::string(table) + " " + std::to_string(row.integer(0)) + "\n";
    }
    sqlite::Statement size(database, "SELECT group_concat(size || ':' || hex(range)) FROM log");
    size.step();
    return text + std::string(size.text(0));
}

std::size_t copies(const ledger::Ledger& ledger) {
    const auto folder = ledger.bundles_directory();
    return static_cast<std::size_t>(std::distance(os::fs::directory_iterator(folder), os::fs::directory_iterator()));
}

} // namespace

TEST_CASE("a full disk during accept leaves the ledger as it was, and accepting works when there is room") {
    Two at;
    const std::string before = dump(at.ledger.database());
    sqlite::Statement pages(at.ledger.database(), "PRAGMA page_count");
    pages.step();
    const std::string limit = std::to_string(pages.integer(0) + 3);
    pages.run();
    at.ledger.database().run("PRAGMA max_page_count=" + limit);
    auto outcome = at.check(at.second);

    CHECK_THROWS_WITH(at.ledger.accept(std::move(*outcome.bundle)), Catch::Contains("full"));

    CHECK(dump(at.ledger.database()) == before);
    CHECK(copies(at.ledger) == 1);
    at.ledger.database().run("PRAGMA max_page_count=1000000");
    CHECK(at.accept(at.second).sessions == many);
}

TEST_CASE("killing accept at any moment leaves all of a bundle or nothing of it") {
    Two at;
    const auto path = at.second.write(at.directory.path(), at.site.exporter);
    const std::string before = dump(at.ledger.database());
    const auto file = at.directory / "w.db"; // nobody holds the lock of the copy
    os::fs::copy_file(at.directory / "v.db", file);
    unsigned killed = 0;
    std::string after;

    for (useconds_t delay = 500; after.empty(); delay += 700) {
        const pid_t child = ::fork();
        if (child == 0) {
            ledger::Ledger ledger(file, sqlite::Mode::read_write);
            auto outcome = check::check_bundle({path, {}, {}, check::Recompress::no, 1}, ledger.trust());
            static_cast<void>(ledger.accept(std::move(*outcome.bundle)));
            ::_exit(0);
        }
        ::usleep(delay);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        killed += WIFSIGNALED(status) ? 1 : 0;
        ledger::Ledger ledger(file, sqlite::Mode::read_write);
        const std::string now = dump(ledger.database());
        if (now != before) {
            CHECK(ledger.bundles().size() == 2);
            CHECK(ledger::load_usage(ledger).sessions.size() == many + 1);
            after = now;
        }
    }

    CHECK(killed > 0);
}

TEST_CASE("only one process at a time writes to a ledger, others may read it") {
    test::LedgerSite at;
    try {
        const ledger::Ledger second(at.directory / "v.db", sqlite::Mode::read_write);
        FAIL("a second writer");
    } catch (const Error& error) {
        CHECK(error.exit == Exit::locked);
    }

    const ledger::Ledger reader(at.directory / "v.db", sqlite::Mode::read_only);

    CHECK(reader.trusted().size() == 1);
}

TEST_CASE("a file that is no ledger, or one of a later version, is left alone") {
    test::TempDir directory;
    const auto text = directory / "text";
    os::replace_file(text, "not a database at all, but long enough to look like one " + std::string(5000, 'x'));
    CHECK_THROWS_AS(ledger::Ledger(text, sqlite::Mode::create), Error);
    CHECK_THROWS_AS(ledger::Ledger(directory / "none", sqlite::Mode::read_only), Error);
    CHECK_FALSE(os::fs::exists(directory / "none"));
    {
        sqlite::Database other((directory / "other").string(), sqlite::Mode::create);
        other.run("CREATE TABLE mine (x)");
    }
    CHECK_THROWS_WITH(ledger::Ledger(directory / "other", sqlite::Mode::create),
                      Catch::Contains("not a Tallystick ledger"));
    {
        ledger::Ledger ledger(directory / "later", sqlite::Mode::create);
        ledger.database().run("PRAGMA user_version=99");
    }
    CHECK_THROWS_WITH(ledger::Ledger(directory / "later", sqlite::Mode::read_write), Catch::Contains("version 99"));
}

TEST_CASE("a ledger of an earlier version is refused unchanged, with what to do and where its bundles lie") {
    const test::TempDir directory;
    const auto path = directory / "earlier";
    {
        ledger::Ledger ledger(path, sqlite::Mode::create);
        ledger.database().run("DROP TABLE kind; PRAGMA user_version=4");
    }
    const std::string before = os::read_file(path, 1U << 20U);
    for (const auto mode : {sqlite::Mode::read_only, sqlite::Mode::read_write, sqlite::Mode::create}) {
        try {
            const ledger::Ledger ledger(path, mode);
            FAIL("it was opened");
        } catch (const Error& error) {
            CHECK_THAT(error.what(), Catch::Contains("version 4"));
            REQUIRE(error.hints.size() == 3);
            CHECK_THAT(error.hints[1], Catch::Contains(path.string() + ".bundles"));
        }
    }
    CHECK(os::read_file(path, 1U << 20U) == before);
}

TEST_CASE("an altered or missing copy of an accepted bundle proves nothing and is named") {
    Two at;
    const auto copy = *os::fs::directory_iterator(at.ledger.bundles_directory());
    REQUIRE(at.ledger.record_at(at.host.host.text(), 1));
    std::string bytes = os::read_file(copy.path(), 1U << 20U);
    bytes[bytes.size() / 2] ^= 1;
    os::replace_file(copy.path(), bytes);

    CHECK_THROWS_WITH(at.ledger.record_at(at.host.host.text(), 1),
                      Catch::Contains("not that of the bundle that was accepted"));
    os::fs::remove(copy.path());
    CHECK_THROWS_AS(at.ledger.record_at(at.host.host.text(), 1), Error);
}

TEST_CASE("two bundles checked before either was accepted are not taken twice") {
    Two at;
    auto first = at.check(at.second);
    at.site.exported(at.second);
    at.host.session(0, 60);
    at.host.seal();
    at.site.arrive(at.host, 0);
    auto second = at.check(at.site.draft());
    REQUIRE(second.bundle);
    static_cast<void>(at.ledger.accept(std::move(*first.bundle)));

    CHECK_THROWS_WITH(at.ledger.accept(std::move(*second.bundle)), Catch::Contains("moved on"));

    CHECK(ledger::load_usage(at.ledger).sessions.size() == many + 1);
}
