#include "recorder/capture/civil.hpp"
#include "recorder/flexnet/dating.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace tally;
using namespace tally::capture;
using namespace tally::flexnet;

namespace {

// One row a line: "day" or "day+later" in days from 2022-05-05.
std::string days_of(const std::string& log, std::uint64_t* remarks = nullptr) {
    Dating dating;
    std::istringstream lines(log);
    std::uint64_t number = 0;
    for (std::string text; std::getline(lines, text);) {
        Line line;
        if (++number; read_stamp(text, line)) {
            dating.see(number, line);
        }
    }
    const auto spans = dating.finish();
    if (!spans) {
        return spans.fault().what;
    }
    std::string result;
    std::size_t at = 0;
    for (std::uint64_t n = 1; n <= number; ++n) {
        while (at + 1 < spans->size() && (*spans)[at + 1].line <= n) {
            ++at;
        }
        result += (n > 1 ? " " : "") + std::to_string((*spans)[at].day - day_of(2022, 5, 5));
        result += (*spans)[at].later > 0 ? "+" + std::to_string((*spans)[at].later) : "";
    }
    if (remarks != nullptr) {
        *remarks = dating.remarks().count();
    }
    return result;
}

const std::string rule = " (lmgrd) -----------------------------------------------\n";

} // namespace

TEST_CASE("midnight is where the clock goes back by more than twelve hours") {
    CHECK(
        days_of(" 8:00:00 (d) TIMESTAMP 5/5/2022\n23:59:59 (d) x\n 0:00:01 (d) x\n20:00:00 (d) x\n 1:00:00 (d) x\n") ==
        "0 0 1 1 2");
}

TEST_CASE("lines before the first date are dated backwards from it") {
    CHECK(
        days_of("22:00:00 (d) x\n23:00:00 (d) x\n 1:00:00 (d) x\n 2:00:00 (d) TIMESTAMP 5/5/2022\n 3:00:00 (d) x\n") ==
        "-1 -1 0 0 0");
}

TEST_CASE("a small step back keeps the day and is told") {
    std::uint64_t remarks = 0;

    CHECK(days_of(" 8:00:00 (d) TIMESTAMP 5/5/2022\n10:00:00 (d) x\n 9:00:00 (d) x\n", &remarks) == "0 0 0");

    CHECK(remarks == 1);
}

TEST_CASE("two daemons that write a few seconds out of order change nothing") {
    std::uint64_t remarks = 0;

    CHECK(days_of(" 8:00:00 (d) TIMESTAMP 5/5/2022\n23:59:59 (d) x\n 0:00:00 (e) x\n23:59:59 (d) x\n 0:00:01 (d) x\n "
                  "0:00:00 (e) x\n"
                  " 9:00:00 (d) TIMESTAMP 5/6/2022\n",
                  &remarks) == "0 0 1 0 1 1 1");

    CHECK(remarks == 0);
}

TEST_CASE("a night without lines shows at the next date, when there is one step back only") {
    CHECK(
        days_of("18:00:00 (d) TIMESTAMP 5/5/2022\n19:00:00 (d) x\n 8:00:00 (d) x\n 8:00:01 (d) TIMESTAMP 5/6/2022\n") ==
        "0 0 1 1");
}

TEST_CASE("days that no clock shows make the lines between two dates uncertain") {
    CHECK(
        days_of(" 8:00:00 (d) TIMESTAMP 5/5/2022\n 9:00:00 (d) x\n10:00:00 (d) TIMESTAMP 5/8/2022\n11:00:00 (d) x\n") ==
        "0 0+3 3 3");
}

TEST_CASE("days that no clock shows are put at the restart between two dates") {
    CHECK(days_of(" 8:00:00 (d) TIMESTAMP 5/5/2022\n 9:00:00 (d) x\n 9:30:00" + rule +
                  " 9:30:00 (lmgrd)   Please Note:\n 9:30:00" + rule + "10:00:00 (d) TIMESTAMP 5/8/2022\n") ==
          "0 0 3 3 3 3");
}

TEST_CASE("a date before what the clock shows makes the lines between uncertain, not the dates") {
    CHECK(days_of(" 8:00:00 (d) TIMESTAMP 5/7/2022\n 9:00:00 (d) x\n10:00:00 (d) TIMESTAMP 5/5/2022\n") == "2 0+2 0");
}

TEST_CASE("a summary line on the other side of midnight is understood") {
    CHECK(days_of("23:00:00 (d) x\n 0:00:01 (d) (@d-SLOG@) Time: Thu May 05 2022 23:59:59 zone\n") == "0 1");
}

TEST_CASE("a log without a date, or that is no log, is refused") {
    CHECK_THAT(days_of(" 8:00:00 (d) x\n"), Catch::Contains("tells no date"));
    CHECK_THAT(days_of("hello\n"), Catch::Contains("not a FlexNet debug log"));
}

TEST_CASE("a clock that goes back again and again is refused, with bounded memory") {
    std::string log;
    for (int i = 0; i < 120'000; ++i) {
        log += "23:00:00 (d) x\n 1:00:00 (d) x\n10:00:00 (d) x\n 9:00:00 (d) x\n";
    }

    CHECK_THAT(days_of(log + "10:00:00 (d) TIMESTAMP 5/5/2022\n"), Catch::Contains("too often"));
}

TEST_CASE("a log whose dates jump with every line is refused, with bounded memory") {
    std::string log;
    for (int i = 0; i < 120'000; ++i) {
        log += " 8:00:00 (d) TIMESTAMP 5/5/2022\n 8:00:00 (d) TIMESTAMP 5/9/2022\n";
    }

    CHECK_THAT(days_of(log), Catch::Contains("too often"));
}
