#include "packager/submission/site_revision.hpp"
#include "packager/submission/station.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::submission;
using minisig::SecretKey;

namespace {

struct Site {
    test::TempDir dir;
    SecretKey root = SecretKey::generate();
    SecretKey exporter = SecretKey::generate();
    SecretKey newer = SecretKey::generate();

    Site() {
        const site_file::Version version{*SiteId::parse("SITE1"),
                                         1,
                                         {root.public_key()},
                                         1,
                                         crypto::SecretKey::generate().public_key(),
                                         {exporter.public_key()},
                                         {},
                                         0};
        os::replace_file(dir / site_file_name,
                         site_file::signed_line(version, std::vector<const SecretKey*>{&root}) + "\n");
    }
    [[nodiscard]] site_file::Chain chain() const { return read_site(dir.path()); }
    [[nodiscard]] site_file::SignedVersion proposal() const {
        Revision revision;
        revision.add_exports = {newer.public_key()};
        revision.drop = {minisig::printed_id(exporter.public_key().id)};
        return *site_file::propose(chain(), *revised(chain().current(), revision, 40));
    }
};

} // namespace

TEST_CASE("an export key is replaced by a revision that the root key has signed") {
    const Site site;
    auto proposal = site.proposal();

    CHECK(settle(site.dir.path(), site.chain(), proposal) == Settled::pending);
    CHECK(site.chain().current().number == 1);
    REQUIRE(site_file::sign(site.chain(), proposal, site.root));
    CHECK(settle(site.dir.path(), site.chain(), proposal) == Settled::complete);

    const auto chain = site.chain();
    CHECK(chain.current().number == 2);
    CHECK(chain.current().exports == std::vector{site.newer.public_key()});
    CHECK(chain.current().retired == std::vector{site_file::RetiredKey{site.exporter.public_key(), 40}});
    CHECK_FALSE(read_proposal(site.dir.path(), chain));
    CHECK_FALSE(os::fs::exists(site.dir / proposal_name));
}

TEST_CASE("a key can be dropped by its id as stock minisign prints it, without leading zeros") {
    const Site site;
    auto current = site.chain().current();
    const minisig::PublicKey stock{{0x34, 0x12, 0, 0, 0, 0, 0, 0}, current.exports.front().point};
    current.exports = {stock, site.newer.public_key()};
    Revision revision;
    revision.drop = {"1234"};

    const auto next = revised(current, revision, 40);

    REQUIRE(next);
    CHECK(next->exports == std::vector{site.newer.public_key()});
    revision.drop = {""};
    CHECK_FALSE(revised(current, revision, 40));
}

TEST_CASE("a revoked export key is not retired, and a retired one can be revoked later") {
    const Site site;
    Revision revision;
    revision.add_exports = {site.newer.public_key()};
    revision.revoke = {minisig::to_text(site.exporter.public_key())};
    CHECK(revised(site.chain().current(), revision, 40)->retired.empty());

    auto proposal = site.proposal();
    REQUIRE(site_file::sign(site.chain(), proposal, site.root));
    settle(site.dir.path(), site.chain(), proposal);
    Revision later;
    later.revoke = revision.revoke;
    const auto next = revised(site.chain().current(), later, 50);
    REQUIRE(next);
    CHECK(next->retired.empty());
    CHECK(site_file::propose(site.chain(), *next));
}

TEST_CASE("a pending proposal is there in the next run, and can be taken back") {
    const Site site;
    settle(site.dir.path(), site.chain(), site.proposal());

    const auto kept = read_proposal(site.dir.path(), site.chain());
    REQUIRE(kept);
    CHECK(site_file::proposal_line(*kept) == site_file::proposal_line(site.proposal()));
    CHECK(os::read_file(site.dir / proposal_text_name, 4096) == site_file::signed_text(kept->version));

    CHECK(withdraw(site.dir.path()));
    CHECK_FALSE(withdraw(site.dir.path()));
    CHECK_FALSE(read_proposal(site.dir.path(), site.chain()));
    CHECK(site.chain().current().number == 1);
}

TEST_CASE("a run that ended after the version became current leaves no proposal behind") {
    const Site site;
    auto proposal = site.proposal();
    REQUIRE(site_file::sign(site.chain(), proposal, site.root));
    settle(site.dir.path(), site.chain(), proposal);
    os::replace_file(site.dir / proposal_name, site_file::proposal_line(proposal) + "\n"); // as if not removed yet

    CHECK_FALSE(read_proposal(site.dir.path(), site.chain()));
    CHECK_FALSE(os::fs::exists(site.dir / proposal_name));
}

TEST_CASE("a revision that names an unknown key or changes nothing is refused") {
    const Site site;
    Revision revision;
    CHECK(revised(site.chain().current(), revision, 40).fault().what == "nothing would change");
    revision.add_exports = {site.exporter.public_key()};
    CHECK(revised(site.chain().current(), revision, 40).fault().what == "nothing would change");
    revision.drop = {"0123456789ABCDEF"};
    CHECK(revised(site.chain().current(), revision, 40).fault().what == "version 1 has no key 0123456789ABCDEF");
}

TEST_CASE("a damaged proposal is an error that says how to go on") {
    const Site site;
    os::replace_file(site.dir / proposal_name, "{}\n");

    CHECK_THROWS_AS(read_proposal(site.dir.path(), site.chain()), Error);
}

TEST_CASE("no more releases are asked for than there are persons, however many keys one of them has") {
    const Site site;
    const auto anna = SecretKey::generate().public_key();
    const auto other = SecretKey::generate().public_key();
    Revision revision;
    revision.releases = 2;
    revision.add_officers = {{anna, *SiteId::parse("ANNA"), std::nullopt},
                             {other, *SiteId::parse("ANNA"), std::nullopt}};
    CHECK_FALSE(revised(site.chain().current(), revision, 40));

    revision.add_officers[1].person = *SiteId::parse("BERT");
    const auto two = revised(site.chain().current(), revision, 40);
    REQUIRE(two);
    Revision leaves;
    leaves.drop = {minisig::to_text(anna)};
    CHECK_FALSE(revised(*two, leaves, 50)); // one person is left

    leaves.releases = 1;
    const auto one = revised(*two, leaves, 50);
    REQUIRE(one);
    const auto left =
        std::find_if(one->officers.begin(), one->officers.end(), [](const auto& o) { return o.until.has_value(); });
    REQUIRE(left != one->officers.end());
    CHECK(left->key == anna);
    CHECK(left->until == 50);
}
