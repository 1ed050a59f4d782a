#include "tests/support/bundle_builder.hpp"
#include "tests/support/temp_dir.hpp"
#include "verifier/certify/verdict_text.hpp"
#include "verifier/check/check.hpp"

#include <catch2/catch.hpp>

using namespace tally;

TEST_CASE("an honest bundle of an enrolled site is OK") {
    test::TempDir directory;
    test::Site site;
    auto& host = site.host("H1");
    host.session(0, 60);
    host.seal();
    site.arrive(host, 0);
    const auto path = site.draft().write(directory.path(), site.exporter);

    auto outcome = check::check_bundle({path, {}, {}, check::Recompress::yes, 2},
                                       {check::Trust::Basis::enrolled, {site.file}, nullptr});

    INFO(certify::to_text(outcome.report));
    CHECK(outcome.report.verdict == check::Verdict::ok);
    CHECK(outcome.report.findings.empty());
    REQUIRE(outcome.bundle);
    std::vector<std::string> lines;
    outcome.bundle->for_each_line([&](const check::LineView& line) { lines.emplace_back(line.bytes); });
    CHECK(lines.size() == site.station.lines.size() + host.lines.size());
    CHECK(lines.back() == host.lines.back());
}
