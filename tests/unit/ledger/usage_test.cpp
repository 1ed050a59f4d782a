#include "tests/support/ledger_site.hpp"
#include "verifier/ledger/usage.hpp"

#include <catch2/catch.hpp>

using namespace tally;

namespace {

constexpr std::int64_t day0 = 1'651'363'200; // 2022-05-01T00:00:00Z

line::Object start(std::uint64_t at) {
    return line::Object()
        .token("t", "start")
        .token("src", "flexnet:S:d")
        .token("daemon", "d")
        .token("feature", "F1")
        .text("user", "Jos\xC3\xA9 \"x\"")
        .token("client", "c1")
        .token("layer", "component")
        .token("package", "PKG")
        .integer("count", 3)
        .integer("at", day0 + at);
}
line::Object orphan(std::string_view kind) { return line::Object().token("t", "end").token("kind", kind); }
line::Object end(std::uint64_t start, std::string_view kind) { return orphan(kind).integer("start", start); }

struct Host : test::LedgerSite {
    test::Log& host = site.host("H1");
    std::uint64_t arrived = 0;

    ledger::Acceptance deliver_all() {
        host.seal();
        site.arrive(host, arrived);
        arrived = host.size();
        return deliver();
    }
    ledger::Usage usage() { return ledger::load_usage(ledger); }
};

} // namespace

TEST_CASE("a session whose end comes in a later bundle is one session") {
    Host at;
    at.host.add(start(100));
    CHECK(at.deliver_all().sessions == 1);
    auto open = at.usage().sessions.at(0);
    CHECK(open.kind == ledger::EndKind::open);
    CHECK(open.end_from == day0 + 100);
    CHECK(open.end_to == ledger::unknown);
    CHECK(open.end_seq == ledger::no_seq);

    at.host.add(end(1, "server_shutdown").integer("at_from", day0 + 200).integer("at_to", day0 + 260));
    CHECK(at.deliver_all().sessions == 0);

    const auto usage = at.usage();
    REQUIRE(usage.sessions.size() == 1);
    const auto& session = usage.sessions[0];
    CHECK(session.kind == ledger::EndKind::server_shutdown);
    CHECK(session.end_from == day0 + 200);
    CHECK(session.end_to == day0 + 260);
    CHECK(session.count == 3);
    CHECK(session.layer == ledger::Layer::component);
    CHECK(usage.features[session.package] == "PKG");
    CHECK(usage.users[session.user] == "Jos\xC3\xA9 \"x\"");
    CHECK(session.start_seq == 1);
    CHECK(session.end_seq == 3);
}

TEST_CASE("a session that is still open is known to have lived until its open line") {
    Host at;
    at.host.add(start(100));
    at.host.add(line::Object().token("t", "open").integer("start", 1).integer("at", day0 + 5000));
    at.deliver_all();

    const auto session = at.usage().sessions.at(0);

    CHECK(session.end_from == day0 + 5000);
    CHECK(session.end_to == ledger::unknown);
}

TEST_CASE("an end without start is kept, and completed when a later part of the log brings the start") {
    Host at;
    at.host.add(orphan("returned")
                    .token("src", "flexnet:S:d")
                    .token("feature", "F1")
                    .token("user", "u")
                    .token("client", "c")
                    .token("layer", "package")
                    .integer("orphan", 1)
                    .integer("at", day0 + 300));
    at.deliver_all();
    auto orphan = at.usage().sessions.at(0);
    CHECK(orphan.start_from == 0);
    CHECK(orphan.start_to == day0 + 300);
    CHECK(orphan.start_seq == ledger::no_seq);
    CHECK(orphan.end_to == day0 + 300);

    at.host.add(start(100).integer("end", 1));
    at.deliver_all();

    REQUIRE(at.usage().sessions.size() == 1);
    const auto whole = at.usage().sessions[0];
    CHECK(whole.start_from == day0 + 100);
    CHECK(whole.start_to == day0 + 100);
    CHECK(whole.end_from == day0 + 300);
    CHECK(whole.start_seq == 3);
    CHECK(whole.end_seq == 1);
}

TEST_CASE("an uncertain start is a range") {
    Host at;
    at.host.add(line::Object()
                    .token("t", "start")
                    .token("src", "s")
                    .token("feature", "f")
                    .token("user", "u")
                    .token("client", "c")
                    .token("layer", "feature")
                    .integer("at_from", day0)
                    .integer("at_to", day0 + 3600));
    at.host.add(end(1, "returned").integer("at", day0 + 7200));
    at.deliver_all();

    const auto session = at.usage().sessions.at(0);

    CHECK(session.start_from == day0);
    CHECK(session.start_to == day0 + 3600);
}

TEST_CASE("denials and queue events are refusals, notices are not") {
    Host at;
    const auto event = [](std::string_view type, std::string_view verb, std::uint64_t number) {
        return line::Object()
            .token("t", type)
            .token("verb", verb)
            .token("src", "s")
            .token("feature", "f")
            .token("user", "u")
            .token("client", "c")
            .integer("count", number)
            .integer("at", day0 + number);
    };
    at.host.add(event("denial", "DENIED", 1));
    at.host.add(event("denial", "UNSUPPORTED", 2));
    at.host.add(event("queue", "QUEUED", 3));
    at.host.add(event("queue", "DEQUEUED", 4));
    at.host.add(event("notice", "UPGRADE", 5));
    CHECK(at.deliver_all().refusals == 4);

    const auto refusals = at.usage().refusals;

    REQUIRE(refusals.size() == 4);
    using V = ledger::Verb;
    CHECK(std::vector{refusals[0].verb, refusals[1].verb, refusals[2].verb, refusals[3].verb} ==
          std::vector{V::denied, V::unsupported, V::queued, V::dequeued});
    CHECK(refusals[2].count == 3);
    CHECK(refusals[2].at_from == day0 + 3);
    CHECK(refusals[2].seq == 3);
}

TEST_CASE("the same events through two logs are counted once, and said") {
    Host at;
    auto& other = at.site.host("H2");
    for (auto* log : {&at.host, &other}) {
        log->add(start(100));
        log->add(end(1, "returned").integer("at", day0 + 200));
        log->add(start(300));
    }
    other.seal();
    at.site.arrive(other, 0);
    const auto both = at.deliver_all();
    CHECK(both.sessions == 2);
    REQUIRE(both.findings.size() == 1);
    CHECK(both.findings[0].code == check::Code::import_duplicate);
    CHECK(both.findings[0].severity == check::Severity::note);
    CHECK(both.findings[0].host == other.host.text());

    other.add(end(3, "returned").integer("at", day0 + 400));
    other.add(start(500));
    other.seal();
    at.site.arrive(other, 0);
    const auto later = at.deliver_all();

    CHECK(later.sessions == 1);
    CHECK(later.findings.empty());
    const auto usage = at.usage();
    REQUIRE(usage.sessions.size() == 3);
    CHECK(usage.logs[usage.sessions[0].log] == at.host.host.text());
    CHECK(usage.sessions[1].kind == ledger::EndKind::open);
    CHECK(usage.logs[usage.sessions[2].log] == other.host.text());
}

TEST_CASE("of equal events that two logs show, the larger number counts") {
    Host at;
    auto& other = at.site.host("H2");
    at.host.add(start(100));
    at.host.add(start(100));
    for (int i = 0; i < 3; ++i) {
        other.add(start(100));
    }
    other.seal();
    at.site.arrive(other, 0);

    const auto acceptance = at.deliver_all();

    CHECK(acceptance.sessions == 3);
    REQUIRE(acceptance.findings.size() == 1);
    CHECK(acceptance.findings[0].text.rfind("2 events", 0) == 0);
}

TEST_CASE("events of two different servers through two logs are no duplicates") {
    Host at;
    auto& other = at.site.host("H2");
    at.host.add(start(100));
    other.session(100, 200);
    other.seal();
    at.site.arrive(other, 0);

    const auto acceptance = at.deliver_all();

    CHECK(acceptance.sessions == 2);
    CHECK(acceptance.findings.empty());
}

TEST_CASE("two logs that imported the same server's log for the same time are a warning") {
    Host at;
    auto& other = at.site.host("H2");
    const auto import = [](std::uint64_t first, std::uint64_t last, char digest) {
        return line::Object()
            .token("t", "import")
            .token("src", "flexnet:S:d")
            .token("format", "flexnet")
            .token("name", "a.log")
            .token("digest", std::string(64, digest))
            .token("zone", "Europe/Madrid")
            .integer("lines", 10)
            .integer("first", day0 + first)
            .integer("last", day0 + last)
            .value("counts", "{}");
    };
    at.host.add(import(0, 100, 'a'));
    other.add(import(101, 200, 'b'));
    other.seal();
    at.site.arrive(other, 0);
    CHECK(at.deliver_all().findings.empty());

    other.add(import(50, 300, 'c'));
    other.seal();
    at.site.arrive(other, 0);
    const auto acceptance = at.deliver_all();

    REQUIRE(acceptance.findings.size() == 1);
    CHECK(acceptance.findings[0].code == check::Code::import_duplicate);
    CHECK(acceptance.findings[0].severity == check::Severity::warn);
    const auto stored = at.ledger.findings(at.ledger.bundles().back().id);
    REQUIRE(stored.size() == 1);
    CHECK(stored[0].text == acceptance.findings[0].text);
}

TEST_CASE("coverage counts lines and seals by the host's day, events by their own, and keeps each import") {
    Host at;
    at.host.add(start(100));
    at.host.add(end(1, "returned").integer("at", day0 + 86'400 + 5));
    at.host.add(line::Object()
                    .token("t", "import")
                    .token("src", "flexnet:S:d")
                    .token("format", "flexnet")
                    .text("name", "a b.log")
                    .token("digest", std::string(64, 'd'))
                    .token("zone", "UTC")
                    .integer("lines", 10)
                    .integer("first", day0)
                    .integer("last", day0 + 90'000)
                    .value("counts", "{}"));
    at.deliver_all();

    const auto coverage = ledger::load_coverage(at.ledger);
    const auto usage = at.usage();

    REQUIRE(coverage.logs.size() == 2);
    const auto& log = coverage.logs[1].role == "recorder" ? coverage.logs[1] : coverage.logs[0];
    CHECK(usage.logs[log.log] == at.host.host.text());
    CHECK(log.label == "H1");
    CHECK(log.size == 5);
    CHECK(log.seals == 1);
    CHECK(log.first_wall == 1'790'000'000'000);
    std::uint64_t lines = 0;
    std::uint64_t seals = 0;
    std::map<std::int64_t, std::uint64_t> events;
    for (const auto& day : coverage.days) {
        if (day.log == log.log) {
            lines += day.lines;
            seals += day.seals;
            events[day.day] += day.events;
        }
    }
    CHECK(lines == 5);
    CHECK(seals == 1);
    CHECK(events[day0 / 86'400] == 1);
    CHECK(events[day0 / 86'400 + 1] == 1);
    REQUIRE(coverage.imports.size() == 1);
    CHECK(coverage.imports[0].name == "a b.log");
    CHECK(coverage.imports[0].seq == 3);
    CHECK(coverage.imports[0].last == day0 + 90'000);
}
