// The format of host packages and box keys, held to files that were made from the document alone.
#include "recorder/journal/box_key.hpp"
#include "tally/host_package/package.hpp"
#include "tally/site_file/chain.hpp"
#include "tests/support/vector_table.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::host_package;

namespace {

const os::fs::path folder = "vectors/host_package";

std::vector<os::fs::path> files(const char* kind) { return test::files_in(folder / kind); }

std::string bytes_of(const os::fs::path& path) { return os::read_file(path, 1U << 20U); }
Package good(const std::string& name) { return read_package(bytes_of(folder / "good" / name)).value(); }
crypto::BoxKey box_key(const std::string& name) { return journal::read_box_key(bytes_of(folder / name)).value(); }

} // namespace

TEST_CASE("every good package reads, and is written to the same bytes") {
    for (const auto& path : files("good")) {
        INFO(path);
        const auto read = read_package(bytes_of(path));
        REQUIRE(read);
        CHECK(package_text(*read) == bytes_of(path));
    }
}

TEST_CASE("every package that breaks one rule is refused") {
    for (const auto& path : files("bad")) {
        INFO(path);
        const auto read = read_package(bytes_of(path));
        REQUIRE(!read);
        CHECK(!read.fault().what.empty());
    }
}

TEST_CASE("a package says what its document says that it says") {
    const auto chain = site_file::read_chain(bytes_of(folder / "SITE.jsonl")).value();
    const auto plain = good("plain");
    CHECK(plain.fingerprint == chain.fingerprint());
    CHECK(plain.station == chain.current().log);
    CHECK(plain.box == box_key("host.box").public_key());
    CHECK(package_name(plain.host) == "HOST_" + plain.host.text() + ".json");
    CHECK(package_comment(plain) == "tally-host-1 SITE1 " + plain.host.text() + " 1");
    REQUIRE(plain.names);
    CHECK(plain.names->secrets.size() == 1);
    CHECK(!plain.catalogue);
    CHECK(good("sixteen_epochs").names->secrets.back().epoch == 16);
    CHECK(!good("catalogue_alone").names);
    CHECK(good("catalogue_alone").catalogue == line::Hash{});
}

TEST_CASE("a sealed secret opens with the key that it was sealed to, and with no other") {
    for (const auto& row : test::read_table("vectors/host_package/opens.tsv", 4)) {
        INFO(row[0] << " " << row[1] << " " << row[2]);
        const auto package = good(row[0]);
        const auto& secrets = package.names->secrets;
        const auto sealed = std::find_if(secrets.begin(), secrets.end(),
                                         [&](const auto& one) { return std::to_string(one.epoch) == row[2]; });
        REQUIRE(sealed != secrets.end());
        const auto opened = open_secret(*sealed, box_key(row[1]));
        CHECK((opened ? to_hex(opened->bytes()) : "-") == row[3]);
        CHECK((!opened || opened->epoch() == sealed->epoch));
    }
}

TEST_CASE("a sealed secret with any bit altered does not open") {
    const auto sealed = good("plain").names->secrets.front();
    const auto key = box_key("host.box");
    REQUIRE(open_secret(sealed, key));
    // The highest bit of the ephemeral key is not part of its value on the curve, but the nonce is made from it too.
    for (std::size_t bit = 0; bit < SealedSecret::size * 8; ++bit) {
        auto altered = sealed;
        altered.box[bit / 8] = static_cast<std::uint8_t>(altered.box[bit / 8] ^ (1U << bit % 8));
        INFO("bit " << bit);
        CHECK(!open_secret(altered, key));
    }
}

TEST_CASE("a secret that was sealed is the same when it is opened, and no two boxes of it are equal") {
    const auto key = crypto::BoxKey::generate();
    const auto secret = pseudonym::Secret::generate(7);
    const auto first = seal_secret(secret, key.public_key());
    const auto opened = open_secret(first, key);
    REQUIRE(opened);
    CHECK(to_hex(opened->bytes()) == to_hex(secret.bytes()));
    CHECK(opened->epoch() == 7);
    CHECK(!(seal_secret(secret, key.public_key()) == first));
}

TEST_CASE("a box key is its one spelling, with halves that belong together") {
    for (const char* name : {"host.box", "other.box"}) {
        CHECK(journal::box_key_text(box_key(name)) == bytes_of(folder / name));
    }
    for (const auto& path : files("bad_boxes")) {
        INFO(path);
        CHECK(!journal::read_box_key(bytes_of(path)));
    }
}
