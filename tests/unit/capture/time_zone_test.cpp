#include "recorder/capture/civil.hpp"
#include "recorder/capture/time_zone.hpp"
#include "tally/os/file.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::capture;

namespace {

std::int64_t local(int year, int month, int day, int hour, int minute = 0) {
    return day_of(year, month, day) * day_s + hour * 3600 + minute * 60;
}

TimeZone zone(const std::string& name) { return TimeZone::load(name).value(); }

// A zone file of version 2: offset 0, another one from `begin` to `end`, 0 again, then the rule line.
std::string zone_file(std::int64_t begin, std::int64_t end, std::int32_t offset, const std::string& rule) {
    const auto number = [](std::int64_t value, std::size_t size) {
        std::string bytes;
        for (std::size_t i = size; i-- > 0;) {
            bytes += static_cast<char>((value >> (8 * i)) & 0xff);
        }
        return bytes;
    };
    const auto header = [&](std::int64_t changes, std::int64_t types) {
        return "TZif2" + std::string(15, '\0') + number(0, 4) + number(0, 4) + number(0, 4) + number(changes, 4) +
               number(types, 4) + number(4, 4);
    };
    const std::string letters("ABC\0", 4);
    return header(0, 1) + number(0, 4) + number(0, 2) + letters + header(2, 2) + number(begin, 8) + number(end, 8) +
           number(1, 1) + number(0, 1) + number(0, 4) + number(0, 2) + number(offset, 4) + number(0, 2) + letters +
           "\n" + rule + "\n";
}

} // namespace

TEST_CASE("an offset that holds for two hours only is seen on its day") {
    const std::int64_t noon = local(2020, 6, 1, 12);
    const auto read = TimeZone::parse("x", as_bytes(zone_file(noon, noon + 2 * 3600, 3600, "UTC0")));
    REQUIRE(read);

    const auto skipped = read->resolve(noon + 1800);
    const auto inside = read->resolve(noon + 3600 + 1800);
    const auto twice = read->resolve(noon + 2 * 3600 + 1800);

    CHECK((skipped.kind == LocalKind::skipped && skipped.utc == Instant{noon - 1800, noon + 1800}));
    CHECK((inside.kind == LocalKind::exact && inside.utc == Instant{noon + 1800, noon + 1800}));
    CHECK((twice.kind == LocalKind::ambiguous && twice.utc == Instant{noon + 3600 + 1800, noon + 2 * 3600 + 1800}));
}

TEST_CASE("an offset that holds for minutes never gives an instant that does not lead back") {
    const std::int64_t noon = local(2020, 6, 1, 12) + 60;
    const auto read = TimeZone::parse("x", as_bytes(zone_file(noon, noon + 600, 7200, "UTC0")));
    REQUIRE(read);

    for (std::int64_t at = noon - 4 * 3600; at < noon + 4 * 3600; at += 60) {
        const auto resolved = read->resolve(at);
        INFO(at - noon);
        CHECK((resolved.utc.from == resolved.utc.to) == (resolved.kind == LocalKind::exact));
        CHECK((resolved.kind != LocalKind::exact || resolved.utc.from + read->offset_at(resolved.utc.from) == at));
    }
}

TEST_CASE("a local time is exact, twice or never there") {
    const auto madrid = zone("Europe/Madrid");

    const auto summer = madrid.resolve(local(2022, 5, 5, 8, 42));
    const auto autumn = madrid.resolve(local(2022, 10, 30, 2, 30));
    const auto spring = madrid.resolve(local(2023, 3, 26, 2, 30));

    CHECK(
        (summer.kind == LocalKind::exact && summer.utc == Instant{local(2022, 5, 5, 6, 42), local(2022, 5, 5, 6, 42)}));
    CHECK((autumn.kind == LocalKind::ambiguous &&
           autumn.utc == Instant{local(2022, 10, 30, 0, 30), local(2022, 10, 30, 1, 30)}));
    CHECK((spring.kind == LocalKind::skipped &&
           spring.utc == Instant{local(2023, 3, 26, 0, 30), local(2023, 3, 26, 1, 30)}));
}

TEST_CASE("the borders of the repeated and of the skipped hour are exact") {
    const auto madrid = zone("Europe/Madrid");

    CHECK(madrid.resolve(local(2022, 10, 30, 1, 59)).kind == LocalKind::exact);
    CHECK(madrid.resolve(local(2022, 10, 30, 2, 0)).kind == LocalKind::ambiguous);
    CHECK(madrid.resolve(local(2022, 10, 30, 2, 59)).kind == LocalKind::ambiguous);
    CHECK(madrid.resolve(local(2022, 10, 30, 3, 0)).kind == LocalKind::exact);
    CHECK(madrid.resolve(local(2023, 3, 26, 1, 59)).kind == LocalKind::exact);
    CHECK(madrid.resolve(local(2023, 3, 26, 2, 0)).kind == LocalKind::skipped);
    CHECK(madrid.resolve(local(2023, 3, 26, 3, 0)).kind == LocalKind::exact);
}

TEST_CASE("years beyond the table follow the rule line, on both halves of the globe") {
    CHECK(zone("Europe/Madrid").offset_at(local(2090, 7, 1, 0)) == 7200);
    CHECK(zone("Europe/Madrid").offset_at(local(2090, 12, 1, 0)) == 3600);
    CHECK(zone("Australia/Sydney").offset_at(local(2090, 1, 1, 0)) == 39600);
    CHECK(zone("Australia/Sydney").offset_at(local(2090, 7, 1, 0)) == 36000);
    CHECK(zone("America/New_York").offset_at(local(2090, 7, 1, 0)) == -14400);
    CHECK(zone("Asia/Kolkata").offset_at(local(2090, 7, 1, 0)) == 19800);
    CHECK(zone("UTC").resolve(local(2022, 5, 5, 8)).utc.from == local(2022, 5, 5, 8));
}

TEST_CASE("names that are not zones are refused, also those that leave the folder") {
    for (const std::string name :
         {"", "Europe/Nowhere", "../etc/passwd", "Europe/../Europe/Madrid", "/usr/share/zoneinfo/UTC", "Europe",
          "Europe/", "Europe//Madrid", "Eur ope", "tzdata.zi", "zone.tab"}) {
        INFO(name);
        CHECK_FALSE(TimeZone::load(name));
    }
    CHECK_FALSE(TimeZone::load(std::string("UTC\0x", 5)));
}

TEST_CASE("a damaged zone file is refused at every length") {
    const std::string whole = os::read_file(os::fs::canonical("/usr/share/zoneinfo/Europe/Madrid"), 1U << 16U);
    REQUIRE(TimeZone::parse("x", as_bytes(whole)));

    for (std::size_t size = 0; size < whole.size(); ++size) {
        CHECK_FALSE(TimeZone::parse("x", as_bytes(whole.substr(0, size))));
    }
    CHECK_FALSE(TimeZone::parse("x", as_bytes(whole + "x")));
}

TEST_CASE("rule lines are read strictly") {
    for (const std::string good : {"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "<+0330>-3:30", "IST-2IDT,M3.4.4/26,M10.5.0",
                                   "EST5EDT,J60/2,300/-1", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"}) {
        INFO(good);
        CHECK(parse_zone_rule(good));
    }
    for (const std::string bad :
         {"", "UTC", "0", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
          "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0x", "<UTC0", "CET-1:60", "CET-1CEST,J0,J1",
          "CET-1CEST,M0.1.1,J1", "CET-25", "CET-100CEST,M3.5.0,M10.5.0", "CET-1CEST-30,M3.5.0,M10.5.0"}) {
        INFO(bad);
        CHECK_FALSE(parse_zone_rule(bad));
    }
}
