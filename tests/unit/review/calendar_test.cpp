#include "tally/text/date.hpp"
#include "tests/support/day.hpp"
#include "tests/support/temp_dir.hpp"
#include "verifier/review/produced.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace tally;
using namespace tally::review;

namespace {

using tally::test::day;

Produced output(Activity activity, const std::string& last_day, const std::string& complete,
                const std::string& made = "2026-04-01") {
    Produced made_output;
    made_output.activity = activity;
    made_output.last_day = day(last_day);
    if (!complete.empty()) {
        made_output.complete_through = day(complete);
    }
    made_output.made = day(made) * text::seconds_per_day + 36'000;
    made_output.who = "anna";
    made_output.digest = "ab12";
    made_output.command = "tally-verifier report";
    return made_output;
}

inputs::Inputs with_renewal(const std::string& renewal) {
    inputs::Inputs inputs;
    inputs::Entitlement line;
    line.agreement = "AG1";
    line.line = "L02";
    line.renewal = day(renewal);
    inputs.entitlements.push_back(line);
    return inputs;
}

const CalendarRow* row_of(const std::vector<CalendarRow>& rows, Activity activity, const std::string& period) {
    for (const auto& row : rows) {
        if (row.activity == activity && row.period == period) {
            return &row;
        }
    }
    return nullptr;
}

Progress progress(Activity activity, const std::string& period, const std::string& today,
                  const std::vector<Produced>& produced, const inputs::Inputs& inputs = {}) {
    const auto rows = calendar(inputs, {}, day(today), produced);
    const auto* row = row_of(rows, activity, period);
    REQUIRE(row != nullptr);
    return row->progress;
}

} // namespace

TEST_CASE("the calendar has eight activities, each with section, frequency, objective, output and command") {
    const auto rows = calendar(with_renewal("2026-06-20"), {}, day("2026-04-01"), {});
    std::set<Activity> seen;
    for (const auto& row : rows) {
        seen.insert(row.activity);
        const auto& text = about(row.activity);
        CHECK_FALSE(text.name.empty());
        CHECK_FALSE(text.section.empty());
        CHECK_FALSE(text.objective.empty());
        CHECK_FALSE(text.output.empty());
        CHECK(text.command.find("tally-verifier ") == 0);
        CHECK(activity_of(text.word) == row.activity);
    }
    CHECK(seen.size() == 8);
}

TEST_CASE("a month is due ten days after its last day, and overdue a day later") {
    const auto rows = calendar({}, {}, day("2026-04-01"), {});
    const auto* march = row_of(rows, Activity::user_audit, "2026-03");
    REQUIRE(march != nullptr);
    CHECK(march->due == day("2026-04-10"));
    CHECK(progress(Activity::user_audit, "2026-03", "2026-04-10", {}) == Progress::due);
    CHECK(progress(Activity::user_audit, "2026-01", "2026-02-11", {}) == Progress::overdue);
    CHECK(progress(Activity::user_audit, "2026-01", "2026-02-10", {}) == Progress::due);
}

TEST_CASE("a month that has not ended is upcoming, a quarter is due ten days after its end") {
    CHECK(progress(Activity::token_review, "2026-03", "2026-03-31", {}) == Progress::upcoming);
    CHECK(progress(Activity::token_review, "2026-03", "2026-04-01", {}) == Progress::due);
    CHECK(progress(Activity::group_review, "2026-Q1", "2026-03-31", {}) == Progress::upcoming);
    CHECK(progress(Activity::group_review, "2026-Q1", "2026-04-10", {}) == Progress::due);
}

TEST_CASE("an output that counts through the period's end does it, one that stops a day earlier does not") {
    const auto whole = output(Activity::user_audit, "2026-03-31", "2026-03-31");
    const auto short_of_it = output(Activity::user_audit, "2026-03-30", "2026-03-30");
    CHECK(progress(Activity::user_audit, "2026-03", "2026-04-05", {whole}) == Progress::done);
    CHECK(progress(Activity::user_audit, "2026-03", "2026-04-05", {short_of_it}) == Progress::due);
    CHECK(progress(Activity::token_review, "2026-03", "2026-04-05", {whole}) == Progress::due);
}

TEST_CASE("an output from data that ends before the period is done on partial data until one from all data is there") {
    const auto partial = output(Activity::user_audit, "2026-03-31", "2026-03-30");
    const auto unknown = output(Activity::user_audit, "2026-03-31", "");
    const auto whole = output(Activity::user_audit, "2026-03-31", "2026-03-31", "2026-04-03");
    CHECK(progress(Activity::user_audit, "2026-03", "2026-04-05", {partial}) == Progress::done_on_partial_data);
    CHECK(progress(Activity::user_audit, "2026-03", "2026-04-05", {unknown}) == Progress::done_on_partial_data);
    CHECK(progress(Activity::user_audit, "2026-03", "2026-04-05", {partial, whole}) == Progress::done);
    CHECK(progress(Activity::user_audit, "2026-03", "2026-04-02", {partial, whole}) == Progress::done_on_partial_data);
}

TEST_CASE("the brief is due ninety days before the renewal, the self-assessment thirty") {
    const auto inputs = with_renewal("2026-06-20");
    const std::string period = "renewal 2026-06-20";
    const auto rows = calendar(inputs, {}, day("2026-04-01"), {});
    const auto* brief = row_of(rows, Activity::renewal_brief, period);
    const auto* assessment = row_of(rows, Activity::pre_audit, period);
    REQUIRE(brief != nullptr);
    REQUIRE(assessment != nullptr);
    CHECK(brief->due == day("2026-03-22"));
    CHECK(brief->progress == Progress::overdue);
    CHECK(brief->agreement == "AG1");
    CHECK(brief->lines == "L02");
    CHECK(assessment->due == day("2026-05-21"));
    CHECK(assessment->progress == Progress::due);
    CHECK(progress(Activity::renewal_brief, period, "2026-03-22", {}, inputs) == Progress::due);
    CHECK(progress(Activity::renewal_brief, period, "2026-02-20", {}, inputs) == Progress::due);
    CHECK(progress(Activity::renewal_brief, period, "2026-02-19", {}, inputs) == Progress::upcoming);
}

TEST_CASE("a brief from before the time in which it may be made does not count") {
    const auto inputs = with_renewal("2026-06-20");
    const auto early = output(Activity::renewal_brief, "2026-02-18", "2026-02-18", "2026-02-19");
    const auto in_time = output(Activity::renewal_brief, "2026-02-19", "2026-02-19", "2026-02-20");
    CHECK(progress(Activity::renewal_brief, "renewal 2026-06-20", "2026-03-01", {early}, inputs) == Progress::due);
    CHECK(progress(Activity::renewal_brief, "renewal 2026-06-20", "2026-03-01", {in_time}, inputs) == Progress::done);
}

TEST_CASE("of renewals that nobody can work on yet only the next of an agreement is shown") {
    auto inputs = with_renewal("2027-06-20");
    inputs.entitlements.push_back(inputs.entitlements.front());
    inputs.entitlements.back().renewal = day("2028-06-20");
    inputs.entitlements.push_back(inputs.entitlements.front());
    inputs.entitlements.back().renewal = day("2026-03-31"); // has been
    const auto rows = calendar(inputs, {}, day("2026-04-01"), {});
    CHECK(row_of(rows, Activity::renewal_brief, "renewal 2027-06-20") != nullptr);
    CHECK(row_of(rows, Activity::renewal_brief, "renewal 2028-06-20") == nullptr);
    CHECK(row_of(rows, Activity::renewal_brief, "renewal 2026-03-31") == nullptr);
}

TEST_CASE("something is due as long as one row is due or overdue") {
    std::vector<Produced> all;
    for (const auto activity : {Activity::user_audit, Activity::assignment_check, Activity::token_review,
                                Activity::usage_export, Activity::group_review, Activity::admin_review}) {
        all.push_back(output(activity, "2026-03-31", "2026-03-31"));
    }
    CHECK_FALSE(anything_due(calendar({}, {}, day("2026-04-01"), all)));
    all.pop_back();
    CHECK(anything_due(calendar({}, {}, day("2026-04-01"), all)));
    CHECK(anything_due(calendar({}, {}, day("2026-06-01"), all)));
}

TEST_CASE("what was made is kept once, and read back as it was") {
    const test::TempDir directory;
    sqlite::Database database((directory.path() / "ledger.db").string(), sqlite::Mode::create);
    CHECK(load_produced(database).empty());
    const auto first = output(Activity::group_review, "2026-03-31", "");
    const auto second = output(Activity::user_audit, "2026-03-31", "2026-03-30", "2026-04-02");
    keep_produced(database, {second, first});
    keep_produced(database, {first, second});
    const auto kept = load_produced(database);
    REQUIRE(kept.size() == 2);
    CHECK(kept[0].activity == Activity::group_review);
    CHECK_FALSE(kept[0].complete_through.has_value());
    CHECK(kept[1].complete_through == second.complete_through);
    CHECK(kept[1].who == "anna");
    CHECK(kept[1].digest == "ab12");
    CHECK(kept[1].made == second.made);
    CHECK(kept[1].command == second.command);
}
