// A genesis line or an enrolment request: what is accepted names a log after its own first key, and says the same when
// it is written as a request and read again; a line that one of both readers takes is none for the other.
#include "tests/fuzz/harness.hpp"

#include "recorder/journal/enrolment.hpp"
#include "tally/line/seal.hpp"

using namespace tally;

namespace {

bool holds(const Result<journal::Genesis>& read) {
    if (!read) {
        FUZZ_REQUIRE(!read.fault().what.empty());
        return false;
    }
    const journal::Genesis& genesis = *read;
    FUZZ_REQUIRE(crypto::acceptable(genesis.key) && line::log_id(genesis.key) == genesis.host);
    FUZZ_REQUIRE(!genesis.replaces || genesis.replaces->size < line::max_tree);
    const std::string request = journal::enrolment_request(genesis);
    const auto again = journal::read_enrolment(request);
    FUZZ_REQUIRE(again && journal::enrolment_request(*again) == request);
    FUZZ_REQUIRE(again->host == genesis.host && again->key == genesis.key && again->machine == genesis.machine);
    FUZZ_REQUIRE(again->log.label == genesis.log.label && again->log.role == genesis.log.role);
    FUZZ_REQUIRE(journal::fingerprint(request).size() == 79);
    return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    const bool genesis = holds(journal::read_genesis(bytes));
    FUZZ_REQUIRE(!(holds(journal::read_enrolment(bytes)) && genesis));
    return 0;
}
