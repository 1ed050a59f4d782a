#include "recorder/table/json_object.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::table;

namespace {

std::string value_of(const std::string& text, const std::string& name = "a") {
    JsonObject object;
    if (const auto read = object.read(text); !read) {
        return "fault: " + read.fault().what;
    }
    const std::string* const value = object.find(name);
    return value == nullptr ? "none" : *value;
}

} // namespace

TEST_CASE("texts, numbers and words of an object are texts") {
    CHECK(value_of(R"({"a":"x y"})") == "x y");
    CHECK(value_of(R"( { "b" : [ 1, {"c":[]} ] , "a" : -1.50e+3 } )") == "-1.50e+3");
    CHECK(value_of(R"({"a":true})") == "true");
    CHECK(value_of(R"({"a":null})").empty());
    CHECK(value_of(R"({"a":"\u00e9\ud83d\ude00\n\"\/"})") == "\xC3\xA9\xF0\x9F\x98\x80\n\"/");
    CHECK(value_of("{}") == "none");
    CHECK(value_of(R"({"a":{"x":1}})") == "none");
}

TEST_CASE("an object is used again for the next line") {
    JsonObject object;
    REQUIRE(object.read(R"({"a":"1","b":"2"})").ok());
    REQUIRE(object.read(R"({"b":"3"})").ok());
    CHECK(object.find("a") == nullptr);
    CHECK(*object.find("b") == "3");
}

TEST_CASE("what is no JSON object is a fault") {
    for (const std::string text : {"",
                                   "[]",
                                   "1",
                                   "{",
                                   R"({"a")",
                                   R"({"a":})",
                                   R"({"a":1,})",
                                   R"({a:1})",
                                   R"({"a":01})",
                                   R"({"a":1.})",
                                   R"({"a":+1})",
                                   R"({"a":"x)",
                                   R"({"a":"\x"})",
                                   R"({"a":"\ud800"})",
                                   R"({"a":"\udc00"})",
                                   R"({"a":"\u0000"})",
                                   "{\"a\":\"\t\"}",
                                   "{\"a\":\"\xFF\"}",
                                   R"({"a":1} x)",
                                   R"({"a":1}{})",
                                   R"({"a":1,"a":2})",
                                   R"({"a":[],"a":[]})",
                                   R"({"a":[1,]})",
                                   R"({"a":[1})",
                                   R"({"a":nul})"}) {
        INFO(text);
        CHECK(value_of(text).substr(0, 6) == "fault:");
    }
    CHECK(value_of("{\"a\":" + std::string(17, '[') + std::string(17, ']') + "}").substr(0, 6) == "fault:");
    CHECK(value_of("{\"a\":" + std::string(16, '[') + std::string(16, ']') + "}") == "none");
    CHECK(value_of("{\"a\":" + std::string(60'000, '[')).substr(0, 6) == "fault:");
}
