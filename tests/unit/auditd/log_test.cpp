#include "recorder/auditd/log.hpp"
#include "tally/os/file.hpp"
#include "tests/support/told_events.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::auditd;
using Rows = std::vector<std::string>;

namespace {

std::string data(const std::string& name) { return os::read_file("data/auditd/" + name, 1U << 20U); }

Rows events(const std::string& text, capture::Survey* survey = nullptr, const std::string& computer = "",
            const catalogue::Catalogue& catalogue = catalogue::standard()) {
    Log log(catalogue, computer);
    return test::told_by(log, test::lines_of(text), survey);
}

const catalogue::Catalogue& shells() {
    static const auto read = catalogue::read_catalogue(
        R"({"format":"tally-catalogue-1","made":"2026-01-01","name":"t","t":"catalogue"})"
        "\n"
        R"({"mark":"measured","name":"A","source":"s","t":"product","word":"shell"})"
        "\n"
        R"({"mark":"measured","name":"A","source":"s","t":"product","word":"other"})"
        "\n"
        R"({"mark":"measured","name":"A","source":"s","t":"product","word":"some"})"
        "\n"
        R"({"mark":"measured","path":"dash","product":"shell","source":"s","switch":"-c","system":"posix","t":"program","unsure":"some"})"
        "\n"
        R"({"mark":"measured","of":"shell","product":"other","source":"s","t":"switch","value":"/bin/sleep 0.1; exit 7"})"
        "\n");
    return read.value();
}

std::string record(const std::string& type, const std::string& at, const std::string& fields) {
    return "type=" + type + " msg=audit(" + at + "): " + fields + "\n";
}
std::string starts(const std::string& at, int pid, const std::string& more = "") {
    return record("SYSCALL", at,
                  "arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=" + std::to_string(pid) +
                      R"( auid=1000 uid=0 comm="m" exe="/opt/maya2026/bin/maya.bin")" + more);
}
std::string ends(const std::string& at, int pid) {
    return record("SYSCALL", at,
                  "arch=c000003e syscall=231 a0=0 ppid=1 pid=" + std::to_string(pid) +
                      R"( auid=1000 uid=0 comm="m" exe="/opt/maya2026/bin/maya.bin")");
}

} // namespace

TEST_CASE("the story of the synthetic log is told as it was written down by hand") {
    capture::Survey survey;
    CHECK(events(data("synthetic.log"), &survey) ==
          Rows{"OUT 09:00:00 ws1 maya 2026 hig@ws1", "OUT 09:00:00 ws1 maya 2026 render@ws1 automation",
               "IN 10:00:00 ws1 maya  render@ws1 since 09:00:00", "OUT 10:06:40 ws1 maya 2025 hig@ws1",
               "lost 2 10:00:00+400 ws1", "IN 10:07:40 ws1 maya  hig@ws1 core since 10:06:40",
               "OUT 11:13:20 ws1 maya 2026 cy@ws1", "IN 11:13:20+3600 ws1 maya  cy@ws1 superseded since 11:13:20",
               "OUT 12:16:40 ws1 maya 2026 hig@ws1", "started 16:46:41 ws1", "OUT 16:48:20 ws1 maya 2026 hig@ws1",
               "IN 17:48:20 ws1 maya  hig@ws1 since 16:48:20", "OUT 17:53:20 ws1 maya 2026 ana@ws1"});
    CHECK(survey.daemons.at("ws1").used);
    Log log(catalogue::standard(), "n1");
    REQUIRE(test::told_by(log, test::lines_of(starts("1772442000.100:900", 7))).size() == 1);
    capture::UsageEvent daemon;
    const std::string restarted = record("DAEMON_START", "1772445600.000:7", "op=start");
    log.read({9, restarted, capture::LineState::whole}, daemon);
    CHECK(!daemon.at); // no sign of life of what ran before a boot
}

TEST_CASE("a real log of auditd is read, with what was killed left open and what was lost counted") {
    const Rows found = events(data("debian12_execve_exit_group.log"), nullptr, "deb", shells());
    CHECK(found == Rows{"OUT 16:37:46 other  root@deb", "IN 16:37:46 other  root@deb since 16:37:46",
                        "OUT 16:37:46 some  root@deb", "OUT 16:37:46 some  root@deb",
                        "IN 16:37:46 some  root@deb core since 16:37:46", "lost 2 16:37:46+1"});
}

TEST_CASE("a log that does not name its computer is refused until the operator does") {
    const std::string log = starts("1772442000.100:1", 7) + ends("1772442060.000:2", 7);
    CHECK(events(log) ==
          Rows{"0: does not tell of which computer it is (it has no node=): name it with --source NAME"});
    CHECK(events(log, nullptr, "n1") ==
          Rows{"OUT 09:00:00 maya 2026 1000@n1", "IN 09:01:00 maya  1000@n1 since 09:00:00"});
    CHECK(events("no log\n").front().starts_with("0: is not a log of auditd"));
    CHECK(events("node=a " + log + log, nullptr, "n1").front().starts_with("0: has records with node= and without"));
}

TEST_CASE("records of one event come together whatever stands between them, and in either order") {
    const std::string call =
        record("SYSCALL", "1772442000.100:5",
               R"(arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=7 auid=0 uid=0 exe="/bin/dash")");
    const std::string arguments = record("EXECVE", "1772442000.100:5",
                                         R"(argc=3 a0="sh" a1="-c" a2=2F62696E2F736C65657020302E313B20657869742037)");
    std::string between;
    for (int i = 6; i < 400; ++i) {
        between += record("CWD", "1772442000.100:" + std::to_string(i), R"(cwd="/")");
    }
    for (const auto& log : {call + between + arguments, arguments + between + call}) {
        CHECK(events(log, nullptr, "n1", shells()) == Rows{"OUT 09:00:00 other  0@n1"});
    }
    CHECK(events(call, nullptr, "n1", shells()) == Rows{"OUT 09:00:00 some  0@n1"});
    CHECK(events(call + record("EXECVE", "1772442000.101:5", R"(argc=1 a0="sh")"), nullptr, "n1", shells()) ==
          Rows{"OUT 09:00:00 some  0@n1"});
}

TEST_CASE("a boot is told once, also where only the numbers begin anew") {
    const std::string before = starts("1772442000.100:900", 7);
    const std::string after = ends("1772445600.000:5", 9);
    CHECK(events(before + after, nullptr, "n1") ==
          Rows{"OUT 09:00:00 maya 2026 1000@n1", "started 10:00:00", "IN 10:00:00 maya  1000@n1"});
    const std::string boot = record("SYSTEM_BOOT", "1772445599.000:4", "pid=1");
    const std::string off = record("SYSTEM_SHUTDOWN", "1772445500.000:901", "pid=1");
    CHECK(events(before + off + boot + after, nullptr, "n1") ==
          Rows{"OUT 09:00:00 maya 2026 1000@n1", "stopped 09:58:20", "IN 10:00:00 maya  1000@n1"});
}

TEST_CASE("numbers that come late are no loss, and a filtered log says that losses cannot be told") {
    const auto log = [](const std::vector<int>& serials) {
        std::string text = starts("1772442000.000:1", 7);
        for (const int serial : serials) {
            text += record("CWD", "1772442001.000:" + std::to_string(serial), R"(cwd="/")");
        }
        return text;
    };
    const std::string start = "OUT 09:00:00 maya 2026 1000@n1";
    CHECK(events(log({2, 4, 3, 6, 5, 9, 7, 8}), nullptr, "n1") == Rows{start});
    CHECK(events(log({2, 3, 4, 8, 6, 9, 10}), nullptr, "n1") == Rows{start, "lost 2 09:00:01"});
    capture::Survey survey;
    CHECK(events(log({900, 2000}), &survey, "n1") == Rows{start});
    REQUIRE(survey.remarks.list().size() == 1);
    CHECK(survey.remarks.list().front().text.find("it was filtered") != std::string::npos);
}

TEST_CASE("a log whose rules record no exits says so, and its sessions have no ends") {
    std::string text;
    for (int i = 1; i <= 100; ++i) {
        text += starts("1772442000.000:" + std::to_string(i), 10 + i);
    }
    Log log(catalogue::standard(), "n1");
    CHECK(test::told_by(log, test::lines_of(text)).size() == 100);
    CHECK(log.fidelity() == capture::start_only);
    Log other(catalogue::standard(), "n1");
    CHECK(test::told_by(other, test::lines_of(text + ends("1772442000.000:101", 11))).size() == 101);
    CHECK(other.fidelity() == "exact");
}

TEST_CASE("lines that begin like records and are none are listed, and values are read as the kernel writes them") {
    for (const char* bad :
         {"type=", "type=SYSCALL", "type=SYSCALL msg=audit(1.2): x", "type=SYSCALL msg=audit(1.2:3) x",
          "type=SYSCALL msg=audit(-1.2:3): x", "type=SYSCALL msg=audit(1.2000:3): x", "node=a",
          "type=SYSCALL msg=audit(99999999999999.1:3): x", "type=SYSCALL msg=audit(1.1:99999999999999999999): x"}) {
        CAPTURE(bad);
        CHECK(!read_line(bad));
    }
    const auto line = read_line("node=n type=T msg=audit(12.034:5): a=1 aa=\"x y\" b=4142 c=(null)\x1d"
                                "A=\"z\"");
    REQUIRE(line);
    std::string decoded;
    CHECK((line->node == "n" && line->second == 12 && line->millisecond == 34 && line->serial == 5));
    CHECK(field(line->fields, "a") == "1");
    CHECK(field(line->fields, "aa") == "\"x y\"");
    CHECK(text_of(*field(line->fields, "b"), decoded) == "AB");
    CHECK(text_of(*field(line->fields, "c"), decoded).empty());
    CHECK(!field(line->fields, "A"));
    CHECK(field(line->names, "A") == "\"z\"");
    CHECK(!field("x=\"open", "x"));
    CHECK(command_line_of("argc=2 a0=\"p\" a1=612062") == "\"p\" \"a b\"");
}
