#include "verifier/inputs/inputs_csv.hpp"

#include "tally/text/date.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::inputs;

namespace {

const std::string entitlement_header =
    "line,agreement,product,metric,quantity,features,start,end,list_price,currency\n";
const std::string assignment_header = "user,product,assigned,unassigned,source,team,status\n";

} // namespace

TEST_CASE("columns are found by name whatever their case, spaces, underscores and order") {
    const auto table =
        read_entitlements("\xEF\xBB\xBF"
                          "End,START,Features,Quantity,Metric,Product,Agreement,Line,List Price,CURRENCY,Colour\r\n"
                          "2024-12-31,2024-01-01,64300ACD_F;ACD,5,Concurrent,AutoCAD,AG1,L1,1940.00,EUR,blue\r\n");

    REQUIRE(table.ok());
    REQUIRE(table->rows.size() == 1);
    const auto& row = table->rows[0];
    CHECK(row.at.row == 2);
    CHECK(row.quantity == 5);
    CHECK(row.features == std::vector<std::string>{"64300ACD_F", "ACD"});
    CHECK(row.metric == inputs::Metric::concurrent);
    CHECK(row.end_day == text::parse_day("2024-12-31"));
    CHECK(row.list_price_units == 19'400'000);
    CHECK(table->unknown_columns == std::vector<std::string>{"Colour"});
}

TEST_CASE("missing columns are named beside those that were found") {
    const auto table = read_entitlements("line,product\nL1,ACD\n");

    REQUIRE_FALSE(table.ok());
    CHECK(table.fault().what ==
          "missing columns: agreement, metric, quantity, features, start, end; found: line, product");
}

TEST_CASE("a file with semicolons says so") {
    const auto table = read_entitlements("line;agreement;product\nL1;A;B\n");

    REQUIRE_FALSE(table.ok());
    CHECK(table.fault().what.find("semicolons") != std::string::npos);
}

TEST_CASE("an empty file and a header alone are refused") {
    CHECK(read_entitlements("").fault().what == "the file is empty");
    CHECK(read_entitlements(entitlement_header).fault().what == "there is no row under the header");
}

TEST_CASE("every bad row is told with its line, not only the first") {
    const auto table =
        read_entitlements(entitlement_header + "L1,A,ACD,concurrent,5,,2024-01-01,2024-12-31,,\n"
                                               "L2,A,ACD,concurrent,five,,2024-01-01,2024-12-31,,\n"
                                               "L3,A,RVT,floating,5,,2024-01-01,2024-02-30,,\n"
                                               "L4,A,RVT,named,5,,2024-12-31,2024-01-01,,\n"
                                               "L5,A,RVT,named,5,,2024-01-01,2024-12-31,\"1.940,00\",EUR\n"
                                               "L6,A,RVT,named,5,,2024-01-01,2024-12-31,12.00,\n"
                                               "L7,A,RVT\n");

    REQUIRE(table.ok());
    std::vector<std::uint64_t> lines;
    for (const auto& fault : table->faults) {
        lines.push_back(fault.at);
    }
    CHECK(lines == std::vector<std::uint64_t>{3, 4, 4, 5, 6, 7, 8});
    CHECK(table->faults[0].what == "quantity 'five' is not a whole number from 0 to 10000000");
    CHECK(table->faults[2].what == "end '2024-02-30' is not a date: write YYYY-MM-DD");
}

TEST_CASE("duplicate and contradictory lines are told apart") {
    const auto table = read_entitlements(entitlement_header + "L1,A,ACD,concurrent,5,,2024-01-01,2024-12-31,,\n"
                                                              "L1,A,ACD,concurrent,5,,2024-01-01,2024-12-31,,\n"
                                                              "L1,A,ACD,concurrent,7,,2024-06-01,2024-12-31,,\n"
                                                              "L1,A,ACD,concurrent,7,,2025-01-01,2025-12-31,,\n");

    REQUIRE(table->faults.size() == 2);
    CHECK(table->faults[0].what == "duplicate of line 2");
    CHECK(table->faults[1].what.find("contradicts line 2") == 0);
}

TEST_CASE("assignments take dates and instants, and a seat handed back and taken again the same day") {
    const auto table = read_assignments(assignment_header + "ana,RVT,2024-01-01,2024-01-15,manual,T1,active\n"
                                                            "ana,RVT,2024-01-15,,manual,T1,active\n"
                                                            "ben,RVT,2024-01-15T12:00Z,,group,T1,active\n");

    REQUIRE(table.ok());
    CHECK(table->faults.empty());
    REQUIRE(table->rows.size() == 3);
    CHECK(table->rows[0].assigned.to - table->rows[0].assigned.from == 86400);
    CHECK(table->rows[2].assigned.to == table->rows[2].assigned.from);
    CHECK_FALSE(table->rows[2].unassigned.has_value());
}

TEST_CASE("the same seat twice at once contradicts") {
    const auto table = read_assignments(assignment_header + "ana,RVT,2024-01-01,,manual,T1,active\n"
                                                            "ana,RVT,2024-03-01,,manual,T1,active\n"
                                                            "ana,RVT,2024-03-01,,manual,T2,active\n");

    REQUIRE(table->faults.size() == 1);
    CHECK(table->faults[0].at == 3);
}

TEST_CASE("bytes that are no text are refused with their line") {
    const auto nul = read_assignments(assignment_header + std::string("ana,R\0T,2024-01-01,,,,\n", 23));
    REQUIRE(nul->faults.size() == 1);
    CHECK(nul->faults[0].at == 2);
    const auto latin = read_assignments(assignment_header + "Mar\xED"
                                                            "a,RVT,2024-01-01,,,,\n");
    CHECK(latin->faults.at(0).what.find("UTF-8") != std::string::npos);
}
