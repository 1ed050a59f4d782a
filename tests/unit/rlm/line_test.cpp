#include "recorder/rlm/line.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace tally;
using namespace tally::rlm;

namespace {

std::string told(const std::string& text) {
    Reader reader;
    const Line& line = reader.read(text);
    if (line.record == Record::malformed) {
        return "malformed";
    }
    const Stamp& at = line.stamp;
    return std::string(line.product) + "|" + std::string(line.version) + "|" + std::string(line.user) + "|" +
           std::string(line.host) + "|" + std::string(line.handle) + "|" + std::to_string(line.count) + "|" +
           std::to_string(at.year) + "-" + std::to_string(at.month) + "-" + std::to_string(at.day) + " " +
           std::to_string(at.second) + (at.is_minute ? "m" : "");
}

Record record_of(const std::string& text) { return Reader().read(text).record; }

} // namespace

TEST_CASE("a checkout is read in every style") {
    CHECK(told(R"(OUT p 1.0 3 u h "d" 2 1 0 1a 0 4d2 "" "p" "1.0" 12/31 23:50:10)") == "p|1.0|u|h|1a|2|0-12-31 85810");
    CHECK(
        told(
            R"(OUT p 1.0 3 u h "d" 2 1 0 1a 0 4d2 "my project" "p" "1.0" 12/31 23:50:10.1234 "x64 5.1" "a b" 0 0 ::1)") ==
        "p|1.0|u|h|1a|2|0-12-31 85810");
    CHECK(told(R"(OUT p 1.0 u h "d" 2 1a 0 23:50)") == "p|1.0|u|h|1a|2|0-0-0 85800m");
}

TEST_CASE("a name may hold spaces or be missing") {
    CHECK(told(R"(OUT p 1.0 3 Bo van Lind h "" 1 1 0 1a 0 4d2 "" "p" "1.0" 12/31 23:50:10)") ==
          "p|1.0|Bo van Lind|h|1a|1|0-12-31 85810");
    CHECK(told(R"(OUT p 1.0 Bo Lind h "" 1 1a 0 23:50)") == "p|1.0|Bo Lind|h|1a|1|0-0-0 85800m");
    CHECK(told(R"(OUT p 1.0 3 "" "" "" 1 1 0 1a 0 4d2 "" "p" "1.0" 12/31 23:50:10)") == "p|1.0|||1a|1|0-12-31 85810");
    CHECK(told(R"(IN 1 p 1.0 Bo Lind h "" 1 0 0 1a 01/01 00:10:20)") == "p|1.0|Bo Lind|h|1a|1|0-1-1 620");
}

TEST_CASE("the other records are read in every style") {
    CHECK(told(R"(IN 1 p 1.0 u h "" 1 0 0 1a 01/01 00:10:20.5)") == "p|1.0|u|h|1a|1|0-1-1 620");
    CHECK(told("IN 2 1 1a 00:10") == "||||1a|1|0-0-0 600m");
    CHECK(told(R"(DENY p 1.0 u h "" 1 -22 0 01/01 09:05)") == "p|1.0|u|h||1|0-1-1 32700m");
    CHECK(told(R"(DENY p 1.0 u h "" 1 -22 1 01/01 09:05:02.1)") == "p|1.0|u|h||1|0-1-1 32702");
    CHECK(told(R"(QUE p 1.0 u h "" 1 1d "" "p" "1.0" 01/01 09:06:00)") == "p|1.0|u|h|1d|1|0-1-1 32760");
    CHECK(told(R"(QUE p 1.0 u h "" 1 1d 09:06)") == "p|1.0|u|h|1d|1|0-0-0 32760m");
    CHECK(told(R"(DEQUE 6 p 1.0 u h "" 1 1d 01/01 09:08:00)") == "p|1.0|u|h|1d|1|0-1-1 32880");
    CHECK(told("DEQUE 6 1 1d 09:08") == "||||1d|1|0-0-0 32880m");
    CHECK(told(R"(INUSE p 1.0 3 u h "" 1 1a 0 4d2 01/01 00:00:00)") == "p|1.0|u|h|1a|1|0-1-1 0");
    CHECK(told("START srv 12/30/2025 12:00") == "|||||1|2025-12-30 43200m");
    CHECK(told("END 01/01/2026 18:00") == "|||||1|2026-1-1 64800m");
    CHECK(told("01/01/2026 00:00") == "|||||1|2026-1-1 0m");
    CHECK(told("SHUTDOWN root srv 01/01 18:00:00") == "|||||1|0-1-1 64800");
    CHECK(told("TIMEJUMP +60 03/29 03:00:00") == "|||||1|0-3-29 10800");
}

TEST_CASE("what is cut or altered is malformed, and what is unknown is told from what is no record") {
    for (const char* text :
         {"OUT", R"(OUT p 1.0 3 u h "d" 2 1 0 1a 0 4d2 "" "p" "1.0" 12/31)", R"(OUT p 1.0 3 u h "d)",
          R"(OUT p 1.0 3 u h "d" x 1 0 1a 0 4d2 "" "p" "1.0" 12/31 23:50:10)",
          R"(OUT p 1.0 3 u h "d" 2 1 0 1a 0 4d2 "" "p" "1.0" 13/31 23:50:10)",
          R"(OUT p 1.0 3 u h "d" 2 1 0 1a 0 4d2 "" "p" "1.0" 12/31 24:50:10)", "IN 1 p 1.0 u h", "IN 1 1 1a 00:1",
          R"(DENY p 1.0 u h "" 1 -22)", "START srv 12/30 12:00", "START srv", "SHUTDOWN", "01/01/2026", "REREAD a b"}) {
        INFO(text);
        CHECK(record_of(text) == Record::malformed);
    }
    CHECK(record_of("NEWTHING a b 01/01 10:00:00") == Record::unknown);
    for (const char* text : {"", "   ", "You are encouraged to build tools", "AUTH 00ff", "PRODUCT p 1.0 1",
                             "log anything the vendor wants 01/01 10:00:00", "SWITCH to /var/log/next"}) {
        INFO(text);
        CHECK(record_of(text) == Record::none);
    }
}

TEST_CASE("the notice names the vendor's server") {
    CHECK(isv_in("ISV: simco, RLM version 14.1 BL2") == "simco");
    CHECK(isv_in("ISV: simco") == "simco");
    CHECK_FALSE(isv_in("ISV: ").has_value());
    CHECK_FALSE(isv_in("x").has_value());
}
