// What stays of removed lines, under the log's first key (hex, the first line of the input): what is accepted is written
// to the same bytes again, and its seals follow each other.
#include "packager/archive/removed.hpp"
#include "tests/fuzz/harness.hpp"

using namespace tally;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    const std::size_t end = bytes.find('\n');
    crypto::PublicKey key{};
    if (end == std::string_view::npos || !from_hex(bytes.substr(0, end), key)) {
        return 0;
    }
    const archive::EnrolledLog log{line::log_id(key), key, "HOST", ""};
    std::string_view kept = bytes.substr(end + 1);
    const auto seals = archive::read_kept_seals(log, kept);
    if (!seals) {
        FUZZ_REQUIRE(!seals.fault().what.empty());
        return 0;
    }
    FUZZ_REQUIRE(!seals->empty() && seals->back().end == kept.size());
    line::TreeHasher hasher;
    std::uint64_t before = 0;
    std::uint64_t epoch = 0;
    for (const auto& seal : *seals) {
        FUZZ_REQUIRE(seal.after.range.size() > before && seal.after.epoch.number == ++epoch);
        FUZZ_REQUIRE(seal.after.range.root(hasher) == seal.after.root);
        before = seal.after.range.size();
    }
    return 0;
}
