#include "tests/unit/watch/estate.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using findings::Bounds;
using findings::Code;

namespace {

struct Company : Estate {
    // Records reach back to January 2025.
    Company() { use("old@holm.example", "2025-01-02"); }
    void use(const std::string& user, const std::string& date) {
        const std::int64_t from = instant(date + "T10:00Z");
        watched(user, "n01", "REVIT", "2026", from, from + 3600);
    }
    void newcomers(const std::string& domain, int accounts, const std::string& first) {
        for (int i = 0; i < accounts; ++i) {
            use("p" + std::to_string(i) + "@" + domain, text::format_day(day(first) + i));
        }
    }
    inputs::EntityEvent event(const std::string& date) {
        inputs::EntityEvent row;
        row.entity = "Brandt GmbH";
        row.domain = "brandt.example";
        row.what = "acquisition";
        row.day = day(date);
        inputs.entity_events.push_back(row);
        return row;
    }
    void identify(const std::string& host_name, const std::string& name, const std::string& since,
                  const std::string& domain = "") {
        ledger::HostIdentity identity;
        identity.log = host(host_name);
        identity.name = name;
        identity.domain = domain;
        identity.since = instant(since);
        identity.seq = 9;
        usage.identities.push_back(identity);
    }
};

} // namespace

TEST_CASE("five accounts of a domain never seen before are a new entity, four are not") {
    for (const int accounts : {5, 4}) {
        Company estate;
        estate.event("2026-01-01");
        estate.newcomers("brandt.example", accounts, "2026-01-05");
        const auto* found = find(estate.run(watch::judge_entities), Code::entity, "Brandt GmbH");
        REQUIRE((found != nullptr) == (accounts == 5));
        if (found != nullptr) {
            CHECK(found->quantity == Bounds{5, 5});
            CHECK(found->unit == "accounts");
            CHECK(found->when.from == instant("2026-01-05T00:00Z"));
            CHECK(found->rows.size() == 1);
            CHECK(count_of(estate.outcome, Code::entity) == 1);
        }
    }
}

TEST_CASE("the domain of a person is the directory's, and the finding is named after the directory's entity") {
    Company estate;
    for (int i = 0; i < 5; ++i) {
        inputs::DirectoryEntry entry;
        entry.user = "b" + std::to_string(i);
        entry.domain = "brandt.example";
        entry.entity = "Brandt GmbH";
        estate.inputs.directory.push_back(entry);
        estate.use(entry.user, "2026-01-05");
    }
    CHECK(find(estate.run(watch::judge_entities), Code::entity, "Brandt GmbH") != nullptr);
}

TEST_CASE("accounts count within thirty days of the domain's first one") {
    for (const bool fires : {true, false}) {
        Company estate;
        estate.newcomers("brandt.example", 4, "2026-01-05");
        estate.use("last@brandt.example", fires ? "2026-02-03" : "2026-02-04");
        CHECK((find(estate.run(watch::judge_entities), Code::entity) != nullptr) == fires);
    }
}

TEST_CASE("who is there from the beginning of the records is no new entity") {
    for (const bool fires : {true, false}) {
        Company estate;
        estate.usage.sessions.clear();
        estate.use("old@holm.example", fires ? "2026-01-01" : "2026-01-02");
        estate.newcomers("brandt.example", 5, "2026-01-31");
        CHECK((find(estate.run(watch::judge_entities), Code::entity, "brandt.example") != nullptr) == fires);
        CHECK(find(estate.outcome, Code::entity, "holm.example") == nullptr);
    }
}

TEST_CASE("three hosts of a domain never seen before are a new entity, two are not") {
    for (const int hosts : {3, 2}) {
        Company estate;
        for (int i = 0; i < hosts; ++i) {
            const std::string name = "b0" + std::to_string(i);
            estate.identify(name, name, "2026-02-01T08:00Z", "BRANDT");
        }
        CHECK((find(estate.run(watch::judge_entities), Code::entity, "brandt") != nullptr) == (hosts == 3));
    }
}

TEST_CASE("a fifth more people at work after a change of the company are a finding of that change") {
    for (const bool fires : {true, false}) {
        Company estate;
        estate.event("2026-01-01");
        for (int i = 0; i < 10; ++i) {
            estate.use("q" + std::to_string(i), "2025-12-10");
        }
        for (int i = 0; i < (fires ? 12 : 11); ++i) {
            estate.use("q" + std::to_string(i), "2026-01-12");
        }
        const auto* found = find(estate.run(watch::judge_entities), Code::entity, "Brandt GmbH");
        REQUIRE((found != nullptr) == fires);
        if (found != nullptr) {
            CHECK(found->quantity == Bounds{2, 2});
            CHECK(found->unit == "persons");
        }
    }
}

TEST_CASE("three hosts of an entity that the hosts table names first are a new entity") {
    Company estate;
    for (int i = 0; i < 3; ++i) {
        inputs::Host row;
        row.host = "b0" + std::to_string(i);
        row.entity = "Brandt GmbH";
        estate.inputs.hosts.push_back(row);
        estate.watched("old@holm.example", row.host, "REVIT", "2026", instant("2026-01-07T09:00Z"),
                       instant("2026-01-07T10:00Z"));
    }
    CHECK(find(estate.run(watch::judge_entities), Code::entity, "Brandt GmbH") != nullptr);
}

TEST_CASE("a rise is one of at least five persons") {
    for (const int before : {5, 4}) {
        Company estate;
        estate.event("2026-01-01");
        for (int i = 0; i < before; ++i) {
            estate.use("q" + std::to_string(i), "2025-12-10");
        }
        for (int i = 0; i < before + 1; ++i) {
            estate.use("q" + std::to_string(i), "2026-01-08");
        }
        CHECK((find(estate.run(watch::judge_entities), Code::entity) != nullptr) == (before == 5));
    }
}

TEST_CASE("a rise begins at most ninety days from the event") {
    for (const bool fires : {true, false}) {
        Company estate;
        estate.event(fires ? "2025-10-07" : "2025-10-06");
        for (std::int64_t at = day("2025-09-01"); at < day("2026-03-20"); ++at) {
            for (int i = 0; i < (at < day("2026-01-05") ? 10 : 12); ++i) {
                estate.use("q" + std::to_string(i), text::format_day(at));
            }
        }
        CHECK((find(estate.run(watch::judge_entities), Code::entity, "Brandt GmbH") != nullptr) == fires);
    }
}

TEST_CASE("four of twenty-five hosts with new names are renamed hosts of their site, as is a tenth, not less") {
    for (const int hosts : {25, 40, 41}) {
        Company estate;
        for (int i = 0; i < hosts; ++i) {
            estate.host("s" + std::to_string(i), "SUED");
        }
        for (int i = 0; i < 4; ++i) {
            estate.identify("s" + std::to_string(i), "x" + std::to_string(i), "2026-02-10T08:00Z");
        }
        const auto* renamed = find(estate.run(watch::judge_entities), Code::hosts_renamed, "SUED");
        REQUIRE((renamed != nullptr) == (hosts <= 40));
        if (renamed != nullptr) {
            CHECK(renamed->quantity == Bounds{4, 4});
            CHECK(renamed->records.size() == 4);
        }
    }
}

TEST_CASE("one host with a new name is no renaming of hosts, however small the site, two are") {
    for (const int renamed : {1, 2}) {
        Company estate;
        estate.host("w0", "WEST");
        estate.host("w1", "WEST");
        for (int i = 0; i < renamed; ++i) {
            estate.identify("w" + std::to_string(i), "x" + std::to_string(i), "2026-02-10T08:00Z");
        }
        CHECK((find(estate.run(watch::judge_entities), Code::hosts_renamed) != nullptr) == (renamed == 2));
    }
}

TEST_CASE("a name that only changes its case, or is said again, is no new name") {
    Company estate;
    for (const auto* name : {"w0", "w1"}) {
        estate.host(name, "WEST");
        estate.identify(name, name, "2026-02-10T08:00Z");
    }
    estate.identify("w0", "W0", "2026-02-11T08:00Z");
    estate.identify("w1", "W1", "2026-02-11T08:00Z");
    CHECK(find(estate.run(watch::judge_entities), Code::hosts_renamed) == nullptr);
}

TEST_CASE("a clock that is set forward by an hour is a clock step of 3600 seconds") {
    Company estate;
    estate.usage.clock_steps.push_back({estate.host("n11"), instant("2026-03-03T12:00Z"), 3'600'000, 4});
    const auto& outcome = estate.run(watch::judge_clocks);
    REQUIRE(outcome.findings.size() == 1);
    CHECK(outcome.findings.front().code == Code::clock_step);
    CHECK(outcome.findings.front().subject == "n11");
    CHECK(outcome.findings.front().quantity == Bounds{3600, 3600});
}

TEST_CASE("a clock step counts from a minute on, in both directions") {
    for (const std::int64_t by_ms : {60'000, 59'999, -60'000, -59'999}) {
        Company estate;
        estate.usage.clock_steps.push_back({estate.host("n11"), instant("2026-03-03T12:00Z"), by_ms, 4});
        CHECK((find(estate.run(watch::judge_clocks), Code::clock_step) != nullptr) == (by_ms % 60'000 == 0));
    }
}
