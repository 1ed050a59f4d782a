#include "verifier/certify/junit.hpp"

#include "tally/text/html.hpp"

#include <algorithm>

namespace tally::certify {
namespace {

using check::Code;
using check::Severity;

constexpr Code last_code = static_cast<Code>(check::code_count - 1);

// The parts of docs/reference/findings.md.
const char* part_of(Code code) {
    switch (code) {
    case Code::bad_signature:
    case Code::unknown_key:
    case Code::wrong_role:
    case Code::site_file_invalid:
    case Code::release_missing:
    case Code::wrong_audience:
    case Code::unanchored:
        return "check.origin";
    case Code::truncated:
    case Code::bad_hash:
    case Code::non_canonical:
    case Code::missing_member:
    case Code::extra_member:
    case Code::limit_exceeded:
    case Code::encoding_unchecked:
        return "check.file";
    case Code::anchor_mismatch:
    case Code::fork:
    case Code::rollback:
    case Code::replay:
    case Code::bundle_missing:
    case Code::volume_missing:
    case Code::import_duplicate:
        return "check.memory";
    default:
        return "check.lines";
    }
}

// XML 1.0 has no place for U+FFFE and U+FFFF; everything else that it refuses is spelled out already.
std::string xml(std::string_view raw) {
    std::string text = text::html(raw);
    for (const char* outside : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
        for (std::size_t at = text.find(outside); at != std::string::npos; at = text.find(outside, at)) {
            text.replace(at, 3, "?");
        }
    }
    return text;
}

std::string attribute(const char* name, const std::string& value) {
    return std::string(" ") + name + "=\"" + xml(value) + "\"";
}
std::string attribute(const char* name, std::size_t value) { return attribute(name, std::to_string(value)); }

std::string counts(std::size_t tests, std::size_t failures) {
    return attribute("tests", tests) + attribute("failures", failures) + attribute("errors", 0U) +
           attribute("skipped", 0U) + attribute("time", "0");
}

struct Case {
    std::string xml;
    bool failed = false;
};

Case test_case(const check::Report& report, Code code) {
    Severity worst = Severity::note;
    std::string first;
    std::string bad;
    std::string noted;
    for (const auto& finding : report.findings) {
        if (finding.code != code) {
            continue;
        }
        std::string& text = finding.severity == Severity::note ? noted : bad;
        first = finding.severity > worst ? finding.text : first;
        worst = std::max(worst, finding.severity);
        text += xml(check::to_text(finding)) + "\n";
    }
    const std::string begin = "    <testcase" + attribute("name", std::string(check::name(code))) +
                              attribute("classname", part_of(code)) + attribute("time", "0");
    if (bad.empty() && noted.empty()) {
        return {begin + "/>\n", false};
    }
    std::string inside;
    if (!bad.empty()) {
        inside += "      <failure" + attribute("type", std::string(check::name(worst))) + attribute("message", first) +
                  ">" + bad + "</failure>\n";
    }
    if (!noted.empty()) {
        inside += "      <system-out>" + noted + "</system-out>\n";
    }
    return {begin + ">\n" + inside + "    </testcase>\n", !bad.empty()};
}

} // namespace

std::string to_junit(const std::vector<check::Report>& reports) {
    std::string suites;
    std::size_t tests = 0;
    std::size_t failures = 0;
    for (const auto& report : reports) {
        std::string cases;
        std::size_t failed = 0;
        std::size_t count = 0;
        for (std::size_t code = 0; code <= static_cast<std::size_t>(last_code); ++code) {
            const Case made = test_case(report, static_cast<Code>(code));
            cases += made.xml;
            failed += made.failed ? 1 : 0;
            ++count;
        }
        const auto property = [](const char* name, const std::string& value) {
            return "      <property" + attribute("name", name) + attribute("value", value) + "/>\n";
        };
        suites += "  <testsuite" + attribute("name", report.file) + counts(count, failed) + ">\n    <properties>\n" +
                  property("verdict", std::string(check::name(report.verdict))) +
                  property("sha256", to_hex(report.digest)) + property("site", report.site) +
                  property("agreement", report.agreement) + property("n", std::to_string(report.n)) +
                  property("lines", std::to_string(report.lines)) + "    </properties>\n" + cases + "  </testsuite>\n";
        tests += count;
        failures += failed;
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", "tally-verifier check") +
           attribute("tests", tests) + attribute("failures", failures) + attribute("errors", 0U) +
           attribute("time", "0") + ">\n" + suites + "</testsuites>\n";
}

} // namespace tally::certify
