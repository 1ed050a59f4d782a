#include "tests/unit/report/sample.hpp"
#include "verifier/report/assets.hpp"
#include "verifier/report/table.hpp"
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
    CHECK_FALSE(has(page, "<tbody></tbody>"));
}

TEST_CASE("where people may stand under two names the page says why its numbers are pairs") {
    for (const bool mixed : {true, false}) {
        UsageBuilder b;
        const std::string who(31, 'A');
        b.add("u1_" + who + "B", "pc1", "CAD", clock_time("09:00"), clock_time("10:00"));
        b.add((mixed ? "u2_" : "u1_") + who + "C", "pc1", "CAD", clock_time("11:00"), clock_time("12:00"));
        const auto page = page_of(b.usage, {}, {});
        CHECK(has(page, "(PSEUDONYM_EPOCH). Numbers of people are pairs because of that.") == mixed);
        CHECK(has(page, "between 1 and 2 used something") == mixed);
    }
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

TEST_CASE("the rows of a long table that do not stand in the page travel beside it, none is lost") {
    Table table("t-x", "Rows.", {{"Person"}, {"Days", Align::number}, {"Left", Align::number}});
    for (int i = 0; i < 103; ++i) {
        table.cell("<bdi>u" + std::to_string(i) + "&lt;</bdi>").number(i, count_text(i)).number(0, "–");
    }

    const auto page = table.str();

    CHECK(has(page, "The first 100 of 103 rows"));
    CHECK(has(page, "<bdi>u99&lt;</bdi>"));
    CHECK(has(page, "id=\"t-x-rest\" data-rows=\"3\">[[\"\\u003cbdi>u100&lt;\\u003c/bdi>\",100,null],\n["));
    CHECK(has(page, "u102&lt;\\u003c/bdi>\",102,null]]</script>"));
}

TEST_CASE("a short table carries no rows beside it") {
    Table table("t-x", "Rows.", {{"Person"}});
    for (int i = 0; i < 100; ++i) {
        table.text("u");
    }
    CHECK_FALSE(has(table.str(), "<script"));
}

TEST_CASE("names from outside cannot leave the data beside a table or a kind of findings") {
    UsageBuilder b;
    inputs::Inputs inputs;
    inputs.entitlements = {line("L1", "CAD", inputs::Metric::named, 500)};
    for (int i = 0; i < 130; ++i) {
        b.add("^a</script><script>alert(" + std::to_string(i) + ")</script>", "h", "CAD", clock_time("09:00"),
              clock_time("10:00"));
    }

    const auto page = page_of(b.usage, inputs, {});

    CHECK(has(page, "id=\"t-users-rest\""));
    CHECK(has(page, "id=\"phrases\""));
    CHECK(has(page, "^^a&lt;/script&gt;"));
    CHECK_FALSE(has(page, "<script>alert"));
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
