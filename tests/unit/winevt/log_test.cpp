#include "recorder/capture/line_source.hpp"
#include "recorder/winevt/log.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/told_events.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::winevt;
using Rows = std::vector<std::string>;

namespace {

std::string data(const std::string& name) { return os::read_file("data/winevt/" + name, 1U << 20U); }

// As the import cuts them.
Rows lines_of(const std::string& text) {
    const test::TempDir dir;
    os::replace_file(dir.path() / "log", text);
    capture::LineSource source(dir.path() / "log", dir.path());
    source.end_lines_after("</Event>");
    Rows lines;
    capture::SourceLine line;
    while (source.next(line)) {
        lines.emplace_back(line.text);
    }
    return lines;
}

Rows events(const std::string& text, capture::Survey* survey = nullptr,
            const catalogue::Catalogue& catalogue = catalogue::standard()) {
    Log log(catalogue);
    return test::told_by(log, lines_of(text), survey);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
        text.replace(at, from.size(), to);
    }
    return text;
}

std::string words(const capture::Survey& survey) {
    std::string all;
    for (const auto& one : survey.remarks.list()) {
        all += one.text + "\n";
    }
    return all;
}

const Rows story{"OUT 08:00:00 cad-07.site.example civil3d 2026 SITE\\HIG@CAD-07.site.example",
                 "OUT 08:00:02 cad-07.site.example revit 2026 SITE\\HIG@CAD-07.site.example",
                 "OUT 08:05:00 cad-07.site.example autocad-based 2026 SITE\\anna@CAD-07.site.example",
                 "IN 09:00:00 cad-07.site.example revit  SITE\\HIG@CAD-07.site.example since 08:00:02",
                 "IN 09:30:00 cad-07.site.example autocad-based  SITE\\anna@CAD-07.site.example since 08:05:00",
                 "OUT 10:00:00 cad-07.site.example revit 2026 SITE\\CY@CAD-07.site.example",
                 "lost 3 09:30:00+1800 cad-07.site.example",
                 "IN 10:00:00+3600 cad-07.site.example revit  SITE\\CY@CAD-07.site.example superseded since 10:00:00",
                 "IN 12:00:00 cad-07.site.example revit  SITE\\DEE@CAD-07.site.example",
                 "started 13:00:00 cad-07.site.example",
                 "OUT 13:10:00 cad-07.site.example autocad 2026 SITE\\HIG@CAD-07.site.example",
                 "IN 15:00:00 cad-07.site.example autocad  SITE\\HIG@CAD-07.site.example since 13:10:00",
                 "OUT 15:10:00 cad-07.site.example revit 2026 SITE\\ANNA@CAD-07.site.example"};

} // namespace

TEST_CASE("the story of the synthetic export is told as it was written down by hand") {
    capture::Survey survey;
    CHECK(events(data("synthetic.xml"), &survey) == story);
    CHECK(words(survey) ==
          "the clock was set\n1 starts do not tell their command line, and so not which product they are: switch on "
          "\"Include command line in process creation events\"\n");
}

TEST_CASE("an export tells the same on one line, on a line for each event, and printed over many") {
    const std::string text = data("synthetic.xml");
    const std::string root = "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<Events>";
    CHECK(events(root + replaced(text, "\n", "") + "</Events>") == story);
    CHECK(events(root + text + "</Events>\n") == story);
    CHECK(events("\xEF\xBB\xBF" + root + replaced(text, "\n", "\r\n") + "</Events>\r\n") == story);
    const std::string wide = replaced(replaced(text, "><", ">\n  <"), "<Event xmlns=", "<Event\n xmlns=");
    CHECK(events(root + wide + "</Events>") == story);
    CHECK(lines_of(replaced(text, "\n", "")).size() == lines_of(text).size());
}

TEST_CASE("real events are read: forwarded ones with what was rendered, and ends that belong to their starts") {
    CHECK(events(data("wef_4689_rendered.xml")).empty());
    const auto read = catalogue::read_catalogue(
        R"({"format":"tally-catalogue-1","made":"2026-01-01","name":"t","t":"catalogue"})"
        "\n"
        R"({"mark":"measured","name":"A","source":"s","t":"product","word":"ping"})"
        "\n"
        R"({"mark":"measured","path":"System32/PING.EXE","product":"ping","source":"s","system":"windows","t":"program"})"
        "\n"
        R"({"mark":"measured","path":"RuntimeBroker.exe","product":"ping","source":"s","system":"windows","t":"program"})"
        "\n");
    REQUIRE(read);
    CHECK(events(data("wef_4689_rendered.xml"), nullptr, *read) ==
          Rows{"IN 10:30:06 win10.windomain.local ping  WIN10\\vagrant@win10.windomain.local"});
    const Rows found = events(data("otrf_aptsimulator_4688_4689.xml"), nullptr, *read);
    const auto count = [&](const std::string& begin, const std::string& part) {
        return std::count_if(found.begin(), found.end(), [&](const std::string& row) {
            return row.starts_with(begin) && row.find(part) != std::string::npos;
        });
    };
    CHECK(count("OUT", "APT-Simulator") == 3);
    CHECK(count("IN", " since ") >= count("OUT", "APT-Simulator") - 1);
    CHECK(count("!", "") == 0);
}

TEST_CASE("an end is that of its process only when it is of the same program") {
    const std::string log = data("synthetic.xml");
    const std::string other = replaced(log, "REVIT.EXE", "OTHER.EXE");
    const Rows found = events(other);
    CHECK(std::find(found.begin(), found.end(), story[3]) == found.end());
    CHECK(found.size() == story.size() - 1);
}

TEST_CASE("damage costs its own events, and what was never an export is refused") {
    const std::string text = data("synthetic.xml");
    const std::string cut = text.substr(0, text.find("</Event>") - 30) + "\n" + text.substr(text.find('\n') + 1);
    CHECK(events(cut) == Rows(story.begin() + 1, story.end()));
    const Rows broken = events(replaced(text, "<Data Name=\"NewProcessId\">0x1a8</Data>", ""));
    CHECK(broken[1] == "! tells of a new process without its number or its program");
    CHECK(events("no events\n").front().starts_with("0: is no XML export"));
    CHECK(events("<!DOCTYPE x [<!ENTITY a 'b'>]>\n" + text).front().starts_with("1: has a document type"));
    Rows lines = test::lines_of(text);
    std::reverse(lines.begin(), lines.end());
    std::string backwards;
    for (const auto& line : lines) {
        backwards += line + "\n";
    }
    CHECK(events(backwards).front().starts_with("0: has the newest event first"));
    std::string large = text.substr(0, text.find("<Data "));
    for (int i = 0; i < 6000; ++i) {
        large += "<Data>" + std::string(60, 'x') + "</Data>\n";
    }
    CHECK(events(large + "</EventData></Event>\n" + text)[0] == "! is an event of more than 256 KiB");
}

TEST_CASE("a hundred starts without one end are starts only") {
    const std::string text = data("synthetic.xml");
    const std::string start = text.substr(0, text.find('\n') + 1);
    std::string many;
    for (int i = 0; i < 100; ++i) {
        many += replaced(start, "0x1a4", "0x" + std::to_string(1000 + i));
    }
    Log log(catalogue::standard());
    CHECK(test::told_by(log, lines_of(many)).size() == 100);
    CHECK(log.fidelity() == capture::start_only);
}
