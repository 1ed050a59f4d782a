#include "tally/session_socket/message.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::session_socket;

namespace {

const std::string id = "0123456789abcdef0123456789abcdef";

std::string fault_of(const std::string& text) {
    const auto message = read_message(text);
    REQUIRE_FALSE(message.ok());
    return message.fault().what;
}
std::string again(const std::string& text) {
    const auto message = read_message(text);
    INFO((message ? "" : message.fault().what));
    REQUIRE(message.ok());
    std::string written;
    write_message(*message, written);
    return written;
}

} // namespace

TEST_CASE("every kind of message has one spelling") {
    const std::string with_id = R"("id":")" + id + R"(",)";
    for (const std::string& text :
         {R"({"at":7,"beat":30,"bind":"heartbeat","class":"automation","durable":1,)" + with_id +
              R"("late":"own","n":1,"pool":"A 17","product":"revit","t":"begin","version":"2026"})",
          "{" + with_id + R"("t":"heartbeat"})", R"({"count":3,)" + with_id + R"("name":"NASTRAN","t":"feature"})",
          R"({"cancelled":1,"completed":2,)" + with_id +
              R"("n":9,"name":"TRIM","started":3,"t":"commands","undone":4})",
          R"({"bytes":17,)" + with_id + R"("kind":"open","ms":2310,"t":"sample"})",
          "{" + with_id + R"("product":"caf%C3%A9","t":"end"})",
          std::string(R"({"count":5,"from":6,"t":"lost","to":6})")}) {
        CHECK(again(text) == text);
    }
}

TEST_CASE("a message says what it lacks") {
    CHECK(fault_of("{}") == "t is missing");
    CHECK(fault_of(R"({"t":"begun"})") == "t is none of its words");
    CHECK(fault_of(R"({"product":"revit","t":"begin"})") == "id is missing");
    CHECK(fault_of(R"({"id":")" + id + R"(","t":"begin"})") == "product is missing");
    CHECK(fault_of(R"({"id":")" + id + R"(","product":"","t":"begin"})") ==
          "product is empty or longer than 192 bytes");
    CHECK(fault_of(R"({"id":"0123","t":"heartbeat"})") == "id is not 32 hex digits");
    CHECK(fault_of(R"({"id":"00000000000000000000000000000000","t":"heartbeat"})") == "id is not 32 hex digits");
    CHECK(fault_of(R"({"id":")" + id + R"(","n":0,"t":"heartbeat"})") == "n is counted from 1");
    CHECK(fault_of(R"({"id":")" + id + R"(","late":"own","t":"heartbeat"})") == "at is missing");
    CHECK(fault_of(R"({"durable":2,"id":")" + id + R"(","t":"heartbeat"})") == "durable is 1 or not there");
    CHECK(fault_of(R"({"count":0,"id":")" + id + R"(","name":"x","t":"feature"})") == "count is counted from 1");
    CHECK(fault_of(R"({"bind":"","id":")" + id + R"(","product":"x","t":"begin"})") == "bind is none of its words");
    CHECK(fault_of(R"({"count":1,"from":7,"t":"lost","to":6})") == "from is after to");
    CHECK(fault_of(R"({"id":")" + id + R"(","n":"1","t":"heartbeat"})") == "n is no integer");
    CHECK_FALSE(read_message(R"({"t":"heartbeat","id":")" + id + "\"}").ok());
    CHECK_FALSE(
        read_message(R"({"id":")" + id + R"(","more":")" + std::string(1024, 'x') + R"(","t":"heartbeat"})").ok());
}

TEST_CASE("a field that is not known is passed over") {
    CHECK(again(R"({"id":")" + id + R"(","mood":"good","t":"heartbeat"})") ==
          R"({"id":")" + id + R"(","t":"heartbeat"})");
}

TEST_CASE("an answer is read as it was written") {
    std::string text;
    write_answer({id, 41, State::refused, "not open"}, text);
    CHECK(text == R"({"id":")" + id + R"(","n":41,"state":"refused","t":"answer","why":"not open"})");
    const auto answer = read_answer(text);
    REQUIRE(answer);
    CHECK(answer->id == id);
    CHECK(answer->n == 41);
    CHECK(answer->state == State::refused);
    CHECK(answer->why == "not open");
    CHECK_FALSE(read_answer(R"({"state":"durable","t":"other"})"));
    CHECK_FALSE(read_answer(R"({"state":"maybe","t":"answer"})"));
}
