#include "tally/releases/releases.hpp"

#include "tally/base/encoding.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::releases;
using minisig::SecretKey;

namespace {

const SiteId site = *SiteId::parse("SITE1");
const SiteId anna = *SiteId::parse("ANNA");
const SiteId bert = *SiteId::parse("BERT");
const std::string name = "SITE1_ALL_000007_V2OF3.tally";

// A file of bytes that nobody looks into, with a policy of three persons' keys.
struct Estate {
    test::TempDir dir;
    SecretKey first = SecretKey::generate(), second = SecretKey::generate(), other = SecretKey::generate();
    SecretKey exporter = SecretKey::generate();
    std::string bytes = "a bundle";
    site_file::Version policy{site, 1, {SecretKey::generate().public_key()}, 1, {}, {exporter.public_key()}, {}, 2};
    Case released{{site, 7, {2, 3}},
                  *SiteId::parse("AGR"),
                  crypto::sha256("a bundle"),
                  minisig::digest(as_bytes("a bundle")),
                  50};

    Estate() {
        policy.officers = {{first.public_key(), anna, std::nullopt},
                           {second.public_key(), anna, std::nullopt},
                           {other.public_key(), bert, std::nullopt}};
        os::replace_file(dir / name, bytes);
    }
    void sign(std::size_t number, const SecretKey& key, const SiteId& person,
              const std::string& over = "a bundle") const {
        put(number, minisig::signature_file(
                        minisig::sign(key, minisig::digest(as_bytes(over)),
                                      {std::string(release_note), release_comment(released.subject, person)})));
    }
    void put(std::size_t number, const std::string& file) const {
        os::replace_file(release_path(dir / name, number), file);
    }
    [[nodiscard]] std::vector<Judged> judged() const { return judge(read_beside(dir / name), released, policy); }
    [[nodiscard]] Flaw flaw() const {
        const auto all = judged();
        REQUIRE(all.size() == 1);
        CHECK(persons_of(all).empty() == (all[0].flaw != Flaw::none));
        return all[0].flaw;
    }
    [[nodiscard]] SetList list() const {
        return {site, released.agreement, 7, {crypto::sha256("1"), released.sha256, crypto::sha256("3")}};
    }
    void sign_list(const SetList& list, const SecretKey& key, const SiteId& person) const {
        const auto path = *set_path(dir / name);
        os::replace_file(path, set_file(list));
        const Subject subject{site, 7, {0, 3}};
        os::replace_file(release_path(path, 1), minisig::signature_file(minisig::sign(
                                                    key, minisig::digest(as_bytes(set_file(list))),
                                                    {std::string(release_note), release_comment(subject, person)})));
    }
};

} // namespace

TEST_CASE("two persons release a bundle") {
    const Estate estate;
    estate.sign(1, estate.first, anna);
    estate.sign(2, estate.other, bert);

    CHECK(persons_of(estate.judged()) == std::vector<std::string>{"ANNA", "BERT"});
}

TEST_CASE("two keys of one person are one person, also when a number is left out") {
    const Estate estate;
    estate.sign(1, estate.first, anna);
    estate.sign(16, estate.second, anna);
    estate.sign(17, estate.other, bert); // beyond what is looked at

    const auto judged = estate.judged();
    CHECK(judged.size() == 2);
    CHECK(persons_of(judged) == std::vector<std::string>{"ANNA"});
}

TEST_CASE("a key of another role releases nothing, whatever it signs") {
    const Estate estate;
    estate.sign(1, estate.exporter, anna);

    CHECK(estate.flaw() == Flaw::other_role);
}

TEST_CASE("a key that nobody listed releases nothing") {
    const Estate estate;
    estate.sign(1, SecretKey::generate(), anna);

    CHECK(estate.flaw() == Flaw::not_listed);
}

TEST_CASE("a key releases in the name of its own person only") {
    const Estate estate;
    estate.sign(1, estate.first, bert);

    CHECK(estate.flaw() == Flaw::other_subject);
}

TEST_CASE("a release of other bytes does not hold") {
    const Estate estate;
    estate.sign(1, estate.first, anna, "another bundle");

    CHECK(estate.flaw() == Flaw::does_not_hold);
}

TEST_CASE("a release of another number, volume or purpose does not count") {
    const Estate estate;
    for (const char* comment :
         {"tally-release-1 SITE1 8 2/3 ANNA", "tally-release-1 SITE1 7 1/3 ANNA", "tally-release-1 SITE2 7 2/3 ANNA",
          "tally-export-1 SITE1 7 2/3", "tally-release-1 SITE1 7 0/3 ANNA"}) {
        const auto signature =
            minisig::sign(estate.first, estate.released.blake2b, {std::string(release_note), comment});
        estate.put(1, minisig::signature_file(signature));
        CHECK(estate.flaw() == Flaw::other_subject);
    }
}

TEST_CASE("what is no signature file, a link or a large file is named and counts for nobody") {
    const Estate estate;
    estate.put(1, "x");
    CHECK(estate.flaw() == Flaw::malformed);
    estate.put(1, std::string(minisig::max_signature_file + 1, 'x'));
    CHECK(estate.flaw() == Flaw::malformed);
    os::fs::remove(release_path(estate.dir / name, 1));
    os::fs::create_symlink("/dev/zero", release_path(estate.dir / name, 1));
    CHECK(estate.flaw() == Flaw::malformed);
}

TEST_CASE("an officer who has left released what ends before that, and nothing behind it") {
    Estate estate;
    estate.sign(1, estate.first, anna);
    estate.policy.officers[0].until = estate.released.station_size;
    CHECK(estate.flaw() == Flaw::none);

    estate.policy.officers[0].until = estate.released.station_size - 1;
    CHECK(estate.flaw() == Flaw::not_listed);
}

TEST_CASE("the list of a set releases each of its files, and no other") {
    const Estate estate;
    estate.sign(1, estate.other, bert);
    estate.sign_list(estate.list(), estate.first, anna);
    CHECK(persons_of(estate.judged()) == std::vector<std::string>{"ANNA", "BERT"});

    auto other = estate.list();
    std::swap(other.digests[0], other.digests[1]);
    estate.sign_list(other, estate.first, anna);
    CHECK(persons_of(estate.judged()) == std::vector<std::string>{"BERT"});

    other = estate.list();
    other.digests.push_back(crypto::sha256("4"));
    estate.sign_list(other, estate.first, anna);
    CHECK(persons_of(estate.judged()) == std::vector<std::string>{"BERT"});
}

TEST_CASE("a list of a set has one spelling and at least two files") {
    const std::string good = set_file({site, *SiteId::parse("AGR"), 7, {crypto::sha256("1"), crypto::sha256("2")}});
    REQUIRE(read_set_file(good));
    CHECK(set_file(*read_set_file(good)) == good);

    CHECK_FALSE(read_set_file(good.substr(0, good.size() - 1)));
    CHECK_FALSE(read_set_file(good + "\n"));
    CHECK_FALSE(read_set_file(" " + good));
    CHECK_FALSE(read_set_file(set_file({site, *SiteId::parse("AGR"), 7, {crypto::sha256("1")}})));
    CHECK_FALSE(read_set_file(set_file({site, *SiteId::parse("AGR"), 0, {crypto::sha256("1"), crypto::sha256("2")}})));
    CHECK_FALSE(read_set_file(set_file({site, *SiteId::parse("AGR"), 7, std::vector<bundle::Hash>(100)})));
    CHECK(read_set_file(set_file({site, *SiteId::parse("AGR"), 7, std::vector<bundle::Hash>(99)})));
}

TEST_CASE("only the name of a volume of a set leads to a list") {
    CHECK(set_path("d/A_000001_V1OF2.tally") == os::fs::path("d/A_000001_RELEASE.json"));
    CHECK_FALSE(set_path("d/A_000001_V1OF1.tally"));
    CHECK_FALSE(set_path("d/anything.tally"));
}
