#include "tests/unit/report/sample.hpp"
#include "verifier/outputs/tables.hpp"
#include "verifier/report/assets.hpp"
#include "verifier/report/words.hpp"

#include "tally/crypto/sha256.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::report;
using namespace tally::test;

namespace {

std::string page_of(const ledger::Usage& usage, const inputs::Inputs& inputs, const Basis& basis) {
    const auto outcome = reconcile::reconcile(usage, inputs);
    return to_html({outcome, inputs, basis});
}
std::string csv_of(const Subject& subject, const std::string& name) {
    for (const auto& file : outputs::to_csv(subject)) {
        if (file.name == name) {
            return file.bytes;
        }
    }
    FAIL("no " << name);
    return "";
}
bool has(const std::string& page, const std::string& part) { return page.find(part) != std::string::npos; }

} // namespace

TEST_CASE("the page's policy names the very style and script that it carries") {
    CHECK(style_hash == to_base64(crypto::sha256(style)));
    CHECK(script_hash == to_base64(crypto::sha256(script)));
}

TEST_CASE("the page refers to nothing outside itself") {
    const auto usage = real_usage();
    const auto page = page_of(usage, demo_inputs(), demo_basis(usage));

    CHECK(has(page, "default-src 'none'"));
    for (const auto* outside : {"http:", "https:", "//www", "src=\"", "url(", "@import", "<iframe", "<object"}) {
        CHECK_FALSE(has(page, outside));
    }
}

TEST_CASE("the same outcome gives the same bytes") {
    const auto usage = real_usage();
    CHECK(page_of(usage, demo_inputs(), demo_basis(usage)) == page_of(usage, demo_inputs(), demo_basis(usage)));
}

TEST_CASE("the page shows the four numbers, the lines and every finding with its record references") {
    const auto usage = real_usage();
    const auto inputs = demo_inputs();
    const auto basis = demo_basis(usage);
    const auto outcome = reconcile::reconcile(usage, inputs);
    const auto page = to_html({outcome, inputs, basis});

    for (const auto* part : {">14</td>", ">34</td>", ">17</td>", "AutoCAD (network)", "NAV-NET", "18 May 2022"}) {
        CHECK(has(page, part));
    }
    REQUIRE(outcome.findings.size() >= 5);
    for (const auto& finding : outcome.findings) {
        CHECK(has(page, "id=\"f-" + finding.id + "\""));
        CHECK(has(page, std::string(findings::name(finding.code))));
        if (!finding.records.empty()) {
            CHECK(has(page, "… " + std::to_string(finding.records.front().seq) + "</li>"));
        }
    }
}

TEST_CASE("names from outside cannot become markup") {
    UsageBuilder b;
    b.add("<script>alert(1)</script>", "\"><img src=x>", "CAD'&<b>", clock_time("09:00"), clock_time("10:00"));
    inputs::Inputs inputs;
    inputs.entitlements = {line("<i>L1", "</style><b>", inputs::Metric::named, 1)};
    Basis basis;
    basis.logs = {{"H", "</title><b>", "S", "recorder", 1, 1, 0, 0}};

    const auto page = page_of(b.usage, inputs, basis);

    for (const auto* raw : {"<script>alert", "<img", "<b>\"", "<i>L1", "</style><b>", "</title><b>"}) {
        CHECK_FALSE(has(page, raw));
    }
    CHECK(has(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
}

TEST_CASE("an empty ledger gives an honest page that says what to do next") {
    const auto page = page_of(UsageBuilder().usage, {}, {});

    CHECK(has(page, "No entitlements have been imported"));
    CHECK(has(page, "tally-verifier import entitlements"));
    CHECK(has(page, "No bundle has been accepted"));
    CHECK_FALSE(has(page, "<table"));
}

TEST_CASE("a chart keeps a peak of one second in a year") {
    UsageBuilder b;
    b.add("u", "h", "CAD", instant("2024-01-01T08:00Z"), instant("2024-12-31T08:00Z"));
    b.add("v", "i", "CAD", instant("2024-06-01T08:00Z"), instant("2024-06-01T08:00Z") + 1);
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", inputs::Metric::concurrent, 1)};

    const auto page = page_of(b.usage, inputs, {});

    CHECK(has(page, "1 Jun 2024: at most 2 at once, 1 bought"));
}

TEST_CASE("a table of very many rows is cut on the page, says so, and is whole in the CSV") {
    UsageBuilder b;
    for (std::uint32_t i = 0; i < 5001; ++i) {
        b.add("u", "h", "CAD", clock_time("09:00"), clock_time("10:00"));
        b.usage.users.push_back("user" + std::to_string(i));
        b.usage.sessions.back().user = static_cast<std::uint32_t>(b.usage.users.size() - 1);
    }
    const auto outcome = reconcile::reconcile(b.usage, {});

    const auto page = to_html({outcome, {}, {}});

    CHECK(has(page, "The first 5000 of 5001 rows"));
    const auto table = csv_of({outcome, {}, {}}, "users.csv");
    CHECK(std::count(table.begin(), table.end(), '\n') == 5002);
}

TEST_CASE("numbers and times are written one way") {
    CHECK(count_text(1474) == "1474");
    CHECK(count_text(1234567) == "1\xE2\x80\xAF"
                                 "234\xE2\x80\xAF"
                                 "567");
    CHECK(bounds_text({6, 8}) == "6–8");
    CHECK(duration_text(59) == "59 s");
    CHECK(duration_text(300) == "5 min");
    CHECK(duration_text(11520) == "3 h 12 min");
    CHECK(day_text(0) == "1 Jan 1970");
}
