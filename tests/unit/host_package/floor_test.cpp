// Which acknowledgement a host believes when lines are to be removed.
#include "recorder/inbox/acknowledged.hpp"
#include "recorder/journal/outbox.hpp"
#include "recorder/journal/pruning.hpp"
#include "tests/unit/host_package/told_host.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using Catch::Contains;
using inbox::Applied;
using test::SecretKey;
using test::ToldHost;

namespace {

// Three epochs, [0,3) [3,5) [5,7), that the station has.
struct Receipted : ToldHost {
    Receipted() {
        for (unsigned epoch = 0; epoch < 3; ++epoch) {
            journal->append(test::note(epoch));
            journal->seal("test");
        }
        static_cast<void>(journal::drop_segments(*journal));
    }
    [[nodiscard]] receipt::Ack ack(std::uint64_t next, std::uint64_t floor) {
        line::TreeHasher hasher;
        line::CompactRange range;
        journal->store().for_each_line(
            0, next, [&](std::uint64_t, std::string_view text) { range.append(hasher, hasher.leaf(text)); });
        return {*SiteId::parse("SITE1"), journal->host(), next, range.root(hasher), floor, std::nullopt};
    }
    [[nodiscard]] inbox::Letter told(const receipt::Ack& ack, const SecretKey* key = nullptr) const {
        const std::string text = receipt::ack_file(ack);
        const auto signature = minisig::sign(key == nullptr ? exporter : *key, minisig::digest(as_bytes(text)),
                                             {std::string(receipt::ack_note), receipt::ack_comment(ack)});
        return {"letter", text, std::string(receipt::ack_format), ack.host.text(), minisig::signature_file(signature)};
    }
    std::optional<Applied> taken(const inbox::Letter& letter) {
        const auto applied = inbox::apply_ack(*journal, letter, chain());
        return applied ? std::optional(*applied) : std::nullopt;
    }
    [[nodiscard]] std::optional<std::uint64_t> floor() {
        const auto ack = inbox::proven_ack(*journal);
        return ack && *ack ? std::optional((*ack)->floor) : std::nullopt;
    }
    void put(const std::string& name, const std::string& bytes) const { os::replace_file(dir.path / name, bytes); }
};

} // namespace

TEST_CASE("a host that was never acknowledged has no floor") {
    Receipted host;
    CHECK_FALSE(inbox::proven_ack(*host.journal));
}

TEST_CASE("the floor is that of the newest acknowledgement, and may go back") {
    Receipted host;
    CHECK(host.taken(host.told(host.ack(5, 3))) == Applied::now);
    CHECK(host.floor() == 3U);
    CHECK(host.taken(host.told(host.ack(7, 5))) == Applied::now);
    CHECK(host.floor() == 5U);
    CHECK(host.taken(host.told(host.ack(5, 3))) == Applied::before); // what had arrived does not become less
    CHECK(host.floor() == 5U);
    CHECK(host.taken(host.told(host.ack(7, 3))) == Applied::now); // a verifier was restored from a copy
    CHECK(host.floor() == 3U);
    CHECK(host.taken(host.told(host.ack(7, 3))) == Applied::before);
}

TEST_CASE("an acknowledgement that was put there, altered, or made for another log gives no floor") {
    Receipted host;
    const auto good = host.told(host.ack(7, 3));
    REQUIRE(host.taken(good) == Applied::now);

    auto ack = host.ack(7, 7);
    host.put("ack.json", receipt::ack_file(ack)); // a floor of one's own under the old signature
    CHECK_FALSE(host.floor());

    const auto stranger = SecretKey::generate();
    for (const auto& letter : {host.told(ack, &stranger), host.told(ack, &host.verifier), host.told(ack, &host.root)}) {
        host.put("ack.json", letter.bytes);
        host.put("ack.json.minisig", letter.signature);
        CHECK_FALSE(host.floor());
    }
    auto other = host.ack(7, 7);
    other.host = line::log_id(crypto::SecretKey::generate().public_key());
    auto elsewhere = host.ack(7, 7);
    elsewhere.root[0] = static_cast<std::uint8_t>(elsewhere.root[0] ^ 1U);
    auto beyond = host.ack(7, 7);
    beyond.next = 8;
    auto site = host.ack(7, 7);
    site.site = *SiteId::parse("SITE2");
    for (const auto& wrong : {other, elsewhere, beyond, site}) {
        const auto letter = host.told(wrong);
        host.put("ack.json", letter.bytes);
        host.put("ack.json.minisig", letter.signature);
        CHECK_FALSE(host.floor());
        CHECK_FALSE(host.taken(letter));
    }
    host.put("ack.json", "{}\n");
    CHECK_FALSE(host.floor());

    host.put("ack.json", good.bytes);
    host.put("ack.json.minisig", good.signature);
    CHECK(host.floor() == 3U);
}

TEST_CASE("the site file that vouches for an acknowledgement is kept with it") {
    Receipted host;
    const auto exporter = SecretKey::generate();
    const auto before = host.told(host.ack(7, 3));
    REQUIRE(host.taken(before) == Applied::now);
    CHECK(inbox::kept_site(host.dir.path)->versions().size() == 1);

    // The export key has changed: the same word, signed anew, replaces the one that is not vouched for any more.
    const auto chain = host.chain(&exporter);
    const auto after = host.told(host.ack(7, 3), &exporter);
    CHECK(inbox::apply_ack(*host.journal, after, chain).value() == Applied::now);
    CHECK(inbox::kept_site(host.dir.path)->versions().size() == 2);
    CHECK(host.floor() == 3U);
    CHECK(inbox::apply_ack(*host.journal, after, chain).value() == Applied::before);
}

TEST_CASE(
    "an acknowledgement of lines that were removed since is still compared where a segment ended, and else refused") {
    Receipted host;
    REQUIRE(host.taken(host.told(host.ack(7, 7))) == Applied::now);
    const auto older = host.told(host.ack(3, 3));
    const auto between = host.told(host.ack(2, 2));
    const auto newest = host.told(host.ack(7, 7));
    static_cast<void>(journal::prune(*host.journal, 7, {}, [] {}));

    CHECK(host.taken(newest) == Applied::before);
    const auto refused = inbox::apply_ack(*host.journal, older, host.chain());
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.fault().what, Contains("older than what is known"));
    CHECK_FALSE(inbox::apply_ack(*host.journal, between, host.chain()));
    CHECK(host.floor() == 7U);
}
