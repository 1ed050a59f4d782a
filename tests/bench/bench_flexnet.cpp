// A FlexNet debug log read and parsed, and imported into a durable journal, against an awk script that pairs OUT and IN.
#include "tests/bench/measure.hpp"
#include "tests/bench/render.hpp"

#include "recorder/capture/importer.hpp"
#include "recorder/flexnet/log.hpp"
#include "recorder/journal/import_index.hpp"
#include "recorder/journal/journal.hpp"

#include <fstream>

using namespace tally;
using namespace tally::bench;

namespace {

class JournalSink : public capture::Sink {
public:
    JournalSink(journal::Journal& journal, journal::ImportIndex& index) : journal_(&journal), index_(&index) {
        journal.group_by(journal::GroupedBy::caller);
    }
    std::uint64_t append(std::string_view fields) override { return journal_->append(fields); }
    void commit() override {
        journal_->begin();
        index_->flush(journal_->size());
        journal_->commit();
        journal_->begin();
    }

private:
    journal::Journal* journal_;
    journal::ImportIndex* index_;
};

struct Events {
    std::uint64_t out = 0;
    std::uint64_t in = 0;
    std::uint64_t lines = 0; // of the file, or of the journal
};

Events read_only(const std::string& file, const os::fs::path& spool) {
    capture::LineSource source(file, spool);
    Events events;
    for (capture::SourceLine line; source.next(line); ++events.lines) {
        const auto parsed = flexnet::read_line(line.text);
        if (parsed.form == capture::Form::activity) {
            events.out += parsed.verb == capture::Verb::out ? 1U : 0U;
            events.in += parsed.verb == capture::Verb::in ? 1U : 0U;
        }
    }
    return events;
}

// As tally-recorder import does it, and the seal after it.
Events import_into_journal(const std::string& file, const os::fs::path& state) {
    journal::Journal::create(state, {*SiteId::parse("BENCH"), "LICSRV", journal::Role::recorder, TALLY_VERSION},
                             os::system_clock());
    journal::Journal journal(state, os::system_clock());
    journal.begin();
    journal::ImportIndex index(journal.database(), journal.size(),
                               [&](std::uint64_t first, std::uint64_t next, const journal::ImportIndex::Visit& visit) {
                                   journal.store().for_each_line(first, next, visit);
                               });
    capture::LineSource source(file, state);
    flexnet::Log log;
    const auto survey = capture::survey(source, log, {});
    require(survey.ok(), "the log is refused");
    const auto names = capture::name_sources("flexnet", *survey, capture::known_sources(index), "");
    const auto zone = capture::TimeZone::load("UTC");
    require(names.ok() && zone.ok(), "names or zone");
    JournalSink sink(journal, index);
    const auto outcome = capture::import_log(source, log, *survey, *names, {&index, &sink, &*zone});
    require(outcome.ok() && outcome->sources.size() == 1, "the import fails");
    journal.rollback();
    journal.seal("request");
    const auto& counts = outcome->sources[0].counts;
    return {counts.of(capture::Verb::out), counts.of(capture::Verb::in), journal.size()};
}

constexpr const char* pairing = R"awk(
$3 == "OUT:" { open[$4 SUBSEP $5]++; out++ }
$3 == "IN:" { if (open[$4 SUBSEP $5] > 0) { open[$4 SUBSEP $5]--; paired++ } in_++ }
END { print out, in_, paired }
)awk";

} // namespace

int main(int count, char** arguments) {
    const Plan plan = plan_from(count, arguments, 200'000);
    const test::TempDir dir;
    const std::string file = (dir / "debug.log").string();
    {
        SessionStream events(plan.size);
        std::ofstream out(file, std::ios::binary);
        write_flexnet(events, [&](std::string_view text) { out << text; });
    }
    std::ofstream((dir / "pair.awk").string()) << pairing;
    const std::string command = "sed 's/^ *//; s/(/ (/' " + file + " | awk -f " + (dir / "pair.awk").string();
    const Events parsed = read_only(file, dir.path());
    const std::string counts =
        std::to_string(parsed.out) + " " + std::to_string(parsed.in) + " " + std::to_string(parsed.in) + "\n";
    std::uint64_t journal_lines = 0;
    int round = 0;

    compare(
        plan, "flexnet", static_cast<double>(parsed.lines), "log lines",
        {{"tally read and parsed, one core",
          [&] { require(read_only(file, dir.path()).out == parsed.out, "OUT lines"); }},
         {"tally imported, journal durable and sealed",
          [&] {
              const Events events = import_into_journal(file, dir / ("r" + std::to_string(round++)));
              require(events.out == parsed.out && events.in == parsed.in, "OUT and IN lines");
              journal_lines = events.lines;
          }},
         {output_of("awk -W version 2>&1 | head -1 | cut -d, -f1 | tr -d '\\n'") + ": sed | awk that pairs OUT and IN",
          [&] { require(output_of(command) == counts, "awk's counts"); }}});
    require(journal_lines > parsed.out + parsed.in, "lines in the journal");
}
