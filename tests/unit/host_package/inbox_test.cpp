#include "tests/unit/host_package/told_host.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using Catch::Contains;
using host_package::Package;
using inbox::Applied;
using minisig::SecretKey;
using test::ToldHost;

namespace {

unsigned mode_of(const os::fs::path& path) { return static_cast<unsigned>(os::fs::status(path).permissions()) & 0777U; }

std::size_t lines_of_type(journal::Journal& journal, const std::string& type) {
    std::size_t count = 0;
    journal.store().for_each_line(0, journal.size(), [&](std::uint64_t, std::string_view line) {
        count += line.find("\"t\":\"" + type + "\"") == std::string::npos ? 0U : 1U;
    });
    return count;
}

} // namespace

TEST_CASE("a package for this host is applied once: one line in the log, and what capture needs, for its owner alone") {
    ToldHost host;
    const auto letter = host.letter(host.package());
    REQUIRE(inbox::apply(*host.journal, letter, host.chain()).value() == Applied::now);
    const auto privacy = pseudonym::load_privacy(host.dir.path);
    REQUIRE(privacy);
    CHECK(to_hex(privacy->current().bytes()) == to_hex(host.secret.bytes()));
    CHECK(privacy->policy == pseudonym::Policy::standard());
    CHECK(mode_of(host.dir.path / "privacy.json") == 0600);
    CHECK(mode_of(host.dir.path / "box.key") == 0600);
    CHECK(inbox::kept_package(host.dir.path)->n == 1);
    CHECK(inbox::kept_site(host.dir.path)->fingerprint() == host.chain().fingerprint());
    CHECK(lines_of_type(*host.journal, "instructed") == 1);

    const auto before = host.state();
    CHECK(inbox::apply(*host.journal, letter, host.chain()).value() == Applied::before);
    CHECK(host.state() == before);
    CHECK(host.dir.verify().problem.empty());
}

TEST_CASE("a package of which any bit was altered on its way is refused and changes nothing") {
    ToldHost host;
    const auto letter = host.letter(host.package());
    const auto chain = host.chain();
    for (std::size_t bit = 0; bit < letter.bytes.size() * 8; ++bit) {
        auto altered = letter;
        altered.bytes[bit / 8] = static_cast<char>(altered.bytes[bit / 8] ^ (1 << bit % 8));
        INFO("bit " << bit << " of the package");
        REQUIRE(!inbox::read_for(*host.journal, altered, chain));
    }
    for (std::size_t bit = 0; bit < letter.signature.size() * 8; ++bit) {
        auto altered = letter;
        altered.signature[bit / 8] = static_cast<char>(altered.signature[bit / 8] ^ (1 << bit % 8));
        INFO("bit " << bit << " of its signature file");
        REQUIRE(!inbox::read_for(*host.journal, altered, chain));
    }
    for (std::size_t size = 0; size < letter.bytes.size(); ++size) {
        auto cut = letter;
        cut.bytes.resize(size);
        REQUIRE(!inbox::read_for(*host.journal, cut, chain));
    }
    CHECK(host.journal->size() == 1);
    CHECK(!os::fs::exists(host.dir.path / "privacy.json"));
}

TEST_CASE("a package that is true but not for this host, log, site or key is refused with the reason") {
    ToldHost host;
    const auto with = [&](auto&& change) {
        Package package = host.package();
        change(package);
        return host.refusal(host.letter(package));
    };
    const auto other = crypto::BoxKey::generate();
    CHECK_THAT(with([](auto& one) { one.host = *HostId::parse("H" + std::string(24, 'A')); }),
               Contains("made for log"));
    CHECK_THAT(with([](auto& one) { one.site = *SiteId::parse("SITE2"); }), Contains("made for site SITE2"));
    CHECK_THAT(with([](auto& one) { one.fingerprint[0] ^= 1U; }), Contains("another site file"));
    CHECK_THAT(with([](auto& one) { one.station = crypto::SecretKey::generate().public_key(); }),
               Contains("another site file"));
    CHECK_THAT(with([](auto& one) { one.version = 2; }), Contains("bring the newer SITE.jsonl"));
    CHECK_THAT(with([&](auto& one) { one.box = other.public_key(); }), Contains("another box key"));
    CHECK_THAT(
        with([&](auto& one) { one.names->secrets[0] = host_package::seal_secret(host.secret, other.public_key()); }),
        Contains("another box key"));
    CHECK_THAT(with([&](auto& one) {
                   one.names->secrets.push_back(
                       host_package::seal_secret(pseudonym::Secret::generate(2), other.public_key()));
               }),
               Contains("another box key"));
    CHECK(with([](auto&) {}) == "");
}

TEST_CASE("only an export key in use signs packages, over these bytes and for this purpose") {
    ToldHost host;
    const auto package = host.package();
    const auto stranger = SecretKey::generate();
    CHECK_THAT(host.refusal(host.letter(package, &host.root)), Contains("not there to sign letters"));
    CHECK_THAT(host.refusal(host.letter(package, &host.verifier)), Contains("not there to sign letters"));
    CHECK_THAT(host.refusal(host.letter(package, &stranger)), Contains("not an export key"));
    CHECK_THAT(host.refusal(host.letter(package, nullptr, "tally-export-1 SITE1 1 1/1")), Contains("something else"));
    CHECK_THAT(host.refusal(host.letter(package, nullptr, host_package::package_comment(host.package(2)))),
               Contains("something else"));
    CHECK_THAT(host.refusal(host.letter(package, nullptr, "", "another note")), Contains("something else"));
    auto twice = host.letter(package);
    twice.signature += twice.signature;
    CHECK_THAT(host.refusal(twice), Contains("one spelling"));
    const auto newer = SecretKey::generate();
    const auto chain = host.chain(&newer);
    CHECK_THAT(host.refusal(host.letter(package), chain), Contains("has dropped"));
    CHECK(host.refusal(host.letter(package, &newer), chain) == "");
}

TEST_CASE("after a newer package an older one is refused, also when the newer one's file was removed") {
    ToldHost host;
    const auto first = host.letter(host.package(1));
    const auto third = host.letter(host.package(3));
    REQUIRE(host.refusal(first) == "");
    REQUIRE(host.refusal(third) == "");
    CHECK_THAT(host.refusal(first), Contains("number 1, in force is number 3"));
    CHECK_THAT(host.refusal(host.letter(host.package(3))), Contains("number 3, in force is number 3"));
    os::fs::remove(host.dir.path / "package.json");
    CHECK_THAT(host.refusal(first), Contains("number 1, in force is number 3"));
    CHECK(host.refusal(third) == "");
    CHECK(host.refusal(host.letter(host.package(4))) == "");
    CHECK(lines_of_type(*host.journal, "instructed") == 3);
}

TEST_CASE("a package that was interrupted after its line is finished by the same one, without a second line") {
    ToldHost host;
    const auto letter = host.letter(host.package());
    REQUIRE(host.refusal(letter) == "");
    for (const char* name : {"package.json", "package.json.minisig", "privacy.json", "SITE.jsonl"}) {
        os::fs::remove(host.dir.path / name);
    }
    CHECK(inbox::apply(*host.journal, letter, host.chain()).value() == Applied::now);
    CHECK(pseudonym::load_privacy(host.dir.path));
    CHECK(lines_of_type(*host.journal, "instructed") == 1);
}

TEST_CASE("a package that says nothing of names leaves those rules as they are") {
    ToldHost host;
    REQUIRE(host.refusal(host.letter(host.package(1))) == "");
    const std::string before = host.state()["privacy.json"];
    Package package = host.package(2);
    package.names.reset();
    package.catalogue = line::Hash{};
    REQUIRE(host.refusal(host.letter(package)) == "");
    CHECK(host.state()["privacy.json"] == before);
    CHECK(inbox::kept_package(host.dir.path)->n == 2);
}

TEST_CASE("a site that began again counts its packages anew, and the old site's packages are not taken any more") {
    ToldHost host;
    const auto old = host.letter(host.package(8));
    REQUIRE(host.refusal(old) == "");
    const auto before = host.chain();
    host.root = SecretKey::generate();
    REQUIRE(host.chain().fingerprint() != before.fingerprint());
    REQUIRE(host.refusal(host.letter(host.package(1))) == "");
    CHECK_THAT(host.refusal(old), Contains("another site file"));
    const auto settled = inbox::settle_site(inbox::kept_site(host.dir.path), before, "");
    REQUIRE(!settled);
    CHECK_THAT(settled.fault().what, Contains("does not continue"));
}

TEST_CASE("a site file counts by its fingerprint, or because it continues the known one") {
    const ToldHost host;
    const auto newer_key = SecretKey::generate();
    const auto one = host.chain();
    const auto two = host.chain(&newer_key);
    const std::string words = site_file::fingerprint_words(one.fingerprint());
    const auto versions = [](const Result<site_file::Chain>& chain) { return chain ? chain->versions().size() : 0U; };
    CHECK(versions(inbox::settle_site({}, {}, words)) == 0);
    CHECK(versions(inbox::settle_site({}, one, "")) == 0);
    CHECK(versions(inbox::settle_site({}, one, "lusab-babad-gutih-tugad-lusab-babad-gutih-tugad")) == 0);
    CHECK(versions(inbox::settle_site({}, one, words)) == 1);
    CHECK(versions(inbox::settle_site(one, {}, "")) == 1);
    CHECK(versions(inbox::settle_site(one, two, "")) == 2);
    CHECK(versions(inbox::settle_site(two, one, "")) == 2);
    CHECK(versions(inbox::settle_site(one, two, "lusab-babad-gutih-tugad-lusab-babad-gutih-tugad")) == 0);
}

TEST_CASE("what is no letter is refused with the reason, and nothing waits for it or fills the memory") {
    const ToldHost host;
    const auto reason = [&](const std::string& name) {
        const auto letter = inbox::read_letter(host.dir.dir / name);
        return letter ? "" : letter.fault().what;
    };
    const auto put = [&](const std::string& name, const std::string& bytes) {
        os::replace_file(host.dir.dir / name, bytes);
        os::replace_file(host.dir.dir / (name + ".minisig"), "x");
    };
    put("good", "{\"format\":\"x\",\"host\":\"y\"}\n");
    CHECK(reason("good") == "");
    CHECK_THAT(reason("nothing"), Contains("no such file"));
    put("alone", "{}\n");
    os::fs::remove(host.dir.dir / "alone.minisig");
    CHECK_THAT(reason("alone"), Contains("no signature file alone.minisig"));
    put("empty", "");
    CHECK_THAT(reason("empty"), Contains("line feed"));
    put("spaced", "{ }\n");
    CHECK_THAT(reason("spaced"), Contains("canonical"));
    put("says_nothing", "{}\n");
    CHECK_THAT(reason("says_nothing"), Contains("does not say"));
    os::fs::create_symlink(host.dir.dir / "good", host.dir.dir / "link");
    CHECK(reason("link") != "");
    put("pipe", "");
    os::fs::remove(host.dir.dir / "pipe");
    REQUIRE(::mkfifo((host.dir.dir / "pipe").c_str(), 0600) == 0);
    CHECK_THAT(reason("pipe"), Contains("not a regular file"));
    put("huge", "");
    os::fs::resize_file(host.dir.dir / "huge", 1U << 30U);
    CHECK_THAT(reason("huge"), Contains("larger than"));
    put("long_signature", "{\"format\":\"x\",\"host\":\"y\"}\n");
    os::fs::resize_file(host.dir.dir / "long_signature.minisig", 1U << 30U);
    CHECK_THAT(reason("long_signature"), Contains("larger than"));
}

TEST_CASE("of a folder only the letters with this log's name are looked at, in one order") {
    const ToldHost host;
    const std::string log = host.journal->host().text();
    const auto folder = host.dir.dir / "post";
    os::fs::create_directories(folder);
    for (const auto& name : {"HOST_" + log + ".json", "ACK_" + log + ".json", "HOST_H" + std::string(24, 'A') + ".json",
                             std::string("SITE.jsonl"), "HOST_" + log + ".json.minisig", "HOST_" + log + ".json.part",
                             "_" + log + ".json", "host_" + log + ".json"}) {
        os::replace_file(folder / name, "");
    }
    const auto found = inbox::letters_in(folder, host.journal->host());
    REQUIRE(found.size() == 2);
    CHECK(found[0].filename() == "ACK_" + log + ".json");
    CHECK(found[1].filename() == "HOST_" + log + ".json");
}
