#include "recorder/processes/accounts.hpp"
#include "recorder/processes/boot_records.hpp"
#include "recorder/processes/proc_text.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <utmp.h>

using namespace tally;
using namespace tally::processes;

namespace {

std::string stat_text(const std::string& name) {
    return "4711 (" + name +
           ") S 12 4711 4711 34816 4711 4194304 1 0 0 0 5 6 0 0 20 0 3 0 169477 1000 200 "
           "18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
}

std::string record(int type, const std::string& user, int at) {
    utmp one{};
    one.ut_type = static_cast<short>(type);
    std::memcpy(one.ut_user, user.data(), user.size());
    one.ut_tv.tv_sec = at;
    return {reinterpret_cast<const char*>(&one), sizeof one};
}

std::string told(const std::string& wtmp) {
    std::string text;
    for (const auto& span : read_boot_records(wtmp)) {
        text += std::to_string(span.from_s) + "-" + std::to_string(span.to_s) + " " + span.how + ";";
    }
    return text;
}

} // namespace

TEST_CASE("the state of a process is read, whatever its program calls itself") {
    const std::string name = GENERATE("acad", "a b", ") R 1 1 1", "x) S (y", "line\nfeed", "");
    const auto stat = read_stat(stat_text(name));
    REQUIRE(stat);
    CHECK(stat->pid == 4711);
    CHECK(stat->state == 'S');
    CHECK(stat->parent == 12);
    CHECK(stat->start == 169477);
}

TEST_CASE("what is no state of a process is refused") {
    const std::string whole = stat_text("acad");
    for (const std::string& text :
         {std::string(), std::string("4711"), std::string("4711 (acad"), whole.substr(0, 60), "x" + whole,
          "-1" + whole.substr(4), "0" + whole.substr(4), whole + std::string(2000, ' '), std::string(") 1 ("),
          std::string("99999999999") + whole.substr(4)}) {
        CHECK_FALSE(read_stat(text));
    }
    std::string no_number = whole;
    no_number.replace(no_number.find("34816"), 5, "x4816");
    CHECK_FALSE(read_stat(no_number));
}

TEST_CASE("the user is who logged in, else as whom the process runs") {
    CHECK(read_loginuid("1000") == 1000U);
    CHECK(read_loginuid("0\n") == 0U);
    CHECK_FALSE(read_loginuid("4294967295"));
    CHECK_FALSE(read_loginuid(""));
    CHECK_FALSE(read_loginuid("-1"));
    CHECK(read_uid("Name:\tx\nUid:\t1000\t0\t0\t0\nGid:\t5\t5\t5\t5\n") == 1000U);
    CHECK_FALSE(read_uid("Name:\tUid:\nGid:\t5\n"));
    CHECK_FALSE(read_uid("Uid:\t\n"));
    CHECK_FALSE(read_uid("Uid:\t1000\t0\t0\t0\n" + std::string(9000, 'x')));
}

TEST_CASE("arguments become one line in which words stay words") {
    CHECK(read_command_line({"acad\0/product\0C3D\0", 18}) == "acad /product C3D");
    CHECK(read_command_line({"a\0b c\0\0d", 8}) == "a \"b c\" \"\" d");
    CHECK(read_command_line("").empty());
    CHECK(read_command_line(std::string(100'000, 'x')).size() == most_command_line);
}

TEST_CASE("a program whose file was replaced is still that program") {
    CHECK(program_path("/opt/maya2024/bin/maya.bin (deleted)") == "/opt/maya2024/bin/maya.bin");
    CHECK(program_path("/opt/x") == "/opt/x");
}

TEST_CASE("an account is told apart from the domain it stands in") {
    CHECK(split_account("hig").user == "hig");
    CHECK(split_account("hig").account.empty());
    CHECK(split_account("HOLM\\hig").user == "hig");
    CHECK(split_account("HOLM\\hig").account == "HOLM\\hig");
    CHECK(split_account("hig@holm.example").user == "hig");
    CHECK(split_account("@holm").user == "@holm");
    CHECK(split_account("HOLM\\").user == "HOLM\\");
    CHECK(Accounts().of(0, 0).user == "root");
    CHECK(Accounts().of(3'999'999'999U, 0).user == "#3999999999");
}

TEST_CASE("the machine was off between a stop and the next start") {
    const std::string start_1 = record(BOOT_TIME, "reboot", 100);
    const std::string stop = record(RUN_LVL, "shutdown", 500);
    const std::string start_2 = record(BOOT_TIME, "reboot", 700);
    const std::string login = record(USER_PROCESS, "shutdown", 600);
    CHECK(told(start_1 + login + stop + login + start_2) == "500-700 wtmp;");
    CHECK(told(start_1 + start_2).empty()); // it lost its power
    CHECK(told(stop + start_1).empty());    // a clock that went back
    CHECK(told(start_1 + record(RUN_LVL, "runlevel", 500) + start_2).empty());
    CHECK(told(stop + stop.substr(1)).empty());
    CHECK(told(stop + start_2.substr(0, 100)).empty());
    CHECK(told("").empty());
}

TEST_CASE("boot records that are not there tell nothing, of many the newest are read") {
    test::TempDir directory;
    CHECK(boot_records(directory / "none").empty());
    std::string many;
    for (int i = 0; i < 4000; ++i) {
        many += record(RUN_LVL, "shutdown", 1000 + 10 * i) + record(BOOT_TIME, "reboot", 1005 + 10 * i);
    }
    os::replace_file(directory / "wtmp", many + "rest");
    const auto off = boot_records(directory / "wtmp");
    CHECK(off.size() < 4000);
    CHECK(off.back().from_s == 1000 + 10 * 3999);
}
