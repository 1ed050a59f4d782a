#include "tests/support/ledger_site.hpp"
#include "tests/support/told_usage.hpp"
#include "verifier/ledger/schema.hpp"

#include <catch2/catch.hpp>

using namespace tally;

namespace {

constexpr std::uint64_t day0 = 1'651'363'200; // 2022-05-01T00:00:00Z
constexpr std::uint64_t hour = 3600;

line::Object of_type(std::string_view type) { return line::Object().token("t", type); }
line::Object start(std::uint64_t at, const std::string& user = "hig") {
    return of_type("start")
        .token("src", "host")
        .token("feature", "revit")
        .token("user", user)
        .token("client", "n04")
        .token("layer", "feature")
        .integer("at", day0 + at);
}
line::Object end(std::uint64_t start, std::uint64_t at, std::string_view kind = "exit") {
    return of_type("end").token("kind", kind).integer("start", start).integer("at", day0 + at);
}
line::Object lasting(std::string_view type, std::uint64_t from, std::uint64_t to) {
    return of_type(type).integer("from", day0 + from).integer("to", day0 + to);
}
line::Object scan(std::string_view type, std::string_view version, std::uint64_t at) {
    return of_type(type).token("feature", "revit").token("version", version).integer("at", day0 + at);
}

struct Host : test::LedgerSite {
    test::Log& host = site.host("N04");

    ledger::Usage deliver_all() {
        send();
        return usage();
    }
    ledger::Acceptance send() {
        host.seal();
        site.arrive(host, 0);
        return deliver();
    }
    ledger::Usage usage() { return ledger::load_usage(ledger); }
    [[nodiscard]] std::uint32_t log_of(const ledger::Usage& usage, const test::Log& log) const {
        const auto found = std::find(usage.logs.begin(), usage.logs.end(), log.host.text());
        return static_cast<std::uint32_t>(found - usage.logs.begin());
    }
};

} // namespace

TEST_CASE("a session that its host saw keeps what the host knows of it") {
    Host at;
    at.host.add(start(100)
                    .token("version", "2026")
                    .text("account", "HOLM\\hig")
                    .token("addr", "10.1.0.7")
                    .token("pool", "X")
                    .token("class", "automation")
                    .integer("idle", 1));
    at.host.add(end(1, 200));
    at.host.add(start(300).token("class", "interactive").integer("idle", 0));

    const auto usage = at.deliver_all();

    REQUIRE(usage.sessions.size() == 2);
    const auto& known = usage.sessions[0];
    CHECK(known.watched == ledger::Watched::host);
    CHECK(usage.versions[known.version] == "2026");
    CHECK(usage.accounts[known.account] == "HOLM\\hig");
    CHECK(usage.addresses[known.address] == "10.1.0.7");
    CHECK(usage.pools[known.pool] == "X");
    CHECK(known.automation);
    CHECK(known.idle_known);
    CHECK_FALSE(known.borrowed);
    const auto& bare = usage.sessions[1];
    CHECK(bare.watched == ledger::Watched::host);
    CHECK(bare.version == 0);
    CHECK_FALSE(bare.automation);
    CHECK_FALSE(bare.idle_known);
    CHECK(usage.log_sites[known.log] == "SITE1");
    CHECK(usage.log_labels[known.log] == "N04");
}

TEST_CASE("a licence server's session is not watched by the host") {
    Host at;
    at.host.session(0, 60);

    CHECK(at.deliver_all().sessions.at(0).watched == ledger::Watched::server);
}

TEST_CASE("the end of a session has the kind that its word says, and a word that is not known is other") {
    using K = ledger::EndKind;
    const std::vector<std::pair<std::string, K>> kinds{{"exit", K::exit},
                                                       {"signal", K::signal},
                                                       {"core", K::core},
                                                       {"logoff", K::logoff},
                                                       {"lost_recorder_restart", K::lost_recorder_restart},
                                                       {"lost_reboot", K::lost_reboot},
                                                       {"lost_heartbeat", K::lost_heartbeat},
                                                       {"open_at_cutoff", K::open_at_cutoff},
                                                       {"returned", K::returned},
                                                       {"evaporated", K::other}};
    Host at;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        at.host.add(start(i));
        at.host.add(end(2 * i + 1, 1000, kinds[i].first));
    }

    const auto usage = at.deliver_all();

    REQUIRE(usage.sessions.size() == kinds.size());
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        INFO(kinds[i].first);
        CHECK(usage.sessions[i].kind == kinds[i].second);
    }
}

TEST_CASE("what two hosts saw in the same second are two sessions") {
    Host at;
    auto& other = at.site.host("N05");
    for (auto* log : {&at.host, &other}) {
        log->add(start(100));
        log->add(end(1, 200));
    }
    other.seal();
    at.site.arrive(other, 0);

    const auto acceptance = at.send();

    CHECK(acceptance.sessions == 2);
    CHECK(acceptance.findings.empty());
    CHECK(at.usage().sessions.size() == 2);
}

TEST_CASE("features used and idle time belong to the session whose start they name, whenever they come") {
    Host at;
    at.host.add(start(500, "late"));  // seq 1, second by time
    at.host.add(start(100, "early")); // seq 2
    at.host.add(of_type("used").integer("start", 1).token("name", "NASTRAN").integer("count", 3));
    at.host.add(lasting("idle", 700, 800).integer("start", 2));
    at.send();
    at.host.add(lasting("idle", 300, 400).integer("start", 2));
    at.host.add(end(2, 900));
    at.host.add(of_type("used").integer("start", 1).token("name", "NASTRAN").integer("count", 2));

    const auto usage = at.deliver_all();

    REQUIRE(usage.sessions.size() == 2);
    CHECK(usage.users[usage.sessions[0].user] == "early");
    REQUIRE(usage.feature_uses.size() == 2);
    CHECK(usage.feature_uses[0].session == 1);
    CHECK(usage.feature_uses[0].name == "NASTRAN");
    CHECK(usage.feature_uses[0].count == 3);
    CHECK(usage.feature_uses[0].seq == 3);
    CHECK(usage.feature_uses[1].count == 2);
    REQUIRE(usage.idle.size() == 2);
    CHECK(usage.idle[0].session == 0);
    CHECK(usage.idle[0].from == static_cast<std::int64_t>(day0 + 300));
    CHECK(usage.idle[1].to == static_cast<std::int64_t>(day0 + 800));
}

TEST_CASE("lines about a session that counts from another log say nothing twice") {
    Host at;
    auto& other = at.site.host("N05");
    for (auto* log : {&at.host, &other}) {
        log->session(0, 60);
        log->add(of_type("used").integer("start", 1).token("name", "m").integer("count", 1));
    }
    other.seal();
    at.site.arrive(other, 0);

    const auto usage = at.deliver_all();

    CHECK(usage.sessions.size() == 1);
    CHECK(usage.feature_uses.size() == 1);
}

TEST_CASE("what a program reports of a session adds up, by name, and by kind and day") {
    const auto commands = [](std::string_view name, std::uint64_t started) {
        return of_type("commands")
            .integer("start", 1)
            .token("name", name)
            .integer("started", started)
            .integer("completed", 2)
            .integer("cancelled", 1)
            .integer("undone", 0);
    };
    const auto sample = [](std::string_view kind, std::uint64_t at, std::uint64_t ms, std::uint64_t of = 1) {
        return of_type("sample").integer("start", of).token("kind", kind).integer("at", day0 + at).integer("ms", ms);
    };
    Host at;
    at.host.add(start(100).token("version", "2026"));
    at.host.add(commands("TRIM", 5));
    at.host.add(sample("open", 200, 1000).integer("bytes", 50));
    at.host.add(sample("plot", 200, 7));
    at.send();
    at.host.add(commands("TRIM", line::max_integer));
    at.host.add(commands("ARC", 3));
    at.host.add(sample("open", 300, 500));
    at.host.add(sample("open", 24 * hour, 900));
    at.host.add(sample("open", 24 * hour, 900, 2)); // line 2 begins no session

    const auto usage = at.deliver_all();

    REQUIRE(usage.command_uses.size() == 2);
    CHECK(usage.commands[usage.command_uses[0].name] == "ARC");
    const auto& trim = usage.command_uses[1];
    CHECK(usage.users[trim.by.user] == "hig");
    CHECK(usage.versions[trim.by.version] == "2026");
    CHECK(trim.by.day == static_cast<std::int64_t>(day0 / (24 * hour)));
    CHECK(trim.started == line::max_integer); // the sum stops there
    CHECK(trim.completed == 4);
    CHECK(trim.cancelled == 2);
    REQUIRE(usage.timings.size() == 3);
    CHECK(usage.timings[0].samples == 2);
    CHECK(usage.timings[0].ms == 1500);
    CHECK(usage.timings[0].documents == 1);
    CHECK(usage.timings[0].bytes == 50);
    CHECK(usage.timings[1].by.day == usage.timings[0].by.day + 1);
    CHECK(usage.timings[1].ms == 900);
    CHECK(usage.timings[2].measure == ledger::Measure::other);
}

TEST_CASE("a ledger of an earlier program takes reports in as soon as it is written to again") {
    Host at;
    at.host.add(start(100));
    at.send();
    at.ledger.database().run("DROP TABLE command; DROP TABLE command_use; DROP TABLE timing;");
    CHECK(at.usage().command_uses.empty());

    (void)ledger::open_database(at.directory / "v.db", sqlite::Mode::read_write);
    at.host.add(of_type("sample").integer("start", 1).token("kind", "save").integer("at", day0).integer("ms", 4));

    CHECK(at.deliver_all().timings.size() == 1);
}

TEST_CASE("a product is installed from the scan that found it to the one that missed it") {
    Host at;
    at.host.add(scan("installed", "2025", 0));
    at.host.add(scan("installed", "2026", 10));
    at.host.add(scan("installed", "2025", 20)); // still there
    at.host.add(scan("removed", "2025", 30));
    at.host.add(scan("removed", "2024", 40)); // nobody knew of it
    at.send();
    at.host.add(scan("installed", "2025", 50));

    const auto usage = at.deliver_all();

    REQUIRE(usage.installations.size() == 3);
    const auto& first = usage.installations[0];
    CHECK(usage.features[first.feature] == "revit");
    CHECK(usage.versions[first.version] == "2025");
    CHECK(first.from == static_cast<std::int64_t>(day0));
    CHECK(first.to == static_cast<std::int64_t>(day0 + 30));
    CHECK(first.seq == 1);
    CHECK(usage.versions[usage.installations[1].version] == "2026");
    CHECK(usage.installations[1].to == ledger::unknown);
    CHECK(usage.installations[2].from == static_cast<std::int64_t>(day0 + 50));
    CHECK(usage.installations[2].to == ledger::unknown);
}

TEST_CASE("gaps and losses are unobserved time, of their kind") {
    Host at;
    at.host.add(lasting("gap", 0, hour).token("kind", "host_off").token("how", "boot"));
    at.host.add(lasting("gap", hour, 2 * hour).token("kind", "recorder_off"));
    at.host.add(lasting("loss", 2 * hour, 2 * hour).token("src", "flexnet:S:d").integer("count", 7));

    const auto dark = at.deliver_all().unobserved;

    using D = ledger::Darkness;
    REQUIRE(dark.size() == 3);
    CHECK(std::vector{dark[0].kind, dark[1].kind, dark[2].kind} ==
          std::vector{D::host_off, D::recorder_off, D::source_loss});
    CHECK(dark[0].to == static_cast<std::int64_t>(day0 + hour));
    CHECK(dark[0].count == 0);
    CHECK(dark[2].count == 7);
    CHECK(at.usage().sources[dark[2].source] == "flexnet:S:d");
    CHECK(dark[2].seq == 3);
}

TEST_CASE("a host is called as it says from then on, and by its label when it never said") {
    Host at;
    auto& silent = at.site.host("N05");
    const auto called = [](std::string_view name, std::uint64_t since) {
        return of_type("identity").token("name", name).token("domain", "holm.example").integer("at", day0 + since);
    };
    at.host.add(called("n04", 0));
    at.host.add(called("cad04", hour));

    const auto usage = at.deliver_all();

    const auto host = at.log_of(usage, at.host);
    std::vector<std::string> names;
    for (const auto& identity : usage.identities) {
        names.push_back(identity.name);
        CHECK((identity.log == host) == (identity.name != "N05"));
    }
    CHECK(names == std::vector<std::string>{"n04", "cad04", "N05"});
    CHECK(usage.identities[0].domain == "holm.example");
    CHECK(usage.identities[1].since == static_cast<std::int64_t>(day0 + hour));
    CHECK(usage.identities[2].log == at.log_of(usage, silent));
    CHECK(usage.identities[2].seq == ledger::no_seq);
}

TEST_CASE("a clock that jumped is a step at the instant it left, forward or back") {
    Host at;
    at.host.add(of_type("clock").integer("from", day0 * 1000).integer("to", (day0 + hour) * 1000));
    at.host.add(of_type("clock").integer("from", (day0 + hour) * 1000).integer("to", day0 * 1000 + 500));

    const auto steps = at.deliver_all().clock_steps;

    REQUIRE(steps.size() == 2);
    CHECK(steps[0].at == static_cast<std::int64_t>(day0));
    CHECK(steps[0].by_ms == 3'600'000);
    CHECK(steps[1].by_ms == -3'599'500);
}

TEST_CASE("a station's words about logs count, a recorder's do not") {
    Host at;
    const auto declare = [](std::string_view kind, std::string_view about) {
        return of_type("declare")
            .token("kind", kind)
            .token("agreement", "AGR")
            .token("about", about)
            .token("reason", "repair")
            .integer("from", day0);
    };
    at.site.station.add(declare("gap", at.host.host.text()).integer("to", day0 + hour));
    at.site.station.add(declare("nil", ""));
    at.site.station.add(declare("justification", ""));
    at.site.station.add(
        of_type("retire").token("log", at.host.host.text()).token("reason", "scrapped").integer("at", day0 + 5));
    at.host.add(declare("nil", ""));

    const auto declared = at.deliver_all().declarations;

    using K = ledger::DeclarationKind;
    REQUIRE(declared.size() == 4);
    CHECK(std::vector{declared[0].kind, declared[1].kind, declared[2].kind, declared[3].kind} ==
          std::vector{K::gap, K::nil, K::justification, K::retired});
    CHECK(declared[0].site == "SITE1");
    CHECK(declared[0].about == at.host.host.text());
    CHECK(declared[0].to == static_cast<std::int64_t>(day0 + hour));
    CHECK(declared[1].to == ledger::unknown);
    CHECK(declared[3].from == static_cast<std::int64_t>(day0 + 5));
    CHECK(declared[3].about == at.host.host.text());
    CHECK(declared[3].reason == "scrapped");
}

TEST_CASE("a borrowed licence is held until it is returned or falls back, whichever is first") {
    Host at;
    const auto borrowed = [](std::uint64_t until) { return start(0).integer("borrow", day0 + until); };
    at.host.add(borrowed(100)); // never seen again
    at.host.add(borrowed(200)); // returned before
    at.host.add(end(2, 150));
    at.host.add(borrowed(300)); // its return is seen after it fell back
    at.host.add(end(4, 400));

    const auto sessions = at.deliver_all().sessions;

    REQUIRE(sessions.size() == 3);
    std::vector<std::int64_t> ends;
    for (const auto& session : sessions) {
        CHECK(session.borrowed);
        ends.push_back(session.end_to - static_cast<std::int64_t>(day0));
    }
    CHECK(ends == std::vector<std::int64_t>{100, 150, 300});
    CHECK(sessions[2].end_from == static_cast<std::int64_t>(day0 + 300));
}

TEST_CASE("lines that come in pieces, or again in a longer bundle, give what they give at once") {
    const auto history = [](test::Log& log, int part) {
        if (part == 0) {
            log.add(start(100).token("version", "2026"));
            log.add(scan("installed", "2026", 0));
            log.add(of_type("used").integer("start", 1).token("name", "m").integer("count", 1));
            log.add(of_type("commands")
                        .integer("start", 1)
                        .token("name", "TRIM")
                        .integer("started", 4)
                        .integer("completed", 3)
                        .integer("cancelled", 1)
                        .integer("undone", 0));
            log.add(of_type("sample").integer("start", 1).token("kind", "open").integer("at", day0).integer("ms", 5));
        } else if (part == 1) {
            log.add(lasting("idle", 200, 300).integer("start", 1));
            log.add(scan("removed", "2026", 500));
        } else {
            log.add(end(1, 400));
            log.add(lasting("gap", 600, 700).token("kind", "host_off"));
        }
        log.seal();
    };
    // pieces: a bundle after each part; each but the first repeats everything.
    const auto told = [&](bool pieces) {
        test::LedgerSite at;
        at.site.seed = "";
        auto& host = at.site.host("N04");
        for (int part = 0; part < 3; ++part) {
            history(host, part);
            if (pieces || part == 2) {
                at.site.arrive(host, 0);
                at.deliver();
            }
        }
        auto usage = ledger::load_usage(at.ledger);
        usage.deliveries.clear();
        for (auto& log : usage.logs) {
            log = log.substr(0, 1); // keys differ from run to run
        }
        return test::to_text(usage);
    };

    const std::string whole = told(false);

    CHECK(whole.find("installed") != std::string::npos);
    CHECK(whole.find("idle 0") != std::string::npos);
    CHECK(told(true) == whole);
}

TEST_CASE("bundles of two sites in either order give the same usage") {
    test::Site north{"north"};
    test::Site south{"south", *SiteId::parse("SITE2")};
    std::vector<test::Draft> drafts;
    for (auto* site : {&north, &south}) {
        auto& host = site->host(site == &north ? "Z" : "A");
        host.add(start(100, site == &north ? "zoe" : "ann").token("version", site == &north ? "2026" : "2025"));
        host.add(scan("installed", "2026", 0));
        host.session(site == &north ? 0 : 1, 60);
        host.seal();
        site->arrive(host, 0);
        drafts.push_back(site->draft());
    }
    const auto accepted = [&](std::size_t first) {
        test::TempDir directory;
        ledger::Ledger ledger{directory / "v.db", sqlite::Mode::create};
        for (const auto& [site, name] : {std::pair(&north, "SITE1"), std::pair(&south, "SITE2")}) {
            ledger.add_trust({name, to_hex(site_file::read_chain(site->file)->fingerprint()), 1, 0, site->file});
        }
        for (const std::size_t i : {first, 1 - first}) {
            const auto path = drafts[i].write(directory.path(), (i == 0 ? north : south).exporter);
            auto outcome = check::check_bundle({path, {}, {}, check::Recompress::no, 2}, ledger.trust());
            REQUIRE(outcome.bundle);
            ledger.accept(std::move(*outcome.bundle), 1'790'000'000);
        }
        return test::to_text(ledger::load_usage(ledger));
    };

    const std::string northern = accepted(0);

    CHECK(northern.find("zoe") < northern.find("ann")); // by log, not by who came first
    CHECK(accepted(1) == northern);
}

namespace {

// A log that took the place of N04's, enrolled for the machine with that digest, and the old one retired or not.
struct Replaced : test::LedgerSite {
    std::string machine = std::string(64, 'a');
    test::Log* anew = nullptr;

    void enrol(const test::Log& log, const std::string& digest) {
        site.station.add(of_type("enrol")
                             .token("log", log.host.text())
                             .token("key", to_hex(log.first))
                             .token("label", log.name)
                             .token("machine", digest));
    }
    void replace(const std::string& now_on, bool retired, bool says_so = true) {
        test::Log& old = site.hosts.emplace_back("recorder", "N04");
        old.wall_ms -= 3'600'000;
        enrol(old, machine);
        old.add(start(100));
        old.seal();
        site.arrive(old, 0);
        line::Object before;
        before.token("host", old.host.text()).integer("size", old.size()).token("root", to_hex(old.root()));
        before.token("reason", "key mismatch");
        anew = &site.hosts.emplace_back("recorder", "N04",
                                        says_so ? line::Object().value("replaces", before.str()) : line::Object());
        enrol(*anew, now_on);
        if (retired) {
            site.station.add(
                of_type("retire").token("log", old.host.text()).token("reason", "key lost").integer("at", day0 + 500));
        }
        anew->add(start(1000));
        anew->seal();
        site.arrive(*anew, 0);
    }
    [[nodiscard]] bool joined() {
        deliver();
        const auto told = ledger::load_usage(ledger);
        const auto place = [&](const test::Log& log) {
            return static_cast<std::uint32_t>(std::find(told.logs.begin(), told.logs.end(), log.host.text()) -
                                              told.logs.begin());
        };
        const auto old = place(site.hosts[0]), now = place(*anew);
        REQUIRE(told.log_replaces.size() == told.logs.size());
        CHECK(told.log_replaces[old] == 0);
        CHECK((told.log_replaces[now] == 0 || told.log_replaces[now] == old));
        return told.log_replaces[now] == old;
    }
};

} // namespace

TEST_CASE(
    "a log goes on as another one's machine when it says so, and its station enrolled one machine and retired it") {
    Replaced at;
    at.replace(at.machine, true);
    CHECK(at.joined());
}

TEST_CASE("a log that says it follows another is another machine when its station did not say so too") {
    Replaced other_machine, not_retired, unsaid;
    other_machine.replace(std::string(64, 'b'), true);
    CHECK_FALSE(other_machine.joined());
    not_retired.replace(not_retired.machine, false);
    CHECK_FALSE(not_retired.joined());
    unsaid.replace(unsaid.machine, true, false);
    CHECK_FALSE(unsaid.joined());
}

TEST_CASE("a log that still told something when the one that follows it began is another machine") {
    Replaced at;
    at.replace(at.machine, true);
    test::Log& old = at.site.hosts[0];
    const std::uint64_t first = old.size();
    old.wall_ms += 7'200'000;
    old.add(start(200));
    old.seal();
    at.site.arrive(old, first);
    CHECK_FALSE(at.joined());
}
