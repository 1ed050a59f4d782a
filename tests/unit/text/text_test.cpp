#include "tally/text/date.hpp"
#include "tally/text/decimal.hpp"
#include "tally/text/html.hpp"
#include "tally/text/json.hpp"

#include <catch2/catch.hpp>

using namespace tally::text;

TEST_CASE("HTML text cannot open a tag or close an attribute") {
    CHECK(html("<b a=\"1\" c='2'>&") == "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
}

TEST_CASE("bytes that are no UTF-8 and characters that hide or reorder are shown as %XX") {
    CHECK(shown("Mar\xED"
                "a") == "Mar%EDa");
    CHECK(shown("a\x01"
                "b") == "a%01b");
    CHECK(shown("x\xE2\x80\xAEy") == "x%E2%80%AEy");
    CHECK(shown("caf\xC3\xA9") == "caf\xC3\xA9");
    CHECK(shown("\xC0\xAF") == "%C0%AF");
    CHECK(shown("\xED\xA0\x80") == "%ED%A0%80");
    CHECK(shown("\xF4\x90\x80\x80") == "%F4%90%80%80");
}

TEST_CASE("JSON strings are always valid, whatever bytes come in") {
    CHECK(json_string("a\"b\\c\n") == "\"a\\\"b\\\\c\\u000a\"");
    CHECK(json_string("\xFF") == "\"\xEF\xBF\xBD\"");
    CHECK(json_string("</script>") == "\"\\u003c/script>\"");
}

TEST_CASE("JSON members and items are separated where they must be") {
    Json json;
    json.object()
        .member("a", 1)
        .key("b")
        .array()
        .value("x")
        .value(true)
        .object()
        .end_object()
        .end_array()
        .member("c", "d")
        .end_object();
    CHECK(json.str() == R"({"a":1,"b":["x",true,{}],"c":"d"})");
}

TEST_CASE("amounts parse in one way and print with at least two decimals") {
    CHECK(Decimal::parse("1940")->str() == "1940.00");
    CHECK(Decimal::parse("0.1234")->str() == "0.1234");
    CHECK(Decimal::parse("12.5")->str() == "12.50");
    for (const auto* bad :
         {"", ".", "1.", ".5", "-1", "+1", "1,000", "1e3", "1.23456", "0x10", " 1", "9000000000000"}) {
        CHECK_FALSE(Decimal::parse(bad).ok());
    }
}

TEST_CASE("a half is rounded to the even neighbour, once") {
    CHECK(scaled_half_even(5, 1, 2) == 2);
    CHECK(scaled_half_even(7, 1, 2) == 4);
    CHECK(scaled_half_even(-5, 1, 2) == -2);
    CHECK(scaled_half_even(-7, 1, 2) == -4);
    CHECK(scaled_half_even(2, 1, 3) == 1);
    CHECK(scaled_half_even(INT64_MAX, 2, 1) == std::nullopt);
    CHECK(scaled_half_even(1, 1, 0) == std::nullopt);
}

TEST_CASE("dates and instants are strict and survive the round trip") {
    CHECK(parse_day("1970-01-01") == 0);
    CHECK(format_day(*parse_day("2024-02-29")) == "2024-02-29");
    CHECK(format_instant(*parse_instant("2022-05-05T08:42:20Z")) == "2022-05-05T08:42:20Z");
    CHECK(parse_instant("2024-01-15 12:00Z") == parse_instant("2024-01-15T12:00:00Z"));
    for (const auto* bad :
         {"2023-02-29", "2024-13-01", "2024-1-01", "24-01-01", "2024/01/01", "0000-01-01", "2024-01-00"}) {
        CHECK_FALSE(parse_day(bad).has_value());
    }
    for (const auto* bad : {"2024-01-15T12:00", "2024-01-15T24:00Z", "2024-01-15T12:60Z", "2024-01-15T1:00Z"}) {
        CHECK_FALSE(parse_instant(bad).has_value());
    }
    CHECK(day_of(-1) == -1);
    CHECK(day_of(86'399) == 0);
}
