#include "tally/site_file/proposal.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::site_file;
using minisig::SecretKey;

namespace {

struct ProposedSite {
    SecretKey root = SecretKey::generate();
    SecretKey second = SecretKey::generate();
    SecretKey exporter = SecretKey::generate();
    Version first{*SiteId::parse("SITE1"),
                  1,
                  {root.public_key()},
                  1,
                  crypto::SecretKey::generate().public_key(),
                  {exporter.public_key()},
                  {},
                  0};

    [[nodiscard]] std::string bytes() const { return signed_line(first, std::vector<const SecretKey*>{&root}) + "\n"; }
    [[nodiscard]] Chain chain() const { return *read_chain(bytes()); }
    // Both root keys from now on, and both must sign.
    [[nodiscard]] Version next() const {
        Version version = first;
        version.number = 2;
        version.roots = {root.public_key(), second.public_key()};
        std::sort(version.roots.begin(), version.roots.end(),
                  [](const auto& a, const auto& b) { return minisig::to_text(a) < minisig::to_text(b); });
        version.threshold = 2;
        return version;
    }
};

} // namespace

TEST_CASE("a proposal gathers signatures until both versions have enough, and then continues the chain") {
    const ProposedSite site;
    const auto chain = site.chain();
    auto proposal = propose(chain, site.next());
    REQUIRE(proposal);
    CHECK(wanting(chain, *proposal).of_current == 1);
    CHECK(wanting(chain, *proposal).of_next == 2);

    REQUIRE(sign(chain, *proposal, site.second));
    CHECK(wanting(chain, *proposal).of_current == 1);
    CHECK(wanting(chain, *proposal).of_next == 1);
    CHECK_FALSE(read_chain(site.bytes() + proposal_line(*proposal) + "\n"));

    REQUIRE(sign(chain, *proposal, site.root));
    CHECK(wanting(chain, *proposal).nothing());
    const auto whole = read_chain(site.bytes() + proposal_line(*proposal) + "\n");
    REQUIRE(whole);
    CHECK(whole->current().roots.size() == 2);
    CHECK(whole->fingerprint() == chain.fingerprint());
}

TEST_CASE("a proposal is read back with its signatures, in whatever order they were made") {
    const ProposedSite site;
    const auto chain = site.chain();
    auto one = *propose(chain, site.next());
    auto other = one;
    REQUIRE(sign(chain, one, site.root));
    REQUIRE(sign(chain, one, site.second));
    REQUIRE(sign(chain, other, site.second));
    REQUIRE(sign(chain, other, site.root));

    CHECK(proposal_line(one) == proposal_line(other));
    const auto read = read_proposal(chain, proposal_line(one));
    REQUIRE(read);
    CHECK(read->signatures.size() == 2);
    CHECK(proposal_line(*read) == proposal_line(one));
}

TEST_CASE("signing twice with one key is one signature") {
    const ProposedSite site;
    const auto chain = site.chain();
    auto proposal = *propose(chain, site.next());

    REQUIRE(sign(chain, proposal, site.root));
    REQUIRE(sign(chain, proposal, site.root));

    CHECK(proposal.signatures.size() == 1);
    CHECK(wanting(chain, proposal).of_next == 1);
}

TEST_CASE("nobody but the holders of root keys signs a proposal, and only that one") {
    const ProposedSite site;
    const auto chain = site.chain();
    auto proposal = *propose(chain, site.next());
    CHECK(sign(chain, proposal, site.exporter).fault().what.find("no root key") != std::string::npos);

    Version other = site.next();
    other.releases = 1;
    auto meant = *propose(chain, other);
    REQUIRE(sign(chain, meant, site.root));
    CHECK(add_signature(chain, proposal, meant.signatures.front().second).fault().what.find("root key") !=
          std::string::npos);

    auto renamed = meant.signatures.front().second;
    renamed.comments.trusted = "tally-site-1 SITE1 3";
    CHECK_FALSE(add_signature(chain, meant, renamed));
    CHECK(proposal.signatures.empty());
}

TEST_CASE("what may not follow the chain is not proposed and not read") {
    const ProposedSite site;
    const auto chain = site.chain();
    Version version = site.next();

    version.number = 3;
    CHECK(propose(chain, version).fault().what == "does not follow the version before");
    version.number = 2;
    version.threshold = 3;
    CHECK(propose(chain, version).fault().what.find("threshold") != std::string::npos);
    version.threshold = 1;
    version.verifiers = version.exports;
    CHECK(propose(chain, version).fault().what.find("one role") != std::string::npos);
    version.verifiers.clear();
    version.exports = {SecretKey::generate().public_key()};
    version.verifiers = {site.exporter.public_key()};
    CHECK(propose(chain, version).fault().what == "gives a key another role than it had");

    auto good = *propose(chain, site.next());
    REQUIRE(sign(chain, good, site.root));
    auto line = proposal_line(good);
    line[line.find("\"releases\":0") + 11] = '1';
    CHECK_FALSE(read_proposal(chain, line));
}
