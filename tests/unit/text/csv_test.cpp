#include "tally/text/csv.hpp"

#include <catch2/catch.hpp>

using namespace tally::text;

namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows read_all(std::string_view bytes) {
    CsvReader reader(bytes);
    Rows rows;
    std::vector<std::string> fields;
    for (auto more = reader.next(fields); more.ok() && *more; more = reader.next(fields)) {
        rows.push_back(fields);
    }
    return rows;
}

std::string fault_of(std::string_view bytes, std::uint64_t& line) {
    CsvReader reader(bytes);
    std::vector<std::string> fields;
    for (;;) {
        const auto more = reader.next(fields);
        if (!more.ok()) {
            line = more.fault().at;
            return more.fault().what;
        }
        if (!*more) {
            return "";
        }
    }
}

} // namespace

TEST_CASE("records end with LF, CRLF or the end of the file") {
    const Rows expected = {{"a", "b"}, {"c", "d"}};
    CHECK(read_all("a,b\nc,d\n") == expected);
    CHECK(read_all("a,b\r\nc,d\r\n") == expected);
    CHECK(read_all("\xEF\xBB\xBF"
                   "a,b\nc,d") == expected);
}

TEST_CASE("quoted fields keep commas, quotes and line ends") {
    CHECK(read_all("\"a,1\",\"say \"\"hi\"\"\",\"two\nlines\"\n") == Rows{{"a,1", "say \"hi\"", "two\nlines"}});
    CHECK(read_all(",\"\",\n") == Rows{{"", "", ""}});
}

TEST_CASE("the line of a record counts line ends inside quotes") {
    CsvReader reader("\"a\nb\",c\nd,e\n");
    std::vector<std::string> fields;
    REQUIRE(*reader.next(fields));
    CHECK(reader.line() == 1);
    REQUIRE(*reader.next(fields));
    CHECK(reader.line() == 3);
}

TEST_CASE("what is not RFC 4180 is a fault with its line") {
    std::uint64_t line = 0;
    CHECK(fault_of("a,b\nc,\"d", line) == "quoted field without end");
    CHECK(line == 2);
    CHECK(fault_of("a\"b\n", line) == "quote inside a field that is not quoted");
    CHECK(fault_of("\"a\"b\n", line) == "characters after the closing quote");
    CHECK(fault_of("a\rb\n", line) == "carriage return without line feed");
    CHECK(fault_of(std::string_view("a\0b\n", 4), line) == "NUL byte: this is not text");
    CHECK(fault_of("a\n\xFF\n", line).find("not UTF-8") == 0);
    CHECK(line == 2);
}

TEST_CASE("fields and columns are bounded") {
    std::uint64_t line = 0;
    CHECK(fault_of(std::string(4096, 'x') + "\n", line).empty());
    CHECK(fault_of(std::string(4097, 'x') + "\n", line) == "field is too long");
    CHECK(fault_of("\"" + std::string(4097, 'x') + "\"\n", line) == "field is too long");
    CHECK(fault_of(std::string(255, ','), line).empty());
    CHECK(fault_of(std::string(256, ','), line) == "more columns than allowed");
}

TEST_CASE("a field at the bound is read before every end of line") {
    const std::string longest(CsvLimits{}.field_bytes, 'x');
    for (const char* end : {"", "\n", "\r\n", ",b\r\n"}) {
        INFO("end " << end);
        const auto rows = read_all(longest + end);
        REQUIRE(rows.size() == 1);
        CHECK(rows[0][0] == longest);
    }
}

TEST_CASE("what a spreadsheet would run is defused, numbers stay numbers") {
    CHECK(csv_field("=1+1") == "'=1+1");
    CHECK(csv_field("@SUM(A1)") == "'@SUM(A1)");
    CHECK(csv_field("+49 30") == "'+49 30");
    CHECK(csv_field("-cmd") == "'-cmd");
    CHECK(csv_field("-12.50") == "-12.50");
    CHECK(csv_field("-") == "'-");
    CHECK(csv_field("\tx") == "'\tx");
    CHECK(csv_record({"a,b", "say \"hi\"", ""}) == "\"a,b\",\"say \"\"hi\"\"\",\r\n");
}

TEST_CASE("what the writer writes the reader reads") {
    const std::vector<std::string> fields = {"plain", "a,b", "\"", "two\r\nlines", "", "\xC3\xA9t\xC3\xA9"};
    CHECK(read_all(csv_record(fields)) == Rows{fields});
}
