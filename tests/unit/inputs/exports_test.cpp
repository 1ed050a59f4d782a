// Exports of the vendor's account, of both generations, as assignments and as use.
#include "verifier/inputs/inputs_csv.hpp"

#include "tally/text/date.hpp"
#include "tests/support/day.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::inputs;

namespace {

using tally::test::day;

} // namespace

TEST_CASE("users of the first generation: who holds a seat, the offering as product") {
    const auto table = read_assignments("team_alias,first_name,last_name,email,autodesk_id,offering_name,role\n"
                                        "Holm,Ana,A,ana@holm.example,AAA,Revit,user\n"
                                        "Holm,,,,BBB,AutoCAD,\n"
                                        "Holm,Cem,C,cem@holm.example,CCC,,user\n");
    REQUIRE(table.ok());
    CHECK(table->faults.empty());
    CHECK(table->layout == "account users");
    REQUIRE(table->rows.size() == 2);
    CHECK(table->rows[0].user == "ana@holm.example");
    CHECK(table->rows[0].product == "Revit");
    CHECK(table->rows[0].team == "Holm");
    CHECK(table->rows[0].assigned == Moment{});
    CHECK(table->rows[1].user == "BBB");
    CHECK(table->skipped == 1);
    CHECK(table->unknown_columns == std::vector<std::string>{"first_name", "last_name"});
}

TEST_CASE("users of the second generation have spelt-out names") {
    const auto table = read_assignments("Team,First name,Last name,Email,Autodesk ID,Product,Role\n"
                                        "Holm,Ana,A,ana@holm.example,AAA,Revit,user\n");
    CHECK(table->layout == "account users");
    CHECK(table->rows.at(0).user == "ana@holm.example");
}

TEST_CASE("the usage report tells seats with their dates, in the spelling of either year") {
    for (const std::string header :
         {"Email,Product,Team,Group,Assigned date,Unassigned date,Last accessed,Seat assignment,Monthly average\n",
          "email,product_name,team_name,group,assigned_date,unassigned_date,last_accessed,seat_assignment,monthly_"
          "average\n"}) {
        const auto table = read_assignments(header + "ana@h,Revit,T,,2026-01-02,,2026-03-01,Assigned,4\n"
                                                     "ben@h,Revit,T,G,2026-01-02,2026-02-01 10:00:00,,Unassigned,0\n"
                                                     "cem@h,Revit,T,,,,2026-03-01,Flex,2\n");
        REQUIRE(table.ok());
        CHECK(table->faults.empty());
        CHECK(table->layout == "usage report");
        REQUIRE(table->rows.size() == 2);
        CHECK(table->rows[0].assigned.from == day("2026-01-02") * 86400);
        CHECK(table->rows[0].source == "manual");
        CHECK(table->rows[0].last_accessed->from == day("2026-03-01") * 86400);
        CHECK(table->rows[1].unassigned->from == day("2026-02-01") * 86400);
        CHECK(table->rows[1].source == "group");
        CHECK(table->skipped == 1);
    }
}

TEST_CASE("hidden persons are counted: by pseudonym, else one seat each and nobody's use") {
    const auto seats =
        read_assignments("email,autodesk_id,offering_name,role\n*****,*****,Revit,*****\n*****,*****,Revit,*****\n");
    REQUIRE(seats.ok());
    CHECK(seats->faults.empty());
    CHECK(seats->nameless == 2);
    REQUIRE(seats->rows.size() == 2);
    CHECK(seats->rows[0].user != seats->rows[1].user);
    const auto use = read_rows<ExportedUse>("day_used,email,hashed_autodesk_id,product_name,version\n"
                                            "2026-03-01,*****,f00d,Revit,2026\n"
                                            "2026-03-01,*****,,Revit,2026\n");
    REQUIRE(use.ok());
    CHECK(use->rows.at(0).user == "f00d");
    CHECK(use->rows.at(1).user.empty());
    CHECK(use->nameless == 1);
}

TEST_CASE("use by day and in sum") {
    const auto daily = read_rows<ExportedUse>("Day used,Email,Product,Version,Feature,Tokens used\n"
                                              "2026-03-01T00:00:00Z,ana@h,Revit,2026,,10\n");
    CHECK(daily->layout == "usage by day");
    CHECK(daily->rows.at(0).first == day("2026-03-01"));
    CHECK(daily->rows.at(0).last == daily->rows.at(0).first);
    CHECK(daily->rows.at(0).days == 1);
    CHECK(daily->rows.at(0).tokens == 10);
    const auto sum =
        read_rows<ExportedUse>("Email,Product,Days used,Last accessed\nana@h,Revit,4,2026-03-10\nben@h,Revit,0,\n");
    CHECK(sum->layout == "usage report");
    REQUIRE(sum->rows.size() == 1);
    CHECK(sum->rows[0].first == day("2026-03-07"));
    CHECK(sum->rows[0].days == 4);
    CHECK(sum->skipped == 1);
}

TEST_CASE("a file of one's own stays one, also with the vendor's columns beside its own") {
    const auto table = read_assignments("user,product,assigned,unassigned,source,team,status,email,assigned_date\n"
                                        "ana,RVT,2024-01-01,,manual,T1,active,ana@h,2023-01-01\n");
    CHECK(table->layout == own_layout);
    CHECK(table->rows.at(0).user == "ana");
    CHECK(table->unknown_columns == std::vector<std::string>{"email", "assigned_date"});
}

TEST_CASE("dates of an export that are none are refused with their lines") {
    const auto table =
        read_rows<ExportedUse>("day_used,email,product_name\n03/01/2026,ana@h,Revit\n2026-03-01,ana@h,\n");
    REQUIRE(table->faults.size() == 2);
    CHECK(table->faults[0].what == "day_used '03/01/2026' is not a date: write YYYY-MM-DD");
    CHECK(table->faults[1].what == "product is empty");
}
