#include "verifier/review/runs.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::review;

namespace {

struct Store {
    test::TempDir folder;
    sqlite::Database database{(folder / "v.db").string(), sqlite::Mode::create};
};

} // namespace

TEST_CASE("a database without runs has no stored finding, also read-only") {
    Store store;
    const sqlite::Database reader((store.folder / "v.db").string(), sqlite::Mode::read_only);

    CHECK_FALSE(stored_finding(reader, "abc").has_value());
    CHECK_FALSE(latest_run(reader).has_value());
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
    CHECK(latest_run(store.database)->as_of == 6);
    CHECK(latest_run(store.database)->rules == "rules");
}
