#include "recorder/journal/import_index.hpp"
#include "recorder/journal/journal.hpp"
#include "recorder/sessions/state_table.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/sessions/scripted_day.hpp"

using namespace tally;
using namespace tally::test;

namespace {

struct JournalLines : Lines {
    journal::Journal* journal = nullptr;
    std::uint64_t append(std::string_view fields) override { return journal->append(fields); }
};

// The journal of a host with a book over it, opened anew for each run.
class Run {
public:
    Run(const os::fs::path& state, Day& day) : journal_(state, [&day] { return day.moment.stamp; }) {
        lines_.journal = &journal_;
        journal_.begin();
        table_.emplace(journal_.database());
        book_.emplace(
            Rules(), [&day] { return day.moment; }, lines_, *table_, naming_);
        book_->resume(day.host, {});
        book_->scanned([&day](const ProcessId& process) { return day.running.contains(process); });
        commit();
    }
    void commit() {
        journal_.begin();
        book_->tick();
        journal_.commit();
        journal_.begin();
    }
    Book& book() { return *book_; }
    journal::Journal& journal() { return journal_; }

private:
    journal::Journal journal_;
    JournalLines lines_;
    privacy::Naming naming_;
    std::optional<StateTable> table_;
    std::optional<Book> book_;
};

std::vector<std::string> types_of(journal::Journal& journal) {
    std::vector<std::string> types;
    line::Fields fields;
    journal.store().for_each_line(0, journal.size(), [&](std::uint64_t, std::string_view text) {
        REQUIRE_FALSE(fields.parse(text, line::max_record));
        types.emplace_back(*fields.string("t"));
    });
    return types;
}

} // namespace

TEST_CASE("lines and what is open become durable together or not at all") {
    TempDir directory;
    Day day;
    journal::Journal::create(directory / "r", {*SiteId::parse("TEST"), "TEST", journal::Role::recorder, "0"},
                             [&] { return day.moment.stamp; });
    {
        Run run(directory / "r", day);
        run.book().started({Day::process(100), Day::subject(), When::at(day.up())});
        run.commit();
        day.pass(10);
        run.book().started({Day::process(101), Day::subject("ana"), When::at(day.up())});
    } // killed
    day.running = {Day::process(100)};
    day.pass(10);
    Run run(directory / "r", day);
    REQUIRE(run.book().sessions().size() == 1);
    run.book().ended(Day::process(100), Ending::exit, When::at(day.up()));
    day.pass(1);
    run.commit();
    CHECK(types_of(run.journal()) == Texts{"genesis", "identity", "start", "gap", "end"});
}

TEST_CASE("lines of a host about itself are no import's business") {
    TempDir directory;
    Day day;
    journal::Journal::create(directory / "r", {*SiteId::parse("TEST"), "TEST", journal::Role::recorder, "0"},
                             [&] { return day.moment.stamp; });
    Run run(directory / "r", day);
    const auto open_index = [&](std::uint64_t begins) {
        auto& journal = run.journal();
        return journal::ImportIndex(
            journal.database(), journal.size(),
            [&](std::uint64_t first, std::uint64_t next, const journal::ImportIndex::Visit& visit) {
                journal.store().for_each_line(first, next, visit);
            },
            begins);
    };
    open_index(0).flush(run.journal().size());
    run.book().started({Day::process(100), Day::subject(), When::at(day.up())});
    run.book().tell_open();
    run.book().lost(3, When::at(day.up()));
    run.book().ended(Day::process(100), Ending::exit, When::at(day.up()));
    day.pass(1);
    run.commit();
    const std::uint64_t removed = 1; // then the index cannot be made anew
    CHECK(open_index(removed).sources().empty());
    run.journal().database().run("DELETE FROM import_state");
    CHECK(open_index(0).sources().empty());
    run.journal().database().run("DELETE FROM import_state");
    CHECK_THROWS_AS(open_index(removed), Error);
}
