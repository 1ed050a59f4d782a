// Which package a station gives to which host.
#include "packager/hosts/packages.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using hosts::Saying;

namespace {

const SiteId site = *SiteId::parse("SITE1");

struct OpenStation {
    test::TempDir dir;
    os::fs::path state = dir / "station";
    minisig::SecretKey root = minisig::SecretKey::generate();
    minisig::SecretKey exporter = minisig::SecretKey::generate();
    crypto::SecretKey host_key = crypto::SecretKey::generate();
    HostId host = line::log_id(host_key.public_key());
    crypto::BoxKey box = crypto::BoxKey::generate();
    pseudonym::Privacy privacy{pseudonym::Policy::standard(), {}};
    std::optional<submission::Station> station;

    OpenStation() {
        using namespace submission;
        os::fs::create_directories(state);
        StationLog::create(state / log_folder, site, "STATION", os::system_clock());
        journal::Store store(state / log_folder, journal::Access::read);
        const auto genesis = journal::read_genesis(store.line(0).value_or(""));
        const site_file::Version version{site, 1, {root.public_key()}, 1, genesis->key, {exporter.public_key()}, {}, 0};
        const std::vector<const minisig::SecretKey*> signers{&root};
        os::replace_file(state / site_file_name, site_file::signed_line(version, signers) + "\n");
        station.emplace(state, os::system_clock());
        privacy.secrets.push_back(pseudonym::Secret::generate(1));
    }
    [[nodiscard]] journal::Genesis request() const {
        journal::Genesis asked{
            host, host_key.public_key(), std::string(64, '0'), {site, "LICSRV", journal::Role::recorder, "0"},
            {},   box.public_key()};
        return asked;
    }
    void enrol(const journal::Genesis& asked) {
        station->log.enrol(asked, "LICSRV", "Design");
        station->log.seal("enrol", station->archive);
        hosts::HostFiles(state, host).keep_request(journal::enrolment_request(asked));
    }
    [[nodiscard]] Saying saying() const { return {&privacy, std::nullopt}; }
    [[nodiscard]] std::optional<hosts::SignedPackage> current() const {
        auto package = hosts::current_package(*station, host, saying());
        return package ? std::move(*package) : std::nullopt;
    }
    hosts::SignedPackage next() {
        const auto issued = hosts::issued_packages(*station);
        const auto before = issued.find(host);
        return hosts::next_package(*station, host, saying(), before == issued.end() ? 0 : before->second, exporter)
            .value();
    }
    [[nodiscard]] std::size_t lines(const std::string& type) {
        std::size_t count = 0;
        station->log.for_each(type, [&](const auto&) { ++count; });
        return count;
    }
};

} // namespace

TEST_CASE(
    "a package says what the station says, opens for its host, and is the same until the station says another thing") {
    OpenStation here;
    here.enrol(here.request());
    CHECK(!here.current());
    const auto first = here.next();
    hosts::issue(*here.station, {first});
    CHECK(first.package.n == 1);
    CHECK(first.package.fingerprint == here.station->site.fingerprint());
    const auto opened = host_package::open_secret(first.package.names->secrets.at(0), here.box);
    REQUIRE(opened);
    CHECK(to_hex(opened->bytes()) == to_hex(here.privacy.current().bytes()));
    REQUIRE(here.current());
    CHECK(here.current()->text == first.text);

    here.privacy.policy.rules[0] = pseudonym::Rule::omit;
    CHECK(!here.current());
    const auto second = here.next();
    CHECK(second.package.n == 2);
    hosts::issue(*here.station, {second});
    here.privacy.secrets.push_back(pseudonym::Secret::generate(2));
    CHECK(!here.current());
    CHECK(here.next().package.names->secrets.size() == 2);
    CHECK(here.lines("issued") == 2);
    CHECK(here.lines("policy") == 2);
}

TEST_CASE("a number is never given twice, also when the files of the station were lost after the line") {
    OpenStation here;
    here.enrol(here.request());
    hosts::issue(*here.station, {here.next()});
    os::fs::remove_all(here.state / hosts::hosts_folder);
    CHECK(!hosts::current_package(*here.station, here.host, here.saying()));
    here.enrol(here.request());
    CHECK(here.next().package.n == 2);
}

TEST_CASE("a host with another box key, or a package by a key that was dropped, gets another package") {
    OpenStation here;
    here.enrol(here.request());
    hosts::issue(*here.station, {here.next()});
    auto asked = here.request();
    asked.box = crypto::BoxKey::generate().public_key();
    here.enrol(asked);
    CHECK(!here.current());
    CHECK(here.next().package.box == *asked.box);
    here.enrol(here.request());
    REQUIRE(here.current());

    const auto other = minisig::SecretKey::generate();
    auto version = here.station->site.current();
    version.number = 2;
    version.retired = {{here.exporter.public_key(), here.station->log.size()}};
    version.exports = {other.public_key()};
    const std::vector<const minisig::SecretKey*> signers{&here.root};
    const std::string lines =
        here.station->site.lines().front() + "\n" + site_file::signed_line(version, signers) + "\n";
    here.station->site = site_file::read_chain(lines).value();
    CHECK(!here.current());
}

TEST_CASE("a host without a request or without a box key gets no package, with the reason") {
    OpenStation here;
    const auto unknown = hosts::current_package(*here.station, here.host, here.saying());
    REQUIRE(!unknown);
    CHECK_THAT(unknown.fault().what, Catch::Contains("is not kept here"));
    auto asked = here.request();
    asked.box.reset();
    here.enrol(asked);
    const auto boxless = hosts::current_package(*here.station, here.host, here.saying());
    REQUIRE(!boxless);
    CHECK_THAT(boxless.fault().what, Catch::Contains("no box key"));
}

TEST_CASE("the catalogue stays that of the last package until another one is named") {
    OpenStation here;
    here.enrol(here.request());
    const auto key = [&](const Saying& saying) {
        return hosts::next_package(*here.station, here.host, saying, 0, here.exporter).value();
    };
    hosts::issue(*here.station, {key({&here.privacy, line::Hash{7}})});
    CHECK(here.current());
    CHECK(here.next().package.catalogue == line::Hash{7});
    CHECK(!hosts::current_package(*here.station, here.host, {&here.privacy, line::Hash{8}}).value());
}

TEST_CASE("what is kept of a host lies there for its owner alone, and damage is told") {
    OpenStation here;
    here.enrol(here.request());
    const hosts::HostFiles files(here.state, here.host);
    CHECK(!files.keep_request(journal::enrolment_request(here.request())));
    const auto folder = here.state / hosts::hosts_folder / here.host.text();
    CHECK((os::fs::status(folder / "enrolment.json").permissions() & 0777) == 0600);
    os::replace_file(folder / "enrolment.json", "{}\n");
    CHECK_THROWS_AS(files.request(), Error);
    here.enrol(here.request());
    hosts::issue(*here.station, {here.next()});
    os::replace_file(folder / host_package::package_name(here.host), "{}\n");
    CHECK_THROWS_AS(files.package(), Error);
}
