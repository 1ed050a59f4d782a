#include "recorder/capture/civil.hpp"
#include "recorder/table/log.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace tally;
using namespace tally::table;
using capture::Form;
using capture::UsageEvent;

namespace {

const std::string session_rows =
    "tally-mapping 1\nformat = csv\nsource = x\ntime = YYYY-MM-DD hh:mm\nproduct = P\nuser = U\n"
    "host = H\nstart = S\nend = E\ncount = N\n";

std::string told(const UsageEvent& event) {
    if (event.form != Form::activity) {
        return event.form == Form::malformed ? "! " + std::string(event.problem) : "-";
    }
    std::string text(name_of(event.verb));
    text += " " + std::string(event.feature) + " " + std::string(event.user) + "@" + std::string(event.client) + " x" +
            std::to_string(event.count) + " " + std::string(capture::LocalText(event.at->from_s).view().substr(11, 5));
    text += event.ended ? "-" + std::string(capture::LocalText(event.ended->from_s).view().substr(11, 5)) : "";
    return text + (event.lasted_s ? " for " + std::to_string(*event.lasted_s) : "");
}

// One text a line; or why the table is refused.
std::vector<std::string> rows(const std::string& mapping, const std::string& table) {
    Log log(read_mapping(mapping).value());
    capture::Survey survey;
    std::vector<std::string> found;
    for (const bool second : {false, true}) {
        std::istringstream lines(table);
        capture::SourceLine line;
        for (std::string text; std::getline(lines, text);) {
            ++line.number;
            line.text = text;
            UsageEvent event;
            if (second) {
                log.read(line, event);
                found.push_back(told(event));
            } else {
                log.survey(line);
            }
        }
        if (!second) {
            if (const auto done = log.finish_survey(survey); !done) {
                return {std::to_string(done.fault().at) + ": " + done.fault().what};
            }
        }
    }
    return found;
}

using Rows = std::vector<std::string>;

} // namespace

TEST_CASE("a row of a table is a session") {
    CHECK(rows(session_rows, "U,S,E,P,H,N\n"
                             "ana,2026-03-01 10:00,2026-03-01 11:30,\"CAD, 3D\",n1,\n"
                             "\n"
                             "bo,2026-03-01 09:00,,CAD,,3\n") ==
          Rows{"-", "OUT CAD, 3D ana@n1 x1 10:00-11:30", "-", "OUT CAD bo@ x3 09:00"});
}

TEST_CASE("rows that do not fit are told one by one, and the others are taken") {
    CHECK(rows(session_rows, "U,S,E,P,H,N\n"
                             "ana,2026-03-01 10:00,2026-03-01 11:30,CAD,n1,\n"
                             "ana,2026-03-01 10:00,2026-03-01,CAD,n1,\n"
                             "ana,01.03.2026 10:00,,CAD,n1,\n"
                             ",2026-03-01 10:00,,CAD,n1,\n"
                             "ana,2026-03-01 10:00,,CAD,n1,0\n"
                             "ana,2026-03-01 10:00,,CAD\n"
                             "\"ana,2026-03-01 10:00,,CAD,n1,\n"
                             "an\xFF,2026-03-01 10:00,,CAD,n1,\n"
                             "an\x01,2026-03-01 10:00,,CAD,n1,\n") ==
          Rows{"-", "OUT CAD ana@n1 x1 10:00-11:30", "! end is no time as the mapping has it: 2026-03-01",
               "! start is no time as the mapping has it: 01.03.2026 10:00", "! user is empty",
               "! count is no number of licences", "! has 4 columns where the first line has 6",
               "! quoted field without end", "! not UTF-8: save the file as CSV UTF-8",
               "! user holds a control character"});
}

TEST_CASE("a table that the mapping does not describe is refused") {
    CHECK(rows(session_rows, "U;S;E;P;H;N\nana;2026-03-01 10:00;;CAD;n1;\n") == Rows{"1: has no column P"});
    CHECK(rows(session_rows, "U,S,E,P,H,N,U\n") == Rows{"1: has more than one column U"});
    CHECK(rows(session_rows, "U,S,E,P,H,N\n") == Rows{"0: has no row"});
    CHECK(rows(session_rows, "\n") == Rows{"0: has no first line with the names of the columns"});
    CHECK(rows(session_rows, "U,S,E,P,H,N\nana,2026,,CAD,n1,\n") ==
          Rows{"2: no row fits the mapping: start is no time as the mapping has it: 2026"});
}

TEST_CASE("a line of JSON is a row, and a member that no row has refuses the file") {
    const std::string mapping = "tally-mapping 1\nformat = jsonl\nsource = x\ntime = epoch-s\nproduct.value = CAD\n"
                                "user = u\nat = t\naction = a\naction.out = checkout\naction.in = return\n";
    CHECK(rows(mapping, R"({"u":"ana","t":1772359200,"a":"checkout","more":{"x":[1]}})"
                        "\n"
                        R"({"u":"ana","t":1772359260,"a":"return"})"
                        "\n"
                        R"({"u":"ana","t":1772359260,"a":"renew"})"
                        "\n"
                        R"({"u":"ana","t":1772359260,"a":"return")"
                        "\n") == Rows{"OUT CAD ana@ x1 10:00", "IN CAD ana@ x1 10:01",
                                      "! action is none that the mapping knows: renew", "! is no JSON object"});
    CHECK(rows(mapping + "host = h\n", R"({"u":"ana","t":1772359200,"a":"checkout"})"
                                       "\n") == Rows{"0: no row has a member h"});
}

TEST_CASE("a duration stands for an end, in its unit") {
    const auto lasting = [](const std::string& unit, const std::string& text) {
        const std::string mapping =
            "tally-mapping 1\nformat = csv\nsource = x\ntime = iso-local\nproduct = P\nuser = U\n"
            "start = S\nduration = D\nduration.unit = " +
            unit + "\n";
        return rows(mapping, "P,U,S,D\np,u,2026-03-01 10:00:00,1\np,u,2026-03-01 10:00:00," + text + "\n").back();
    };
    CHECK(lasting("s", "90") == "OUT p u@ x1 10:00 for 90");
    CHECK(lasting("min", "1.5") == "OUT p u@ x1 10:00 for 90");
    CHECK(lasting("h", "0.25") == "OUT p u@ x1 10:00 for 900");
    CHECK(lasting("s", "-1") == "! duration is no duration as the mapping has it");
    CHECK(lasting("s", "99999999999") == "! duration is no duration as the mapping has it");
    CHECK(lasting("s", "") == "OUT p u@ x1 10:00");
}
