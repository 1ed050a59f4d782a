// What several imports of a table say together.
#include "verifier/inputs/store.hpp"

#include "tally/text/date.hpp"
#include "tests/support/day.hpp"
#include "tests/support/temp_dir.hpp"
#include "verifier/inputs/inputs_csv.hpp"

#include <catch2/catch.hpp>
#include <map>

using namespace tally;
using namespace tally::inputs;

namespace {

using tally::test::day;
std::int64_t start_of(const std::string& text) { return day(text) * 86400; }

struct Store {
    test::TempDir folder;
    sqlite::Database database{(folder / "v.db").string(), sqlite::Mode::create};

    void put(Kind kind, const std::string& as_of, const std::string& bytes, const std::string& imported = "") {
        Inputs rows;
        const auto reading = read_input(kind, bytes, rows);
        REQUIRE(reading.ok());
        REQUIRE(reading->faults.empty());
        InputFile file;
        file.kind = kind;
        file.name = as_of + ".csv";
        file.rows = reading->rows;
        file.layout = reading->layout;
        file.as_of = day(as_of);
        file.imported = start_of(imported.empty() ? as_of : imported) + 3600;
        store_file(database, file, bytes);
    }
    [[nodiscard]] Inputs load() const { return load_inputs(database); }
};

std::string bought(const std::string& rows) {
    return "line,agreement,product,metric,quantity,features,start,end\n" + rows;
}
std::string assigned(const std::string& rows) { return "user,product,assigned,unassigned,source,team,status\n" + rows; }

} // namespace

TEST_CASE("a line that the newer register does not list any more stays known up to the day before") {
    Store store;
    store.put(Kind::entitlements, "2025-01-01",
              bought("L1,A,P,named,5,,2024-01-01,2026-12-31\nL2,A,P,named,1,,2023-01-01,2024-06-30\n"));
    store.put(Kind::entitlements, "2026-01-01", bought("L3,A,P,named,9,,2026-01-01,\n"));

    const auto rows = store.load().entitlements;

    REQUIRE(rows.size() == 3);
    CHECK(rows[0].end_day == day("2025-12-31"));
    CHECK(rows[1].end_day == day("2024-06-30"));
    CHECK(rows[2].line == "L3");
    CHECK(rows[0].at.file != rows[2].at.file);
}

TEST_CASE("a quantity that changed keeps the time before the change") {
    Store store;
    store.put(Kind::entitlements, "2025-01-01", bought("L1,A,P,named,5,,2024-01-01,\n"));
    store.put(Kind::entitlements, "2026-01-01", bought("L1,A,P,named,9,,2025-07-01,\n"));

    const auto rows = store.load().entitlements;

    REQUIRE(rows.size() == 2);
    CHECK(rows[0].quantity == 5);
    CHECK(rows[0].end_day == day("2025-06-30"));
    CHECK(rows[1].start_day == day("2025-07-01"));
}

TEST_CASE("the same register for the same day again is a correction") {
    Store store;
    store.put(Kind::entitlements, "2025-01-01", bought("L1,A,P,named,50,,2024-01-01,\nL9,A,P,named,1,,2024-01-01,\n"));
    store.put(Kind::entitlements, "2025-01-01", bought("L1,A,P,named,5,,2024-01-01,\n"));

    REQUIRE(store.load().entitlements.size() == 1);
    CHECK(store.load().entitlements[0].quantity == 5);
    const auto files = input_history(store.database);
    CHECK_FALSE(files.at(0).counts);
    CHECK(files.at(1).counts);
    CHECK(store.load().files.size() == 1);
}

TEST_CASE("a register that describes an earlier day counts as earlier, whenever it is handed in") {
    Store store;
    store.put(Kind::entitlements, "2026-01-01", bought("L1,A,P,named,9,,2026-01-01,\n"), "2026-01-02");
    store.put(Kind::entitlements, "2025-01-01", bought("L1,A,P,named,5,,2025-01-01,\n"), "2026-01-03");

    const auto inputs = store.load();

    REQUIRE(inputs.entitlements.size() == 2);
    CHECK(inputs.entitlements[0].quantity == 5);
    CHECK(inputs.entitlements[0].end_day == day("2025-12-31"));
    CHECK(inputs.newest(Kind::entitlements)->as_of == day("2026-01-01"));
}

TEST_CASE("an assignment that is not listed any more ended between the two days; one with an end stays as it was") {
    Store store;
    store.put(Kind::assignments, "2026-01-01",
              assigned("ana,RVT,2025-01-01,,,,\nben,RVT,2025-01-01,2025-06-01,,,\ncem,RVT,2025-01-01,,,,\n"));
    store.put(Kind::assignments, "2026-02-01", assigned("ana,RVT,2025-01-01,,,,\n"));

    const auto rows = store.load().assignments;

    REQUIRE(rows.size() == 3);
    CHECK(rows[0].user == "ben");
    CHECK(rows[0].unassigned->from == start_of("2025-06-01"));
    CHECK(rows[1].user == "cem");
    CHECK(rows[1].unassigned == Moment{start_of("2026-01-01"), start_of("2026-02-02")});
    CHECK(rows[2].user == "ana");
    CHECK_FALSE(rows[2].unassigned.has_value());
}

TEST_CASE("exports without dates make history between the days they describe") {
    Store store;
    const std::string header = "email,offering_name,role\n";
    store.put(Kind::assignments, "2026-01-01", header + "ana@h,Revit,\nben@h,Revit,\n");
    store.put(Kind::assignments, "2026-02-01", header + "ana@h,Revit,\ncem@h,Revit,\n");
    store.put(Kind::assignments, "2026-03-01", header + "cem@h,Revit,\n");

    const auto rows = store.load().assignments;

    REQUIRE(rows.size() == 3);
    std::map<std::string, Assignment> by;
    for (const auto& row : rows) {
        by[row.user] = row;
    }
    CHECK(by["ana@h"].assigned == Moment{0, start_of("2026-01-02")});
    CHECK(by["ana@h"].unassigned == Moment{start_of("2026-02-01"), start_of("2026-03-02")});
    CHECK(by["ben@h"].unassigned == Moment{start_of("2026-01-01"), start_of("2026-02-02")});
    CHECK(by["cem@h"].assigned == Moment{start_of("2026-01-01"), start_of("2026-02-02")});
    CHECK_FALSE(by["cem@h"].unassigned.has_value());
}

TEST_CASE("a seat that the own register and an export both have is one seat, with the export's last access") {
    Store store;
    store.put(Kind::assignments, "2026-01-01", assigned("ana@h,Revit,2025-01-01,,,,\n"));
    store.put(
        Kind::assignments, "2026-01-02",
        "email,product,assigned_date,last_accessed\nAna@h,revit,2025-01-01,2025-12-24\ndan@h,Revit,2025-02-01,\n");

    const auto rows = store.load().assignments;

    REQUIRE(rows.size() == 2);
    CHECK(rows[0].last_accessed->from == start_of("2025-12-24"));
    CHECK(rows[1].user == "dan@h");
}

TEST_CASE("a person whom the newer directory does not list any more has left the day before at the latest") {
    Store store;
    store.put(Kind::directory, "2026-01-01", "user,enabled,left\nana,yes,\nben,no,2025-11-30\n");
    store.put(Kind::directory, "2026-02-01", "user,enabled,left\ncem,yes,\n");

    const auto rows = store.load().directory;

    REQUIRE(rows.size() == 3);
    CHECK(rows[0].left == day("2026-01-31"));
    CHECK_FALSE(rows[0].enabled);
    CHECK(rows[1].left == day("2025-11-30"));
}

TEST_CASE("of a table that defines, only the newest import counts; of one that is keyed, the newest row of each") {
    Store store;
    store.put(Kind::groups, "2026-01-01", "group,product\nG1,P\n");
    store.put(Kind::groups, "2026-02-01", "group,product\nG2,P\n");
    store.put(Kind::hosts, "2026-01-01", "host,site\nn01,A\nn02,A\n");
    store.put(Kind::hosts, "2026-02-01", "host,site\nN02,B\n");

    const auto inputs = store.load();

    REQUIRE(inputs.groups.size() == 1);
    CHECK(inputs.groups[0].group == "G2");
    REQUIRE(inputs.hosts.size() == 2);
    CHECK(inputs.hosts[0].host == "n01");
    CHECK(inputs.hosts[1].site == "B");
}

TEST_CASE("of a log all rows count, identical ones once; hidden persons are as many as one file has") {
    Store store;
    const std::string header = "order,product,quantity\n";
    store.put(Kind::billing, "2026-01-01", header + "O1,P,5\nO2,P,5\nO2,P,5\n");
    store.put(Kind::billing, "2026-01-01", header + "O2,P,5\nO3,P,5\n");
    const std::string use = "day_used,email,product_name\n";
    store.put(Kind::usage_exports, "2026-01-01", use + "2026-01-01,*****,P\n2026-01-01,*****,P\n2026-01-01,ana,P\n");
    store.put(Kind::usage_exports, "2026-02-01",
              use + "2026-01-01,*****,P\n2026-01-01,*****,P\n2026-01-01,*****,P\n2026-01-01,ana,P\n");

    const auto inputs = store.load();

    CHECK(inputs.billing.size() == 3);
    CHECK(inputs.usage_exports.size() == 4);
    CHECK(same_as_current(store.database, Kind::billing, header + "O1,P,5\nO2,P,5\nO2,P,5\n").has_value());
}

TEST_CASE("what was known on a day is loaded as it was known then") {
    Store store;
    store.put(Kind::entitlements, "2025-01-01", bought("L1,A,P,named,5,,2024-01-01,\n"), "2025-01-10");
    store.put(Kind::entitlements, "2025-01-01", bought("L1,A,P,named,7,,2024-01-01,\n"), "2025-02-10");

    CHECK(load_inputs(store.database).entitlements.at(0).quantity == 7);
    CHECK(load_inputs(store.database, day("2025-02-10")).entitlements.at(0).quantity == 7);
    CHECK(load_inputs(store.database, day("2025-02-09")).entitlements.at(0).quantity == 5);
    CHECK(load_inputs(store.database, day("2025-01-09")).entitlements.empty());
    CHECK(input_history(store.database, day("2025-02-09")).at(0).counts);
}

TEST_CASE("imports of the time before they were described are read") {
    Store store;
    store.put(Kind::groups, "2026-01-01", "group,product\nG1,P\n");
    store.database.run("DROP TABLE input_described");

    CHECK(store.load().groups.size() == 1);
    CHECK(input_history(store.database).at(0).as_of == day("2026-01-01"));
    store.put(Kind::groups, "2026-02-01", "group,product\nG2,P\n");
    CHECK(store.load().groups.at(0).group == "G2");
}
