// 24-hour windows, what they charge, and packs of tokens drawn down.
#include "tests/unit/comply/quarter.hpp"
#include "verifier/count/draw.hpp"
#include "verifier/count/windows.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;
using inputs::Metric;

namespace {

// 2 February 2026 is a Monday.
const std::string mon = "02-02 ", tue = "02-03 ";

inputs::TokenPack pack(const std::string& id, std::int64_t tokens, const std::string& start, const std::string& end,
                       const std::string& pool = "P") {
    inputs::TokenPack row;
    row.pack = id;
    row.pool = pool;
    row.agreement = "AG1";
    row.tokens = tokens;
    row.start = text::parse_day(start).value();
    row.end = text::parse_day(end).value();
    return row;
}

inputs::TokenRate rate(const std::string& product, std::int64_t tokens) {
    inputs::TokenRate row;
    row.product = product;
    row.tokens = tokens;
    row.source = "demo";
    return row;
}

// AutoCAD 7, Revit 10, from one large pool P of a token line L09.
inputs::Inputs with_tokens() {
    inputs::Inputs inputs;
    inputs.entitlements = {line("L09", "token packs", Metric::token, 0)};
    inputs.entitlements[0].pool = "P";
    inputs.token_rates = {rate("AutoCAD", 7), rate("Revit", 10)};
    inputs.token_packs = {pack("A", 100'000, "2025-01-01", "2026-12-31")};
    inputs.token_packs[0].line = "L09";
    return inputs;
}

struct Meter {
    UsageBuilder b;
    inputs::Inputs inputs = with_tokens();

    Meter() { observe_quarter(b); }
    // A session on tokens of P, watched for idle time.
    ledger::Session& session(const std::string& from, const std::string& to, const std::string& user = "t",
                             const std::string& product = "AutoCAD", const std::string& host = "h",
                             const std::string& version = "2026") {
        auto& session = b.watched(user, host, product, version, on(from), on(to));
        session.idle_known = true;
        session.pool = UsageBuilder::id(b.usage.pools, "P");
        return session;
    }
    void idle(const std::string& from, const std::string& to) {
        b.usage.idle.push_back({static_cast<std::uint32_t>(b.usage.sessions.size() - 1), on(from), on(to)});
    }
    [[nodiscard]] Bounds tokens() const {
        Bounds sum;
        for (const auto& charge : judged(b, inputs).charges) {
            sum.lower += charge.tokens.lower;
            sum.upper += charge.tokens.upper;
        }
        return sum;
    }
    [[nodiscard]] std::vector<std::int64_t> instants() const {
        std::vector<std::int64_t> at;
        for (const auto& charge : judged(b, inputs).charges) {
            at.push_back(charge.at);
        }
        return at;
    }
    [[nodiscard]] Bounds days(const std::string& user = "t") const {
        for (const auto& row : judged(b, inputs).users) {
            if (row.user == user) {
                return row.days;
            }
        }
        return {};
    }
};

using Instants = std::vector<std::int64_t>;

} // namespace

TEST_CASE("T1: use still going on when its window ends is charged again at that instant") {
    Meter m;
    m.session(mon + "08:00", mon + "17:00");
    m.session(tue + "07:00", tue + "17:00");
    CHECK(m.tokens() == Bounds{14, 14});
    CHECK(m.instants() == Instants{on(mon + "08:00"), on(tue + "08:00")});
    CHECK(m.days() == Bounds{2, 2});
}

TEST_CASE("T2, T3: a night is one window, twenty-five hours of work are two") {
    Meter two;
    two.session(mon + "19:00", tue + "17:00");
    CHECK(two.tokens() == Bounds{7, 7});
    CHECK(two.days() == Bounds{1, 1});
    Meter three;
    three.session(mon + "19:00", tue + "20:00");
    CHECK(three.tokens() == Bounds{14, 14});
    CHECK(three.instants() == Instants{on(mon + "19:00"), on(tue + "19:00")});
}

TEST_CASE("T3a, T3b, T3c: idle for fifteen minutes at the window's end opens none; idle that is not known is a range") {
    const auto tokens = [](const std::string& idle_from, const std::string& idle_to = "20:00") {
        Meter m;
        m.session(mon + "19:00", tue + "20:00");
        m.idle(tue + idle_from, tue + idle_to);
        return m.tokens();
    };
    CHECK(tokens("18:30") == Bounds{7, 7});
    CHECK(tokens("18:50") == Bounds{14, 14});
    CHECK(tokens("18:45") == Bounds{7, 7});
    CHECK(tokens("18:45:01") == Bounds{14, 14});

    Meter unknown;
    unknown.session(mon + "19:00", tue + "20:00").idle_known = false;
    CHECK(unknown.tokens() == Bounds{7, 14});

    Meter returned; // idle at the end of the window, at work again later: the next one opens then
    returned.session(mon + "19:00", tue + "20:00");
    returned.idle(tue + "18:30", tue + "19:30");
    CHECK(returned.instants() == Instants{on(mon + "19:00"), on(tue + "19:30")});
}

TEST_CASE("T4, T5: launches shorter than 300 seconds are free and still a day and a user") {
    Meter m;
    m.session(mon + "09:00", mon + "09:03");
    m.session(mon + "15:00", mon + "15:04");
    CHECK(m.tokens() == Bounds{0, 0});
    CHECK(m.days() == Bounds{1, 1});
    Meter below, at;
    below.session(mon + "09:00", mon + "09:04:59");
    CHECK(below.tokens() == Bounds{0, 0});
    at.session(mon + "09:00", mon + "09:05");
    CHECK(at.tokens() == Bounds{7, 7});
}

TEST_CASE("T6: a short launch opens no window") {
    Meter m;
    m.session(mon + "08:00", mon + "08:03");
    m.session(mon + "10:00", mon + "12:00");
    m.session(tue + "08:30", tue + "09:30");
    CHECK(m.tokens() == Bounds{7, 7});
    CHECK(m.instants() == Instants{on(mon + "10:00")});
    CHECK(m.days() == Bounds{1, 1});
}

TEST_CASE("T7: an end that is known as a range around the window's end charges once or twice") {
    Meter m;
    m.session(mon + "19:00", tue + "18:00").end_to = on(tue + "21:00");
    CHECK(m.tokens() == Bounds{7, 14});
}

TEST_CASE("T8: releases and computers of one product share a window, products do not") {
    Meter m;
    m.session(mon + "08:00", mon + "09:00", "t", "AutoCAD", "h1", "2023");
    m.session(mon + "14:00", mon + "15:00", "t", "AutoCAD", "h2", "2024");
    CHECK(m.tokens() == Bounds{7, 7});
    m.session(mon + "14:00", mon + "15:00", "t", "Revit", "h2", "2024");
    CHECK(m.tokens() == Bounds{17, 17});
}

TEST_CASE(
    "T9: a window that opens under a subscription takes no tokens, also when it ends inside; both held, none taken") {
    Meter m;
    m.session(mon + "20:00", tue + "03:00").pool = 0;
    m.inputs.entitlements.push_back(line("L01", "AutoCAD", Metric::named, 9, "2025-01-01", "2026-12-31"));
    m.inputs.assignments = {seat("t", "AutoCAD", "2025-01-01T00:00Z", "2026-02-03T00:00Z")};
    CHECK(m.tokens() == Bounds{0, 0});

    m.session(tue + "20:30", tue + "21:00").pool = 0; // the seat is gone
    CHECK(m.tokens() == Bounds{7, 7});
    m.inputs.assignments[0].unassigned.reset();
    CHECK(m.tokens() == Bounds{0, 0});
}

TEST_CASE("T10: a window over the edge of a month is charged in the month in which it opened, once") {
    Meter m;
    m.session("01-31 22:00", "02-01 01:00");
    m.session("02-01 09:00", "02-01 10:00");
    CHECK(m.instants() == Instants{on("01-31 22:00")});
    CHECK(m.tokens() == Bounds{7, 7});

    auto february = quarter();
    february.period_from_day = text::parse_day("2026-02-01");
    const auto outcome = reconcile::reconcile(m.b.usage, m.inputs, february);
    CHECK(position_of(outcome, "L09").peak == Bounds{0, 0}); // carried in, nothing charged again
}

TEST_CASE("late evidence of an earlier session moves every window after it") {
    Meter m;
    m.session(mon + "10:00", mon + "12:00");
    m.session(tue + "09:00", tue + "10:00");
    CHECK(m.instants() == Instants{on(mon + "10:00")});
    m.session(mon + "08:00", mon + "08:30");
    CHECK(m.instants() == Instants{on(mon + "08:00"), on(tue + "09:00")});
}

TEST_CASE("a program that another one opened is free while that one runs") {
    Meter m;
    inputs::ProductRow child;
    child.product = "AutoCAD";
    child.child_of = "Revit";
    m.inputs.products = {child};
    m.session(mon + "08:00", mon + "12:00", "t", "Revit");
    m.session(mon + "09:00", mon + "10:00");
    CHECK(m.tokens() == Bounds{10, 10});
    Meter alone;
    alone.inputs.products = {child};
    alone.session(mon + "09:00", mon + "10:00");
    CHECK(alone.tokens() == Bounds{7, 7});
}

TEST_CASE("results cost their number times the rate, and rates hold from their day") {
    Meter m;
    auto& session = m.session(mon + "08:00", mon + "12:00");
    session.pool = UsageBuilder::id(m.b.usage.pools, "P");
    ledger::FeatureUse render;
    render.session = static_cast<std::uint32_t>(m.b.usage.sessions.size() - 1);
    render.name = "RENDER";
    render.count = 5;
    m.b.usage.feature_uses = {render};
    m.inputs.token_rates.push_back(rate("AutoCAD", 3));
    m.inputs.token_rates.back().feature = "RENDER";
    m.inputs.token_rates.back().per = inputs::TokenUnit::result;
    CHECK(m.tokens() == Bounds{22, 22});

    m.inputs.token_rates.push_back(rate("AutoCAD", 8));
    m.inputs.token_rates.back().from = text::parse_day("2026-02-02").value();
    CHECK(m.tokens() == Bounds{23, 23});
    m.inputs.token_rates.back().from = text::parse_day("2026-02-03").value();
    CHECK(m.tokens() == Bounds{22, 22});
}

TEST_CASE("P1: packs pay in the order of their end, then of their size, and what is left is short") {
    using count::Pack;
    const auto day = [](const std::string& text) { return text::parse_day(text).value(); };
    const auto at = [](const std::string& text) { return instant(text + "T10:00Z"); };
    const std::vector<Pack> packs = {{"A", 1000, day("2026-01-01"), day("2026-06-30")},
                                     {"B", 500, day("2026-01-01"), day("2026-12-31")},
                                     {"C", 100, day("2026-01-01"), day("2026-12-31")}};
    const auto left = [&](std::size_t charges) {
        std::vector<count::Take> takes = {
            {at("2026-02-10"), 350}, {at("2026-03-10"), 700}, {at("2026-08-10"), 400}, {at("2026-09-10"), 200}};
        takes.resize(charges);
        return count::draw_down(packs, takes).left;
    };
    CHECK(left(1) == std::vector<std::int64_t>{650, 500, 100});
    CHECK(left(2) == std::vector<std::int64_t>{0, 500, 50});
    CHECK(left(3) == std::vector<std::int64_t>{0, 150, 0});
    CHECK(left(4) == std::vector<std::int64_t>{0, 0, 0});
    const auto drawn = count::draw_down(packs, {{at("2026-02-10"), 1590}, {at("2026-09-10"), 60}});
    CHECK(drawn.portions.back().pack == count::no_pack);
    CHECK(drawn.portions.back().tokens == 50);
}

TEST_CASE("tokens that expired, and tokens that ran short, with the instant of the first") {
    Meter m;
    m.inputs.token_packs = {pack("A", 200, "2025-06-01", "2026-01-31"), pack("B", 100, "2026-02-01", "2026-06-30"),
                            pack("C", 300, "2026-02-01", "2026-06-30")};
    for (auto& row : m.inputs.token_packs) {
        row.line = "L09";
        row.price = inputs::Money{3 * text::Decimal::units_per_one, "EUR"};
    }
    const auto many = [&](const std::string& user, const std::string& product, const std::string& month, int count,
                          const std::string& hour) {
        int done = 0;
        for (int day = 1; done < count; ++day) {
            const std::string date = month + (day < 10 ? "-0" : "-") + std::to_string(day);
            const auto weekday = (text::parse_day("2026-" + date).value() + 3) % 7; // 0: Monday
            if (weekday < 5 && date != "03-01") {
                m.session(date + " " + hour + ":00", date + " " + hour + ":30", user, product, "w" + user);
                ++done;
            }
        }
    };
    many("t1", "AutoCAD", "01", 20, "09");
    many("t2", "Revit", "02", 12, "09");
    many("t3", "AutoCAD", "03", 20, "09");
    many("t4", "Revit", "03", 20, "10");

    const auto outcome = judged(m.b, m.inputs);

    const auto* expired = find(outcome, Code::token_expired, "L09");
    REQUIRE(expired != nullptr);
    CHECK(expired->quantity == Bounds{60, 60});
    CHECK(expired->when == Span{on("01-31 00:00"), on("02-01 00:00")});
    CHECK(detail(*expired, "worth") == "180.00 EUR");
    const auto* missing = find(outcome, Code::token_short, "L09");
    REQUIRE(missing != nullptr);
    CHECK(missing->quantity == Bounds{60, 60});
    CHECK(missing->certainty == Certainty::certain);
    CHECK(missing->when.from == on("03-24 10:00"));
    CHECK(detail(*missing, "short then") == "9");
    CHECK(missing->cure->str() == "180.00");
    CHECK(count_of(outcome, Code::token_forecast) == 0);
    CHECK(count_of(outcome, Code::token_uncertain) == 0);
    const auto& position = position_of(outcome, "L09");
    CHECK(position.quantity == 600);
    CHECK(position.peak == Bounds{600, 600});
    CHECK(position.excess == Bounds{60, 60});
    CHECK(value_at(position.allowed, on("03-01 00:00")) == 540);
    REQUIRE(outcome.packs.size() == 3);
    CHECK(outcome.packs[0].left == Bounds{60, 60});
    CHECK(outcome.packs[2].used == Bounds{300, 300});
    CHECK(outcome.charges.back().pack == "short");
}

TEST_CASE("a charge that the records do not settle is told with its person, and can only possibly run short") {
    Meter m;
    m.inputs.token_packs = {pack("X1", 100, "2026-01-01", "2027-12-31", "X")};
    m.inputs.token_packs[0].agreement = "AG4";
    auto& session = m.session(mon + "19:00", tue + "18:00", "t5");
    session.end_to = on(tue + "21:00");
    session.pool = UsageBuilder::id(m.b.usage.pools, "X");

    auto outcome = judged(m.b, m.inputs);
    const auto* finding = find(outcome, Code::token_uncertain, "t5");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{7, 14});
    CHECK(finding->agreement == "AG4");
    CHECK(finding->severity == Severity::note);
    CHECK(count_of(outcome, Code::token_short) == 0);

    m.inputs.token_packs[0].tokens = 10;
    outcome = judged(m.b, m.inputs);
    REQUIRE(find(outcome, Code::token_short, "pool X") != nullptr);
    CHECK(find(outcome, Code::token_short)->certainty == Certainty::possible);
    CHECK(find(outcome, Code::token_short)->quantity == Bounds{0, 4});
}

TEST_CASE("a pool that will be empty before its pack ends is forecast; a slower pace or a nearer end is not") {
    const auto outcome_of = [](std::int64_t tokens, const std::string& end) {
        Meter m;
        m.inputs.token_packs = {pack("Y1", tokens, "2026-01-01", end, "Y")};
        m.inputs.token_packs[0].agreement = "AG4";
        for (std::int64_t day = text::parse_day("2026-01-01").value(); day < text::parse_day("2026-04-01"); ++day) {
            if ((day + 3) % 7 < 5) {
                const std::string date = text::format_day(day).substr(5);
                m.session(date + " 09:00", date + " 12:00", "t6").pool = UsageBuilder::id(m.b.usage.pools, "Y");
            }
        }
        return judged(m.b, m.inputs);
    };
    const auto outcome = outcome_of(900, "2026-12-31");
    const auto* finding = find(outcome, Code::token_forecast, "pool Y");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{452, 452});
    CHECK(finding->certainty == Certainty::certain);
    CHECK(detail(*finding, "exhausted") == "2026-06-30");
    CHECK(finding->when.to == on("06-30 00:00"));
    CHECK(count_of(outcome, Code::token_short) == 0);

    CHECK(count_of(outcome_of(900, "2026-06-30"), Code::token_forecast) == 1);
    CHECK(count_of(outcome_of(900, "2026-06-29"), Code::token_forecast) == 0);
}

TEST_CASE("a correction by hand adds to the pool or takes from it") {
    Meter m;
    m.inputs.token_packs = {pack("A", 10, "2026-01-01", "2026-12-31")};
    m.inputs.token_packs[0].line = "L09";
    m.session(mon + "09:00", mon + "12:00");
    m.session(tue + "12:00", tue + "13:00");
    CHECK(find(judged(m.b, m.inputs), Code::token_short)->quantity == Bounds{4, 4});
    inputs::TokenAdjustment row;
    row.pool = "P";
    row.reason = "goodwill";
    row.day = text::parse_day("2026-02-01").value();
    row.tokens = 4;
    m.inputs.token_adjustments = {row};
    CHECK(find(judged(m.b, m.inputs), Code::token_short) == nullptr);
    m.inputs.token_adjustments[0].tokens = -1;
    CHECK(find(judged(m.b, m.inputs), Code::token_short)->quantity == Bounds{5, 5});
}

TEST_CASE("a forecast from a time of which a month is missing is possible only") {
    for (const bool lost : {true, false}) {
        Meter m;
        m.inputs.token_packs = {pack("Y1", 900, "2026-01-01", "2026-12-31", "Y")};
        m.inputs.token_packs[0].agreement = "AG4";
        std::uint32_t log = 0;
        for (std::int64_t day = text::parse_day("2026-01-01").value(); day < text::parse_day("2026-04-01"); ++day) {
            const std::string date = text::format_day(day).substr(5);
            const bool there = !lost || date.substr(0, 2) != "02";
            if ((day + 3) % 7 < 5 && there) {
                auto& session = m.session(date + " 09:00", date + " 12:00", "t6");
                session.pool = UsageBuilder::id(m.b.usage.pools, "Y");
                log = session.log;
            }
            if (there) {
                m.b.usage.coverage.days.push_back({log, day, 5, 1, 0});
            }
        }
        const auto outcome = judged(m.b, m.inputs);
        const auto* finding = find(outcome, Code::token_forecast, "pool Y");
        REQUIRE(finding != nullptr);
        CHECK(finding->certainty == (lost ? Certainty::possible : Certainty::certain));
    }
}
