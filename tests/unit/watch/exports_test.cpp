#include "tests/unit/watch/estate.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using findings::Bounds;
using findings::Certainty;
using findings::Code;

namespace {

// u1 works with Revit on n01, which signs in every day, and the vendor hands in what it saw of March.
struct Exported : Estate {
    Exported() {
        sign_in("n01", 24);
        hear("n01");
        work("2026-03-02");
    }
    void sign_in(const std::string& name, std::optional<std::int64_t> hours) {
        inputs::Host row;
        row.host = name;
        row.sign_in_hours = hours;
        inputs.hosts.push_back(row);
    }
    void work(const std::string& on, const std::string& host = "n01", const std::string& product = "RVT") {
        watched("u1", host, product, "2026", instant(on + "T08:00Z"), instant(on + "T09:00Z"));
    }
    void tell(const std::string& first, const std::string& last, const std::string& user = "u1") {
        inputs::ExportedUse row;
        row.at.row = 2 + inputs.usage_exports.size();
        row.user = user;
        row.product = "RVT";
        row.first = day(first);
        row.last = day(last);
        row.days = row.last - row.first + 1;
        inputs.usage_exports.push_back(row);
    }
    const findings::Finding* look() { return find(run(watch::judge_exports), Code::sources_disagree, "u1/RVT/export"); }
};

} // namespace

TEST_CASE("two days that only the vendor saw are let pass, three are a finding") {
    for (const bool fires : {true, false}) {
        Exported estate;
        estate.tell("2026-03-02", "2026-03-02");
        estate.tell("2026-03-10", fires ? "2026-03-12" : "2026-03-11");
        const auto* found = estate.look();
        REQUIRE((found != nullptr) == fires);
        if (found != nullptr) {
            CHECK(found->quantity == Bounds{3, 3});
            CHECK(found->certainty == Certainty::certain);
            CHECK(found->unit == "days");
            CHECK(found->rows.size() == 2);
            CHECK(found->details.front().second == "the vendor");
        }
    }
}

TEST_CASE("days on which the person's computer was not watched may be what the vendor saw") {
    Exported estate;
    estate.tell("2026-03-02", "2026-03-02");
    estate.tell("2026-03-10", "2026-03-12");
    estate.unobserved("n01", ledger::Darkness::recorder_off, "2026-03-11T08:00Z", "2026-03-11T20:00Z");
    const auto* found = estate.look();
    REQUIRE(found != nullptr);
    CHECK(found->quantity == Bounds{2, 3});
    CHECK(found->certainty == Certainty::possible);
}

TEST_CASE("a day that the vendor dates one earlier or later is the same day") {
    Exported estate;
    for (const std::string on : {"2026-03-10", "2026-03-11", "2026-03-12"}) {
        estate.work(on);
    }
    estate.tell("2026-03-09", "2026-03-11");
    estate.tell("2026-03-03", "2026-03-03");
    CHECK(estate.look() == nullptr);
}

TEST_CASE("who works where only the vendor sees adds to the record and disagrees with nobody") {
    Exported estate;
    estate.inputs.hosts.front().sign_in_hours.reset(); // behind the gap
    estate.tell("2026-03-10", "2026-03-20");
    CHECK(estate.look() == nullptr);
    Exported elsewhere; // his recorded work ended before the export begins
    elsewhere.tell("2026-03-10", "2026-03-20");
    CHECK(elsewhere.look() == nullptr);
}

TEST_CASE("use on a computer that always signs in and that the vendor does not tell is a finding the other way") {
    for (const bool fires : {true, false}) {
        Exported estate;
        for (const std::string on : {"2026-03-05", "2026-03-07", "2026-03-09"}) {
            if (fires || on != "2026-03-09") {
                estate.work(on);
            }
        }
        estate.tell("2026-03-02", "2026-03-02");
        estate.tell("2026-03-30", "2026-03-30");
        estate.work("2026-03-30");
        const auto* found = estate.look();
        REQUIRE((found != nullptr) == fires);
        if (found != nullptr) {
            CHECK(found->quantity == Bounds{3, 3});
            CHECK(found->certainty == Certainty::certain);
            CHECK(found->details.front().second == "the own record");
            CHECK_FALSE(found->records.empty());
        }
    }
}

TEST_CASE("days in a row may be windows that began the day before, so that half of them are certain") {
    Exported estate;
    for (const std::string on : {"05", "06", "07", "08", "09", "10"}) {
        estate.work("2026-03-" + on);
    }
    estate.tell("2026-03-02", "2026-03-02");
    estate.tell("2026-03-30", "2026-03-30");
    const auto* found = estate.look();
    REQUIRE(found != nullptr);
    CHECK(found->quantity == Bounds{3, 6});
}

TEST_CASE("a computer that signs in once a month may work where the vendor does not see it: possible at most") {
    Exported estate;
    estate.inputs.hosts.front().sign_in_hours = 720;
    for (const std::string on : {"05", "07", "09"}) {
        estate.work("2026-03-" + on);
    }
    estate.tell("2026-03-02", "2026-03-02");
    estate.tell("2026-03-30", "2026-03-30");
    const auto* found = estate.look();
    REQUIRE(found != nullptr);
    CHECK(found->certainty == Certainty::possible);
    CHECK(found->quantity == Bounds{0, 3});
}

TEST_CASE("an export that hides persons accuses none of those whom it does not name") {
    Exported estate;
    for (const std::string on : {"05", "07", "09"}) {
        estate.work("2026-03-" + on);
    }
    estate.tell("2026-03-02", "2026-03-30", "");
    CHECK(estate.look() == nullptr);
}

TEST_CASE("an export that says how many days were used, not which, is not compared") {
    Exported estate;
    estate.tell("2026-03-10", "2026-03-20");
    estate.inputs.usage_exports.front().at.file = 1;
    estate.work("2026-03-15", "n01", "ACD");
    inputs::InputFile file;
    file.id = 1;
    file.kind = inputs::Kind::usage_exports;
    file.layout = "usage report";
    estate.inputs.files = {file};
    CHECK(estate.look() == nullptr);
    estate.inputs.files.front().layout = "usage by day";
    estate.outcome = {};
    CHECK(estate.look() != nullptr);
}
