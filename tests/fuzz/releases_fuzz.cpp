// The list of a set, and a release file beside a bundle: a list is what the writer gives for it; nobody has released but
// the one officer there is, by the one spelling of a signature.
#include "tests/fuzz/harness.hpp"

#include "tally/crypto/sha256.hpp"
#include "tally/releases/releases.hpp"

using namespace tally;
using namespace tally::releases;

namespace {

// The officer of make_release_seeds.py, and the site that lists nobody else.
const site_file::Version& policy() {
    static const auto version = [] {
        const auto key = minisig::parse_public_key("RWSkNa1cdFv4wWKZq9WqLpY93vNsuWoQ6e7du2nObQcA7PlmTHPxLn9S");
        FUZZ_REQUIRE(key.ok());
        return site_file::Version{
            *SiteId::parse("SITE1"), 1, {}, 1, {}, {}, {}, 1, {}, {{*key, *SiteId::parse("ANNA"), std::nullopt}}};
    }();
    return version;
}

Case released_as(bundle::Volume volume) {
    const std::string_view bytes = "a bundle";
    return {{*SiteId::parse("SITE1"), 7, volume},
            *SiteId::parse("AGR"),
            crypto::sha256(bytes),
            minisig::digest(as_bytes(bytes)),
            9};
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    const auto list = read_set_file(bytes);
    if (list) {
        FUZZ_REQUIRE(size <= max_set_file && list->digests.size() >= 2 && set_file(*list) == bytes);
    } else {
        FUZZ_REQUIRE(!list.fault().what.empty() && list.fault().at <= size);
    }
    const File file{"F", std::string(bytes)};
    const auto alone = judge({{file, file}, std::nullopt, {}}, released_as({1, 1}), policy());
    FUZZ_REQUIRE(alone.size() == 2 && persons_of(alone).size() <= 1);
    if (alone[0].flaw == Flaw::none) {
        const auto signature = minisig::read_signature_file(bytes);
        FUZZ_REQUIRE(signature && minisig::signature_file(*signature) == bytes && alone[0].person == "ANNA");
    } else {
        FUZZ_REQUIRE(!alone[0].what.empty());
    }
    const auto of_set = judge({{}, file, {file}}, released_as({2, 3}), policy());
    FUZZ_REQUIRE(persons_of(of_set).empty()); // no bytes are both a list and its signature
    FUZZ_REQUIRE(of_set.size() == 1 && (list || of_set[0].flaw == Flaw::malformed));
    const auto path = set_path(os::fs::path(std::string(bytes.substr(0, 64))));
    FUZZ_REQUIRE(!path || path->string().ends_with("_RELEASE.json"));
    return 0;
}
