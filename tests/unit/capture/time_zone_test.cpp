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

} // namespace

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
    for (const std::string bad : {"", "UTC", "0", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
                                  "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0x",
                                  "<UTC0", "CET-1:60", "CET-1CEST,J0,J1", "CET-1CEST,M0.1.1,J1"}) {
        INFO(bad);
        CHECK_FALSE(parse_zone_rule(bad));
    }
}
