#include "verifier/audit/redaction.hpp"

#include "tally/text/csv.hpp"
#include "tally/text/html.hpp"
#include "tally/text/json.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using audit::Redactor;

namespace {

audit::PseudonymKey some_key() {
    audit::PseudonymKey key{};
    key.fill(7);
    return key;
}
std::string of(const std::string& name) { return audit::pseudonym(some_key(), "person", name); }

Redactor with(const std::vector<std::string>& names) {
    Redactor redactor(some_key());
    for (const auto& name : names) {
        redactor.add_person(name);
    }
    return redactor;
}

} // namespace

TEST_CASE("a pseudonym is the documented HMAC, the same for a name in either case, another for a computer or key") {
    // printf 'person\nana' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…07
    CHECK(of("ana") == "P-e9750bda6bfe");
    CHECK(of("ANA") == of("ana"));
    CHECK(of("ana").size() == 14);
    CHECK(audit::pseudonym(some_key(), "computer", "ana").substr(2) != of("ana").substr(2));
    auto other = some_key();
    other[31] = 8;
    CHECK(audit::pseudonym(other, "person", "ana") != of("ana"));
}

TEST_CASE("a name is replaced wherever no letter or digit touches it, and nowhere else") {
    const auto redactor = with({"ana", "ana.torres", "Li", "j\xC3\xB6rg", "DOM\\max", "_svc"});
    CHECK(redactor.in_text("ana used it") == of("ana") + " used it");
    CHECK(redactor.in_text("by ANA.") == "by " + of("ana") + ".");
    CHECK(redactor.in_text("PC_ANA-2") == "PC_" + of("ana") + "-2");
    CHECK(redactor.in_text("\xE2\x80\x9C"
                           "ana\xE2\x80\x9D") == "\xE2\x80\x9C" + of("ana") + "\xE2\x80\x9D");
    CHECK(redactor.in_text("banana, anatomy, ana1, ana\xC3\xAF") == "banana, anatomy, ana1, ana\xC3\xAF");
    CHECK(redactor.in_text("Ana.Torres@example.org") == of("ana.torres") + "@example.org");
    CHECK(redactor.in_text("ana.lopez") == of("ana") + ".lopez");
    CHECK(redactor.in_text("J\xC3\xB6rg is not j\xC3\xB6rgen") == of("j\xC3\xB6rg") + " is not j\xC3\xB6rgen");
    CHECK(redactor.in_text("dom\\MAX, max") == of("DOM\\max") + ", max");
    CHECK(redactor.in_text("a _svc line") == "a _" + of("_svc") + " line");
    CHECK(redactor.in_text("Licence of Li") == "Licence of " + of("Li"));
    CHECK(redactor.in_text("\xFF"
                           "ana\xFF") == "\xFF" + of("ana") + "\xFF");
}

TEST_CASE("in a table headings, numbers and our own words stay, and a number is a name only where people stand") {
    const auto redactor = with({"open", "user", "1001", "a,\"b", "2026"});
    const std::string table = text::csv_record({"user", "state", "seconds", "day", "text"}) +
                              text::csv_record({"1001", "open", "1001", "2026-03-31", "user 1001 is open"}) +
                              text::csv_record({"a,\"b", "", "-5.00", "", ""});
    CHECK(redactor.in_csv(table) == text::csv_record({"user", "state", "seconds", "day", "text"}) +
                                        text::csv_record({of("1001"), "open", "1001", "2026-03-31",
                                                          of("user") + " " + of("1001") + " is " + of("open")}) +
                                        text::csv_record({of("a,\"b"), "", "-5.00", "", ""}));
}

TEST_CASE("in JSON names are found behind escapes, and keys stay") {
    const auto redactor = with({"ana", "x\"y", "<b>", "code"});
    text::Json json;
    json.object()
        .member("ana", "by ana")
        .member("code", "ana")
        .key("list")
        .array()
        .value("x\"y")
        .value("\\ana\n")
        .value(7);
    json.end_array().end_object();
    CHECK(redactor.in_json(json.str()) == R"({"ana":"by )" + of("ana") + R"(","code":"ana","list":[")" + of("x\"y") +
                                              R"(","\\)" + of("ana") + R"(\u000a",7]})");
}

TEST_CASE("in a page texts and the attributes that hold texts change; markup, style and script do not") {
    const auto redactor = with({"td", "ana", "n", "o'neil & co"});
    const std::string page = "<style>td{}</style><td class=\"n\" data-k=\"ana\" id=\"ana\">ana &amp; " +
                             text::html("o'neil & co") + "</td><script>var ana;</script>" +
                             "<script type=\"application/json\">[\"\\u003ctd>ana\\u003c/td>\"]</script>";
    CHECK(redactor.in_html(page) == "<style>td{}</style><td class=\"n\" data-k=\"" + of("ana") + "\" id=\"ana\">" +
                                        of("ana") + " &amp; " + of("o'neil & co") + "</td><script>var ana;</script>" +
                                        "<script type=\"application/json\">[\"\\u003ctd>" + of("ana") +
                                        "\\u003c/td>\"]</script>");
}

TEST_CASE("what was not told is not touched, and what cannot be told apart is not looked for") {
    CHECK(with({}).in_text("ana") == "ana");
    const auto redactor = with({"", "***", "-"});
    CHECK(redactor.names() == 0);
    CHECK(redactor.in_text("*** - ") == "*** - ");
}

TEST_CASE("names of findings, which follow from whom they are about, change alike in every kind of file") {
    auto redactor = with({});
    redactor.add_finding("0123456789ab");
    // printf 'finding\n0123456789ab' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…07
    const std::string other = "2006780a8988";
    CHECK(redactor.with_findings("0123456789ab,x") == other + ",x");
    CHECK(redactor.with_findings("<a href=\"#f-0123456789ab\">0123456789ab</a>") ==
          "<a href=\"#f-" + other + "\">" + other + "</a>");
    CHECK(redactor.with_findings("00123456789ab 0123456789abc 0123456789AB") ==
          "00123456789ab 0123456789abc 0123456789AB");
}
