// SHA256SUMS of a stranger's pack: what is read is written again as it was, and names no path outside the folder; what
// is refused names a line.
#include "tests/fuzz/harness.hpp"

#include "verifier/audit/sums.hpp"

#include <algorithm>

using namespace tally;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    const auto lines = static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    const auto sums = audit::read_sums(bytes);
    if (!sums) {
        FUZZ_REQUIRE(!sums.fault().what.empty() && sums.fault().at >= 1 && sums.fault().at <= lines + 1);
        return 0;
    }
    FUZZ_REQUIRE(sums->size() == lines && audit::to_text(*sums) == bytes);
    for (const auto& sum : *sums) {
        FUZZ_REQUIRE(sum.path.find("..") != 0 && sum.path.find("/.") == std::string::npos && sum.path[0] != '/');
    }
    return 0;
}
