#include "tests/unit/check/world.hpp"
#include "verifier/check/check.hpp"

using namespace tally;
using test::codes;
using test::Codes;

namespace {

// What a ledger would remember, in maps.
class Remembered : public check::Memory {
public:
    std::optional<check::Position> position(const std::string& host) const override {
        const auto found = positions.find(host);
        return found == positions.end() ? std::nullopt : std::optional(found->second);
    }
    std::optional<line::Hash> root_at(const std::string& host, std::uint64_t size) const override {
        const auto found = roots.find({host, size});
        return found == roots.end() ? std::nullopt : std::optional(found->second);
    }
    std::vector<check::RosterEntry> roster(const std::string&) const override { return entries; }
    std::vector<line::Hash> accepted(const std::string&, const std::string&, std::uint64_t n) const override {
        const auto found = digests.find(n);
        return found == digests.end() ? std::vector<line::Hash>() : std::vector{found->second};
    }
    void take(const check::VerifiedBundle& bundle) {
        line::TreeHasher hasher;
        for (const auto& seal : bundle.seals()) {
            const auto& log = bundle.logs()[seal.log];
            positions[log.host] = seal.after;
            roots[{log.host, seal.seq + 1}] = seal.after.range.root(hasher);
        }
        entries.insert(entries.end(), bundle.enrolled().begin(), bundle.enrolled().end());
        digests[bundle.report().n] = bundle.report().digest;
    }

    std::map<std::string, check::Position> positions;
    std::map<std::pair<std::string, std::uint64_t>, line::Hash> roots;
    std::vector<check::RosterEntry> entries;
    std::map<std::uint64_t, line::Hash> digests;
};

// A site with one host whose first export was accepted.
struct Delivered {
    test::TempDir directory;
    test::Site site{"the site"};
    test::Log& host = site.host("H1");
    Remembered memory;

    Delivered() {
        host.session(0, 60);
        host.session(0, 60);
        host.seal();
        site.arrive(host, 0);
        deliver(site.draft());
    }
    check::Outcome ask(const test::Draft& draft, check::Wanted wanted = check::Wanted::bundle) {
        const auto path = draft.write(directory.path(), site.exporter);
        return check::check_bundle({path, {}, {}, check::Recompress::no, 2, wanted},
                                   {check::Trust::Basis::enrolled, {site.file}, &memory});
    }
    check::Report check(const test::Draft& draft) { return ask(draft).report; }
    void deliver(const test::Draft& draft) {
        auto outcome = ask(draft);
        INFO(certify::to_text(outcome.report));
        REQUIRE(outcome.bundle);
        memory.take(*outcome.bundle);
        site.exported(draft);
    }
    void more(unsigned number) {
        host.session(number * 100, number * 100 + 60);
        host.seal();
        site.arrive(host, 0);
    }
};

// The same site and host, restored from a copy made before their first seal.
struct Twin {
    test::Site site{"the site"};
    test::Log& host = site.host("H1");
};

} // namespace

TEST_CASE("a bundle that continues exactly where the last one ended is OK, from there or from the start") {
    for (const bool whole : {false, true}) {
        Delivered at;
        const std::uint64_t known = at.host.size();
        const std::uint64_t station = at.memory.positions.at(at.site.station.host.text()).range.size();
        at.more(3);
        const auto draft = whole
                               ? at.site.draft()
                               : at.site.draft({{at.host.host.text(), known}, {at.site.station.host.text(), station}});

        auto outcome = at.ask(draft);

        INFO(certify::to_text(outcome.report));
        CHECK(codes(outcome.report).empty());
        REQUIRE(outcome.bundle);
        CHECK(outcome.bundle->logs()[1].fresh == known);
        CHECK(outcome.report.logs[1].fresh_lines == at.host.size() - known);
        std::uint64_t first = 0;
        outcome.bundle->for_each_line(
            [&](const check::LineView& line) { first = line.log == 1 && first == 0 ? line.seq : first; });
        CHECK(first == known);
    }
}

TEST_CASE("a bundle that starts behind what was accepted is SEQUENCE_GAP") {
    Delivered at;
    at.more(3);
    const std::uint64_t after = at.host.size();
    at.more(4);

    const auto report = at.check(at.site.draft({{at.host.host.text(), after}}));

    CHECK(codes(report) == Codes{"SEQUENCE_GAP"});
    CHECK(report.verdict == check::Verdict::rejected);
}

TEST_CASE("a first bundle that starts behind the beginning is SEQUENCE_GAP: what HOSTS.jsonl claims is not believed") {
    test::World world;
    const std::uint64_t after = world.host.size();
    world.host.session(0, 60);
    world.host.seal();
    world.site.arrive(world.host, 0);

    CHECK(codes(world.check(world.site.draft({{world.host.host.text(), after}}))) == Codes{"SEQUENCE_GAP"});
}

TEST_CASE("a claimed state at first is no anchor: a forger without any key of the log is found out") {
    Delivered at;
    test::Log forged("recorder", "H1");
    forged.host = at.host.host;
    forged.session(0, 6000);
    forged.seal();
    auto draft = at.site.draft();
    draft.logs[1] = {forged.row(0, forged.size()), forged.lines};

    const auto report = at.check(draft);

    CHECK(report.verdict == check::Verdict::rejected);
    CHECK(codes(report).count("ROLLBACK") + codes(report).count("FORK") + codes(report).count("SEAL_BROKEN") > 0);
}

TEST_CASE("the same file again is REPLAY and changes no verdict; an earlier export too") {
    Delivered at;
    at.more(3);
    const auto draft = at.site.draft();
    at.deliver(draft);

    const auto again = at.check(draft);
    CHECK(codes(again) == Codes{"REPLAY"});
    CHECK(again.verdict == check::Verdict::ok);
    CHECK(again.logs.empty());
    CHECK(again.lines == 0);

    at.more(4);
    CHECK(codes(at.check(at.site.draft())).empty());
}

TEST_CASE("who asks for the verdict alone of a bundle that was accepted gets its coverage, also when others followed") {
    Delivered at;
    at.more(3);
    const auto draft = at.site.draft();
    at.deliver(draft);
    at.more(4);
    at.deliver(at.site.draft());

    const auto again = at.ask(draft, check::Wanted::verdict).report;
    CHECK(codes(again) == Codes{"REPLAY"});
    CHECK(again.verdict == check::Verdict::ok);
    REQUIRE(again.logs.size() == 2);
    CHECK(again.logs[1].sessions == 3);
    CHECK(again.logs[1].fresh_lines == 0);
    CHECK(again.lines > 0);
}

TEST_CASE("a host's earlier state inside a new bundle is REPLAY of that log, and named as held back") {
    Delivered at;
    const std::uint64_t before = at.host.size();
    at.more(3);
    at.deliver(at.site.draft());
    auto draft = at.site.draft();
    draft.logs[1] = {at.host.row(0, before),
                     {at.host.lines.begin(), at.host.lines.begin() + static_cast<std::ptrdiff_t>(before)}};

    const auto report = at.check(draft);

    CHECK(codes(report) == Codes{"REPLAY", "SEQUENCE_GAP"});
    CHECK(report.verdict == check::Verdict::ok_with_findings);
}

TEST_CASE("a log restored from a copy that went another way is FORK") {
    Delivered at;
    Twin twin;
    twin.host.session(500, 560);
    twin.host.session(500, 560);
    twin.host.session(500, 560);
    twin.host.seal();
    REQUIRE(twin.host.host == at.host.host);
    auto draft = at.site.draft();
    draft.logs[1] = {twin.host.row(0, twin.host.size()), twin.host.lines};

    const auto report = at.check(draft);

    CHECK(codes(report) == Codes{"FORK"});
    CHECK(report.findings[0].host == at.host.host.text());
}

TEST_CASE("a log that was cut back and ends where it never ended is ROLLBACK") {
    Delivered at;
    Twin twin;
    twin.host.session(500, 560);
    twin.host.seal();
    REQUIRE(twin.host.size() < at.host.size());
    auto draft = at.site.draft();
    draft.logs[1] = {twin.host.row(0, twin.host.size()), twin.host.lines};

    CHECK(codes(at.check(draft)) == Codes{"ROLLBACK"});
}

TEST_CASE("a host that the station's log does not enrol is HOST_UNKNOWN; one enrolled in an earlier bundle is known") {
    test::World world;
    const auto draft = world.draft();
    test::Log stranger("recorder", "H9");
    stranger.seal();
    auto with = draft;
    with.logs.push_back({stranger.row(0, stranger.size()), stranger.lines});
    CHECK(codes(world.check(with)) == Codes{"ANCHOR_MISMATCH", "HOST_UNKNOWN"});

    Delivered at;
    const std::uint64_t station = at.memory.positions.at(at.site.station.host.text()).range.size();
    at.more(3);
    CHECK(codes(at.check(at.site.draft({{at.site.station.host.text(), station}}))).empty());
}

TEST_CASE("HOSTS.jsonl that begins with another log than the station's is HOST_UNKNOWN") {
    test::World world;
    auto draft = world.draft();
    std::swap(draft.logs[0], draft.logs[1]);

    const auto report = world.check(draft);

    CHECK(codes(report).count("HOST_UNKNOWN") == 1);
    CHECK(report.verdict == check::Verdict::rejected);
}

TEST_CASE("a host without new lines is HOST_SILENT as a note, one that HOSTS.jsonl leaves out as a warning") {
    test::World world;
    auto& idle = world.site.host("H2");
    REQUIRE(idle.sealed() == 0);
    auto draft = world.draft();
    const auto listed = world.check(draft);
    CHECK(codes(listed) == Codes{"HOST_SILENT"});
    CHECK(listed.verdict == check::Verdict::ok);

    draft.logs.pop_back();
    const auto left_out = world.check(draft);
    CHECK(codes(left_out) == Codes{"HOST_SILENT"});
    CHECK(left_out.verdict == check::Verdict::ok_with_findings);
}

TEST_CASE(
    "an arrival whose root is not that of the host's lines is ANCHOR_MISMATCH; arrivals at several seals are not") {
    test::World world;
    world.site.arrive(world.host, 0);
    const auto first = world.host.size();
    world.host.session(0, 60);
    world.host.seal();
    world.site.arrive(world.host, first);
    CHECK(codes(world.check(world.site.draft())).empty());

    test::World other;
    other.site.station.add(line::Object()
                               .token("t", "arrived")
                               .token("log", other.host.host.text())
                               .integer("first", 0)
                               .integer("next", other.host.size())
                               .token("root", std::string(64, '0')));
    CHECK(codes(other.check(other.site.draft())) == Codes{"ANCHOR_MISMATCH"});
}

TEST_CASE(
    "lines whose arrival the station does not record are a warning, an end it records and nobody sealed a refusal") {
    test::World world;
    const auto unseen = world.check(world.site.draft());
    CHECK(codes(unseen) == Codes{"ANCHOR_MISMATCH"});
    CHECK(unseen.verdict == check::Verdict::ok_with_findings);

    test::World other;
    other.site.station.add(line::Object()
                               .token("t", "arrived")
                               .token("log", other.host.host.text())
                               .integer("first", 0)
                               .integer("next", 2)
                               .token("root", std::string(64, '0')));
    const auto report = other.check(other.draft());
    CHECK(codes(report) == Codes{"ANCHOR_MISMATCH"});
    CHECK(report.verdict == check::Verdict::rejected);
}

TEST_CASE("lines that the station had and the bundle withholds are named") {
    test::World world;
    const std::uint64_t size = world.host.size();
    world.host.session(0, 60);
    world.host.seal();
    auto draft = world.draft();
    draft.logs[1] = {world.host.row(0, size),
                     {world.host.lines.begin(), world.host.lines.begin() + static_cast<std::ptrdiff_t>(size)}};

    const auto report = world.check(draft);

    CHECK(codes(report) == Codes{"ANCHOR_MISMATCH", "SEQUENCE_GAP"});
    CHECK(report.verdict == check::Verdict::ok_with_findings);
}

TEST_CASE("a manifest that is not what the station announced is ANCHOR_MISMATCH") {
    Delivered at;
    at.more(3);
    const auto draft = at.site.draft();
    const auto altered = [&](const std::function<void(bundle::Manifest&)>& alter) {
        auto copy = draft;
        alter(copy.head);
        return codes(at.check(copy));
    };

    CHECK(altered([](bundle::Manifest& head) { head.created_ms ^= 1; }) == Codes{"ANCHOR_MISMATCH"});
    CHECK(altered([](bundle::Manifest& head) { head.label = *SiteId::parse("OTHER"); }) == Codes{"ANCHOR_MISMATCH"});
    CHECK(altered([](bundle::Manifest& head) { head.n = 3; }).count("ANCHOR_MISMATCH") == 1);
    CHECK(altered([](bundle::Manifest& head) { head.previous = crypto::sha256("x"); }).count("ANCHOR_MISMATCH") == 1);
    CHECK(altered([](bundle::Manifest& head) { head.zstd_level = 4; }) == Codes{"ANCHOR_MISMATCH"});
    CHECK(altered([](bundle::Manifest&) {}).empty());
}

TEST_CASE("a bundle whose predecessor never came is BUNDLE_MISSING and is not refused") {
    Delivered at;
    at.more(3);
    const auto lost = at.site.draft();
    at.site.exported(lost);
    at.more(4);
    const auto draft = at.site.draft();

    auto outcome = at.ask(draft);

    CHECK(codes(outcome.report) == Codes{"BUNDLE_MISSING"});
    CHECK(outcome.report.verdict == check::Verdict::ok_with_findings);
    CHECK(outcome.bundle);
}

TEST_CASE("a first key in HOSTS.jsonl or genesis other than the enrolled one is NON_CANONICAL") {
    test::World world;
    auto draft = world.draft();
    draft.logs[1].row.key = crypto::SecretKey::generate().public_key();

    CHECK(codes(world.check(draft)) == Codes{"NON_CANONICAL"});
}
