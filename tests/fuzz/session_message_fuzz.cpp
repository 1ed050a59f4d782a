// A message of a program, and an answer of the recorder: what is accepted is written again as one line that is accepted
// and means the same, and is written the same way from then on.
#include "tests/fuzz/harness.hpp"

#include "tally/session_socket/message.hpp"

using namespace tally;
using namespace tally::session_socket;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    std::string written;
    std::string again;
    if (const auto message = read_message(bytes)) {
        FUZZ_REQUIRE(bytes.size() <= max_message && message->count > 0 && message->from <= message->to);
        write_message(*message, written);
        const auto second = read_message(written);
        FUZZ_REQUIRE(second && second->kind == message->kind && second->id == message->id && second->n == message->n);
        write_message(*second, again);
        FUZZ_REQUIRE(written == again && written.size() <= bytes.size());
    } else {
        FUZZ_REQUIRE(!message.fault().what.empty());
    }
    if (const auto answer = read_answer(bytes)) {
        write_answer(*answer, written);
        const auto second = read_answer(written);
        FUZZ_REQUIRE(second && second->state == answer->state && second->n == answer->n && second->why == answer->why);
    }
    return 0;
}
