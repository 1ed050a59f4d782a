#include "recorder/winevt/event.hpp"

#include <catch2/catch.hpp>

using namespace tally::winevt;

namespace {

std::string event(const std::string& system, const std::string& data = "") {
    return "<Event xmlns='x'><System>" + system + "</System><EventData>" + data + "</EventData></Event>";
}

const char* problem(const std::string& text) {
    Event one;
    return one.read(text);
}

} // namespace

TEST_CASE("the head and the data of an event are read, with either quotes") {
    const std::string text = event(R"(<Provider Name="P" Guid='{1}'/><EventID Qualifiers=''>4688</EventID>)"
                                   R"(<TimeCreated SystemTime = "2026-03-02T08:00:00.1234567Z" /><EventRecordID>7)"
                                   R"(</EventRecordID><Computer>pc.example</Computer>)",
                                   R"(<Data Name='NewProcessId'>0x1fc</Data><Data>x</Data><Data Name="CommandLine"/>)"
                                   R"(<Data Name="NewProcessName">A &amp; &lt;B&gt; &#233;&#x20AC;&#128512;</Data>)");
    Event one;
    REQUIRE(one.read(text) == nullptr);
    CHECK((one.id() == 4688 && one.record() == 7));
    CHECK(one.at()->from_s == 1772438400);
    CHECK((one.computer() == "pc.example" && one.provider() == "P"));
    CHECK(one.data(Datum::new_process_id) == "0x1fc");
    CHECK(one.data(Datum::new_process_name) == "A & <B> é€😀");
    CHECK(one.data(Datum::command_line) == "");
    CHECK(!one.data(Datum::process_id));
}

TEST_CASE("what an event does not have is refused, and nothing is expanded") {
    for (const char* bad : {"<!DOCTYPE x>", "<!-- x -->", "<![CDATA[x]]>", "<?x?>", "<a></b>", "</a>", "<a", "<a b>",
                            "<a b=c/>", "<a b='c/>", "<a b='<'/>", "<a b='c'd='e'/>", "< a/>",
                            "<a><b><c><d><e><f><g/></f></e></d></c></b>", "</System><EventID>", "<EventID>x</EventID>",
                            "<EventID>99999999999999999999</EventID>", "<EventRecordID>-1</EventRecordID>"}) {
        CAPTURE(bad);
        CHECK(problem(event(bad)) != nullptr);
    }
    CHECK(problem(event("<a><b><c><d><e><f/></e></d></c></b></a>")) == nullptr);
    CHECK(problem("<Event/>") != nullptr);
    CHECK(problem("<Events></Events>") != nullptr);
    CHECK(problem("<Event></Event>x") != nullptr);
    CHECK(problem("") != nullptr);
    for (const char* bad :
         {"&nbsp;", "&lol1;", "&#0;", "&#xD800;", "&#x110000;", "&#;", "&;", "&", "&amp", "&#x00000000041;"}) {
        CAPTURE(bad);
        Event one;
        const std::string text = event("", "<Data Name='ProcessName'>" + std::string(bad) + "</Data>");
        REQUIRE(one.read(text) == nullptr);
        CHECK(!one.data(Datum::process_name));
    }
}

TEST_CASE("numbers of processes are the same however they are written; times have one form") {
    CHECK((process_number("0x1fc") == 508U && process_number("0x000001FC") == 508U && process_number("508") == 508U));
    for (const char* bad : {"", "0x", "x1", "0x1g", "-4", "0x11111111111111111"}) {
        CHECK(!process_number(bad));
    }
    CHECK(read_time("2026-03-02T08:00:00Z")->from_s == 1772438400);
    CHECK(read_time("2026-03-02 08:00:00.123456789Z")->offset_s == 0);
    for (const char* bad :
         {"", "2026-03-02T08:00:00", "2026-02-30T08:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T08:60:00Z",
          "2026-03-02T08:00:00.Z", "2026-03-02T08:00:00.1xZ", "1601-01-01T00:00:00Z", "2026-03-02T08:00:00+01:00"}) {
        CAPTURE(bad);
        CHECK(!read_time(bad));
    }
}
