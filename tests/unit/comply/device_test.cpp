// Device lines and perpetual rights: what is installed or used where.
#include "tests/unit/comply/quarter.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::findings;
using namespace tally::test;
using inputs::HostClass;
using inputs::Metric;

namespace {

void install(UsageBuilder& b, const std::string& host, const std::string& product, const std::string& version,
             std::int64_t from = on("01-01 00:00"), std::int64_t to = ledger::unknown) {
    ledger::Installation row;
    row.log = b.host(host);
    row.feature = UsageBuilder::id(b.usage.features, product);
    row.version = UsageBuilder::id(b.usage.versions, version);
    row.from = from;
    row.to = to;
    row.seq = 5;
    b.usage.installations.push_back(row);
}

std::string numbered(int i) { return "d" + std::to_string(i); }

// Installed on `installed` hosts, used on the first `used` of them.
UsageBuilder spread(const std::string& product, const std::string& version, int installed, int used) {
    UsageBuilder b;
    observe_quarter(b);
    for (int i = 0; i < installed; ++i) {
        install(b, numbered(i), product, version);
    }
    for (int i = 0; i < used; ++i) {
        b.watched("u" + numbered(i), numbered(i), product, version, on("02-02 09:00"), on("02-02 10:00"));
    }
    return b;
}

inputs::Inputs ten_devices() {
    inputs::Inputs inputs;
    inputs.entitlements = {priced(line("L07", "Navisworks", Metric::device, 10), 1200)};
    return inputs;
}

inputs::Inputs eight_owned() {
    inputs::Inputs inputs;
    inputs.entitlements = {line("L08", "AutoCAD", Metric::perpetual, 8)};
    inputs.entitlements[0].versions = {inputs::Versions::Rule::fixed, 2019, 2019, 0};
    return inputs;
}

} // namespace

TEST_CASE("installed on eleven devices and used on nine, ten bought: one too many") {
    const auto outcome = judged(spread("Navisworks", "2026", 11, 9), ten_devices());

    const auto* finding = find(outcome, Code::device_over, "L07");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{1, 1});
    CHECK(finding->certainty == Certainty::certain);
    CHECK(detail(*finding, "installed") == "11");
    CHECK(detail(*finding, "used") == "9");
    CHECK(finding->cure->str() == "1200.00");
    CHECK(finding->exposure->str() == "295.89"); // 90 days
    CHECK(finding->records_total == 11);
    CHECK(position_of(outcome, "L07").peak == Bounds{11, 11});

    CHECK(find(judged(spread("Navisworks", "2026", 10, 9), ten_devices()), Code::device_over) == nullptr);
}

TEST_CASE("without a scan use is the lower bound and every own host the upper") {
    auto b = spread("Navisworks", "2026", 0, 9);
    for (int i = 9; i < 14; ++i) {
        b.host(numbered(i));
    }
    const auto outcome = judged(b, ten_devices());
    CHECK(position_of(outcome, "L07").peak == Bounds{9, 15}); // and the host that only shows the time
    const auto* finding = find(outcome, Code::device_over, "L07");
    REQUIRE(finding != nullptr);
    CHECK(finding->certainty == Certainty::possible);
    CHECK(finding->quantity == Bounds{0, 5});
}

TEST_CASE("what was removed before the period does not count, one day inside does") {
    auto b = spread("Navisworks", "2026", 10, 0);
    install(b, "gone", "Navisworks", "2026", on("01-01 00:00") - 900, on("01-01 00:00"));
    CHECK(find(judged(b, ten_devices()), Code::device_over) == nullptr);
    b.usage.installations.back().to = on("01-01 10:00");
    CHECK(find(judged(b, ten_devices()), Code::device_over) != nullptr);
}

TEST_CASE("a computer set up anew under another name is the same device") {
    auto b = spread("Navisworks", "2026", 10, 10);
    const auto anew = b.host("d9-new"); // a log that says which one it replaces
    b.usage.log_replaces.resize(b.usage.logs.size());
    b.usage.log_replaces[anew] = b.host("d9");
    install(b, "d9-new", "Navisworks", "2026", on("02-15 00:00"));
    b.watched("ud9", "d9-new", "Navisworks", "2026", on("02-16 09:00"), on("02-16 10:00"));
    const auto outcome = judged(b, ten_devices());
    CHECK(position_of(outcome, "L07").peak == Bounds{10, 10});
    CHECK(find(outcome, Code::device_over) == nullptr);

    b.usage.log_replaces[anew] = 0;
    CHECK(find(judged(b, ten_devices()), Code::device_over) != nullptr);
}

TEST_CASE("a renamed computer is one device, an identity live under two names at once counts two") {
    auto b = spread("Navisworks", "2026", 10, 9);
    auto& later = b.watched("ud9", "d9", "Navisworks", "2026", on("02-02 09:00"), on("02-02 10:00"));
    later.client = UsageBuilder::id(b.usage.clients, "renamed");
    CHECK(find(judged(b, ten_devices()), Code::device_over) == nullptr);

    b.watched("ud9", "d9", "Navisworks", "2026", on("02-02 09:30"), on("02-02 09:40"));
    CHECK(find(judged(b, ten_devices()), Code::device_over)->quantity == Bounds{1, 1});
}

TEST_CASE("of two names the shorter use is met inside a longer one, whatever began between") {
    auto b = spread("Navisworks", "2026", 10, 9);
    b.watched("ud9", "d9", "Navisworks", "2026", on("02-02 09:00"), on("02-02 12:00"));
    b.watched("ud9", "d9", "Navisworks", "2026", on("02-02 09:10"), on("02-02 09:20"));
    auto& inside = b.watched("ud9", "d9", "Navisworks", "2026", on("02-02 11:00"), on("02-02 11:10"));
    inside.client = UsageBuilder::id(b.usage.clients, "renamed");
    CHECK(find(judged(b, ten_devices()), Code::device_over)->quantity == Bounds{1, 1});

    inside.start_from = inside.start_to = on("02-02 12:00"); // as the other one ends
    inside.end_from = inside.end_to = on("02-02 12:10");
    CHECK(find(judged(b, ten_devices()), Code::device_over) == nullptr);
}

TEST_CASE("pooled desktops count by how many run at once, and behind a terminal server the devices that are known") {
    auto inputs = ten_devices();
    auto b = spread("Navisworks", "2026", 9, 0);
    for (const std::string host : {"v1", "v2", "v3"}) {
        inputs.hosts.push_back(host_row(host, HostClass::vdi_pool));
        install(b, host, "Navisworks", "2026");
    }
    b.watched("u", "v1", "Navisworks", "2026", on("02-02 09:00"), on("02-02 10:00"));
    b.watched("u", "v2", "Navisworks", "2026", on("02-02 10:00"), on("02-02 11:00"));
    CHECK(position_of(judged(b, inputs), "L07").peak == Bounds{10, 10});

    inputs.hosts.push_back(host_row("term", HostClass::terminal));
    b.watched("a", "term", "Navisworks", "2026", on("02-02 09:00"), on("02-02 10:00"));
    b.watched("b", "term", "Navisworks", "2026", on("02-02 09:00"), on("02-02 10:00"));
    CHECK(position_of(judged(b, inputs), "L07").peak == Bounds{11, 12});
    for (auto& session : b.usage.sessions) {
        if (session.client == UsageBuilder::id(b.usage.clients, "term")) {
            session.address = UsageBuilder::id(b.usage.addresses, "10.0.0.1");
        }
    }
    CHECK(position_of(judged(b, inputs), "L07").peak == Bounds{11, 11});
}

TEST_CASE("a host that belongs to others, or a site the line does not name, is not counted") {
    auto b = spread("Navisworks", "2026", 11, 0);
    auto inputs = ten_devices();
    inputs.hosts = {host_row("d3", HostClass::workstation)};
    inputs.hosts[0].owner = inputs::HostOwner::third_party;
    CHECK(find(judged(b, inputs), Code::device_over) == nullptr);
    inputs.hosts.clear();
    inputs.entitlements[0].sites = {"ELSEWHERE"};
    CHECK(position_of(judged(b, inputs), "L07").peak.lower == 0);
}

TEST_CASE("a table of installations counts as a scan does") {
    UsageBuilder b;
    observe_quarter(b);
    auto inputs = ten_devices();
    for (int i = 0; i < 11; ++i) {
        inputs::InstalledRow row;
        row.host = numbered(i);
        row.product = "Navisworks";
        row.version = "2026";
        inputs.installations.push_back(row);
    }
    CHECK(find(judged(b, inputs), Code::device_over)->quantity == Bounds{1, 1});
}

TEST_CASE(
    "a perpetual release installed on nine and used on seven, eight owned: one too many; others are not counted") {
    auto b = spread("AutoCAD", "2019", 9, 7);
    install(b, "other", "AutoCAD", "2024");
    const auto outcome = judged(b, eight_owned());

    const auto* finding = find(outcome, Code::perp_over, "L08");
    REQUIRE(finding != nullptr);
    CHECK(finding->quantity == Bounds{1, 1});
    CHECK(detail(*finding, "installed") == "9");
    CHECK(detail(*finding, "used") == "7");
    CHECK_FALSE(finding->cure);
    CHECK(find(judged(spread("AutoCAD", "2019", 8, 7), eight_owned()), Code::perp_over) == nullptr);
    CHECK(position_of(judged(spread("AutoCAD", "2019", 0, 7), eight_owned()), "L08").peak == Bounds{7, 8});
}

TEST_CASE("a perpetual network right is what its servers give out") {
    UsageBuilder b;
    observe_quarter(b);
    auto inputs = eight_owned();
    for (const std::string server : {"A", "B"}) {
        inputs::LicenceFile row;
        row.server = server;
        row.product = "AutoCAD";
        row.count = 5;
        inputs.licence_files.push_back(row);
    }
    const auto outcome = judged(b, inputs);
    CHECK(find(outcome, Code::perp_over)->quantity == Bounds{2, 2});
    CHECK(detail(*find(outcome, Code::perp_over), "served") == "10");
}

TEST_CASE("rows of the perpetual inventory without a line are rights of their own") {
    auto b = spread("AutoCAD", "2018", 3, 0);
    inputs::Inputs inputs;
    inputs::PerpetualRight row;
    row.product = "AutoCAD";
    row.version = 2018;
    row.quantity = 2;
    inputs.perpetual = {row};
    CHECK(find(judged(b, inputs), Code::perp_over, "AutoCAD 2018")->quantity == Bounds{1, 1});
    inputs.perpetual.push_back(row);
    CHECK(find(judged(b, inputs), Code::perp_over) == nullptr);
}
