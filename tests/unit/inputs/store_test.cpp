#include "verifier/inputs/store.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::inputs;

namespace {

struct NewStore {
    test::TempDir folder;
    sqlite::Database database{(folder / "v.db").string(), sqlite::Mode::create};

    InputFile put(const std::string& name, const std::string& bytes, Kind kind = Kind::entitlements) {
        return store_file(database, {0, kind, name, "", 7, 1}, bytes);
    }
};

std::string bought(int quantity) {
    return "line,agreement,product,metric,quantity,features,start,end\nL1,AG,AutoCAD,concurrent," +
           std::to_string(quantity) + ",64300ACD_F,2021-07-01,2023-06-30\n";
}

} // namespace

TEST_CASE("a database without inputs gives none, also read-only") {
    NewStore store;
    const sqlite::Database reader((store.folder / "v.db").string(), sqlite::Mode::read_only);

    CHECK(load_inputs(reader).entitlements.empty());
    CHECK(load_inputs(reader).files.empty());
    CHECK(input_history(reader).empty());
}

TEST_CASE("what was stored comes back as rows that know their file and line") {
    NewStore store;
    const auto file = store.put("ent.csv", bought(5));

    const Inputs inputs = load_inputs(store.database);

    REQUIRE(inputs.entitlements.size() == 1);
    const auto& line = inputs.entitlements[0];
    CHECK(line.quantity == 5);
    CHECK(line.at == RowRef{Kind::entitlements, 2, static_cast<std::uint64_t>(file.id)});
    REQUIRE(inputs.file_of(line.at) != nullptr);
    CHECK(inputs.file_of(line.at)->name == "ent.csv");
    CHECK(inputs.file_of(line.at)->digest.size() == 64);
    CHECK(inputs.newest(Kind::assignments) == nullptr);
}

TEST_CASE("the newest import is current, earlier ones are kept, the same bytes are recognised") {
    NewStore store;
    store.put("q1.csv", bought(5));
    store.put("q2.csv", bought(9));

    CHECK(load_inputs(store.database).entitlements.at(0).quantity == 9);
    CHECK(input_history(store.database).size() == 2);
    CHECK(same_as_current(store.database, Kind::entitlements, bought(9)).has_value());
    CHECK_FALSE(same_as_current(store.database, Kind::entitlements, bought(5)).has_value());
    CHECK_FALSE(same_as_current(store.database, Kind::assignments, bought(9)).has_value());
}

TEST_CASE("a stored file that was altered on disk is named, not guessed") {
    NewStore store;
    store.put("q1.csv", bought(5));
    store.database.run("UPDATE input_file SET bytes = x'00'");

    CHECK_THROWS_AS(load_inputs(store.database), Error);
}
