#include "verifier/inputs/inputs_csv.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::inputs;

namespace {

std::string fault_of(const std::string& line) {
    const auto table = read_rows<FunctionOf>("{\"function\":\"f\",\"product\":\"good\"}\n" + line + "\n");
    REQUIRE(table.ok());
    if (table->faults.empty()) {
        return "";
    }
    CHECK(table->faults[0].at == 2);
    return table->faults[0].what;
}

} // namespace

TEST_CASE("JSON Lines give the same rows as CSV") {
    const auto csv = read_rows<Agreement>("agreement,start,end,sites,entities,due_days\n"
                                          "AG1,2025-01-01,,NORD;SUED,Holm AG;Brandt GmbH,10\n");
    const auto json =
        read_rows<Agreement>("\xEF\xBB\xBF\n{ \"Agreement\" : \"AG1\", \"start\":\"2025-01-01\", \"end\":null,"
                             "\"sites\":[\"NORD\",\"SUED\"], \"entities\":[\"Holm AG\",\"Brandt GmbH\"],"
                             "\"due_days\":10 }\r\n\n");
    REQUIRE(json.ok());
    REQUIRE(json->faults.empty());
    REQUIRE(json->rows.size() == 1);
    Agreement row = json->rows[0];
    CHECK(row.at.row == 2);
    row.at = csv->rows.at(0).at;
    CHECK(row == csv->rows.at(0));
}

TEST_CASE("escapes, lists of one item with a space, and characters beyond the first plane") {
    const auto table = read_rows<ProductRow>(R"({"product":"\u00e4\n\"\\\/\ud83d\ude00","words":["AutoCAD LT"]})");
    REQUIRE(table->faults.empty());
    CHECK(table->rows.at(0).product == "\xC3\xA4\n\"\\/\xF0\x9F\x98\x80");
    CHECK(table->rows.at(0).words == std::vector<std::string>{"AutoCAD LT"});
}

TEST_CASE("a broken line is told with its line, and the lines after it are read") {
    CHECK(fault_of("[1]") == "not a JSON object: each line holds one");
    CHECK(fault_of("{\"function\":\"a\" \"product\":\"b\"}") == "comma or closing brace is missing");
    CHECK(fault_of("{\"function\":\"a\",}") == "a name or text in double quotes is missing");
    CHECK(fault_of("{\"function\" \"a\"}") == "colon is missing after a name");
    CHECK(fault_of("{\"function\":\"a\",\"product\":\"b\"} x") == "characters after the object");
    CHECK(fault_of("{\"function\":{\"a\":1}}") == "a value is text, a plain number, true, false, null or a list");
    CHECK(fault_of("{\"function\":1e3}") == "a value is text, a plain number, true, false, null or a list");
    CHECK(fault_of("{\"function\":[\"a\" \"b\"]}") == "comma or closing bracket is missing");
    CHECK(fault_of("{\"function\":[\"a;b\"]}") == "semicolon inside an item of a list");
    CHECK(fault_of("{\"function\":\"a") == "text without closing quote");
    CHECK(fault_of("{\"function\":\"a\tb\"}") == "control character inside a text");
    CHECK(fault_of("{\"function\":\"\\x\"}") == "unknown escape");
    CHECK(fault_of("{\"function\":\"\\ud800\"}") == "half of a surrogate pair");
    CHECK(fault_of("{\"function\":\"\\udc00\"}") == "half of a surrogate pair");
    CHECK(fault_of("{\"function\":\"\\u0000\"}") == "NUL inside a text");
    CHECK(fault_of("{\"function\":\"\xFF\"}") == "not UTF-8");
    CHECK(fault_of(std::string("{\"function\":\"\0\"}", 15)) == "NUL byte: this is not text");
    CHECK(fault_of("{\"function\":\"a\",\"Function\":\"b\"}") == "column Function is there twice");
    CHECK(fault_of("{\"function\":\"a\"}") == "product is empty");
    const auto table = read_rows<FunctionOf>("{\"function\":\nnonsense\n{\"function\":\"f\",\"product\":\"p\"}\n");
    CHECK(table->faults.size() == 2);
    CHECK(table->rows.size() == 1);
}

TEST_CASE("a value of 4096 bytes is taken, one more is not; so are 256 names") {
    const auto with = [](std::size_t size) {
        return read_rows<FunctionOf>("{\"function\":\"" + std::string(size, 'x') + "\",\"product\":\"p\"}\n");
    };
    CHECK(with(4096)->faults.empty());
    CHECK(with(4097)->faults.at(0).what == "field is too long");
    const auto wide = [](int columns) {
        std::string line = "{\"function\":\"f\",\"product\":\"p\"";
        for (int i = 2; i < columns; ++i) {
            line += ",\"c" + std::to_string(i) + "\":1";
        }
        return read_rows<FunctionOf>(line + "}\n");
    };
    CHECK(wide(256)->faults.empty());
    CHECK(wide(256)->unknown_columns.size() == 254);
    CHECK(wide(257)->faults.at(0).what == "more columns than allowed");
}

TEST_CASE("unknown names are listed once, and there is an end to them") {
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        bytes += "{\"function\":\"f" + std::to_string(i) + "\",\"product\":\"p\",\"c" + std::to_string(i) +
                 "\":1,\"same\":2}\n";
    }
    const auto table = read_rows<FunctionOf>(bytes);
    CHECK(table->unknown_columns.size() <= 256);
    CHECK(table->faults.at(0).what == "more unknown columns than allowed");
}
