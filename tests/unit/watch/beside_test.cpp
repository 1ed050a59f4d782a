// The vendor's own export of use beside the records.
#include "tests/unit/watch/estate.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using findings::Bounds;

namespace {

struct ExportedBeside : Estate {
    ExportedBeside() { hear("n01"); }
    void work(const std::string& user, const std::string& on) {
        watched(user, "n01", "RVT", "2026", instant(on + "T08:00Z"), instant(on + "T09:00Z"));
    }
    void tell(const std::string& user, const std::string& product, const std::string& on, std::int64_t days = 1) {
        inputs::ExportedUse row;
        row.at.row = 2 + inputs.usage_exports.size();
        row.user = user;
        row.product = product;
        row.first = day(on);
        row.last = row.first + days - 1;
        row.days = days;
        inputs.usage_exports.push_back(row);
    }
    findings::VendorUse of(const std::string& user, const std::string& product = "RVT") {
        for (const auto& row : outcome.watched.vendor_use) {
            if (row.person == user && row.product == product) {
                return row;
            }
        }
        FAIL("no row for " << user);
        return {};
    }
    void sign_in() {
        inputs::Host row;
        row.host = "n01";
        row.sign_in_hours = 24;
        inputs.hosts.push_back(row);
    }
};

} // namespace

TEST_CASE("each person and product of an export stands beside the records with the class of why they differ") {
    ExportedBeside estate;
    estate.sign_in();
    estate.work("same", "2026-03-02");
    estate.work("fewer", "2026-03-02");
    estate.work("more", "2026-03-02");
    estate.work("more", "2026-03-03");
    estate.work("more", "2026-03-04");
    estate.work("absent", "2026-03-03");
    estate.tell("same", "RVT", "2026-03-02");
    estate.tell("fewer", "RVT", "2026-03-02", 4);
    estate.tell("more", "RVT", "2026-03-02");
    estate.tell("more", "RVT", "2026-03-05");
    estate.tell("elsewhere", "RVT", "2026-03-05");
    estate.tell("", "RVT", "2026-03-05");
    estate.tell("same", "Unheard of", "2026-03-05");
    estate.run(watch::lay_beside);

    CHECK(estate.of("same").reason.empty());
    CHECK(estate.of("same").own_days == Bounds{1, 1});
    CHECK(estate.of("same").own_sessions == 1);
    CHECK(estate.of("fewer").reason == "vendor_tells_more");
    CHECK(estate.of("fewer").vendor_days == 4);
    CHECK(estate.of("more").reason == "records_tell_more");
    CHECK(estate.of("absent").reason == "not_exported");
    CHECK(estate.of("absent").vendor_days == 0);
    CHECK(estate.of("elsewhere").reason == "not_recorded");
    CHECK(estate.of("").reason == "hidden_person");
    CHECK(estate.of("same", "Unheard of").reason == "unknown_product");
}

TEST_CASE("days that one export tells twice are one day, and own use that never signs in explains what it lacks") {
    ExportedBeside estate;
    estate.work("u1", "2026-03-02");
    estate.work("u1", "2026-03-03");
    estate.tell("u1", "RVT", "2026-03-02");
    estate.tell("u1", "RVT", "2026-03-02");
    estate.tell("u2", "RVT", "2026-03-03");
    estate.work("u3", "2026-03-02");
    estate.run(watch::lay_beside);

    CHECK(estate.of("u1").vendor_days == 1);
    CHECK(estate.of("u1").reason.empty()); // both tell of 2 March, the only day that the export says of this person
    CHECK(estate.of("u3").reason == "offline_computers");
}
