#include "recorder/service/configuration.hpp"

#include "recorder/service/users.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::service;

namespace {

std::string fault_of(const std::string& lines) {
    const auto read = read_configuration("tally-recorder 1\n" + lines);
    REQUIRE_FALSE(read.ok());
    return std::to_string(read.fault().at) + ": " + read.fault().what;
}

} // namespace

TEST_CASE("a configuration says what differs from the usual values") {
    const auto read = read_configuration("tally-recorder 1\n\n# a remark\n socket = /run/x.sock \nsocket_mode=660\n");
    REQUIRE(read);
    CHECK(read->socket == "/run/x.sock");
    CHECK(read->socket_mode == 0660);
    CHECK(read->report_s == Configuration().report_s);
    const auto again = read_configuration(configuration_text(*read));
    REQUIRE(again);
    CHECK(configuration_text(*again) == configuration_text(*read));
}

TEST_CASE("what a configuration cannot say is refused with its line") {
    CHECK(read_configuration("").fault().at == 1);
    CHECK(read_configuration("socket = /x\n").fault().what == "does not begin with the line: tally-recorder 1");
    CHECK(fault_of("scoket = /x\n") == "2: scoket is no key of this file");
    CHECK(fault_of("# x\nsocket = x\n") == "3: socket is no absolute path of at most 107 printable bytes");
    CHECK(fault_of("socket = /x\nsocket = /x\n") == "3: socket has a value already");
    CHECK(fault_of("socket\n") == "2: is not KEY = VALUE");
    CHECK(fault_of("heartbeat_s =\n") == "2: is not KEY = VALUE");
    CHECK(fault_of("heartbeat_s = 0\n") == "2: heartbeat_s is a number from 1 to 3600");
    CHECK(fault_of("heartbeat_s = 60s\n") == "2: heartbeat_s is a number from 1 to 3600");
    CHECK(fault_of("heartbeat_s = -1\n") == "2: heartbeat_s is a number from 1 to 3600");
    CHECK(fault_of("heartbeat_s = 99999999999999999999\n") == "2: heartbeat_s is a number from 1 to 3600");
    CHECK(fault_of("socket_mode = 777\n") == "2: socket_mode is a number from 600 to 666");
}

TEST_CASE("a user who sends too much is read later, and not for ever") {
    Configuration limits;
    limits.messages_at_once = 100;
    limits.messages_per_second = 10;
    Users users(limits);
    CHECK(users.spend(7, 100, 5000) == 0);
    const std::uint64_t pause = users.spend(7, 20, 5000);
    CHECK(pause > 1900);
    CHECK(pause < 2200);
    CHECK(users.spend(8, 100, 5000) == 0); // another user does not notice
    CHECK(users.spend(7, 1, 5000 + 2 * pause) == 0);
    CHECK(users.spend(0, 1'000'000, 5000) == 0);
}

TEST_CASE("a user has so many connections and open sessions") {
    Configuration limits;
    limits.connections_per_user = 2;
    limits.sessions_per_user = 2;
    Users users(limits);
    CHECK(users.connect(7));
    CHECK(users.connect(7));
    CHECK_FALSE(users.connect(7));
    CHECK(users.connect(8));
    users.disconnect(7);
    CHECK(users.connect(7));

    bool open = true;
    const auto is_open = [&open](const std::string&) { return open; };
    CHECK(users.begin(7, "a", is_open));
    CHECK(users.begin(7, "b", is_open));
    CHECK_FALSE(users.begin(7, "c", is_open));
    CHECK(users.begin(7, "b", is_open)); // known
    open = false;
    CHECK(users.begin(7, "c", is_open));
}
