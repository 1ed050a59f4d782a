#include "recorder/table/mapping.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::table;

namespace {

const std::string sessions = "tally-mapping 1\n"
                             "format = csv\n"
                             "source = licstat\n"
                             "time = iso\n"
                             "product = Feature\n"
                             "user = User name\n"
                             "start = From\n"
                             "end = To\n";

std::string without(const std::string& line) {
    std::string text = sessions;
    const auto at = text.find(line);
    REQUIRE(at != std::string::npos);
    return text.erase(at, line.size());
}

std::string fault_of(const std::string& text) {
    const auto mapping = read_mapping(text);
    REQUIRE_FALSE(mapping.ok());
    return std::to_string(mapping.fault().at) + ": " + mapping.fault().what;
}

} // namespace

TEST_CASE("a mapping says which column means what") {
    const auto mapping = read_mapping("\xEF\xBB\xBF" + sessions +
                                      "\r\n# a remark\r\n\thost.value =  gate \nseparator = tab\nversion = V\n");

    REQUIRE(mapping.ok());
    CHECK(mapping->kind == Kind::csv);
    CHECK(mapping->source == "licstat");
    CHECK(mapping->separator == '\t');
    CHECK(mapping->cell(Column::user).column == "User name");
    CHECK(mapping->cell(Column::host).value == "gate");
    CHECK(mapping->cell(Column::end).column == "To");
    CHECK(mapping->fidelity == "exact");
    CHECK_FALSE(mapping->has_events());
}

TEST_CASE("rows may be events, with the words of the table for them") {
    const auto mapping = read_mapping(
        "tally-mapping 1\nformat = jsonl\nsource = x\ntime = epoch-s\nproduct.value = p\nuser = u\nat = t\n"
        "action = what\naction.out = checkout | borrow\naction.in=return\naction.deny = denied\n");

    REQUIRE(mapping.ok());
    CHECK(mapping->kind == Kind::json_lines);
    CHECK(mapping->actions.size() == 4);
    CHECK(mapping->actions.at("borrow") == capture::Verb::out);
    CHECK(mapping->actions.at("denied") == capture::Verb::denied);
}

TEST_CASE("rows without an end are starts only, and a duration stands for an end") {
    CHECK(read_mapping(without("end = To\n"))->fidelity == "start_only");
    const auto lasting = read_mapping(without("end = To\n") + "duration = Used\nduration.unit = min\n");
    REQUIRE(lasting.ok());
    CHECK(lasting->duration_unit_s == 60);
    CHECK(lasting->fidelity == "exact");
    CHECK(read_mapping(sessions + "fidelity = poll_300\n")->fidelity == "poll_300");
}

TEST_CASE("what a mapping cannot hold is refused with its line") {
    CHECK(fault_of("") == "1: does not begin with the line: tally-mapping 1");
    CHECK(fault_of("tally-mapping 2\n") == "1: does not begin with the line: tally-mapping 1");
    CHECK(fault_of(sessions + "usr = x\n") == "9: usr is no key of a mapping");
    CHECK(fault_of(sessions + "user = x\n") == "9: user is given twice");
    CHECK(fault_of(sessions + "user.value = x\n") == "9: user.value has a column already");
    CHECK(fault_of(sessions + "host\n") == "9: is not KEY = VALUE, with a value of at most 256 bytes");
    CHECK(fault_of(sessions + "host = \n") == "9: is not KEY = VALUE, with a value of at most 256 bytes");
    CHECK(fault_of(sessions + "separator = |\n") == "9: separator is comma, semicolon or tab");
    CHECK(fault_of(sessions + "fidelity = poll_\n") == "9: fidelity is exact, start_only, activity_<n>min or poll_<n>");
    CHECK(fault_of(sessions + "action.renew = x\n") == "9: action.renew is no key of a mapping");
    CHECK(fault_of(sessions + "start.value = x\n") == "9: start.value is no key of a mapping");
    CHECK(fault_of(sessions + std::string("host = a\0b\n", 11)) == "0: is not UTF-8 text");
    CHECK(fault_of(sessions + "host = \xFF\n") == "0: is not UTF-8 text");
    CHECK(fault_of(without("source = licstat\n")) == "0: has no source");
    CHECK(fault_of(without("time = iso\n") + "time = hh:mm\n").substr(0, 27) == "8: time cannot be used: a p");
    CHECK(fault_of(std::string(largest_mapping + 1, ' ')) == "0: is over 64 KiB: no mapping");
}

TEST_CASE("a mapping is of sessions or of events, and whole") {
    CHECK(fault_of(without("user = User name\n")) == "0: has no user");
    CHECK(fault_of(without("start = From\n")).substr(0, 17) == "0: has either sta");
    CHECK(fault_of(sessions + "at = x\naction = y\naction.out = z\n").substr(0, 17) == "0: has either sta");
    CHECK(fault_of(sessions + "action.out = z\n").substr(0, 17) == "0: has action and");
    CHECK(fault_of(sessions + "duration = d\nduration.unit = s\n").substr(0, 17) == "0: has an end or ");
    CHECK(fault_of(without("end = To\n") + "duration = d\n").substr(0, 17) == "0: has duration a");
    CHECK(fault_of("tally-mapping 1\nformat = jsonl\nsource = x\ntime = iso\nproduct = p\nuser = u\nstart = s\n"
                   "separator = tab\n") == "8: has a separator, which only a csv table has");
}
