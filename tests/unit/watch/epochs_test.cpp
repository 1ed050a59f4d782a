#include "tests/unit/watch/estate.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::test;
using findings::Bounds;
using findings::Certainty;
using findings::Code;

namespace {

std::string name(char letter, int epoch, char who) {
    return letter + std::to_string(epoch) + "_" + std::string(32, who);
}

struct Names : Estate {
    void work(const std::string& user, const std::string& host_name, const std::string& on,
              const std::string& site = "NORD") {
        host(host_name, site);
        const std::int64_t from = day(on) * text::seconds_per_day + 36'000;
        watched(user, host_name, "CIVIL", "2026", from, from + 3600);
    }
    std::string detail(const findings::Finding& finding, const std::string& key) const {
        for (const auto& [known, value] : finding.details) {
            if (known == key) {
                return value;
            }
        }
        return "";
    }
};

} // namespace

TEST_CASE("a site that changed its secret in the period is told of, with the people of each epoch") {
    Names estate;
    for (const char who : {'A', 'B', 'C'}) {
        estate.work(name('u', 1, who), "n01", "2026-02-02");
    }
    estate.work(name('u', 2, 'D'), "n02", "2026-02-20");
    const auto& outcome = estate.run(watch::judge_epochs);
    REQUIRE(outcome.findings.size() == 1);
    const auto& finding = outcome.findings.front();
    CHECK(finding.code == Code::pseudonym_epoch);
    CHECK(finding.severity == findings::Severity::note);
    CHECK(finding.subject == "NORD");
    CHECK(finding.unit == "persons");
    CHECK(finding.quantity == Bounds{3, 4});
    CHECK(finding.when.from == instant("2026-02-02T00:00Z"));
    CHECK(finding.when.to == instant("2026-02-21T00:00Z"));
    CHECK(finding.since == instant("2026-02-20T00:00Z"));
    CHECK(estate.detail(finding, "epoch 1") == "2026-02-02 to 2026-02-02, 3 persons");
    CHECK(estate.detail(finding, "epoch 2") == "2026-02-20 to 2026-02-20, 1 person");
    CHECK(estate.detail(finding, "hosts") == "n01, n02");
    CHECK(estate.detail(finding, "persons") == "3 to 4");
    CHECK(finding.records_total == 2);
    CHECK_FALSE(findings::exceeds(finding));
}

TEST_CASE("also on the day of the last record, where nobody says up to which day to count") {
    Names estate;
    estate.options.as_of_day.reset();
    estate.work(name('u', 1, 'A'), "n01", "2026-02-02");
    estate.work(name('u', 2, 'B'), "n01", "2026-02-02");
    CHECK(find(estate.run(watch::judge_epochs), Code::pseudonym_epoch, "NORD") != nullptr);
}

TEST_CASE("names in clear before a policy came are another way as well") {
    Names estate;
    estate.work("hig", "n01", "2026-02-02");
    estate.work(name('u', 1, 'A'), "n01", "2026-02-20");
    const auto* finding = find(estate.run(watch::judge_epochs), Code::pseudonym_epoch, "NORD");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{1, 2});
    CHECK(estate.detail(*finding, "in clear") == "2026-02-02 to 2026-02-02, 1 person");
}

TEST_CASE("one epoch in the period, or one at each site, is nothing to tell") {
    Names one;
    one.work(name('u', 1, 'A'), "n01", "2025-11-02");
    one.work(name('u', 2, 'B'), "n01", "2026-02-20");
    CHECK(one.run(watch::judge_epochs).findings.empty());
    Names sites;
    sites.work(name('u', 1, 'A'), "n01", "2026-02-02");
    sites.work(name('u', 2, 'B'), "w01", "2026-02-20", "WEST");
    CHECK(sites.run(watch::judge_epochs).findings.empty());
}

TEST_CASE("computers under two names are told of where people are not") {
    Names estate;
    for (const auto* on : {"2026-02-02", "2026-02-20"}) {
        const bool late = std::string(on) == "2026-02-20";
        const std::int64_t from = day(on) * text::seconds_per_day + 36'000;
        estate.add("hig", name('h', late ? 2 : 1, 'A'), "CIVIL", from, from + 3600);
    }
    const auto* finding = find(estate.run(watch::judge_epochs), Code::pseudonym_epoch);
    REQUIRE(finding != nullptr);
    CHECK(finding->unit == "computers");
    CHECK(finding->quantity == Bounds{1, 2});
}

TEST_CASE("the new pseudonym of a host is no new name") {
    for (const bool rotated : {true, false}) {
        Names estate;
        for (const char who : {'A', 'B', 'C', 'D'}) {
            const auto log = estate.hear(name('h', 1, who));
            ledger::HostIdentity next;
            next.log = log;
            next.name = rotated ? name('h', 2, who) : name('h', 1, static_cast<char>(who + 10));
            next.since = instant("2026-03-01T08:00Z");
            estate.usage.identities.push_back(next);
        }
        const auto& outcome = estate.run(watch::judge_entities);
        CHECK((find(outcome, Code::hosts_renamed) == nullptr) == rotated);
    }
}

TEST_CASE("a change of names alone breaks no pattern for certain") {
    for (const bool rotated : {true, false}) {
        Names estate;
        for (int i = 0; i < 12; ++i) {
            const char who = static_cast<char>('A' + i);
            estate.work(name('u', 1, who), "n01", "2025-10-02"); // the records reach over both periods
            estate.work(name('u', 1, who), "n01", "2025-11-03");
            estate.work(name('u', 1, who), "n01", "2026-01-05");
            estate.work(name('u', rotated ? 2 : 1, static_cast<char>('M' + i)), "n01", "2026-03-02");
        }
        const auto* finding = find(estate.run(watch::judge_spikes), Code::pattern_break);
        REQUIRE(finding != nullptr);
        CHECK(finding->certainty == (rotated ? Certainty::possible : Certainty::certain));
        CHECK(finding->quantity == (rotated ? Bounds{0, 12} : Bounds{12, 12}));
    }
}
