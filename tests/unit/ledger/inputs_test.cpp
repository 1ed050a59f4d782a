#include "verifier/ledger/inputs.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::ledger;

namespace {

struct Store {
    test::TempDir folder;
    sqlite::Database database{(folder / "v.db").string(), sqlite::Mode::create};
};

Entitlement some_line() {
    Entitlement line;
    line.row = 2;
    line.line = "L1";
    line.agreement = "AG";
    line.product = "AutoCAD";
    line.name = "AutoCAD, the full one";
    line.order = "PO-1";
    line.currency = "EUR";
    line.metric = Metric::concurrent;
    line.quantity = 5;
    line.features = {"64300ACD_F", "ACD"};
    line.start_day = 18'000;
    line.end_day = 19'000;
    line.version_max = 2022;
    line.list_price_units = 19'400'000;
    return line;
}

Assignment some_seat() {
    Assignment row;
    row.row = 2;
    row.user = "M\xC3\xAD"
               "a";
    row.product = "Revit";
    row.team = "T1";
    row.assigned = {100, 200};
    row.last_accessed = Moment{300, 400};
    return row;
}

} // namespace

TEST_CASE("a database without inputs gives none, also read-only") {
    Store store;
    const sqlite::Database reader((store.folder / "v.db").string(), sqlite::Mode::read_only);

    CHECK(load_inputs(reader).entitlements.empty());
    CHECK_FALSE(load_inputs(reader).entitlement_file.has_value());
    CHECK(input_history(reader).empty());
    CHECK_FALSE(stored_finding(reader, "abc").has_value());
}

TEST_CASE("what was stored comes back field by field") {
    Store store;
    store_inputs(store.database, {0, InputKind::entitlements, "ent.csv", "", 7, 0}, "bytes", std::vector{some_line()});
    store_inputs(store.database, {0, InputKind::assignments, "asg.csv", "", 8, 0}, "other", std::vector{some_seat()});

    const Inputs inputs = load_inputs(store.database);

    REQUIRE(inputs.entitlements.size() == 1);
    const auto& line = inputs.entitlements[0];
    CHECK(line.row == 2);
    CHECK(line.line + line.agreement + line.product + line.order + line.currency == "L1AGAutoCADPO-1EUR");
    CHECK(line.name == "AutoCAD, the full one");
    CHECK(line.metric == Metric::concurrent);
    CHECK(line.quantity == 5);
    CHECK(line.features == std::vector<std::string>{"64300ACD_F", "ACD"});
    CHECK(line.start_day == 18'000);
    CHECK(line.end_day == 19'000);
    CHECK_FALSE(line.version_min.has_value());
    CHECK(line.version_max == 2022);
    CHECK(line.list_price_units == 19'400'000);
    REQUIRE(inputs.assignments.size() == 1);
    CHECK(inputs.assignments[0].user == some_seat().user);
    CHECK(inputs.assignments[0].assigned == Moment{100, 200});
    CHECK_FALSE(inputs.assignments[0].unassigned.has_value());
    CHECK(inputs.assignments[0].last_accessed == Moment{300, 400});
    CHECK(inputs.entitlement_file->name == "ent.csv");
    CHECK(inputs.entitlement_file->digest.size() == 64);
    CHECK(inputs.entitlement_file->rows == 1);
}

TEST_CASE("the newest import is current, earlier ones are kept, the same bytes are recognised") {
    Store store;
    store_inputs(store.database, {0, InputKind::entitlements, "q1.csv", "", 7, 0}, "q1", std::vector{some_line()});
    auto more = some_line();
    more.quantity = 9;
    store_inputs(store.database, {0, InputKind::entitlements, "q2.csv", "", 8, 0}, "q2", std::vector{more});

    CHECK(load_inputs(store.database).entitlements.at(0).quantity == 9);
    CHECK(input_history(store.database).size() == 2);
    CHECK(same_as_current(store.database, InputKind::entitlements, "q2").has_value());
    CHECK_FALSE(same_as_current(store.database, InputKind::entitlements, "q1").has_value());
    CHECK_FALSE(same_as_current(store.database, InputKind::assignments, "q2").has_value());
}

TEST_CASE("an import that fails in the middle leaves what was current") {
    Store store;
    store_inputs(store.database, {0, InputKind::entitlements, "q1.csv", "", 7, 0}, "q1", std::vector{some_line()});

    CHECK_THROWS_AS(store_inputs(store.database, {0, InputKind::entitlements, "q2.csv", "", 8, 0}, "q2",
                                 std::vector{some_line(), some_line()}), // the same row number twice
                    Error);

    CHECK(load_inputs(store.database).entitlement_file->name == "q1.csv");
    CHECK(input_history(store.database).size() == 1);
}

TEST_CASE("a run is kept when it differs from the newest, and a finding that is gone can still be read") {
    Store store;
    const std::vector<StoredFinding> first = {{"aaaa", "OVER_PEAK", "{\"n\":1}"}, {"bbbb", "EXPIRED_USE", "{}"}};

    CHECK(store_run(store.database, 5, "rules", first) == StoreOutcome::stored);
    CHECK(store_run(store.database, 5, "rules", first) == StoreOutcome::unchanged);
    CHECK(store_run(store.database, 6, "rules", {{"aaaa", "OVER_PEAK", "{\"n\":2}"}}) == StoreOutcome::stored);

    CHECK(stored_finding(store.database, "aaaa")->body == "{\"n\":2}");
    CHECK(stored_finding(store.database, "bbbb")->code == "EXPIRED_USE");
    CHECK_FALSE(stored_finding(store.database, "cccc").has_value());
}
