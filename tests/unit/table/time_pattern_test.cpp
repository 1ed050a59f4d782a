#include "recorder/capture/civil.hpp"
#include "recorder/table/time_pattern.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::table;

namespace {

// "2026-03-01 10:00:00", "+N" when it is a span of N further seconds, and the offset when there is one; or "no".
std::string read(const std::string& pattern, const std::string& text) {
    const auto time = TimePattern::parse(pattern).value().read(text);
    if (!time) {
        return "no";
    }
    std::string shown(capture::LocalText(time->from_s).view());
    shown += time->to_s == time->from_s ? "" : "+" + std::to_string(time->to_s - time->from_s);
    return shown + (time->offset_s ? " " + std::to_string(*time->offset_s) : "");
}

} // namespace

TEST_CASE("times are read as the pattern has them") {
    CHECK(read("epoch-s", "1772359200") == "2026-03-01 10:00:00 0");
    CHECK(read("epoch-s", "1772359200.75") == "2026-03-01 10:00:00 0");
    CHECK(read("epoch-ms", "1772359200999") == "2026-03-01 10:00:00 0");
    CHECK(read("iso", "2026-03-01T10:00:00Z") == "2026-03-01 10:00:00 0");
    CHECK(read("iso", "2026-03-01 10:00:00.123+05:30") == "2026-03-01 10:00:00 19800");
    CHECK(read("iso", "2026-03-01T10:00:00-08") == "2026-03-01 10:00:00 -28800");
    CHECK(read("iso-local", "2026-03-01T10:00:00,5") == "2026-03-01 10:00:00");
    CHECK(read("YYYY-MM-DD hh:mm:ss", "2026-03-01 10:00:00") == "2026-03-01 10:00:00");
    CHECK(read("DD.MM.YYYY hh:mm", "01.03.2026 10:05") == "2026-03-01 10:05:00+59");
    CHECK(read("M/D/YYYY h:mm AP", "3/1/2026 12:05 AM") == "2026-03-01 00:05:00+59");
    CHECK(read("M/D/YYYY h:mm:ss AP", "11/30/2026 1:02:03 pm") == "2026-11-30 13:02:03");
    CHECK(read("YYYY-MM-DD", "2026-03-01") == "2026-03-01 00:00:00+86399");
    CHECK(read("YYYYMMDDThhmmss", "20260301T100000") == "2026-03-01 10:00:00");
}

TEST_CASE("what is no such time is none") {
    for (const std::string text :
         {"", "x", "2026-02-29 10:00:00", "2026-13-01 10:00:00", "2026-03-01 24:00:00", "2026-03-01 10:00:00 ",
          "2026-03-01 10:00", "2026-3-1 10:00:00", "1900-01-01 00:00:00", "2026-03-01T10:00:00"}) {
        CHECK(read("YYYY-MM-DD hh:mm:ss", text) == "no");
    }
    CHECK(read("iso", "2026-03-01T10:00:00") == "no");
    CHECK(read("iso-local", "2026-03-01T10:00:00Z") == "no");
    CHECK(read("epoch-s", "-1") == "no");
    CHECK(read("epoch-s", "1772359200x") == "no");
    CHECK(read("epoch-s", "1772359200999") == "no");
    CHECK(read("epoch-s", "99999999999999999999") == "no");
    CHECK(read("M/D/YYYY h:mm AP", "3/1/2026 13:05 AM") == "no");
}

TEST_CASE("a pattern that leaves something open is refused") {
    for (const char* pattern : {"", "hh:mm", "YYYY-MM", "YYYY-MM-DD hh", "YYYY-MM-DD mm:ss", "YYYY-MM-DD hh:mm:ss Z",
                                "YYYY-MM-DD MM", "DD-MMM-YYYY", "yyyy-MM-DD", "YYYY-MM-DD AP", "epoch"}) {
        INFO(pattern);
        CHECK_FALSE(TimePattern::parse(pattern).ok());
    }
}

TEST_CASE("only times that say their zone need none from the operator") {
    CHECK(TimePattern::parse("epoch-ms").value().tells_zone());
    CHECK(TimePattern::parse("iso").value().tells_zone());
    CHECK_FALSE(TimePattern::parse("iso-local").value().tells_zone());
    CHECK_FALSE(TimePattern::parse("YYYY-MM-DD").value().tells_zone());
}
