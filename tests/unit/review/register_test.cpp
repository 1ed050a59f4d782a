// The register over several runs.
#include "verifier/review/register.hpp"

#include "tally/text/csv.hpp"
#include "tally/text/date.hpp"
#include "tests/support/day.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::review;
using findings::Code;
using findings::Outcome;

namespace {

using tally::test::day;

findings::Finding finding(const std::string& id, Code code, const std::string& subject, const std::string& saving = "",
                          const std::string& cure = "") {
    findings::Finding item;
    item.id = id;
    item.code = code;
    item.severity = findings::severity_of(code);
    item.agreement = "AG1";
    item.line = "L1";
    item.subject = subject;
    item.quantity = {1, 1};
    item.unit = "seats";
    item.rule = findings::rule_of(code);
    item.text = "something is so";
    item.state = "open";
    item.currency = "EUR";
    if (!saving.empty()) {
        item.saving = text::Decimal::parse(saving).value();
    }
    if (!cure.empty()) {
        item.cure = text::Decimal::parse(cure).value();
    }
    return item;
}

const auto over = finding("aaaa00000000", Code::over_assigned, "L1", "", "5820.00");
const auto dormant = finding("bbbb00000000", Code::dormant_user, "c41", "2400.00");

struct Register {
    test::TempDir folder;
    sqlite::Database database{(folder / "v.db").string(), sqlite::Mode::create};

    RunRecord run(const std::string& last_day, std::vector<findings::Finding> findings,
                  std::vector<findings::Finding> absorbed = {}, const std::string& rules = "tally-rules-2") {
        Outcome outcome;
        outcome.rules = rules;
        outcome.as_of = (day(last_day) + 1) * text::seconds_per_day;
        outcome.findings = std::move(findings);
        outcome.absorbed = std::move(absorbed);
        return record_run(database, outcome, {"run", outcome.as_of});
    }
    Entry entry(const std::string& id, const std::string& on = "2026-04-01") {
        const auto found = named(database, id, day(on));
        REQUIRE(found.size() == 1);
        return found.front();
    }
    Result<std::vector<Change>> say(const std::string& id, const Wish& wish, Apply apply = Apply::yes) {
        return set(database, entry(id), wish, {"ana", day("2026-04-01") * text::seconds_per_day}, apply);
    }
};

Wish accepted_until(const std::string& until) {
    Wish wish;
    wish.state = State::accepted;
    wish.until = day(until);
    return wish;
}

} // namespace

TEST_CASE("a finding is open from its first run on, and the same run again changes nothing") {
    Register r;

    const auto first = r.run("2026-03-31", {over, dormant});
    CHECK(first.run == StoreOutcome::stored);
    CHECK(first.changes.size() == 2);
    const auto again = r.run("2026-03-31", {over, dormant});
    CHECK(again.run == StoreOutcome::unchanged);
    CHECK(again.changes.empty());

    const auto entry = r.entry(over.id);
    CHECK(entry.state == State::open);
    CHECK(entry.first_seen == day("2026-03-31"));
    CHECK(entry.last_seen == day("2026-03-31"));
    CHECK(entry.cure == "5820.00");
    CHECK(history(r.database, over.id).size() == 1);
}

TEST_CASE("what people said survives re-runs, another rule pack and another quantity") {
    Register r;
    r.run("2026-03-31", {over});
    Wish wish;
    wish.owner = "ben";
    wish.note = "asked the team";
    wish.due = std::optional(day("2026-05-01"));
    wish.state = State::disputed;
    REQUIRE(r.say(over.id, wish)->size() == 4);

    auto more = over;
    more.quantity = {4, 5};
    more.severity = findings::Severity::signal;
    const auto record = r.run("2026-04-30", {more}, {}, "tally-rules-3");

    CHECK(record.changes.empty());
    const auto entry = r.entry(over.id);
    CHECK(entry.state == State::disputed);
    CHECK(entry.owner == "ben");
    CHECK(entry.note == "asked the team");
    CHECK(entry.due == day("2026-05-01"));
    CHECK(entry.upper == 5);
    CHECK(entry.severity == "signal");
    CHECK(entry.first_seen == day("2026-03-31"));
    CHECK(entry.last_seen == day("2026-04-30"));
}

TEST_CASE("a finding that no longer fires is remedied with the day and the money, and reopened when it fires again") {
    Register r;
    r.run("2026-03-31", {over, dormant});

    r.run("2026-06-30", {over});
    auto entry = r.entry(dormant.id);
    CHECK(entry.state == State::remedied);
    CHECK(entry.remedied == day("2026-06-30"));
    CHECK(entry.saved == "2400.00");

    r.run("2026-07-31", {});
    CHECK(r.entry(over.id).saved == "5820.00"); // no saving: what need not be bought
    Filter next_quarter;
    next_quarter.remedied_since = quarter_before(day("2026-07-31"));
    const auto remedied = list(r.database, next_quarter, day("2026-07-31"));
    CHECK(remedied.size() == 2);
    REQUIRE(saved_by(remedied).size() == 1);
    CHECK(saved_by(remedied)[0].first == "EUR");
    CHECK(saved_by(remedied)[0].second.str() == "8220.00");

    r.run("2026-08-31", {dormant});
    entry = r.entry(dormant.id);
    CHECK(entry.state == State::reopened);
    CHECK_FALSE(entry.remedied.has_value());
    CHECK(entry.saved.empty());
    CHECK(history(r.database, dormant.id).size() == 1 + 3 + 3); // added; state, day and money twice
}

TEST_CASE("a finding that is gone by another rule pack is remedied and saved nothing") {
    Register r;
    r.run("2026-03-31", {dormant});

    r.run("2026-04-30", {}, {}, "tally-rules-3");

    CHECK(r.entry(dormant.id).state == State::remedied);
    CHECK(r.entry(dormant.id).saved.empty());
}

TEST_CASE("a finding that a stronger one tells now is neither remedied nor saves money") {
    Register r;
    r.run("2026-03-31", {dormant});

    r.run("2026-04-30", {over}, {dormant});

    CHECK(r.entry(dormant.id).state == State::open);
    CHECK(r.entry(dormant.id).saved.empty());
}

TEST_CASE("what the records show as ended is remedied from its first run on") {
    Register r;
    auto past = finding("cccc00000000", Code::use_unassigned, "c02");
    past.state = "remedied";

    r.run("2026-03-31", {past});
    r.run("2026-04-30", {past});

    CHECK(r.entry(past.id).state == State::remedied);
    CHECK(r.entry(past.id).remedied == day("2026-03-31"));
    CHECK(history(r.database, past.id).size() == 1);
}

TEST_CASE("an accepted risk is open again on the day after the last one on which it is accepted") {
    Register r;
    r.run("2026-03-31", {over});
    REQUIRE(r.say(over.id, accepted_until("2026-06-30")).ok());

    CHECK(r.entry(over.id, "2026-06-30").state == State::accepted);
    CHECK(r.entry(over.id, "2026-07-01").state == State::open);

    r.run("2026-06-30", {over});
    CHECK(r.entry(over.id, "2026-06-30").state == State::accepted);
    const auto record = r.run("2026-07-01", {over});
    CHECK(record.changes.size() == 2); // state, until
    CHECK(r.entry(over.id, "2026-06-30").state == State::open);
}

TEST_CASE("a waiver that was handed in accepts, and its end opens again") {
    Register r;
    auto waived = over;
    waived.state = "accepted";

    r.run("2026-03-31", {waived});
    CHECK(r.entry(over.id).state == State::accepted);
    r.run("2026-04-30", {over});
    CHECK(r.entry(over.id).state == State::open);
}

TEST_CASE("a run of an earlier day is kept, and leaves the register as it is") {
    Register r;
    r.run("2026-03-31", {over, dormant});

    const auto record = r.run("2025-12-31", {});

    CHECK(record.run == StoreOutcome::stored);
    CHECK(record.looks_back);
    CHECK(record.changes.empty());
    CHECK(r.entry(over.id).state == State::open);
}

TEST_CASE("a dry run says the same changes and makes none, and a wish that is so already changes nothing") {
    Register r;
    r.run("2026-03-31", {over});
    Wish wish;
    wish.owner = "ben";

    CHECK(r.say(over.id, wish, Apply::dry_run)->size() == 1);
    CHECK(r.entry(over.id).owner.empty());
    CHECK(r.say(over.id, wish)->size() == 1);
    CHECK(r.say(over.id, wish)->empty());
    wish.owner = "";
    CHECK(r.say(over.id, wish)->front().to.empty());

    const auto changes = history(r.database, over.id);
    REQUIRE(changes.size() == 3);
    CHECK(changes[1].who == "ana");
    CHECK(changes[1].field == "owner");
    CHECK(changes[1].from.empty());
    CHECK(changes[1].to == "ben");
}

TEST_CASE("a state that only a run can give, an acceptance without a day or over already is refused") {
    Register r;
    r.run("2026-03-31", {over, dormant});
    r.run("2026-04-01", {over});
    const auto refused = [&](const std::string& id, const Wish& wish) {
        const auto made = r.say(id, wish);
        return made.ok() ? "" : made.fault().what;
    };
    Wish wish;

    wish.state = State::remedied;
    CHECK(refused(over.id, wish) == "only a run makes a finding remedied");
    wish.state = State::reopened;
    CHECK(refused(over.id, wish) == "only a run makes a finding reopened");
    wish.state = State::accepted;
    CHECK(refused(over.id, wish) == "an accepted finding needs a day until when");
    CHECK(refused(over.id, accepted_until("2026-03-31")) == "the day until when it is accepted is over");
    CHECK(refused(over.id, accepted_until("2026-04-01")).empty());
    wish.state = State::open;
    wish.until = day("2026-12-31");
    CHECK(refused(over.id, wish) == "only an accepted finding has a day until when");
    wish = {};
    wish.state = State::open;
    CHECK(refused(dormant.id, wish) == "it is remedied; a run that raises it again reopens it");
}

TEST_CASE("an outcome shows the states of the register, also that of an acceptance that ran out") {
    Register r;
    r.run("2026-03-31", {over, dormant});
    REQUIRE(r.say(over.id, accepted_until("2026-06-30")).ok());
    Outcome outcome;
    outcome.findings = {over, dormant, finding("dddd00000000", Code::spike, "x")};
    const auto state_on = [&](const std::string& last_day) {
        outcome.as_of = (day(last_day) + 1) * text::seconds_per_day;
        show_states(r.database, outcome);
        return outcome.findings[0].state;
    };

    CHECK(state_on("2026-06-30") == "accepted");
    CHECK(state_on("2026-07-01") == "open");
    CHECK(outcome.findings[1].state == "open");
    CHECK(outcome.findings[2].state == "open");
}

TEST_CASE("the register is filtered by each of its words") {
    Register r;
    r.run("2026-03-31", {dormant, over});
    Wish wish;
    wish.owner = "ben";
    wish.due = std::optional(day("2026-05-01"));
    REQUIRE(r.say(dormant.id, wish).ok());
    const auto ids = [&](const Filter& filter) {
        std::string text;
        for (const auto& entry : list(r.database, filter, day("2026-04-01"))) {
            text += entry.id.substr(0, 1);
        }
        return text;
    };
    Filter filter;

    CHECK(ids({}) == "ab"); // breaches before waste
    filter.code = "DORMANT_USER";
    CHECK(ids(filter) == "b");
    filter = {};
    filter.severity = "breach";
    CHECK(ids(filter) == "a");
    filter = {};
    filter.subject = "c41";
    CHECK(ids(filter) == "b");
    filter = {};
    filter.line = "L2";
    CHECK(ids(filter).empty());
    filter = {};
    filter.owner = "ben";
    CHECK(ids(filter) == "b");
    filter = {};
    filter.due_before = day("2026-05-01");
    CHECK(ids(filter).empty());
    filter.due_before = day("2026-05-02");
    CHECK(ids(filter) == "b");
    filter = {};
    filter.state = State::disputed;
    CHECK(ids(filter).empty());
}

TEST_CASE("a ledger without a run has an empty register, also read-only") {
    Register r;
    const sqlite::Database reader((r.folder / "v.db").string(), sqlite::Mode::read_only);

    CHECK(list(reader, {}, 0).empty());
    CHECK(history(reader, "aaaa").empty());
    Outcome outcome;
    outcome.findings = {over};
    show_states(reader, outcome);
    CHECK(outcome.findings[0].state == "open");
}

TEST_CASE("the exported register is CSV that no spreadsheet runs, with a row for each finding") {
    Register r;
    auto hostile = finding("eeee00000000", Code::unknown_account, "=cmd()|'x'!A1,\"q\"\n");
    r.run("2026-03-31", {over, hostile});
    Wish wish;
    wish.note = "+1";
    REQUIRE(r.say(hostile.id, wish).ok());

    const std::string csv = to_csv(list(r.database, {}, day("2026-04-01")));

    text::CsvReader reader(csv);
    std::vector<std::string> fields;
    std::vector<std::vector<std::string>> rows;
    for (auto more = reader.next(fields); more.ok() && *more; more = reader.next(fields)) {
        rows.push_back(fields);
    }
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].size() == 27);
    CHECK(rows[1].size() == 27);
    const auto column = [&](const std::string& name) {
        return static_cast<std::size_t>(std::find(rows[0].begin(), rows[0].end(), name) - rows[0].begin());
    };
    CHECK(rows[2][column("subject")] == "'=cmd()|'x'!A1,\"q\"%0A");
    CHECK(rows[2][column("note")] == "'+1");
    CHECK(rows[1][column("cure")] == "5820.00");
}
