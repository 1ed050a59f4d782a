#include "verifier/certify/certificate.hpp"
#include "verifier/certify/junit.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace tally;
using namespace tally::certify;

namespace {

bool has(const std::string& page, const std::string& part) { return page.find(part) != std::string::npos; }
std::size_t count(const std::string& page, const std::string& part) {
    std::size_t times = 0;
    for (std::size_t at = page.find(part); at != std::string::npos; at = page.find(part, at + 1)) {
        ++times;
    }
    return times;
}

const std::string hostile = "</style><script>alert(1)</script>\"'&\x1b[31m\xE2\x80\xAE\xEF\xBF\xBF\xFF\n";

check::Finding finding(check::Code code, check::Severity severity, std::string text) {
    return {code, severity, "", std::nullopt, "", std::nullopt, std::nullopt, std::move(text)};
}

check::Report good() {
    check::Report report;
    report.verdict = check::Verdict::ok;
    report.file = "in/SITE1_USAGE_000001_V1OF1.tally";
    report.site = "SITE1";
    report.agreement = "DEFAULT";
    report.n = 1;
    report.bytes = 61'440;
    report.lines = 5118;
    report.seals = 5;
    check::LogCoverage log;
    log.host = "HURMWEPCYHO6T3KCHVNABQLEY";
    log.label = "LICSRV";
    log.role = "recorder";
    log.next = log.fresh_lines = 5111;
    log.seals = 2;
    log.sessions = 2548;
    log.first_wall = log.last_wall = 1'790'000'000'000;
    log.root = check::Hash{};
    report.logs = {log};
    return report;
}

// As much and as bad as a bundle can bring.
check::Report worst() {
    check::Report report = good();
    report.verdict = check::Verdict::rejected;
    report.file = "/" + std::string(4000, 'W') + hostile;
    report.site = report.agreement = std::string(24, 'W');
    report.n = report.bytes = report.lines = report.seals = UINT64_MAX;
    report.logs.clear();
    for (int i = 0; i < 40; ++i) {
        check::LogCoverage log;
        log.host = std::string(25, 'W');
        log.label = i % 2 == 0 ? std::string(2000, 'W') : hostile;
        log.role = "recorder";
        log.next = log.fresh_lines = log.seals = log.sessions = UINT64_MAX - 1;
        log.first = UINT64_MAX / 2;
        log.first_wall = 1;
        log.last_wall = log.imported_last = UINT64_MAX;
        log.root = check::Hash{};
        report.logs.push_back(log);
        report.findings.push_back({check::Code::seal_broken, check::Severity::refuse, std::string(25, 'W'), UINT64_MAX,
                                   "LINES_0001.jsonl.zst", 1, 2, std::string(1500, 'W')});
        report.findings.push_back(finding(check::Code::replay, check::Severity::note, hostile));
    }
    return report;
}

const CertificateBasis basis{std::string(64, 'a'), "lusab-babad-lusab-babad-lusab-babad-lusab-babad", 1'790'000'000,
                             "0.1.0"};

} // namespace

TEST_CASE("a certificate says what was checked, against what, and what it does not prove") {
    const auto page = to_certificate(good(), basis);

    for (const char* part : {"<b>OK</b>", "SITE1_USAGE_000001_V1OF1.tally", "lusab-babad", "HURMWEPCYHO6T3KCHVNABQLEY",
                             "2026-09-21T14:13:20Z", "0.1.0", "What this does not prove", "None."}) {
        CHECK(has(page, part));
    }
    CHECK(has(page, "root at 5\xE2\x80\xAF"
                    "111 <code>" +
                        std::string(64, '0')));
}

TEST_CASE("a certificate tells apart what was refused, what was not anchored, and what was found") {
    check::Report refused = good();
    refused.verdict = check::Verdict::rejected;
    check::Report unanchored = good();
    unanchored.verdict = check::Verdict::ok_with_findings;
    unanchored.findings = {finding(check::Code::unanchored, check::Severity::warn, "nobody is trusted")};
    unanchored.logs[0].root.reset();
    check::Report warned = unanchored;
    warned.findings = {finding(check::Code::log_replaced, check::Severity::warn, "took the place")};

    CHECK(has(to_certificate(refused, basis), "<b>REJECTED</b>"));
    const auto page = to_certificate(unanchored, {"", "", 0, "0.1.0"});
    CHECK(has(page, "<b>UNANCHORED</b>"));
    CHECK(has(page, "no enrolled site file"));
    CHECK(has(page, "root not proved"));
    CHECK_FALSE(has(page, "root at"));
    CHECK(has(to_certificate(warned, basis), "<b>OK WITH FINDINGS</b>"));
}

TEST_CASE("nothing from a bundle gets out of its place on a certificate, however hostile or long") {
    const auto page = to_certificate(worst(), basis);

    CHECK_FALSE(has(page, "<script"));
    CHECK(count(page, "</style>") == 1);
    CHECK_FALSE(has(page, "\x1b"));
    CHECK_FALSE(has(page, "\xE2\x80\xAE"));
    CHECK(has(page, "and 36 more logs"));
    CHECK(has(page, "and 76 more"));
    CHECK(page.size() < 24'000);
}

TEST_CASE("a certificate is one self-contained page") {
    const auto page = to_certificate(worst(), basis);

    CHECK(has(page, "default-src 'none'"));
    for (const char* part : {"http:", "https:", "src=", "href=", "url(", "@import"}) {
        CHECK_FALSE(has(page, part));
    }
}

TEST_CASE("JUnit has one case for each code and fails those that refuse or warn") {
    check::Report report = good();
    report.findings = {finding(check::Code::fork, check::Severity::refuse, "another history"),
                       finding(check::Code::fork, check::Severity::refuse, "and again"),
                       finding(check::Code::sequence_gap, check::Severity::warn, "more lines there"),
                       finding(check::Code::replay, check::Severity::note, "seen before")};

    const auto xml = to_junit({report, good()});

    CHECK(count(xml, "<testsuite ") == 2);
    CHECK(count(xml, "<testcase ") == 2 * check::code_count);
    CHECK(count(xml, "<failure ") == 2);
    CHECK(has(xml, "<failure type=\"refuse\" message=\"another history\">refuse FORK: another history\nrefuse FORK: "
                   "and again\n<"));
    CHECK(has(xml, "<failure type=\"warn\" message=\"more lines there\">"));
    CHECK(has(xml, "<system-out>note REPLAY: seen before\n</system-out>"));
    CHECK(has(xml, "tests=\"" + std::to_string(2 * check::code_count) + "\" failures=\"2\""));
}

TEST_CASE("JUnit holds no character that XML has no place for") {
    const auto xml = to_junit({worst()});

    CHECK_FALSE(has(xml, "<script"));
    CHECK_FALSE(has(xml, "\x1b"));
    CHECK_FALSE(has(xml, "\xEF\xBF\xBF"));
    CHECK_FALSE(has(xml, "\xFF"));
}

// For the browser test: the pages as files in the folder that TALLY_CERTIFICATES names.
TEST_CASE("certificates for the browser", "[.]") {
    const char* folder = std::getenv("TALLY_CERTIFICATES");
    REQUIRE(folder != nullptr);
    check::Report warned = good();
    warned.verdict = check::Verdict::ok_with_findings;
    warned.findings = {finding(check::Code::unanchored, check::Severity::warn, "nobody is trusted here")};
    os::replace_file(os::fs::path(folder) / "good.html", to_certificate(good(), basis));
    os::replace_file(os::fs::path(folder) / "unanchored.html", to_certificate(warned, {"", "", 0, "0.1.0"}));
    os::replace_file(os::fs::path(folder) / "worst.html", to_certificate(worst(), basis));
    os::replace_file(os::fs::path(folder) / "worst.xml", to_junit({worst(), good()}));
}
