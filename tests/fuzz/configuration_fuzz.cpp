// A configuration of the recorder: what is accepted stays within its bounds and is the same when it is printed whole and
// read again.
#include "tests/fuzz/harness.hpp"

#include "recorder/service/configuration.hpp"

using namespace tally;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = service::read_configuration(as_text({data, size}));
    if (!read) {
        FUZZ_REQUIRE(!read.fault().what.empty());
        return 0;
    }
    FUZZ_REQUIRE(read->socket.front() == '/' && read->socket.size() < 108 && read->socket_mode <= 0666);
    FUZZ_REQUIRE(read->heartbeat_s > 0 && read->messages_per_second > 0 && read->sessions_per_user > 0);
    const std::string text = service::configuration_text(*read);
    const auto again = service::read_configuration(text);
    FUZZ_REQUIRE(again && service::configuration_text(*again) == text);
    return 0;
}
