#include "packager/obligations/calendar.hpp"

#include "tally/text/date.hpp"
#include "tests/support/day.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::obligations;

namespace {

using tally::test::day;

AgreementTerms terms(const std::string& cadence, const char* start = "2024-01-01") {
    return {"NORD", "Nordwerk AG", cadence, 10, 5, day(start), {}, "UTC"};
}

std::string span(const std::optional<Period>& period) {
    return period ? period->label + " " + text::format_day(period->from) + ".." + text::format_day(period->to - 1)
                  : "none";
}

std::string at(const std::string& cadence, const char* when, const char* start = "2024-01-01") {
    return span(Calendar::of(terms(cadence, start))->at(day(when)));
}

} // namespace

TEST_CASE("months end where the calendar ends them, in leap years too") {
    CHECK(at("monthly", "2024-02-29") == "2024-02 2024-02-01..2024-02-29");
    CHECK(at("monthly", "2025-02-28") == "2025-02 2025-02-01..2025-02-28");
    CHECK(at("monthly", "2100-02-01") == "2100-02 2100-02-01..2100-02-28");
    CHECK(at("monthly", "2400-02-01") == "2400-02 2400-02-01..2400-02-29");
    CHECK(at("quarterly", "2024-03-31") == "2024-Q1 2024-01-01..2024-03-31");
    CHECK(at("quarterly", "2024-04-01") == "2024-Q2 2024-04-01..2024-06-30");
    CHECK(at("half-yearly", "2024-12-31") == "2024-07 2024-07-01..2024-12-31");
    CHECK(at("yearly", "2024-06-01") == "2024-01 2024-01-01..2024-12-31");
    CHECK(at("2 months", "2024-04-30") == "2024-03 2024-03-01..2024-04-30");
    CHECK(at("180 days", "2024-06-28") == "2024-01-01 2024-01-01..2024-06-28");
    CHECK(at("180 days", "2024-06-29") == "2024-06-29 2024-06-29..2024-12-25");
}

TEST_CASE("a first and a last period are cut at the agreement's days") {
    CHECK(at("quarterly", "2024-03-01", "2024-02-20") == "2024-Q1 2024-02-20..2024-03-31");
    CHECK(at("quarterly", "2024-02-19", "2024-02-20") == "none");
    auto ending = terms("quarterly");
    ending.end = day("2024-05-15");
    const auto calendar = *Calendar::of(ending);
    CHECK(span(calendar.at(day("2024-05-15"))) == "2024-Q2 2024-04-01..2024-05-15");
    CHECK(span(calendar.at(day("2024-05-16"))) == "none");
}

TEST_CASE("a report is due so many days after the last day of its period, and overdue after the grace") {
    const auto calendar = *Calendar::of(terms("monthly"));
    const auto february = *calendar.named("2024-02");
    CHECK(text::format_day(calendar.due_day(february)) == "2024-03-10");
    CHECK(text::format_day(calendar.last_day(february)) == "2024-03-15");
}

TEST_CASE("a period is found by its label or by a day in it, and by nothing else") {
    const auto quarters = *Calendar::of(terms("quarterly", "2024-02-20"));
    CHECK(span(quarters.named("2024-Q1")) == "2024-Q1 2024-02-20..2024-03-31");
    CHECK(span(quarters.named("2024-05-31")) == "2024-Q2 2024-04-01..2024-06-30");
    for (const char* name : {"2024-Q5", "2024-Q0", "2023-Q4", "2024-02", "2024-q1", "2024", "", "2024-13", "0000-Q1",
                             "2024-02-30", "2024-Q10", "next", "2024-Q1 "}) {
        CAPTURE(name);
        CHECK(span(quarters.named(name)) == "none");
    }
    CHECK(span(Calendar::of(terms("monthly"))->named("2024-02")) == "2024-02 2024-02-01..2024-02-29");
}

TEST_CASE("cadences have the words of the agreements' table") {
    for (const char* word : {"monthly", "quarterly", "half-yearly", "yearly", "1 days", "1000 months", "none"}) {
        CHECK(parse_cadence(word));
    }
    for (const char* word : {"", "weekly", "0 days", "1001 days", "-1 days", "3", "3 weeks", "3days", "+3 days",
                             "99999999999999999999 days", "Monthly"}) {
        CAPTURE(word);
        CHECK_FALSE(parse_cadence(word));
    }
    CHECK(at("none", "2024-02-29") == "none");
}

TEST_CASE("days outside of any calendar make no calendar, and its last days make no nonsense") {
    auto strange = terms("monthly");
    strange.due_days = 36'501;
    CHECK_FALSE(Calendar::of(strange));
    strange = terms("monthly");
    strange.start = 2'932'897;
    CHECK_FALSE(Calendar::of(strange));
    strange = terms("monthly");
    strange.end = strange.start - 1;
    CHECK_FALSE(Calendar::of(strange));
    CHECK(at("quarterly", "9999-12-31") == "9999-Q4 9999-10-01..9999-12-31");
    const std::string last = at("1000 days", "9999-12-31");
    CHECK(last.substr(last.size() - 12) == "..9999-12-31");
    CHECK(span(Calendar::of(terms("monthly"))->at(1'000'000'000)) == "none");
    CHECK(span(Calendar::of(terms("monthly"))->at(-1'000'000'000)) == "none");
}
