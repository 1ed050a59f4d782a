#include "tests/support/ledger_site.hpp"
#include "verifier/ledger/usage.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using Status = ledger::Acceptance::Status;

namespace {

constexpr std::int64_t day0 = 1'651'363'200; // 2022-05-01, what test::Log::session counts from

} // namespace

TEST_CASE("an accepted bundle gives sessions with their lines") {
    test::LedgerSite at;
    auto& host = at.site.host("H1");
    host.session(0, 60);
    host.session(30, 90);
    host.seal();
    at.site.arrive(host, 0);

    const auto acceptance = at.deliver();

    CHECK(acceptance.status == Status::accepted);
    CHECK(acceptance.sessions == 2);
    CHECK(acceptance.findings.empty());
    const auto usage = ledger::load_usage(at.ledger);
    REQUIRE(usage.sessions.size() == 2);
    const auto& session = usage.sessions[1];
    CHECK(usage.logs[session.log] == host.host.text());
    CHECK(usage.sources[session.source] == "flexnet:S:d");
    CHECK(usage.features[session.feature] == "F1");
    CHECK(usage.users[session.user] == "u1");
    CHECK(usage.clients[session.client] == "c1");
    CHECK(session.package == 0);
    CHECK(session.layer == ledger::Layer::package);
    CHECK(session.kind == ledger::EndKind::returned);
    CHECK(session.start_from == day0 + 30);
    CHECK(session.start_to == day0 + 30);
    CHECK(session.end_from == day0 + 90);
    CHECK(session.end_to == day0 + 90);
    CHECK(session.start_seq == 3);
    CHECK(session.end_seq == 4);
}

TEST_CASE("accepting the same bundle again changes nothing and says so") {
    test::LedgerSite at;
    auto& host = at.site.host("H1");
    host.session(0, 60);
    host.seal();
    at.site.arrive(host, 0);
    const auto draft = at.site.draft();
    at.accept(draft);
    sqlite::Statement changes(at.ledger.database(), "SELECT total_changes()");
    changes.step();
    const auto before = changes.integer(0);

    auto outcome = at.check(draft);
    const auto again = at.ledger.accept(std::move(*outcome.bundle));

    CHECK(outcome.report.verdict == check::Verdict::ok);
    REQUIRE(outcome.report.findings.size() >= 1);
    CHECK(outcome.report.findings[0].code == check::Code::replay);
    CHECK(again.status == Status::already_there);
    sqlite::Statement after(at.ledger.database(), "SELECT total_changes()");
    after.step();
    CHECK(after.integer(0) == before);
    CHECK(at.ledger.bundles().size() == 1);
}

TEST_CASE("a bundle that one ledger has accepted is not taken by another unseen") {
    test::LedgerSite at;
    auto& host = at.site.host("H1");
    host.session(0, 60);
    host.seal();
    at.site.arrive(host, 0);
    const auto draft = at.site.draft();
    at.accept(draft);

    auto outcome = at.check(draft);
    REQUIRE(outcome.bundle);
    CHECK(outcome.bundle->logs().empty());
    outcome.bundle->for_each_line([](const check::LineView&) { FAIL("a line of a bundle that is known"); });
    ledger::Ledger other(at.directory / "other.db", sqlite::Mode::create);
    CHECK_THROWS_WITH(other.accept(std::move(*outcome.bundle)), Catch::Contains("another ledger"));
    CHECK(other.bundles().empty());
}

TEST_CASE("every accepted record is proved by its path to a seal, out of the kept copy") {
    test::LedgerSite at;
    auto& host = at.site.host("H1");
    for (unsigned round = 0; round < 3; ++round) {
        for (unsigned i = 0; i < 5 + round; ++i) {
            host.session(i, i + 60);
        }
        host.seal();
        at.site.arrive(host, 0);
        if (round != 1) {
            at.deliver();
        }
    }

    line::TreeHasher hasher;
    for (std::uint64_t seq = 0; seq + 1 < host.size(); ++seq) {
        const auto proof = at.ledger.record_at(host.host.text(), seq);
        REQUIRE(proof);
        CHECK(proof->line == host.lines[seq]);
        CHECK(proof->seal_line == host.lines[proof->seal_seq]);
        CHECK(line::inclusion_holds(hasher, seq, proof->seal_seq, hasher.leaf(proof->line), proof->path, proof->root));
        CHECK(proof->bundle.digest.size() == 64);
    }
    CHECK_FALSE(at.ledger.record_at(host.host.text(), host.size()));
    CHECK_FALSE(at.ledger.record_at("HNOBODY", 0));
}
