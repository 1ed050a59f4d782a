#include "recorder/capture/civil.hpp"
#include "recorder/flexnet/line.hpp"

#include <catch2/catch.hpp>
#include <deque>
#include <string>

using namespace tally::capture;
using namespace tally::flexnet;

namespace {

// What is read points into the text, so every text is kept.
Line event(const std::string& message) {
    static std::deque<std::string> texts;
    return read_line(texts.emplace_back(" 8:42:20 (vendx) " + message));
}

} // namespace

TEST_CASE("a time may be padded with a space, with a zero, or not at all") {
    for (const std::string text : {" 8:42:20 (d) x", "08:42:20 (d) x", "8:42:20 (d) x"}) {
        Line line;
        REQUIRE(read_stamp(text, line));
        CHECK(line.stamp.second == 8 * 3600 + 42 * 60 + 20);
        CHECK(line.daemon == "d");
        CHECK(line.message == "x");
    }
}

TEST_CASE("lines without a time and a daemon are not of the log's own") {
    for (const std::string text : {"", "24:00:00 (d) x", "8:60:00 (d) x", "8:42 (d) x", "8:42:20 d x", "8:42:20 () x",
                                   "abc", "8:42:20 (never closed", "2022-02-30T08:00:00Z (d) x"}) {
        Line line;
        CHECK_FALSE(read_stamp(text, line));
    }
}

TEST_CASE("an RFC 3339 time brings its own date and offset") {
    Line line;

    REQUIRE(read_stamp("2024-01-31T08:42:20.123+01:00 (d) x", line));

    CHECK(line.stamp.day == day_of(2024, 1, 31));
    CHECK(line.stamp.offset_s == 3600);
}

TEST_CASE("user and host are split at the last @ before the groups") {
    struct Row {
        std::string text, user, client;
    };
    for (const Row& row :
         {Row{R"(OUT: "F" ana@pc1  )", "ana", "pc1"},
          Row{R"(OUT: "F" Maria Cruz@pc  (3 licenses))", "Maria Cruz", "pc"},
          Row{R"(OUT: "F" jean-luc@pc-2.example.com)", "jean-luc", "pc-2.example.com"},
          Row{R"(OUT: "F" a@b c@pc)", "a@b c", "pc"}, Row{R"(OUT: "F" ana@example.com@pc)", "ana@example.com", "pc"},
          Row{"OUT: \"F\" Mar\xC3\xAD"
              "a@pc",
              "Mar\xC3\xAD"
              "a",
              "pc"},
          Row{R"(OUT: F ana@pc)", "ana", "pc"},
          Row{R"(DENIED: "F" u@h (Cannot reach 27000@other. (-15,570)))", "u", "h"},
          Row{R"(UNSUPPORTED: "F" (00B0 EF6E ) u@h  (No such feature exists. (-5,346)))", "u", "h"}}) {
        const auto line = event(row.text);
        CHECK(line.form == Form::activity);
        CHECK(line.feature == "F");
        CHECK(line.user == row.user);
        CHECK(line.client == row.client);
    }
}

TEST_CASE("licences, vendor data and nested reasons are told apart") {
    const auto line = event(R"(DENIED: "F" u@h  [x y] (25 licenses) (Users are queued. (-24,332)))");

    CHECK(line.count == 25);
    CHECK(line.cdata == "x y");
    CHECK(line.reason == "Users are queued. (-24,332)");
    CHECK(event(R"(IN: "F" u@h  (2 licenses) (SHUTDOWN))").reason == "SHUTDOWN");
    CHECK(event(R"(OUT: "F" u@h  (0 licenses))").count == 1);
}

TEST_CASE("the older and the verbose forms are read") {
    const auto by = event("IN: feat by carl (2 licenses) (used: 0:00:04:00)");
    const auto to = event("DENIED: 3 feat to carl@pc");
    const auto verbose = event("OUT: feat@pc9(2)^^^1 dora 10.0.0.9 4242 17 1 5 my project 11.19 1.0 10/28 8:50 0^^^");

    CHECK(
        (by.form == Form::activity && by.feature == "feat" && by.user == "carl" && by.client.empty() && by.count == 2));
    CHECK(
        (to.form == Form::activity && to.feature == "feat" && to.user == "carl" && to.client == "pc" && to.count == 3));
    CHECK((verbose.form == Form::activity && verbose.feature == "feat" && verbose.user == "dora" &&
           verbose.client == "pc9" && verbose.count == 2));
    CHECK(event(R"(IN server died: "F" u@h)").reason == "server died");
}

TEST_CASE("what begins like an event and goes on otherwise is malformed, never half an event") {
    for (const std::string text :
         {"OUT: \"broken", "OUT: \"F\"", "OUT: \"F\" nobody", "IN: \"\" u@h", "OUT: \"F\" @h", "OUT: \"F\" u@ ",
          "OUT: F", "IN: \"F\" u@h trailing words", "OUT: feat@pc(1)^^^1", "OUT: @(1)^^^1 u ^^^"}) {
        INFO(text);
        CHECK(event(text).form == Form::malformed);
    }
    CHECK(event("OUTLOOK: x").form == Form::other);
}

TEST_CASE("dates are told by stamps, starts and summary lines, whatever the language of the zone") {
    const auto day = day_of(2022, 5, 5);
    for (const std::string text :
         {"TIMESTAMP 5/5/2022", "(@vendx-SLOG@) Time: Thu May 05 2022 12:42:25 Hora de verano romance",
          "(@x-SLOG@) Start-Date: Thu May 05 2022 08:42:25 CEST", "(@x-SLOG@) Reread time: Thu May 05 2022 08:42:31 Z",
          "Server's System Date and Time: Thu May 05 2022 08:42:20 W. Europe",
          "FlexNet Licensing (v11.18.0.0 build 275847 x64_n6) started on lic (IBM PC) (5/5/2022)"}) {
        INFO(text);
        REQUIRE(anchor_in(text));
        CHECK(anchor_in(text)->day == day);
    }
    for (const std::string text : {"TIMESTAMP 13/5/2022", "TIMESTAMP 2/30/2022",
                                   "(@x-SLOG@) Peak private bytes attempted at Mon May 02 2022 09:00:00 X",
                                   "(@x-SLOG@) Time: jeu. mai 05 2022 12:42:25", "OUT: x (5/5/2022)"}) {
        INFO(text);
        CHECK_FALSE(anchor_in(text));
    }
}

TEST_CASE("starts and ends of daemons are seen, requests are not") {
    CHECK(read_line(" 8:00:00 (lmgrd) Started vendx (pid 1)").form == Form::started);
    CHECK(read_line(" 8:00:00 (lmgrd) REStarted vendx (internet tcp_port 1 pid 2)").subject == "vendx");
    CHECK(read_line(" 8:00:00 (lmgrd) vendx exited with status 58 signal = 15").subject == "vendx");
    CHECK(read_line(" 8:00:00 (vendx) EXITING DUE TO SIGNAL 15").subject == "vendx");
    CHECK(read_line(" 8:00:00 (lmgrd) EXITING DUE TO SIGNAL 15").form == Form::stopped);
    CHECK(read_line(" 8:00:00 (lmgrd) SHUTDOWN request from u at node h").form == Form::other);
    CHECK(read_line(" 8:00:00 (lmgrd) Started with care").form == Form::other);
}

TEST_CASE("the server's name is read where the log tells it") {
    CHECK(server_in("Server started on lic02 for:\t").host == "lic02");
    CHECK(server_in("FLEXnet Licensing (v11.7) started on lic01 (IBM PC) (6/9/2022)").host == "lic01");
    CHECK(server_in("(@m-SLOG@) Host used in license file: lic01").host == "lic01");
    CHECK(server_in("OUT: \"F\" u@h").rank == 0);
}

TEST_CASE("calendar days count both ways") {
    for (const int day : {-719468, -1, 0, 59, 60, 10956, 11016, 19000, 80000}) {
        const auto date = civil_of(day);
        CHECK(day_of(date.year, date.month, date.day) == day);
    }
    CHECK(LocalText(day_of(2022, 5, 5) * day_s + 31340).view() == "2022-05-05 08:42:20");
    CHECK_FALSE(is_date(2023, 2, 29));
    CHECK(is_date(2024, 2, 29));
}
