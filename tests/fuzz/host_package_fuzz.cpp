// A host package or a box key: what is accepted is what the writer gives for it, and its signature can be made.
#include "tests/fuzz/harness.hpp"

#include "recorder/journal/box_key.hpp"
#include "tally/host_package/package.hpp"
#include "tally/minisig/signature.hpp"

using namespace tally;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    if (const auto package = host_package::read_package(bytes)) {
        FUZZ_REQUIRE(size <= host_package::max_package);
        FUZZ_REQUIRE(host_package::package_text(*package) == bytes);
        FUZZ_REQUIRE(minisig::well_formed_comment(host_package::package_comment(*package)));
        FUZZ_REQUIRE(crypto::acceptable(package->box));
        FUZZ_REQUIRE(!package->names ||
                     (!package->names->secrets.empty() && package->names->secrets.size() <= host_package::max_secrets));
    } else {
        FUZZ_REQUIRE(!package.fault().what.empty() && package.fault().at <= size);
    }
    if (const auto key = journal::read_box_key(bytes)) {
        FUZZ_REQUIRE(journal::box_key_text(*key) == bytes);
    } else {
        FUZZ_REQUIRE(!key.fault().what.empty() && key.fault().at <= size);
    }
    return 0;
}
