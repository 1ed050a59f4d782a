// Views: what one reader may see, taken before anything is written. A planted name must not be in any byte.
#include "tests/unit/report/sample.hpp"
#include "verifier/outputs/measurement.hpp"
#include "verifier/outputs/tables.hpp"
#include "verifier/outputs/vendor.hpp"
#include "verifier/papers/own_page.hpp"
#include "verifier/report/page.hpp"
#include "verifier/view/view.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::outputs;
using namespace tally::test;

namespace {

inputs::DirectoryEntry member(const std::string& user, const std::string& team) {
    inputs::DirectoryEntry row;
    row.user = user;
    row.team = team;
    return row;
}

inputs::Assignment seat(const std::string& user, const std::string& product) {
    inputs::Assignment row;
    row.user = user;
    row.product = product;
    row.assigned = {instant("2023-01-01T00:00Z"), instant("2023-01-01T00:00Z")};
    return row;
}

// Three people of two teams, a named line that one of them holds for nothing, a line of seats with a price.
struct World {
    UsageBuilder b;
    inputs::Inputs inputs;
    Basis basis;
    findings::Outcome outcome;

    World() {
        b.add("ana.a", "host-a", "CAD", clock_time("09:00"), clock_time("10:00"));
        b.add("eva.e", "host-e", "CAD", clock_time("09:00"), clock_time("11:00"));
        b.add("zoe.z", "host-z", "CAD", clock_time("09:30"), clock_time("12:00"));
        b.add("zoe.z", "host-z", "RVT", clock_time("09:30"), clock_time("12:00"));
        inputs.entitlements = {line("L1", "CAD", inputs::Metric::concurrent, 1),
                               line("L2", "RVT", inputs::Metric::named, 5)};
        inputs.entitlements[0].list_price_units = 76'543'210;
        inputs.entitlements[0].currency = "XTS";
        inputs.directory = {member("ana.a", "T1"), member("eva.e", "T1"), member("zoe.z", "T2")};
        inputs.assignments = {seat("ana.a", "RVT"), seat("eva.e", "RVT")};
        inputs::Host host;
        host.host = "host-a";
        host.team = "T1";
        inputs.hosts = {host};
        basis.program_version = "0.1.0";
        basis.logs = {{"HSTATIONAAAAAAAAAAAAAAAAA", "host-z", "SITE1", "recorder", 12, 2, 1000, 1000}};
        outcome = reconcile::reconcile(b.usage, inputs);
    }

    // Every byte that the view gives out.
    [[nodiscard]] std::string bytes(const std::string& word) const {
        const auto view = view::parse(word).value();
        const auto seen = view::seen_by(view, {outcome, inputs, basis}, count::Spelling::as_written).value();
        const Subject subject{seen.outcome, seen.inputs, seen.basis, view};
        std::string all = to_json(subject) + (view.is_of_people() ? "" : to_xml(subject));
        all += view.is_of_people() ? papers::own_page(subject) : report::to_html(subject);
        for (const auto& file : to_csv(subject)) {
            all += file.name + file.bytes;
        }
        for (const auto& file : vendor_files(subject)) {
            all += file.name + file.bytes;
        }
        return all;
    }
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("everyone and the licence administrator see all persons, computers and prices") {
    const World world;
    for (const auto* view : {"everyone", "licence-admin"}) {
        const auto bytes = world.bytes(view);
        for (const auto* part : {"ana.a", "eva.e", "zoe.z", "host-z", "7654.321", "HSTATION"}) {
            CAPTURE(view, part);
            CHECK(has(bytes, part));
        }
    }
}

TEST_CASE("a user's view holds no other person, no computer of others, no price and no line's total") {
    const World world;
    const auto bytes = world.bytes("user=ana.a");

    CHECK(has(bytes, "ana.a"));
    CHECK(has(bytes, "Own use of ana.a"));
    for (const auto* part : {"eva.e", "zoe.z", "host-e", "host-z", "7654.321", "XTS", "HSTATION", "over_entitlement"}) {
        CAPTURE(part);
        CHECK_FALSE(has(bytes, part));
    }
}

TEST_CASE("a team's view holds its people and computers and nobody else") {
    const World world;
    const auto bytes = world.bytes("team=t1");

    CHECK(has(bytes, "ana.a"));
    CHECK(has(bytes, "eva.e"));
    for (const auto* part : {"zoe.z", "host-z", "7654.321", "XTS", "HSTATION"}) {
        CAPTURE(part);
        CHECK_FALSE(has(bytes, part));
    }
}

TEST_CASE("a team's page says that its people may stand under two names, and nothing of the others") {
    World world;
    const std::string then = "u1_" + std::string(32, 'A');
    const std::string now = "u2_" + std::string(32, 'B');
    world.b.add(then, "host-e", "RVT", clock_time("09:00"), clock_time("10:00"));
    world.b.add(now, "host-e", "RVT", clock_time("11:00"), clock_time("12:00"));
    world.inputs.directory.push_back(member(then, "T1"));
    world.inputs.directory.push_back(member(now, "T1"));
    world.outcome = reconcile::reconcile(world.b.usage, world.inputs);
    REQUIRE(find(world.outcome, findings::Code::pseudonym_epoch) != nullptr);

    const auto team = world.bytes("team=t1");
    CHECK(has(team, "may stand under two names"));
    CHECK(has(team, "<dd>2–4</dd>")); // two in clear; two in two epochs
    CHECK_FALSE(has(team, "host-z"));
    CHECK_FALSE(has(team, "5 used something"));
    CHECK_FALSE(has(world.bytes("user=ana.a"), "PSEUDONYM_EPOCH"));
}

TEST_CASE("procurement sees lines and prices and neither persons nor computers") {
    World world;
    findings::Finding over;
    over.code = findings::Code::over_assigned;
    over.id = "0123456789ab";
    over.persons = {"ana.a", "eva.e"};
    over.text = "2 seats assigned at once against 1 bought";
    over.details = {{"people", "ana.a, eva.e"}};
    world.outcome.findings.push_back(over);
    const auto bytes = world.bytes("procurement");

    CHECK(has(bytes, "7654.321"));
    CHECK(has(bytes, "L1"));
    CHECK(has(bytes, "0123456789ab"));
    for (const auto* part : {"ana.a", "eva.e", "zoe.z", "host-", "HSTATION"}) {
        CAPTURE(part);
        CHECK_FALSE(has(bytes, part));
    }
}

TEST_CASE("a page of any view links to nothing that its view leaves out") {
    World world;
    findings::Finding over;
    over.code = findings::Code::over_peak;
    over.id = "0123456789ab";
    over.text = "2 at once against 1 bought, of them ZOE.Z"; // a name: procurement does not get it
    world.outcome.findings.push_back(over);
    findings::TrueUp due;
    due.line = "L1";
    due.findings = {over.id};
    world.outcome.advice.true_up.push_back(due);
    for (const auto* word : {"everyone", "procurement", "auditor"}) {
        const auto page = world.bytes(word);
        const std::string_view link = "href=\"#";
        std::size_t links = 0;
        for (auto at = page.find(link); at != std::string::npos; at = page.find(link, at + 1), ++links) {
            const auto begin = at + link.size();
            const auto id = page.substr(begin, page.find('"', begin) - begin);
            CAPTURE(word, id);
            CHECK(has(page, " id=\"" + id + "\""));
        }
        CHECK(links > 5);
    }
    CHECK_FALSE(has(world.bytes("procurement"), "named under Coverage"));
}

TEST_CASE("the auditor sees evidence and no price") {
    const World world;
    const auto bytes = world.bytes("auditor");

    for (const auto* part : {"ana.a", "zoe.z", "HSTATION", "finding_records.csv"}) {
        CAPTURE(part);
        CHECK(has(bytes, part));
    }
    for (const auto* part : {"7654.321", "XTS", "cost_comparison", "true_up"}) {
        CAPTURE(part);
        CHECK_FALSE(has(bytes, part));
    }
}

TEST_CASE("a finding that names somebody outside the view is not in it, whoever it is about") {
    World world;
    findings::Finding finding;
    finding.code = findings::Code::multi_host;
    finding.id = "0123456789ab";
    finding.person = "ana.a";
    finding.text = "used at once with ZOE.Z";
    world.outcome.findings.push_back(finding);
    CHECK_FALSE(has(world.bytes("user=ana.a"), "0123456789ab"));

    world.outcome.findings.back().text = "used at two places";
    CHECK(has(world.bytes("user=ana.a"), "0123456789ab"));

    world.outcome.findings.back().details = {{"beside", "host-q, zoe.z."}};
    CHECK_FALSE(has(world.bytes("user=ana.a"), "0123456789ab"));
}

TEST_CASE("an account is a person's own as long as it was never another's") {
    World world;
    const auto alias = [](const std::string& account, const std::string& user) {
        inputs::Alias row;
        row.account = account;
        row.user = user;
        return row;
    };
    world.inputs.aliases = {alias("ana-old", "ana.a"), alias("kiosk", "ana.a"), alias("kiosk", "zoe.z")};
    world.inputs.assignments.push_back(seat("ana-old", "CAD"));
    world.inputs.assignments.push_back(seat("kiosk", "CAD"));
    const auto bytes = world.bytes("user=ana.a");

    CHECK(has(bytes, "ana-old"));
    CHECK_FALSE(has(bytes, "kiosk"));
}

TEST_CASE("a view of nobody, and a word that is no view, are refused") {
    const World world;
    const Subject all{world.outcome, world.inputs, world.basis};
    for (const auto* word : {"", "team", "team=", "user=", "boss", "auditor=ana.a", "everyone "}) {
        CAPTURE(word);
        CHECK_FALSE(view::parse(word));
    }
    CHECK_FALSE(view::seen_by(view::parse("user=nobody").value(), all, count::Spelling::as_written));
    CHECK_FALSE(view::seen_by(view::parse("user=ANA.A").value(), all, count::Spelling::as_written));
    CHECK_FALSE(view::seen_by(view::parse("team=T9").value(), all, count::Spelling::as_written));
    CHECK(view::seen_by(view::parse("user=ANA.A").value(), all, count::Spelling::fold_case));
}
