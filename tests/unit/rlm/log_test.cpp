#include "recorder/capture/civil.hpp"
#include "recorder/rlm/log.hpp"
#include "tally/os/file.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace tally;
using namespace tally::rlm;
using capture::Form;
using capture::UsageEvent;

namespace {

const std::string notice = "RLM Report Log Format 0, version 14.1, authenticated\nISV: simco, RLM version 14.1 BL2\n";

std::string told(const UsageEvent& event) {
    if (event.form == Form::malformed || event.form == Form::other) {
        return "";
    }
    std::string text(event.form == Form::activity  ? name_of(event.verb)
                     : event.form == Form::started ? "started"
                                                   : "stopped");
    text += " " + std::string(capture::LocalText(event.at->from_s).view());
    text += event.at->to_s == event.at->from_s ? "" : "+" + std::to_string(event.at->to_s - event.at->from_s);
    text += event.feature.empty() ? "" : " " + std::string(event.feature) + " " + std::string(event.user);
    return text +
           (event.begun ? " since " + std::string(capture::LocalText(event.begun->from_s).view().substr(11)) : "");
}

// The events; or why the log is refused.
std::vector<std::string> events(const std::string& text, capture::Survey* survey = nullptr) {
    Log log;
    capture::Survey into;
    std::vector<std::string> found;
    for (const bool second : {false, true}) {
        std::istringstream lines(text);
        capture::SourceLine line;
        for (std::string one; std::getline(lines, one);) {
            ++line.number;
            line.text = one;
            UsageEvent event;
            if (!second) {
                log.survey(line);
            } else if (log.read(line, event); !told(event).empty()) {
                found.push_back(told(event));
            }
        }
        if (!second) {
            if (const auto done = log.finish_survey(into); !done) {
                return {std::to_string(done.fault().at) + ": " + done.fault().what};
            }
        }
    }
    if (survey != nullptr) {
        *survey = into;
    }
    return found;
}

using Rows = std::vector<std::string>;

std::string data(const std::string& name) { return os::read_file("data/rlm/" + name, 1U << 20U); }

std::string use(const std::string& verb, const std::string& handle, const std::string& when) {
    return verb == "OUT" ? "OUT p 1 1 u h \"\" 1 1 0 " + handle + " 0 1 \"\" \"p\" \"1\" " + when + "\n"
                         : "IN 1 p 1 u h \"\" 1 0 0 " + handle + " " + when + "\n";
}

} // namespace

TEST_CASE("the story of the synthetic log is told in each style") {
    const Rows expected{"started 2025-12-30 12:00:00+59",
                        "OUT 2025-12-31 23:50:10 solver ana",
                        "IN 2026-01-01 00:10:20 solver ana since 23:50:10",
                        "OUT 2026-01-01 09:00:00 mesher Bo Lind",
                        "OUT 2026-01-01 09:00:30 mesher Bo Lind",
                        "UNSUPPORTED 2026-01-01 09:05:00+59 solver cy",
                        "DENIED 2026-01-01 09:05:00+59 solver cy",
                        "QUEUED 2026-01-01 09:06:00 solver di",
                        "DEQUEUED 2026-01-01 09:08:00 solver di",
                        "IN 2026-01-01 12:00:00 mesher Bo Lind since 09:00:30",
                        "stopped 2026-01-01 18:00:00",
                        "started 2026-01-02 08:00:00+59",
                        "OUT 2026-01-02 08:30:00 solver ana"};
    capture::Survey survey;
    CHECK(events(data("std.log"), &survey) == expected);
    CHECK(survey.daemons.at("simco").host == "licsrv7");

    Rows detailed = expected;
    detailed[5] = "UNSUPPORTED 2026-01-01 09:05:01 solver cy";
    detailed[6] = "DENIED 2026-01-01 09:05:02 solver cy";
    CHECK(events(data("detailed.log")) == detailed);

    const Rows small = events(data("small.log"));
    REQUIRE(small.size() == expected.size());
    CHECK(small[2] == "IN 2026-01-01 00:10:00+59 solver ana since 23:50:00");
    CHECK(small[9] == "IN 2026-01-01 12:00:00+59 mesher Bo Lind since 09:00:00");
}

TEST_CASE("a record without a year is of the year that is nearest") {
    CHECK(events(notice + "START s 12/31/2027 23:00\n" + use("OUT", "1", "12/31 23:59:59") +
                 use("IN", "1", "01/01 00:00:01") + use("OUT", "2", "02/29 10:00:00") +
                 use("OUT", "3", "12/31 10:00:00")) ==
          Rows{"started 2027-12-31 23:00:00+59", "OUT 2027-12-31 23:59:59 p u",
               "IN 2028-01-01 00:00:01 p u since 23:59:59", "OUT 2028-02-29 10:00:00 p u",
               "OUT 2027-12-31 10:00:00 p u"});
}

TEST_CASE("a new log file of a server that goes on ends nothing") {
    const std::string held = "INUSE p 1 1 u h \"\" 1 7 0 1 03/01 00:00:00\n";
    const std::string part =
        notice + "START s 03/01/2026 00:00\nPRODUCT p 1 1\n" + held + use("IN", "7", "03/01 08:00:00");
    CHECK(events(part) == Rows{"INUSE 2026-03-01 00:00:00 p u", "IN 2026-03-01 08:00:00 p u"});
    CHECK(events(notice + "START s 03/01/2026 00:00\n").front() == "started 2026-03-01 00:00:00+59");
}

TEST_CASE("of several licences of one person the handle tells which is given back") {
    CHECK(events(notice + "START s 03/01/2026 00:00\n" + use("OUT", "a", "03/01 08:00:00") +
                 use("OUT", "b", "03/01 09:00:00") + use("IN", "b", "03/01 10:00:00") +
                 use("IN", "a", "03/01 11:00:00") + use("IN", "a", "03/01 12:00:00")) ==
          Rows{"started 2026-03-01 00:00:00+59", "OUT 2026-03-01 08:00:00 p u", "OUT 2026-03-01 09:00:00 p u",
               "IN 2026-03-01 10:00:00 p u since 09:00:00", "IN 2026-03-01 11:00:00 p u since 08:00:00",
               "IN 2026-03-01 12:00:00 p u"});
}

TEST_CASE("a log that cannot be dated or named is refused") {
    CHECK(events("x\n").front().substr(0, 29) == "0: is not an RLM report log f");
    CHECK(events(notice).front().substr(0, 29) == "0: is not an RLM report log f");
    CHECK(events("START s 03/01/2026 00:00\n").front().substr(0, 29) == "0: is not an RLM report log f");
    CHECK(events(notice + use("OUT", "1", "03/01 08:00:00") + "START s 03/01/2026 00:00\n").front() ==
          "3: has a record before the first START: import the log from its beginning");
    CHECK(events(notice + "ISV: other, x\nSTART s 03/01/2026 00:00\n").front() ==
          "0: is of more than one ISV server (simco and other)");
}
