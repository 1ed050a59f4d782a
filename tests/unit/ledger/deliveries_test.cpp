#include "tests/support/ledger_site.hpp"
#include "verifier/ledger/usage.hpp"

#include <catch2/catch.hpp>

using namespace tally;

namespace {

constexpr std::int64_t t0 = 1'790'000'000; // where the clocks of test logs begin

struct Site : test::LedgerSite {
    test::Log& one = site.host("H1");
    test::Log& two = site.host("H2");

    // The host goes on until `at` seconds after t0, and seals.
    void live(test::Log& log, std::int64_t at) {
        log.wall_ms = static_cast<std::uint64_t>((t0 + at) * 1000);
        log.add(line::Object().token("t", "weather").token("sky", "blue"));
        log.wall_ms = static_cast<std::uint64_t>((t0 + at) * 1000);
        log.seal();
        site.arrive(log, 0);
    }
    ledger::Delivery sent(std::int64_t at, std::optional<std::int64_t> received = std::nullopt) {
        site.station.wall_ms = static_cast<std::uint64_t>((t0 + at) * 1000);
        const auto draft = site.draft();
        auto outcome = check(draft);
        REQUIRE(outcome.bundle);
        ledger.accept(std::move(*outcome.bundle), received);
        site.exported(draft);
        return ledger::load_deliveries(ledger).back();
    }
};

} // namespace

TEST_CASE("a delivery came when it is said to have come, else when it was accepted") {
    Site at;
    at.live(at.one, 100);

    const auto told = at.sent(1000, t0 + 5000);
    CHECK(told.site == "SITE1");
    CHECK(told.agreement == "AGR");
    CHECK(told.n == 1);
    CHECK(told.made == t0 + 1000);
    CHECK(told.received == t0 + 5000);

    const auto before = static_cast<std::int64_t>(::time(nullptr));
    CHECK(at.sent(2000).received >= before);
    CHECK(ledger::load_usage(at.ledger).deliveries.size() == 2);
}

TEST_CASE("a delivery goes through the earliest last seal of its hosts, and reaches the latest") {
    Site at;
    at.live(at.one, 100);
    at.live(at.two, 300);

    const auto delivery = at.sent(1000);

    CHECK(delivery.through == t0 + 100);
    CHECK(delivery.reach == t0 + 300);
}

TEST_CASE("a host that brings nothing new holds no delivery back, although its lines come again") {
    Site at;
    at.live(at.one, 100);
    at.live(at.two, 300);
    at.sent(1000);
    at.live(at.one, 1500);

    CHECK(at.sent(2000).through == t0 + 1500);
    CHECK(at.sent(3000).through == t0 + 3000); // nobody brings anything: nothing is missing through its making
}

TEST_CASE("a host that was off after its last seal is sealed until it came back") {
    Site at;
    at.live(at.one, 100);
    at.live(at.two, 900);
    CHECK(at.sent(1000).through == t0 + 100);
    at.one.add(line::Object()
                   .token("t", "gap")
                   .token("kind", "host_off")
                   .integer("from", static_cast<std::uint64_t>(t0 + 110))
                   .integer("to", static_cast<std::uint64_t>(t0 + 2000)));
    at.live(at.one, 2100);
    at.sent(3000);

    const auto deliveries = ledger::load_deliveries(at.ledger);
    CHECK(deliveries.at(0).through == t0 + 900);
    CHECK(deliveries.at(0).reach == t0 + 2000);
    CHECK(deliveries.at(1).through == t0 + 2100);
}

TEST_CASE("a log that is retired or declared silent holds no delivery back") {
    const auto excused = [](std::uint64_t since, const line::Object& word) {
        Site at;
        at.live(at.one, 100);
        at.live(at.two, 900);
        at.site.station.add(
            line::Object(word)
                .token(word.str().find("retire") != std::string::npos ? "log" : "about", at.one.host.text())
                .integer(word.str().find("retire") != std::string::npos ? "at" : "from", since));
        return at.sent(1000).through;
    };
    const line::Object retire = line::Object().token("t", "retire").token("reason", "scrapped");
    const line::Object declare =
        line::Object().token("t", "declare").token("reason", "repair").token("kind", "gap").token("agreement", "AGR");

    CHECK(excused(t0 + 500, retire) == t0 + 900);
    CHECK(excused(t0 + 1001, retire) == t0 + 100); // only later
    CHECK(excused(t0 + 50, declare) == t0 + 900);
    CHECK(excused(t0 + 1001, declare) == t0 + 100);
}

TEST_CASE("a host that worked on and was off only later is not sealed until it came back") {
    Site at;
    at.live(at.one, 100);
    CHECK(at.sent(1000).through == t0 + 100);
    for (const std::uint64_t off : {20'000U, 60'000U}) { // two evenings, and the week-end with which the month ends
        at.one.add(line::Object()
                       .token("t", "gap")
                       .token("kind", "host_off")
                       .integer("from", static_cast<std::uint64_t>(t0) + off)
                       .integer("to", static_cast<std::uint64_t>(t0) + off + 30'000));
    }
    at.live(at.one, 90'100);
    at.sent(91'000);

    const auto deliveries = ledger::load_deliveries(at.ledger);
    CHECK(deliveries.at(0).through == t0 + 100);
    CHECK(deliveries.at(0).reach == t0 + 100);
    CHECK(deliveries.at(1).through == t0 + 90'100);
}
