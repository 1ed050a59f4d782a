// Concurrent lines: what counts once, when it is too much, what the records cannot rule out, and what servers refuse.
#include "tests/unit/comply/quarter.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;
using inputs::Metric;

namespace {

constexpr auto claim = ledger::Layer::package;
constexpr auto use = ledger::Layer::component;
constexpr auto inventor = "64801INVPROSA_F";
constexpr auto inventor24 = "87537INVPROSA_2024_0F";

// `count` people take Inventor from `from` to `to`.
void inventors(UsageBuilder& b, int count, std::int64_t from, std::int64_t to) {
    for (int i = 0; i < count; ++i) {
        const std::string n = std::to_string(i);
        b.add("i" + n, "ih" + n, inventor, from, to, claim);
        b.add("i" + n, "ih" + n, inventor24, from, to, use, inventor);
    }
}

inputs::Inputs twelve_inventors() {
    inputs::Inputs inputs;
    inputs.entitlements = {priced(line("L05", "Inventor Professional", Metric::concurrent, 12), 3000)};
    inputs.entitlements[0].features = {inventor};
    return inputs;
}

UsageBuilder rushes(const std::vector<std::string>& days, const std::string& until) {
    UsageBuilder b;
    observe_quarter(b);
    for (const auto& day : days) {
        inventors(b, 13, on(day + " 10:00"), on(day + " " + until));
    }
    return b;
}

// Maya is seen by the hosts' own recorders only.
void mayas(UsageBuilder& b, int count, std::int64_t from, std::int64_t to) {
    for (int i = 0; i < count; ++i) {
        b.watched("m" + std::to_string(i), "mh" + std::to_string(i), "MAYA", "2026", from, to);
    }
}

inputs::Inputs six_mayas() {
    inputs::Inputs inputs;
    inputs.entitlements = {line("L06", "MAYA", Metric::concurrent, 6)};
    return inputs;
}

inputs::LicenceFile served(const std::string& server, std::int64_t count) {
    inputs::LicenceFile row;
    row.server = server;
    row.product = inventor;
    row.count = count;
    return row;
}

bool is_over(const Outcome& outcome) {
    return find(outcome, Code::over_peak) != nullptr || find(outcome, Code::sustained_over) != nullptr;
}

} // namespace

TEST_CASE("thirteen of twelve for twenty minutes on three days in a month is sustained, and costs by those days") {
    const auto outcome = judged(rushes({"02-03", "02-05", "02-10"}, "10:20"), twelve_inventors());

    const auto* finding = find(outcome, Code::sustained_over, "L05");
    REQUIRE(finding != nullptr);
    CHECK(finding->certainty == Certainty::certain);
    CHECK(finding->quantity == Bounds{1, 1});
    CHECK(detail(*finding, "episodes") == "3");
    CHECK(detail(*finding, "seconds above") == "3600");
    CHECK(finding->exposure->str() == "24.66");
    CHECK(finding->cure->str() == "3000.00");
    CHECK(finding->when == Span{on("02-03 10:00"), on("02-10 10:20")});
    CHECK(finding->records_total == 13);
    CHECK(position_of(outcome, "L05").use_peak == Bounds{13, 13});
    CHECK(find(outcome, Code::over_peak) == nullptr);
}

TEST_CASE("the same on two days only is recurrent and no sustained excess; 899 seconds on three days neither") {
    for (const auto& b : {rushes({"02-03", "02-05"}, "10:20"), rushes({"02-03", "02-05", "02-10"}, "10:14:59")}) {
        const auto outcome = judged(b, twelve_inventors());
        CHECK(find(outcome, Code::sustained_over) == nullptr);
        CHECK(find(outcome, Code::over_peak, "L05") != nullptr);
    }
    CHECK(find(judged(rushes({"02-03", "02-05", "02-10"}, "10:15"), twelve_inventors()), Code::sustained_over) !=
          nullptr);
    // The third long episode on the thirtieth day counts, on the thirty-first it does not.
    CHECK(find(judged(rushes({"02-01", "02-05", "03-02"}, "10:15"), twelve_inventors()), Code::sustained_over) !=
          nullptr);
    CHECK(find(judged(rushes({"02-01", "02-05", "03-03"}, "10:15"), twelve_inventors()), Code::sustained_over) ==
          nullptr);
}

TEST_CASE("five of a hundred observed seconds above are sustained without long episodes on three days") {
    const auto persistence = [](const std::string& until) {
        UsageBuilder b;
        b.watched("x", "y", "OTHER", "", on("02-03 00:00"), on("02-03 00:10"));
        b.watched("x", "y", "OTHER", "", on("02-03 09:00"), on("02-03 10:00"));
        mayas(b, 7, on("02-03 05:00"), on("02-03 " + until)); // ten hours are observed
        return position_of(reconcile::reconcile(b.usage, six_mayas()), "L06").persistence;
    };
    CHECK(persistence("05:30") == Persistence::sustained);
    CHECK(persistence("05:29:59") == Persistence::recurrent);
    CHECK(persistence("05:06") == Persistence::recurrent);
    CHECK(persistence("05:05:59") == Persistence::momentary);
}

TEST_CASE("seven of six seen by the hosts themselves for ten minutes is a momentary peak, a signal") {
    UsageBuilder b;
    observe_quarter(b);
    mayas(b, 7, on("02-12 10:00"), on("02-12 10:10"));

    const auto outcome = judged(b, six_mayas());

    const auto* finding = find(outcome, Code::over_peak, "L06");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{1, 1});
    CHECK(finding->severity == Severity::signal);
    CHECK(detail(*finding, "seconds above") == "600");
    CHECK(position_of(outcome, "L06").persistence == Persistence::momentary);
}

TEST_CASE("six proved and a seventh whose end is known as a range is a possible peak of seven") {
    UsageBuilder b;
    observe_quarter(b);
    mayas(b, 6, on("02-26 18:00"), on("02-26 20:00"));
    auto& seventh = b.watched("m9", "mh9", "MAYA", "2026", on("02-26 17:00"), on("02-26 17:50"));
    seventh.end_to = on("02-26 18:30");

    const auto outcome = judged(b, six_mayas());

    const auto* finding = find(outcome, Code::over_peak, "L06");
    REQUIRE(finding != nullptr);
    CHECK(finding->certainty == Certainty::possible);
    CHECK(finding->quantity == Bounds{0, 1});
    CHECK(position_of(outcome, "L06").peak == Bounds{6, 7});
    CHECK_FALSE(finding->exposure);
    CHECK(detail(*finding, "observed") == "6");
    CHECK(detail(*finding, "at most") == "7");
}

TEST_CASE("exactly what was bought all day long is no peak") {
    UsageBuilder b;
    observe_quarter(b);
    mayas(b, 6, on("02-12 00:00"), on("02-13 00:00"));

    CHECK_FALSE(is_over(judged(b, six_mayas())));
}

TEST_CASE("one ends and another starts in the same second at a full pool: no finding, though seven are not ruled out") {
    UsageBuilder b;
    observe_quarter(b);
    mayas(b, 6, on("02-12 09:00"), on("02-12 10:00"));
    b.watched("m9", "mh9", "MAYA", "2026", on("02-12 10:00"), on("02-12 11:00"));

    const auto outcome = judged(b, six_mayas());

    CHECK_FALSE(is_over(outcome));
    CHECK(position_of(outcome, "L06").peak == Bounds{6, 7});
    CHECK(position_of(outcome, "L06").excess == Bounds{0, 0});
}

TEST_CASE("three processes of one release on one computer are one claim, another release is another") {
    UsageBuilder b;
    observe_quarter(b);
    mayas(b, 6, on("02-12 09:00"), on("02-12 10:00"));
    b.watched("m0", "mh0", "MAYA", "2026", on("02-12 09:10"), on("02-12 09:40"));
    b.watched("m0", "mh0", "MAYA", "2026", on("02-12 09:20"), on("02-12 09:50"));
    CHECK_FALSE(is_over(judged(b, six_mayas())));

    b.watched("m0", "mh0", "MAYA", "2025", on("02-12 09:20"), on("02-12 09:50"));
    CHECK(is_over(judged(b, six_mayas())));
}

TEST_CASE("a package that moves while its component stays out is one claim, held by whichever package has it") {
    const auto outcome_of = [](const std::string& given_back, const std::string& taken) {
        UsageBuilder b;
        observe_quarter(b);
        b.add("u", "h", "64300ACD_F", on("02-12 09:00"), on("02-12 " + given_back), claim);
        b.add("u", "h", "87798ACD_2024_0F", on("02-12 09:00"), on("02-12 12:00"), use, "64300ACD_F");
        b.add("u", "h", "86815AECCOL_T_F", on("02-12 " + taken), on("02-12 12:00"), claim);
        inputs::Inputs inputs;
        inputs.entitlements = {line("L1", "ACD", Metric::concurrent, 1)};
        inputs.entitlements[0].features = {"ACD", "AECCOL"};
        return judged(b, inputs);
    };
    const auto overlapping = outcome_of("10:01:30", "10:00");
    CHECK(position_of(overlapping, "L1").peak.lower == 1);
    CHECK(position_of(overlapping, "L1").claims == 1);
    CHECK_FALSE(is_over(overlapping));
    const auto apart = outcome_of("10:00", "10:02");
    CHECK(position_of(apart, "L1").claims == 1);

    CHECK(position_of(outcome_of("10:00", "10:02:01"), "L1").claims == 2);
    CHECK(is_over(outcome_of("10:02:01", "10:00")));
}

TEST_CASE("two packages taken for two programs are two claims, however close") {
    UsageBuilder b;
    observe_quarter(b);
    b.add("u", "h", "64300ACD_F", on("02-12 09:00"), on("02-12 10:00"), claim);
    b.add("u", "h", "87798ACD_2024_0F", on("02-12 09:00"), on("02-12 12:00"), use, "64300ACD_F");
    b.add("u", "h", "86815AECCOL_T_F", on("02-12 09:59"), on("02-12 12:00"), claim);
    b.add("u", "h", "87798RVT_2024_0F", on("02-12 09:59"), on("02-12 12:00"), use, "86815AECCOL_T_F");
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "ACD", Metric::concurrent, 9)};
    inputs.entitlements[0].features = {"ACD", "AECCOL"};

    CHECK(position_of(judged(b, inputs), "L1").peak.lower == 2);
    CHECK(position_of(judged(b, inputs), "L1").claims == 2);
}

TEST_CASE("a borrowed licence is held and not used: claims reach three, use two") {
    UsageBuilder b;
    observe_quarter(b);
    b.add("u1", "h1", "CAD", on("02-02 08:00"), on("02-09 08:00")).borrowed = true;
    b.add("u2", "h2", "CAD", on("02-03 10:00"), on("02-03 11:00"));
    b.add("u3", "h3", "CAD", on("02-03 10:00"), on("02-03 11:00"));
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", Metric::concurrent, 2)};

    const auto outcome = judged(b, inputs);

    const auto& position = position_of(outcome, "L1");
    CHECK(position.peak == Bounds{3, 3});
    CHECK(position.use_peak == Bounds{2, 2});
    CHECK(position.held_unused_s == 168 * 3600);
    CHECK(is_over(outcome));
}

TEST_CASE("a licence that lingers after the program ended is held, not used") {
    UsageBuilder b;
    observe_quarter(b);
    b.add("u", "h", inventor, on("02-02 08:00"), on("02-02 09:00"), claim);
    b.add("u", "h", inventor24, on("02-02 08:00"), on("02-02 08:50"), use, inventor);

    CHECK(position_of(judged(b, twelve_inventors()), "L05").held_unused_s == 600);
}

TEST_CASE("what a server and the host's own recorder both saw is one claim; what only the host saw is another") {
    UsageBuilder b;
    observe_quarter(b);
    b.add("u", "h", inventor, on("02-02 08:00"), on("02-02 09:00"), claim);
    b.add("u", "h", inventor24, on("02-02 08:00"), on("02-02 09:00"), use, inventor);
    b.watched("u", "h", inventor24, "2024", on("02-02 08:00") - 2, on("02-02 09:00") + 3);
    b.add("v", "k", inventor, on("02-02 09:00"), on("02-02 10:00"), claim);
    inputs::Inputs inputs = twelve_inventors();
    inputs.entitlements[0].quantity = 1;
    CHECK_FALSE(is_over(judged(b, inputs)));

    b.watched("w", "l", inventor24, "2024", on("02-02 08:30"), on("02-02 08:40"));
    CHECK(is_over(judged(b, inputs)));
}

TEST_CASE("a licence file's duplicate group says under what a generic feature counts") {
    const auto peak = [](const std::string& group) {
        UsageBuilder b;
        observe_quarter(b);
        b.usage.sources.push_back("flexnet:srv:daemon");
        const std::vector<std::pair<std::string, std::string>> takers = {
            {"u", "h1"}, {"u", "h2"}, {"v", "h1"}, {"u", "h1"}};
        for (const auto& [user, client] : takers) {
            b.add(user, client, "CAD", on("02-02 08:00"), on("02-02 09:00")).source = 1;
        }
        inputs::Inputs inputs;
        inputs.entitlements = {line("L1", "CAD", Metric::concurrent, 9)};
        inputs::LicenceFile file = served("SRV", 9);
        file.product = "CAD";
        file.duplicate_group = group;
        inputs.licence_files = {file};
        return position_of(judged(b, inputs), "L1").peak;
    };
    CHECK(peak("") == Bounds{3, 3});
    CHECK(peak("UH") == Bounds{3, 3});
    CHECK(peak("U") == Bounds{2, 2});
    CHECK(peak("H") == Bounds{2, 2});
    CHECK(peak("NONE") == Bounds{4, 4});
    CHECK(peak("UHD") == Bounds{3, 4}); // displays are not recorded
}

TEST_CASE("hosts that ran unrecorded add one for each release they had; hosts that were off add nothing") {
    UsageBuilder b;
    observe_quarter(b);
    for (int i = 0; i < 41; ++i) {
        b.add("u" + std::to_string(i), "h" + std::to_string(i), "CAD", on("02-02 09:00"), on("02-02 11:00"));
    }
    const auto dark = [&](const std::string& host, ledger::Darkness kind) {
        ledger::Unobserved gap;
        gap.log = b.host(host);
        gap.kind = kind;
        gap.from = on("02-02 09:30");
        gap.to = on("02-02 10:30");
        b.usage.unobserved.push_back(gap);
    };
    dark("g7", ledger::Darkness::recorder_off);
    dark("g9", ledger::Darkness::recorder_off);
    dark("g8", ledger::Darkness::host_off);
    for (const std::string host : {"g7", "g8"}) {
        ledger::Installation installed;
        installed.log = b.host(host);
        installed.feature = UsageBuilder::id(b.usage.features, "CAD");
        installed.version = UsageBuilder::id(b.usage.versions, "2024");
        installed.from = on("01-05 09:00");
        b.usage.installations.push_back(installed);
    }
    b.watched("w", "g9", "CAD", "2024", on("01-20 09:00"), on("01-20 09:30")); // no scan, but seen there before
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", Metric::concurrent, 42)};

    auto outcome = judged(b, inputs);
    CHECK(position_of(outcome, "L1").peak == Bounds{41, 43});
    const auto* finding = find(outcome, Code::over_peak, "L1");
    REQUIRE(finding != nullptr);
    CHECK(finding->certainty == Certainty::possible);
    CHECK(finding->quantity == Bounds{0, 1});
    CHECK(finding->when == Span{on("02-02 09:30"), on("02-02 10:30")});
    CHECK(detail(*finding, "why") == "unrecorded: g7 with CAD 2024, g9 with CAD 2024");

    // Another release there could run beside it; what came after the gap had begun could not.
    auto more = b.usage.installations[0];
    more.version = UsageBuilder::id(b.usage.versions, "2025");
    b.usage.installations.push_back(more);
    CHECK(position_of(judged(b, inputs), "L1").peak == Bounds{41, 44});
    b.usage.installations.back().from = on("02-02 09:31");
    CHECK(position_of(judged(b, inputs), "L1").peak == Bounds{41, 43});
    // What a server's log shows of that very host in the gap is counted already.
    b.add("w", "g9", "CAD", on("02-02 09:30"), on("02-02 10:30"));
    CHECK(position_of(judged(b, inputs), "L1").peak == Bounds{42, 43});
}

TEST_CASE("a gap while ten of twelve are live raises the upper count to eleven and no peak") {
    UsageBuilder b;
    observe_quarter(b);
    inventors(b, 10, on("03-10 09:00"), on("03-10 15:00"));
    ledger::Unobserved gap;
    gap.log = b.host("n20");
    gap.from = on("03-09 08:00");
    gap.to = on("03-11 16:00");
    b.usage.unobserved = {gap};
    ledger::Installation installed;
    installed.log = gap.log;
    installed.feature = UsageBuilder::id(b.usage.features, inventor);
    installed.from = on("01-05 09:00");
    b.usage.installations = {installed};

    const auto outcome = judged(b, twelve_inventors());

    CHECK(value_at(position_of(outcome, "L05").lower, on("03-10 12:00")) == 10);
    CHECK(value_at(position_of(outcome, "L05").upper, on("03-10 12:00")) == 11);
    CHECK_FALSE(is_over(outcome));
}

TEST_CASE("peaks are those of the period: a rush before it is another period's") {
    const auto b = rushes({"02-03"}, "10:20");
    auto options = quarter();
    options.period_from_day = text::parse_day("2026-02-04");
    CHECK_FALSE(is_over(reconcile::reconcile(b.usage, twelve_inventors(), options)));
    options.period_from_day = text::parse_day("2026-02-03");
    CHECK(is_over(reconcile::reconcile(b.usage, twelve_inventors(), options)));
}

TEST_CASE("a clock that was set while a session ran does not make two of it") {
    UsageBuilder b;
    observe_quarter(b);
    mayas(b, 6, on("03-03 11:00"), on("03-03 13:00"));
    b.usage.clock_steps.push_back({b.host("mh0"), on("03-03 12:00"), 3'600'000, 7});

    CHECK_FALSE(is_over(judged(b, six_mayas())));
}

TEST_CASE("servers that give out fourteen of twelve are found, and redundant ones count once") {
    UsageBuilder b;
    observe_quarter(b);
    auto inputs = twelve_inventors();
    inputs.licence_files = {served("A", 12), served("B", 2)};

    auto outcome = judged(b, inputs);
    const auto* finding = find(outcome, Code::served_exceeds_bought, "L05");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{2, 2});
    CHECK(detail(*finding, "a") == "12");
    CHECK(detail(*finding, "b") == "2");

    inputs.licence_files = {served("A", 12), served("B", 12)};
    inputs.licence_files[0].redundant_with = "B";
    inputs.licence_files[1].redundant_with = "A";
    CHECK(find(judged(b, inputs), Code::served_exceeds_bought) == nullptr);
    inputs.licence_files = {served("A", 12)};
    CHECK(find(judged(b, inputs), Code::served_exceeds_bought) == nullptr);
    inputs.licence_files = {served("A", 12), served("B", 2)};
    inputs.licence_files[1].expiry = text::parse_day("2025-12-31"); // over before the period
    CHECK(find(judged(b, inputs), Code::served_exceeds_bought) == nullptr);
    inputs.licence_files[1].expiry = text::parse_day("2026-01-01");
    CHECK(find(judged(b, inputs), Code::served_exceeds_bought) != nullptr);
}

TEST_CASE("what servers give out too much keeps its name from one review to the next") {
    UsageBuilder b;
    observe_quarter(b);
    auto inputs = twelve_inventors();
    inputs.licence_files = {served("A", 12), served("B", 2)};
    auto later = quarter();
    later.period_from_day = text::parse_day("2026-02-01");

    const auto first = judged(b, inputs);
    const auto next = reconcile::reconcile(b.usage, inputs, later);
    REQUIRE(find(next, Code::served_exceeds_bought) != nullptr);
    CHECK(find(first, Code::served_exceeds_bought)->id == find(next, Code::served_exceeds_bought)->id);
}

TEST_CASE("two denials, one granted by another server within a minute: one retried, one lost") {
    UsageBuilder b;
    observe_quarter(b);
    inventors(b, 12, on("02-05 09:00"), on("02-05 11:00"));
    b.refuse("c08", "h8", inventor, on("02-05 10:05"), ledger::Verb::denied);
    b.refuse("c09", "h9", inventor, on("02-05 10:06"), ledger::Verb::denied);
    b.usage.sources.push_back("flexnet:B:adskflex");
    b.add("c08", "h8", inventor, on("02-05 10:05") + 30, on("02-05 10:30"), claim).source = 1;

    const auto outcome = judged(b, twelve_inventors());

    const auto* finding = find(outcome, Code::denials, "L05");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{2, 2});
    CHECK(finding->unit == "denials");
    CHECK(detail(*finding, "retried") == "1");
    CHECK(detail(*finding, "lost") == "1");
    CHECK(finding->records_total == 2);
}

TEST_CASE("a grant after sixty seconds is a retry, after sixty-one the request was lost") {
    const auto lost = [](std::int64_t after) {
        UsageBuilder b;
        observe_quarter(b);
        b.refuse("c08", "h8", inventor, on("02-05 10:05"), ledger::Verb::denied);
        b.add("c08", "h8", inventor, on("02-05 10:05") + after, on("02-05 10:30"), claim);
        return detail(*find(judged(b, twelve_inventors()), Code::denials), "lost");
    };
    CHECK(lost(60) == "0");
    CHECK(lost(61) == "1");
}

TEST_CASE("forty times UNSUPPORTED before a grant is no denial") {
    UsageBuilder b;
    observe_quarter(b);
    for (int i = 0; i < 40; ++i) {
        b.refuse("c08", "h8", inventor, on("02-05 10:05") + i, ledger::Verb::unsupported);
    }
    b.add("c08", "h8", inventor, on("02-05 10:06"), on("02-05 10:30"), claim);

    CHECK(find(judged(b, twelve_inventors()), Code::denials) == nullptr);
}
