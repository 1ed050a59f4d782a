#include "packager/submission/station.hpp"

#include "tests/support/sealed_log.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::submission;

namespace {

os::Clock fixed_clock() {
    return [] { return os::Stamp{std::string(32, 'b'), 1000, 1'790'000'000'000}; };
}

// A station as `site init` makes it, without a command line.
struct Fixture {
    test::TempDir dir;
    minisig::SecretKey root = minisig::SecretKey::generate();
    minisig::SecretKey exporter = minisig::SecretKey::generate();
    SiteId site = *SiteId::parse("SITE1");

    Fixture() {
        StationLog::create(state() / log_folder, site, "STATION", fixed_clock());
        journal::Store store(state() / log_folder, journal::Access::read);
        const auto genesis = journal::read_genesis(*store.line(0));
        const site_file::Version version{site, 1, {root.public_key()}, 1, genesis->key, {exporter.public_key()}, {}, 0};
        const std::vector<const minisig::SecretKey*> signers{&root};
        os::replace_file(state() / site_file_name, site_file::signed_line(version, signers) + "\n");
    }
    [[nodiscard]] os::fs::path state() const { return dir / "p"; }
    [[nodiscard]] Station open() const { return {state(), fixed_clock()}; }
    [[nodiscard]] journal::Genesis request_of(const test::SealedLog& log) const {
        return {log.host, log.first, std::string(64, '0'), {site, "HOST", journal::Role::recorder, "0"}, {}};
    }
};

} // namespace

TEST_CASE("the station is first in its own roster, then the logs in the order of their enrolment") {
    const Fixture at;
    const test::SealedLog a;
    const test::SealedLog b;
    {
        Station station = at.open();
        CHECK(station.log.enrol(at.request_of(b), "SECOND", "room 2") == Enrolled::now);
        CHECK(station.log.enrol(at.request_of(a), "FIRST", "") == Enrolled::now);
        CHECK(station.log.enrol(at.request_of(b), "OTHER", "") == Enrolled::before);
        station.log.seal("enrol", station.archive);
    }

    const Station station = at.open();

    REQUIRE(station.log.roster().size() == 3);
    CHECK(station.log.roster()[0].id == station.log.id());
    CHECK(station.log.roster()[0].label == "STATION");
    CHECK(station.log.roster()[1].id == b.host);
    CHECK(station.log.roster()[1].first_key == b.first);
    CHECK(station.log.roster()[1].label == "SECOND");
    CHECK(station.log.roster()[1].group == "room 2");
    CHECK(station.log.roster()[2].id == a.host);
}

TEST_CASE("the station's own lines are in the archive up to the last seal, and prove themselves") {
    const Fixture at;
    Station station = at.open();
    station.log.enrol(at.request_of(test::SealedLog()), "HOST", "");
    station.log.seal("enrol", station.archive);

    const auto next = station.archive.next(station.log.id());
    line::Chain chain(station.log.id().text(), {}, {}, station.site.current().log);
    std::vector<std::string> types;
    station.archive.for_each_line(station.log.id(), 0, next, [&](std::uint64_t, std::string_view text) {
        line::Fields fields;
        REQUIRE_FALSE(fields.parse(text, line::max_record));
        types.emplace_back(*fields.string("t"));
        CHECK(chain.feed(text) == line::Chain::Fault::none);
    });

    CHECK(types == std::vector<std::string>{"genesis", "enrol", "seal"});
    CHECK(chain.sealed());
    CHECK(next == station.log.size());
}

TEST_CASE("what arrived is written once, also when an earlier run could not write it") {
    const Fixture at;
    test::SealedLog log;
    log.run(2);
    log.run(3);
    {
        Station station = at.open();
        station.log.enrol(at.request_of(log), "HOST", "");
        station.log.seal("enrol", station.archive);
    }
    {
        Station interrupted = at.open();
        REQUIRE(interrupted.archive.take(log.name(0, 4), log.packed(0, 4)).taken == archive::Taken::added);
        interrupted.archive.commit();
    }
    {
        Station station = at.open();
        station.log.announce(station.archive);
        station.log.announce(station.archive);
        station.log.seal("collect", station.archive);
        CHECK(station.log.announced(log.host) == 4);
    }
    Station station = at.open();
    CHECK(station.log.announced(log.host) == 4);
    station.archive.take(log.name(4, 8), log.packed(4, 8));
    station.log.announce(station.archive);
    station.log.seal("collect", station.archive);

    std::vector<std::string> arrived;
    station.archive.for_each_line(station.log.id(), 0, station.log.size(), [&](std::uint64_t, std::string_view text) {
        line::Fields fields;
        if (!fields.parse(text, line::max_record) && fields.string("t") == "arrived") {
            arrived.push_back(std::to_string(*fields.integer("first")) + ".." +
                              std::to_string(*fields.integer("next")) + " " + std::string(*fields.string("root")));
        }
    });
    REQUIRE(arrived.size() == 2);
    line::TreeHasher hasher;
    CHECK(arrived[0].starts_with("0..4 "));
    CHECK(arrived[1] == "4..8 " + to_hex(log.range.root(hasher)));
}

TEST_CASE("exports are numbered per agreement and remembered with their digests") {
    const Fixture at;
    {
        Station station = at.open();
        CHECK(station.log.begin_export({"MAIN", 0, "2026Q1", 3, "1.5.4"}).n == 1);
        station.log.finish_export("MAIN", 1, {std::string(64, 'a'), std::string(64, 'b')});
        CHECK(station.log.begin_export({"OTHER", 0, "X", 3, "1.5.4"}).n == 1);
        CHECK(station.log.begin_export({"MAIN", 0, "2026Q2", 3, "1.5.4"}).n == 2);
        station.log.seal("export", station.archive);
    }

    const Station station = at.open();

    REQUIRE(station.log.exports().size() == 3);
    CHECK(station.log.exports()[0].digests == std::vector<std::string>{std::string(64, 'a'), std::string(64, 'b')});
    CHECK(station.log.exports()[0].label == "2026Q1");
    CHECK(station.log.exports()[0].wall_ms == 1'790'000'000'000);
    CHECK(station.log.exports()[2].n == 2);
    CHECK(station.log.exports()[2].digests.empty());
}

TEST_CASE("a log of some other key than the site file names is not taken for the station's") {
    const Fixture at;
    const Fixture other;
    os::fs::copy_file(other.state() / site_file_name, at.state() / site_file_name,
                      os::fs::copy_option::overwrite_if_exists);

    CHECK_THROWS_AS(at.open(), Error);
}

TEST_CASE("a state directory without a site file says how to make one") {
    const test::TempDir dir;

    try {
        Station(dir / "p", fixed_clock());
        FAIL("opened");
    } catch (const Error& error) {
        REQUIRE(error.hints.size() == 1);
        CHECK(error.hints[0].find("site init") != std::string::npos);
    }
}
