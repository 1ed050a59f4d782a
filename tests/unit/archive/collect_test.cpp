#include "packager/archive/collect.hpp"

#include "tests/support/sealed_log.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::archive;
using test::SealedLog;

namespace {

struct Fixture {
    test::TempDir dir;
    SealedLog log;
    Fixture() {
        log.run(2);
        log.run(3);
        log.run(3);
        os::fs::create_directories(dir / "in");
    }
    void drop(std::uint64_t first, std::uint64_t next, const std::string& folder = "in") const {
        os::fs::create_directories(dir / folder);
        os::replace_file(dir / folder / log.name(first, next), log.packed(first, next));
    }
    // One run of the command over DIR/in.
    Counts collect(const Roster& roster) const {
        Archive archive(dir / "archive", roster);
        Quarantine quarantine(dir / "quarantine");
        Collector collector(archive, quarantine, [](Event, const std::string&, const std::string&) {});
        collector.retry_unknown();
        collector.collect(dir / "in");
        collector.finish();
        return collector.counts();
    }
    [[nodiscard]] std::vector<Quarantine::Entry> quarantined() const { return Quarantine(dir / "quarantine").list(); }
    [[nodiscard]] std::uint64_t next() const { return Archive(dir / "archive", {log.enrolled()}).next(log.host); }
};

} // namespace

TEST_CASE("a folder is collected once, with all below it, and collecting again changes nothing") {
    const Fixture at;
    at.drop(0, 4);
    at.drop(8, 12, "in/a/b");
    at.drop(4, 8, "in/z");
    os::replace_file(at.dir / "in/enrolment.json", "{}\n");
    os::replace_file(at.dir / ("in/" + at.log.name(0, 8) + ".part"), "half");

    const auto first = at.collect({at.log.enrolled()});
    const auto second = at.collect({at.log.enrolled()});

    CHECK(first.added == 3);
    CHECK(first.other_files == 2);
    CHECK(first.quarantined == 0);
    CHECK(at.next() == 12);
    CHECK(second.added == 0);
    CHECK(second.known == 3);
    CHECK(at.quarantined().empty());
}

TEST_CASE("links, FIFOs and devices are reported and never opened") {
    const Fixture at;
    at.drop(0, 4, "elsewhere");
    REQUIRE(::symlink((at.dir / "elsewhere" / at.log.name(0, 4)).c_str(),
                      (at.dir / "in" / at.log.name(0, 4)).c_str()) == 0);
    REQUIRE(::symlink((at.dir / "elsewhere").c_str(), (at.dir / "in" / "folder").c_str()) == 0);
    REQUIRE(::mkfifo((at.dir / "in" / at.log.name(4, 8)).c_str(), 0600) == 0);
    REQUIRE(::symlink("/dev/zero", (at.dir / "in" / at.log.name(8, 12)).c_str()) == 0);
    REQUIRE(::mkfifo((at.dir / "in" / "pipe").c_str(), 0600) == 0);

    const auto counts = at.collect({at.log.enrolled()});

    CHECK(counts.not_regular == 5);
    CHECK(counts.added == 0);
    CHECK(counts.quarantined == 0);
}

TEST_CASE("a directory that is named like a segment is a directory") {
    const Fixture at;
    at.drop(0, 4, "in/" + at.log.name(0, 4));

    CHECK(at.collect({at.log.enrolled()}).added == 1);
}

TEST_CASE("bad bytes are kept in quarantine once, with the reason beside them") {
    const Fixture at;
    at.drop(0, 4);
    os::replace_file(at.dir / "in" / at.log.name(4, 8), "not a segment");

    const auto first = at.collect({at.log.enrolled()});
    const auto second = at.collect({at.log.enrolled()});

    CHECK(first.added == 1);
    CHECK(first.quarantined == 1);
    CHECK(second.quarantined == 0);
    CHECK(second.refused_before == 1);
    REQUIRE(at.quarantined().size() == 1);
    CHECK(at.quarantined()[0].code == "BAD_SEGMENT");
    CHECK(at.quarantined()[0].name == at.log.name(4, 8));
    CHECK(os::read_file(at.quarantined()[0].file, 100) == "not a segment");
}

TEST_CASE("a segment of an unknown log is taken in as soon as its log is enrolled") {
    const Fixture at;
    at.drop(0, 4);
    const auto before = at.collect({SealedLog().enrolled()});
    os::fs::remove_all(at.dir / "in" / at.log.name(0, 4));

    const auto after = at.collect({at.log.enrolled()});

    CHECK(before.quarantined == 1);
    CHECK(after.added == 1);
    CHECK(at.quarantined().empty());
    CHECK(at.next() == 4);
}

TEST_CASE("a fork is kept on both sides and named") {
    const Fixture at;
    SealedLog clone;
    SealedLog original = clone;
    original.run(2);
    clone.run(2, "denial");
    os::fs::create_directories(at.dir / "in/one");
    os::fs::create_directories(at.dir / "in/two");
    os::replace_file(at.dir / "in/one" / original.name(0, 4), original.packed(0, 4));
    os::replace_file(at.dir / "in/two" / clone.name(0, 4), clone.packed(0, 4));

    const auto counts = at.collect({original.enrolled()});

    CHECK(counts.added == 1);
    CHECK(counts.quarantined == 1);
    REQUIRE(at.quarantined().size() == 1);
    CHECK(at.quarantined()[0].code == "FORK");
    CHECK(os::read_file(at.quarantined()[0].file, 1U << 20U) == clone.packed(0, 4));
}

TEST_CASE("a fork that lay in quarantine as unknown stays there under its new reason") {
    const Fixture at;
    SealedLog clone;
    SealedLog original = clone;
    original.run(2);
    clone.run(2, "denial");
    os::fs::create_directories(at.dir / "in/one");
    os::fs::create_directories(at.dir / "in/two");
    os::replace_file(at.dir / "in/one" / original.name(0, 4), original.packed(0, 4));
    os::replace_file(at.dir / "in/two" / clone.name(0, 4), clone.packed(0, 4));
    const auto before = at.collect({SealedLog().enrolled()});
    os::fs::remove_all(at.dir / "in");
    os::fs::create_directories(at.dir / "in");

    const auto after = at.collect({original.enrolled()});

    CHECK(before.quarantined == 2);
    CHECK(after.added == 1);
    CHECK(after.quarantined == 1);
    REQUIRE(at.quarantined().size() == 1);
    CHECK(at.quarantined()[0].code == "FORK");
    CHECK(os::fs::exists(at.quarantined()[0].file));
    CHECK(at.collect({original.enrolled()}).quarantined == 0);
}

TEST_CASE("a file too large for a segment is left where it is") {
    const Fixture at;
    const auto path = at.dir / "in" / at.log.name(0, 4);
    os::replace_file(path, "");
    REQUIRE(::truncate(path.c_str(), off_t{1} << 40) == 0);

    const auto counts = at.collect({at.log.enrolled()});

    CHECK(counts.unreadable == 1);
    CHECK(at.quarantined().empty());
}

TEST_CASE("a single file may be named, and a path that is not there is an error") {
    const Fixture at;
    at.drop(0, 4);
    Archive archive(at.dir / "archive", {at.log.enrolled()});
    Quarantine quarantine(at.dir / "quarantine");
    Collector collector(archive, quarantine, [](Event, const std::string&, const std::string&) {});

    collector.collect(at.dir / "in" / at.log.name(0, 4));
    collector.finish();

    CHECK(collector.counts().added == 1);
    CHECK_THROWS_AS(collector.collect(at.dir / "nowhere"), Error);
}
