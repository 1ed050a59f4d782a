// The worked examples of docs/reference/rules.md, one test each.
#include "tests/support/usage_builder.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;
using inputs::Metric;

namespace {

constexpr auto acd22 = "87545ACD_2022_0F";
constexpr auto acd24 = "87798ACD_2024_0F";

UsageBuilder example_c1() {
    UsageBuilder b;
    b.add("u1", "h1", acd22, clock_time("09:00"), clock_time("10:00"));
    b.add("u1", "h1", acd22, clock_time("09:30"), clock_time("09:40"));
    b.add("u1", "h1", acd24, clock_time("09:35"), clock_time("09:50"));
    b.add("u2", "h2", acd22, clock_time("09:45"), clock_time("11:00"));
    b.add("u3", "h3", acd22, clock_time("10:00"), clock_time("10:30"));
    return b;
}

} // namespace

TEST_CASE("C1: releases of one product on one computer are claims of their own, processes are not") {
    const auto b = example_c1();
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "ACD", Metric::concurrent, 2)};

    const auto outcome = reconcile::reconcile(b.usage, inputs);

    const auto& position = outcome.positions.at(0);
    CHECK(position.peak.lower == 3);
    CHECK(position.peak_at == clock_time("09:45"));
    CHECK(position.seconds_above == 300);
    REQUIRE(position.episodes.size() == 1);
    CHECK(position.episodes[0].from == clock_time("09:45"));
    CHECK(position.episodes[0].to == clock_time("09:50"));
    CHECK(position.persistence == Persistence::recurrent); // 300 s of two observed hours is more than 1 %
    const auto* finding = find(outcome, Code::over_peak);
    REQUIRE(finding != nullptr);
    CHECK(finding->certainty == Certainty::certain);
    CHECK(finding->quantity == Bounds{1, 1});
    CHECK(finding->records_total == 3);
    CHECK(outcome.over_entitlement);
}

TEST_CASE("C1 inside a day of observation is momentary") {
    auto b = example_c1();
    b.add("u9", "h9", "OTHER", clock_time("09:00") - 86400, clock_time("09:00") - 86000);
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "ACD", Metric::concurrent, 2)};

    const auto outcome = reconcile::reconcile(b.usage, inputs);

    CHECK(outcome.positions.at(0).persistence == Persistence::momentary);
    CHECK(find(outcome, Code::over_peak)->severity == Severity::signal);
}

TEST_CASE("C1 without releases in the codes gives 2: a generic product counts people on computers") {
    UsageBuilder b;
    for (const auto& session : example_c1().usage.sessions) {
        const auto original = example_c1().usage;
        b.add(original.users[session.user], original.clients[session.client], "autocad", session.start_from,
              session.end_from);
    }
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "autocad", Metric::concurrent, 2)};

    const auto outcome = reconcile::reconcile(b.usage, inputs);

    CHECK(outcome.positions.at(0).peak == Bounds{2, 3}); // at 10:00:00 an end and a start share the second
    CHECK(find(outcome, Code::sustained_over) == nullptr);
    CHECK(find(outcome, Code::over_peak) == nullptr); // which is no time at all above
    CHECK_FALSE(outcome.over_entitlement);
}

TEST_CASE("C2: a collection counts once for a person on a computer, each of its releases apart") {
    UsageBuilder b;
    const auto claim = ledger::Layer::package;
    const auto use = ledger::Layer::component;
    b.add("u1", "h1", "86815AECCOL_T_F", clock_time("09:00"), clock_time("12:00"), claim);
    b.add("u1", "h1", "87798RVT_2024_0F", clock_time("09:00"), clock_time("12:00"), use, "86815AECCOL_T_F");
    b.add("u1", "h1", "86815AECCOL_T_F", clock_time("10:00"), clock_time("11:00"), claim);
    b.add("u1", "h1", acd24, clock_time("10:00"), clock_time("11:00"), use, "86815AECCOL_T_F");
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "AECCOL", Metric::concurrent, 1)};

    CHECK(reconcile::reconcile(b.usage, inputs).positions.at(0).peak.lower == 1);

    b.add("u1", "h1", "86815AECCOL_T_F", clock_time("10:00"), clock_time("11:00"), claim);
    b.add("u1", "h1", "87696NAVMAN_2023_0F", clock_time("10:00"), clock_time("11:00"), use, "86815AECCOL_T_F");
    const auto outcome = reconcile::reconcile(b.usage, inputs);

    CHECK(outcome.positions.at(0).peak.lower == 2);
    CHECK(find(outcome, Code::out_of_scope_product) == nullptr); // the components are covered by the collection
}

TEST_CASE("N1: a seat handed over at noon never exceeds two; known by dates only it may have") {
    UsageBuilder b;
    b.add("x", "h", "OTHER", instant("2024-01-01T08:00Z"), instant("2024-01-31T08:00Z"));
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "RVT", Metric::named, 2, "2024-01-01", "2024-12-31")};
    inputs.assignments = {seat("A", "RVT", "2024-01-01T00:00Z", "2024-01-15T12:00Z"),
                          seat("B", "RVT", "2024-01-15T12:00Z"), seat("C", "RVT", "2024-01-01T00:00Z")};

    auto outcome = reconcile::reconcile(b.usage, inputs);
    CHECK(outcome.positions.at(0).peak == Bounds{2, 2});
    CHECK(find(outcome, Code::over_assigned) == nullptr);

    inputs.assignments = {seat("A", "RVT", "2024-01-01", "2024-01-15"), seat("B", "RVT", "2024-01-15"),
                          seat("C", "RVT", "2024-01-01")};
    outcome = reconcile::reconcile(b.usage, inputs);
    CHECK(outcome.positions.at(0).peak == Bounds{2, 3});
    const auto* finding = find(outcome, Code::over_assigned);
    REQUIRE(finding != nullptr);
    CHECK(finding->certainty == Certainty::possible);
    CHECK(finding->quantity == Bounds{0, 1});
}

TEST_CASE("N2: use the day before the assignment is one day unassigned, remedied since") {
    UsageBuilder b;
    b.add("D", "h1", "RVT", instant("2024-01-20T09:00Z"), instant("2024-01-20T10:00Z"));
    b.add("D", "h1", "RVT", instant("2024-01-22T09:00Z"), instant("2024-01-22T10:00Z"));
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "RVT", Metric::named, 2)};
    inputs.assignments = {seat("D", "RVT", "2024-01-21")};

    const auto outcome = reconcile::reconcile(b.usage, inputs);

    const auto* finding = find(outcome, Code::use_unassigned, "D");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{1, 1});
    CHECK(finding->unit == "days");
    CHECK(finding->certainty == Certainty::certain);
    CHECK(finding->state == "remedied");
    CHECK(finding->records_total == 1);
}

TEST_CASE("R-TIME: 41 proved and two that may have run is possible, not certain, against 42") {
    UsageBuilder b;
    for (int i = 0; i < 41; ++i) {
        b.add("u" + std::to_string(i), "h" + std::to_string(i), "CAD", clock_time("09:00"), clock_time("11:00"));
    }
    for (const std::string client : {"h7b", "h9b"}) {
        auto& session = b.add("w", client, "CAD", clock_time("09:30"), clock_time("09:30"));
        session.kind = ledger::EndKind::server_shutdown; // its end lies somewhere in the next hour
        session.end_to = clock_time("10:30");
    }
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", Metric::concurrent, 42)};

    const auto outcome = reconcile::reconcile(b.usage, inputs);

    CHECK(outcome.positions.at(0).peak == Bounds{41, 43});
    const auto* finding = find(outcome, Code::over_peak);
    REQUIRE(finding != nullptr);
    CHECK(finding->certainty == Certainty::possible);
    CHECK(finding->quantity == Bounds{0, 1});
}

TEST_CASE("R-TIME: at equal seconds the end comes first, and a session of no length is never concurrent") {
    UsageBuilder b;
    b.add("u1", "h1", "CAD", clock_time("09:00"), clock_time("10:00"));
    b.add("u2", "h2", "CAD", clock_time("10:00"), clock_time("11:00"));
    b.add("u3", "h3", "CAD", clock_time("09:30"), clock_time("09:30"));
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", Metric::concurrent, 5)};

    const auto outcome = reconcile::reconcile(b.usage, inputs);

    CHECK(outcome.positions.at(0).peak == Bounds{1, 2});
    CHECK(outcome.products.at(0).sessions == 3);
    CHECK(outcome.products.at(0).users == Bounds{3, 3});
}

TEST_CASE("R-OVER: once 899 s above is momentary, 900 s on three days is sustained and material") {
    const auto day = std::int64_t{86400};
    const std::int64_t month = 30 * day;
    std::vector<Step> allowed = {{0, 20}};

    const auto once = episodes_over(std::vector<Step>{{1000, 21}, {1899, 20}}, allowed, 0, month);
    CHECK(count::persistence_of(once, month, {}) == Persistence::momentary);

    const std::vector<Step> thrice = {{1000, 21},      {1900, 20},    {day, 21},
                                      {day + 900, 20}, {2 * day, 21}, {2 * day + 900, 20}};
    CHECK(count::persistence_of(count::episodes_over(thrice, allowed, 0, month), month, {}) == Persistence::sustained);
    const std::vector<Step> twice(thrice.begin(), thrice.begin() + 4);
    CHECK(count::persistence_of(count::episodes_over(twice, allowed, 0, month), month, {}) == Persistence::recurrent);
    CHECK(count::is_material(1, 20, rules::Values{}));
    CHECK_FALSE(count::is_material(1, 21, rules::Values{}));
}

TEST_CASE("R-WINDOW: days used follow windows of 24 hours, not midnights") {
    const auto days = [](std::vector<std::pair<std::string, std::string>> spans) {
        UsageBuilder b;
        for (const auto& [from, to] : spans) {
            b.add("u", "h", "CAD", instant(from), instant(to));
        }
        return reconcile::reconcile(b.usage, {}).users.at(0).days;
    };

    CHECK(days({{"2024-03-04T08:00Z", "2024-03-04T17:00Z"}, {"2024-03-05T07:00Z", "2024-03-05T17:00Z"}}) ==
          Bounds{1, 2});
    CHECK(days({{"2024-03-04T19:00Z", "2024-03-05T17:00Z"}}) == Bounds{1, 1});
    CHECK(days({{"2024-03-04T19:00Z", "2024-03-05T20:00Z"}}) == Bounds{1, 2});
    CHECK(days({{"2024-03-04T09:00Z", "2024-03-04T09:03Z"}, {"2024-03-04T15:00Z", "2024-03-04T15:04Z"}}) ==
          Bounds{1, 1});
    CHECK(days({{"2024-03-04T08:00Z", "2024-03-04T08:03Z"},
                {"2024-03-04T10:00Z", "2024-03-04T12:00Z"},
                {"2024-03-05T08:30Z", "2024-03-05T09:30Z"}}) == Bounds{1, 1});
}

TEST_CASE("R-MONEY: three seats for 181 days cost 2886.08, rounded once") {
    const auto price = text::Decimal::parse("1940.00").value();
    CHECK(price.prorated(3, 181)->str() == "2886.08");
    CHECK(text::Decimal::parse("3000").value().prorated(3, 1)->str() == "24.66");
}

TEST_CASE("as of a day, what began later does not count and what runs on is cut") {
    UsageBuilder b;
    b.add("u1", "h1", "CAD", instant("2024-03-04T09:00Z"), instant("2024-03-06T09:00Z"));
    b.add("u2", "h2", "CAD", instant("2024-03-05T09:00Z"), instant("2024-03-05T10:00Z"));
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", Metric::concurrent, 1)};
    reconcile::Options options;
    options.as_of_day = text::parse_day("2024-03-04");

    const auto outcome = reconcile::reconcile(b.usage, inputs, options);

    CHECK(outcome.sessions == 1);
    CHECK(outcome.observed.to == instant("2024-03-05T00:00Z"));
    CHECK(outcome.positions.at(0).peak.lower == 1);
    CHECK(outcome.users.size() == 1);
    CHECK(outcome.users.at(0).seconds == 15 * 3600);
    CHECK(reconcile::reconcile(b.usage, inputs).positions.at(0).peak.lower == 2);
}

TEST_CASE("use after the end of a line is expired, before any line it is out of scope, and a session running over the "
          "end counts") {
    UsageBuilder b;
    b.add("u1", "h1", "CAD", instant("2024-02-28T09:00Z"), instant("2024-02-28T10:00Z"));
    b.add("u2", "h2", "CAD", instant("2024-02-29T23:00Z"), instant("2024-03-01T23:30Z")).idle_known = true;
    b.add("u3", "h3", "CAD", instant("2023-12-31T09:00Z"), instant("2023-12-31T10:00Z"));
    b.add("u4", "h4", "CAD", instant("2024-02-29T22:00Z"), instant("2024-03-01T22:00Z")).idle_known = true;
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", Metric::concurrent, 9, "2024-01-01", "2024-02-29")};

    const auto outcome = reconcile::reconcile(b.usage, inputs);

    const auto* expired = find(outcome, Code::expired_use);
    REQUIRE(expired != nullptr);
    CHECK(expired->quantity == Bounds{1, 1}); // u2; the window of u4 outlived the line
    const auto* outside = find(outcome, Code::out_of_scope_product);
    REQUIRE(outside != nullptr);
    CHECK(outside->records_total == 1);
    CHECK(find(outcome, Code::over_peak) == nullptr); // where no line is valid there is no quantity to exceed
}

TEST_CASE("a quantity that changes is compared instant by instant, and orders of one product add up") {
    UsageBuilder b;
    for (const std::string user : {"a", "b", "c"}) {
        b.add(user, "h" + user, "CAD", instant("2024-01-31T09:00Z"), instant("2024-02-01T09:00Z"));
    }
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", Metric::concurrent, 2, "2024-01-01", "2024-12-31"),
                           line("L2", "CAD", Metric::concurrent, 1, "2024-02-01", "2024-12-31")};

    const auto outcome = reconcile::reconcile(b.usage, inputs);

    REQUIRE(outcome.positions.size() == 1);
    CHECK(outcome.positions[0].line == "L1+L2");
    CHECK(outcome.positions[0].quantity == 3);
    CHECK(outcome.positions[0].seconds_above == 15 * 3600); // until midnight only
}

TEST_CASE("an event for several licences weighs as many, and the same key twice weighs the most of its events") {
    UsageBuilder b;
    b.add("u", "h", "CAD", clock_time("09:00"), clock_time("11:00")).count = 3;
    b.add("u", "h", "CAD", clock_time("09:30"), clock_time("10:00")).count = 2;
    b.add("v", "i", "CAD", clock_time("10:30"), clock_time("10:40"));
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", Metric::concurrent, 9)};

    const auto outcome = reconcile::reconcile(b.usage, inputs);

    CHECK(outcome.positions.at(0).peak.lower == 4);
    CHECK(value_at(outcome.positions[0].lower, clock_time("09:45")) == 3);
}

TEST_CASE("spellings that differ in case are two people unless the option joins them") {
    UsageBuilder b;
    b.add("HIG", "h", "CAD", clock_time("09:00"), clock_time("11:00"));
    b.add("hig", "h", "CAD", clock_time("10:00"), clock_time("11:00"));
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", Metric::concurrent, 9)};
    reconcile::Options fold;
    fold.spelling = count::Spelling::fold_case;

    CHECK(reconcile::reconcile(b.usage, inputs).positions.at(0).peak.lower == 2);
    CHECK(reconcile::reconcile(b.usage, inputs).positions.at(0).users == Bounds{1, 2});
    CHECK(reconcile::reconcile(b.usage, inputs, fold).positions.at(0).peak.lower == 1);
}

TEST_CASE("seats: two teams take two, a session covered by a concurrent line needs no seat, free seats are a note") {
    UsageBuilder b;
    b.add("ana", "h", "RVT", clock_time("09:00"), clock_time("10:00"));
    b.add("ben", "i", "CAD", clock_time("09:00"), clock_time("10:00"));
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "RVT", Metric::named, 3), line("L2", "CAD", Metric::concurrent, 1),
                           line("L3", "CAD", Metric::named, 1)};
    inputs.assignments = {seat("ana", "RVT", "2024-01-01"), seat("ana", "RVT", "2024-01-01")};
    inputs.assignments[1].team = "second";

    const auto outcome = reconcile::reconcile(b.usage, inputs);

    CHECK(outcome.positions.at(0).peak == Bounds{2, 2});
    CHECK(find(outcome, Code::use_unassigned) == nullptr);
    const auto* free = find(outcome, Code::under_assigned, "L1");
    REQUIRE(free != nullptr);
    CHECK(free->severity == Severity::waste);
    CHECK(free->quantity == Bounds{1, 1});
    CHECK_FALSE(outcome.over_entitlement);
}

TEST_CASE("releases outside the line's range are found apart from each other") {
    UsageBuilder b;
    b.add("u", "h", acd24, clock_time("09:00"), clock_time("10:00"));
    b.add("u", "h", "87084ACD_2019_0F", clock_time("09:00"), clock_time("10:00"));
    b.add("u", "h", acd22, clock_time("09:00"), clock_time("10:00"));
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "ACD", Metric::concurrent, 9)};
    inputs.entitlements[0].versions = {inputs::Versions::Rule::fixed, 2020, 2023, 0};

    const auto outcome = reconcile::reconcile(b.usage, inputs);

    CHECK(find(outcome, Code::version_newer, "u") != nullptr);
    CHECK(find(outcome, Code::version_old, "ACD 2019")->severity == Severity::signal);
    CHECK(outcome.findings.size() == 2);
}

TEST_CASE("a denial granted within a minute is retried, later or never is lost, a queue waits until granted") {
    UsageBuilder b;
    b.refuse("u", "h", acd22, clock_time("09:00"), ledger::Verb::denied);
    b.add("u", "h", acd24, clock_time("09:00") + 60, clock_time("10:00"));
    b.refuse("v", "h", acd22, clock_time("09:00"), ledger::Verb::denied);
    b.add("v", "h", acd22, clock_time("09:00") + 61, clock_time("10:00"));
    b.refuse("w", "h", acd22, clock_time("09:00"), ledger::Verb::queued);
    b.add("w", "h", acd22, clock_time("09:05"), clock_time("10:00"));
    b.refuse("x", "h", acd22, clock_time("09:00"), ledger::Verb::queued);
    b.refuse("x", "h", acd22, clock_time("09:02"), ledger::Verb::dequeued);
    b.refuse("y", "h", acd22, clock_time("09:00"), ledger::Verb::unsupported);

    const auto requests = reconcile::reconcile(b.usage, {}).requests;

    REQUIRE(requests.size() == 5);
    CHECK(requests[0].end == RequestEnd::retried);
    CHECK(requests[1].end == RequestEnd::lost);
    CHECK(requests[2].end == RequestEnd::granted);
    CHECK(requests[2].waited_s == 300);
    CHECK(requests[3].end == RequestEnd::left);
    CHECK(requests[3].waited_s == 120);
    CHECK(requests[4].end == RequestEnd::unsupported);
}

TEST_CASE(
    "a finding keeps its name when quantity and rule values change, and another day or person is another finding") {
    const auto id_of = [](const std::string& user, const std::string& day, int sessions) {
        UsageBuilder b;
        for (int i = 0; i < sessions; ++i) {
            b.add(user, "h", "RVT", instant(day + "T09:00Z") + i * 7200, instant(day + "T10:00Z") + i * 7200);
        }
        inputs::Inputs inputs;
        inputs.entitlements = {line("L1", "RVT", Metric::named, 2)};
        const auto outcome = reconcile::reconcile(b.usage, inputs);
        return find(outcome, Code::use_unassigned)->id;
    };

    CHECK(id_of("D", "2024-01-20", 1) == id_of("D", "2024-01-20", 3));
    CHECK(id_of("D", "2024-01-20", 1) != id_of("D", "2024-01-21", 1));
    CHECK(id_of("D", "2024-01-20", 1) != id_of("E", "2024-01-20", 1));
    CHECK(id_of("D", "2024-01-20", 1).size() == 12);
}

TEST_CASE("an end without a start and a start without an end stay inside the observed time") {
    UsageBuilder b;
    auto& orphan = b.add("u", "h", "CAD", 0, clock_time("10:00"));
    orphan.start_to = clock_time("10:00");
    orphan.start_seq = ledger::no_seq;
    auto& open = b.add("v", "i", "CAD", clock_time("09:00"), clock_time("09:30"));
    open.kind = ledger::EndKind::open;
    open.end_to = ledger::unknown;
    open.end_seq = ledger::no_seq;
    b.add("w", "j", "OTHER", clock_time("08:00"), clock_time("12:00"));
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", Metric::concurrent, 1)};

    const auto outcome = reconcile::reconcile(b.usage, inputs);

    CHECK(outcome.observed.from == clock_time("08:00"));
    CHECK(outcome.positions.at(0).peak == Bounds{1, 2});
    CHECK(outcome.sessions_open == 1);
    const auto* finding = find(outcome, Code::over_peak);
    REQUIRE(finding != nullptr);
    CHECK(finding->certainty == Certainty::possible);
    CHECK(finding->records_total == 2);
}

TEST_CASE("evidence is bounded, and the total is said") {
    UsageBuilder b;
    for (int i = 0; i < 100; ++i) {
        b.add("u", "h", "RVT", clock_time("09:00") + i * 60, clock_time("09:00") + i * 60 + 30);
    }
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", Metric::named, 2)};

    const auto outcome = reconcile::reconcile(b.usage, inputs);

    const auto* finding = find(outcome, Code::out_of_scope_product);
    REQUIRE(finding != nullptr);
    CHECK(finding->records.size() == 64);
    CHECK(finding->records_total == 100);
}
