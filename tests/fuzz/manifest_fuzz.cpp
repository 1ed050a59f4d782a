// A manifest or a row of HOSTS.jsonl: what is accepted is what the writer gives for the fields that were read.
#include "tests/fuzz/harness.hpp"

#include "tally/bundle/manifest.hpp"

using namespace tally;
using namespace tally::bundle;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    const auto read = read_manifest(bytes);
    if (const auto* defect = std::get_if<Defect>(&read)) {
        FUZZ_REQUIRE(!defect->what.empty() && defect->at <= size);
    } else {
        const auto& manifest = std::get<Manifest>(read);
        FUZZ_REQUIRE(write_manifest(manifest) == bytes);
        FUZZ_REQUIRE(bundle_name(manifest).size() <= 64 + std::string_view(".tally").size());
    }
    const auto row = read_host_row(bytes);
    if (row) {
        FUZZ_REQUIRE(write_host_row(*row) == bytes);
    } else {
        FUZZ_REQUIRE(row.fault().at <= size);
    }
    return 0;
}
