#include "recorder/capture/importer.hpp"
#include "recorder/flexnet/log.hpp"
#include "recorder/journal/import_index.hpp"
#include "recorder/journal/journal.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

using namespace tally;
using namespace tally::capture;

namespace {

struct PowerCut {};

class TestSink : public Sink {
public:
    TestSink(journal::Journal& journal, journal::ImportIndex& index, int commits_allowed)
        : journal_(&journal), index_(&index), left_(commits_allowed) {
        journal.group_by(journal::GroupedBy::caller);
    }
    std::uint64_t append(std::string_view fields) override { return journal_->append(fields); }
    void commit() override {
        if (left_-- == 0) {
            throw PowerCut();
        }
        index_->flush(journal_->size());
        journal_->commit();
        journal_->begin();
    }

private:
    journal::Journal* journal_;
    journal::ImportIndex* index_;
    int left_;
};

std::string read_data(const std::string& name) { return os::read_file("data/flexnet/" + name, 1U << 22U); }

// A log of records in a directory of its own.
class Recorder {
public:
    Recorder() {
        journal::Journal::create(directory_ / "r", {*SiteId::parse("TEST"), "TEST", journal::Role::recorder, "0"},
                                 os::system_clock());
    }

    Result<ImportOutcome> import(const std::string& bytes, int commits_allowed = 1'000'000,
                                 const std::string& source = "", const std::string& zone_name = "Europe/Madrid") {
        os::replace_file(directory_ / "log", bytes);
        LineSource lines(directory_ / "log", directory_.path());
        flexnet::Log log;
        auto survey = capture::survey(lines, log, {});
        if (!survey) {
            return survey.fault();
        }
        const auto zone = TimeZone::load(zone_name).value();
        journal::Journal journal(directory_ / "r", os::system_clock());
        journal.begin();
        auto index = open_index(journal);
        const auto names = name_sources("flexnet", *survey, known_sources(index), source);
        if (!names) {
            return names.fault();
        }
        if (const auto agrees = zone_agrees(*names, index, zone_name); !agrees) {
            return agrees.fault();
        }
        TestSink sink(journal, index, commits_allowed);
        return import_log(lines, log, *survey, *names, {&index, &sink, &zone, {}});
    }

    // Every usage line without what the journal adds, with the line that it points to in place of its number; sorted.
    std::vector<std::string> lines(const std::set<std::string>& types) {
        static const std::set<std::string_view> left_out{"boot", "host", "seq", "up", "wall"};
        journal::Store store(directory_ / "r", journal::Access::read);
        std::vector<std::string> found;
        std::map<std::uint64_t, std::string> texts;
        line::Fields fields;
        store.for_each_line(0, store.size(), [&](std::uint64_t seq, std::string_view text) {
            REQUIRE_FALSE(fields.parse(text, line::max_record));
            std::string& rest = texts[seq];
            for (const auto& field : fields) {
                if (field.key == "start" || field.key == "end") {
                    rest += std::string(field.key) + "=(" + texts.at(field.value.integer) + ") ";
                } else if (left_out.count(field.key) == 0) {
                    rest += std::string(field.key) + "=" + std::string(field.value.text) + " ";
                }
            }
            if (types.count(std::string(*fields.string("t"))) > 0) {
                found.push_back(rest);
            }
        });
        std::sort(found.begin(), found.end());
        return found;
    }

    // Each licence event (docs/formats/record.md: second, verb, names), as often as it is recorded.
    std::multiset<std::string> events() {
        journal::Store store(directory_ / "r", journal::Access::read);
        std::multiset<std::string> found;
        std::map<std::uint64_t, std::string> names_of_start;
        line::Fields fields;
        store.for_each_line(0, store.size(), [&](std::uint64_t seq, std::string_view text) {
            REQUIRE_FALSE(fields.parse(text, line::max_record));
            const std::string type(*fields.string("t"));
            const auto at = fields.integer("at") ? fields.integer("at") : fields.integer("at_from");
            const auto start = fields.integer("start");
            std::string names;
            for (const char* key : {"verb", "feature", "user", "client"}) {
                names += std::string(fields.string(key).value_or("")) + ' ';
            }
            if (type == "start") {
                names_of_start[seq] = names;
            }
            const bool known = type == "start" || type == "denial" || type == "queue" || type == "notice" ||
                               type == "server" || type == "end";
            if (known && fields.find("inferred") == nullptr) {
                found.insert(std::to_string(*at) + ' ' + type + ' ' + (start ? names_of_start.at(*start) : names));
            }
        });
        return found;
    }

    [[nodiscard]] os::fs::path state() const { return directory_ / "r"; }

    std::uint64_t size() { return journal::Store(directory_ / "r", journal::Access::read).size(); }

    std::string index_text() {
        journal::Journal journal(directory_ / "r", os::system_clock());
        journal.begin();
        return open_index(journal).dump();
    }
    std::string rebuilt_index_text() {
        journal::Journal journal(directory_ / "r", os::system_clock());
        journal.begin();
        journal.database().run(
            "DROP TABLE import_state; DROP TABLE import_event; DROP TABLE import_open; DROP TABLE import_orphan; "
            "DROP TABLE import_daemon; DROP TABLE import_stop; DROP TABLE import_component; DROP TABLE import_file");
        return open_index(journal).dump();
    }

private:
    static journal::ImportIndex open_index(journal::Journal& journal) {
        return journal::ImportIndex(
            journal.database(), journal.size(),
            [&](std::uint64_t first, std::uint64_t next, const journal::ImportIndex::Visit& visit) {
                journal.store().for_each_line(first, next, visit);
            });
    }
    test::TempDir directory_;
};

std::map<std::string_view, std::uint64_t> counts_of(const Result<ImportOutcome>& outcome) {
    REQUIRE(outcome.ok());
    REQUIRE(outcome->sources.size() == 1);
    std::map<std::string_view, std::uint64_t> counts;
    for (const auto& [name, value] : outcome->sources[0].counts.named()) {
        counts[name] = value;
    }
    return counts;
}

const std::set<std::string> usage{"start", "end", "denial", "queue", "notice", "server", "packages"};

// Cut before line `number` (from 1).
std::pair<std::string, std::string> halves(const std::string& text, std::size_t number) {
    std::size_t at = 0;
    for (std::size_t line = 1; line < number; ++line) {
        at = text.find('\n', at) + 1;
    }
    return {text.substr(0, at), text.substr(at)};
}

} // namespace

TEST_CASE("the synthetic log gives what was counted by hand") {
    Recorder recorder;

    const auto outcome = recorder.import(read_data("synthetic.log"));
    auto counts = counts_of(outcome);

    CHECK((counts["out"] == 20 && counts["in"] == 16 && counts["denied"] == 3 && counts["unsupported"] == 2));
    CHECK((counts["queued"] == 1 && counts["dequeued"] == 1 && counts["other"] == 4 && counts["server"] == 6));
    CHECK((counts["paired"] == 15 && counts["orphan"] == 1 && counts["closed"] == 4 && counts["open"] == 1));
    CHECK(
        (counts["ambiguous"] == 5 && counts["uncertain"] == 1 && counts["unparsable"] == 4 && counts["foreign"] == 25));
    CHECK(outcome->bad == std::vector<std::uint64_t>{32, 36, 37, 82});
    CHECK(counts["new"] == recorder.events().size());
}

TEST_CASE("the same log twice writes nothing the second time") {
    for (const std::string name : {"synthetic.log", "maplelmg.log"}) {
        Recorder recorder;
        const auto first = counts_of(recorder.import(read_data(name)));
        const auto size = recorder.size();

        const auto second = recorder.import(read_data(name));

        CHECK(recorder.size() == size);
        CHECK(second->repeated);
        CHECK(counts_of(second)["known"] == first.at("new"));
    }
}

TEST_CASE("two halves, in either order, give each event exactly once, wherever the cut is") {
    const std::string log = read_data("adskflex-first-14-days.log");
    Recorder whole;
    REQUIRE(whole.import(log).ok());
    const auto expected = whole.events();
    const auto expected_lines = whole.lines(usage);

    for (const std::size_t cut : {300U, 575U, 2457U, 4286U, 6230U, 8000U}) {
        const auto [head, tail] = halves(log, cut);
        Recorder in_order;
        REQUIRE(in_order.import(head).ok());
        REQUIRE(in_order.import(tail).ok());
        CHECK(in_order.lines(usage) == expected_lines);

        Recorder backwards;
        REQUIRE(backwards.import(tail, 1'000'000, "").ok() == false);
        REQUIRE(backwards.size() == 1);
        const std::string name = "lic";
        REQUIRE(backwards.import(tail, 1'000'000, name).ok());
        REQUIRE(backwards.import(head, 1'000'000, name).ok());
        CHECK(backwards.events() == expected);
        CHECK(backwards.rebuilt_index_text() == backwards.index_text());
        REQUIRE(backwards.import(tail, 1'000'000, name).ok());
        CHECK(backwards.events() == expected);
    }
}

TEST_CASE("a cut between equal lines of one second loses neither and doubles neither") {
    const std::string before = " 8:00:00 (lmgrd) FlexNet Licensing (v11) started on lic (x) (5/5/2022)\n";
    const std::string out = " 9:00:00 (d) OUT: \"F\" u@h\n";
    const std::string after = "10:00:00 (d) IN: \"F\" u@h\n11:00:00 (d) TIMESTAMP 5/5/2022\n";
    for (const bool tail_first : {false, true}) {
        Recorder recorder;
        const std::string head = before + out;
        const std::string tail = out + after;
        REQUIRE(recorder.import(tail_first ? tail : head, 99, "lic").ok());
        REQUIRE(recorder.import(tail_first ? head : tail, 99, "lic").ok());
        CHECK(recorder.events().size() == 3);

        REQUIRE(recorder.import(head, 99, "lic").ok());
        REQUIRE(recorder.import(tail, 99, "lic").ok());
        REQUIRE(recorder.import(before + out + out + after, 99, "lic").ok());
        CHECK(recorder.events().size() == 3);
        CHECK(recorder.rebuilt_index_text() == recorder.index_text());
    }
}

TEST_CASE("a longer copy after a shorter one adds only what is new") {
    const std::string log = read_data("adskflex-first-14-days.log");
    Recorder whole;
    Recorder grown;
    REQUIRE(whole.import(log).ok());

    for (const std::size_t lines : {1000U, 1001U, 4000U, 8690U}) {
        REQUIRE(grown.import(halves(log, lines).first).ok());
    }

    CHECK(grown.lines(usage) == whole.lines(usage));
}

TEST_CASE("rotated parts in any order give each event once, and what is learned equals what the lines tell") {
    const std::string log = read_data("maplelmg.log");
    const auto [first, rest] = halves(log, 2300);
    const auto [second, third] = halves(rest, 2000);
    std::vector<std::string> parts{first, second, third};
    std::vector<std::size_t> order{0, 1, 2};
    Recorder whole;
    REQUIRE(whole.import(log, 99, "lic").ok());

    do {
        Recorder recorder;
        for (const auto part : order) {
            REQUIRE(recorder.import(parts[part], 99, "lic").ok());
        }
        CHECK(recorder.events() == whole.events());
        CHECK(recorder.rebuilt_index_text() == recorder.index_text());
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("a start whose end is waiting names it") {
    Recorder recorder;
    const std::string head =
        " 8:00:00 (lmgrd) FlexNet Licensing (v11) started on lic (x) (5/5/2022)\n 9:00:00 (d) OUT: \"F\" u@h\n";
    REQUIRE(recorder.import("10:00:00 (d) IN: \"F\" u@h\n11:00:00 (d) TIMESTAMP 5/5/2022\n", 99, "lic").ok());

    const auto counts = counts_of(recorder.import(head, 99, "lic"));

    CHECK(counts.at("paired") == 1);
    CHECK(counts.at("open") == 0);
    journal::Store store(recorder.state(), journal::Access::read);
    std::optional<std::uint64_t> orphan;
    std::optional<std::uint64_t> named;
    line::Fields fields;
    store.for_each_line(0, store.size(), [&](std::uint64_t seq, std::string_view text) {
        REQUIRE_FALSE(fields.parse(text, line::max_record));
        orphan = fields.find("orphan") != nullptr ? seq : orphan;
        named = fields.string("t") == "start" ? fields.integer("end") : named;
    });
    REQUIRE(orphan);
    CHECK(named == orphan);
}

TEST_CASE("a restart ends what a part imported later had left open") {
    Recorder recorder;
    const std::string head =
        " 8:00:00 (lmgrd) FlexNet Licensing (v11) started on lic (x) (5/5/2022)\n 9:00:00 (d) OUT: \"F\" u@h\n";
    REQUIRE(recorder.import("10:00:00 (lmgrd) REStarted d (pid 1)\n11:00:00 (d) TIMESTAMP 5/5/2022\n", 99, "lic").ok());

    const auto counts = counts_of(recorder.import(head, 99, "lic"));

    CHECK(counts.at("closed") == 1);
    CHECK(counts.at("open") == 0);
    CHECK(recorder.rebuilt_index_text() == recorder.index_text());
}

TEST_CASE("an import that was interrupted at any commit completes to the same lines") {
    const std::string log = read_data("adskflex-first-14-days.log");
    const std::string three = log; // 5 108 lines: the first commit is in the middle
    Recorder whole;
    REQUIRE(whole.import(three).ok());

    for (const int commits : {0, 1}) {
        Recorder recorder;
        CHECK_THROWS_AS(recorder.import(three, commits), PowerCut);
        REQUIRE(recorder.import(three).ok());
        CHECK(recorder.lines(usage) == whole.lines(usage));
        CHECK(recorder.lines({"import"}).size() == 1);
        CHECK(recorder.lines({"importing"}).size() == 1);
        CHECK(recorder.rebuilt_index_text() == recorder.index_text());
    }
}

TEST_CASE("what cannot be imported leaves nothing behind") {
    Recorder recorder;
    const auto refused = [&](const std::string& bytes) { return recorder.import(bytes).fault().what; };

    CHECK_THAT(refused(""), Catch::Contains("empty"));
    CHECK_THAT(refused("hello\nworld\n"), Catch::Contains("not a FlexNet debug log"));
    CHECK_THAT(refused(std::string(100'000, '\0')), Catch::Contains("not a FlexNet debug log"));
    CHECK_THAT(refused(" 8:00:00 (d) OUT: \"F\" u@h\n"), Catch::Contains("tells no date"));
    CHECK_THAT(refused(" 8:00:00 (d) OUT: \"F\" u@h\n 9:00:00 (d) TIMESTAMP 5/5/2022\n"),
               Catch::Contains("does not name its server"));
    CHECK_THAT(refused(" 8:00:00 (lmgrd) FlexNet Licensing (v1) started on a (x) (5/5/2022)\n 8:00:01 (lmgrd) FlexNet "
                       "Licensing (v1) started on b (x) (5/5/2022)\n 9:00:00 (d) OUT: \"F\" u@h\n"),
               Catch::Contains("more than one server"));
    CHECK(recorder.size() == 1);
}

TEST_CASE("a source keeps the zone of its first import") {
    Recorder recorder;
    REQUIRE(recorder.import(read_data("maplelmg.log")).ok());

    const auto other = recorder.import(halves(read_data("maplelmg.log"), 100).first, 99, "", "America/New_York");

    REQUIRE_FALSE(other.ok());
    CHECK_THAT(other.fault().what, Catch::Contains("Europe/Madrid"));
}

TEST_CASE("a part without a head belongs to the only source that has its daemon") {
    Recorder recorder;
    const auto [head, tail] = halves(read_data("maplelmg.log"), 3000);
    REQUIRE(recorder.import(head).ok());

    const auto outcome = recorder.import(tail);

    REQUIRE(outcome.ok());
    CHECK(outcome->sources[0].source == "flexnet:flexlm01:maplelmg");
}

TEST_CASE("an older open session ends before a start that was held back") {
    Recorder recorder;
    const std::string first =
        " 8:00:00 (lmgrd) FlexNet Licensing (v11) started on lic (x) (5/5/2022)\n 9:00:00 (d) OUT: \"F\" u@h\n";
    const std::string second =
        "10:00:00 (d) OUT: \"F\" u@h\n11:00:00 (d) IN: \"F\" u@h\n11:30:00 (d) TIMESTAMP 5/5/2022\n";
    const std::string third = "12:00:00 (d) IN: \"F\" u@h\n13:00:00 (d) TIMESTAMP 5/5/2022\n";
    REQUIRE(recorder.import(third, 99, "lic").ok());
    REQUIRE(recorder.import(second, 99, "lic").ok());

    const auto counts = counts_of(recorder.import(first, 99, "lic"));

    CHECK(counts.at("open") == 0);
    CHECK(recorder.lines({"start", "end"}).size() == 4);
    CHECK(recorder.rebuilt_index_text() == recorder.index_text());
}
