// A site file: every accepted version says in its line exactly what was read from it, keys are acceptable and have one
// role, and the chain goes on from version to version. Its last line, as a proposal to the lines before it, is wanting
// nothing.
#include "tests/fuzz/harness.hpp"

#include "tally/site_file/proposal.hpp"

#include <set>

using namespace tally;

namespace {

void as_proposal(std::string_view bytes) {
    const std::size_t cut = bytes.size() < 2 ? std::string_view::npos : bytes.find_last_of('\n', bytes.size() - 2);
    if (cut == std::string_view::npos || bytes.back() != '\n') {
        return;
    }
    const auto before = site_file::read_chain(bytes.substr(0, cut + 1));
    if (!before) {
        return;
    }
    const std::string_view last = bytes.substr(cut + 1, bytes.size() - cut - 2);
    const auto proposal = site_file::read_proposal(*before, last);
    FUZZ_REQUIRE(!proposal || site_file::proposal_line(*proposal) == last);
    const bool whole = site_file::read_chain(bytes).ok();
    FUZZ_REQUIRE(!whole || (proposal && site_file::wanting(*before, *proposal).nothing()));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    as_proposal(bytes);
    const auto chain = site_file::read_chain(bytes);
    if (!chain) {
        FUZZ_REQUIRE(!chain.fault().what.empty() && chain.fault().at >= 1);
        return 0;
    }
    std::string again;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < chain->versions().size(); ++i) {
        const auto& version = chain->versions()[i];
        const std::string& line = chain->lines()[i];
        const std::size_t from = line.find(",\"sigs\":[");
        const std::size_t to = line.find("],\"site\":");
        FUZZ_REQUIRE(from != std::string::npos && to != std::string::npos);
        FUZZ_REQUIRE(line.substr(0, from) + line.substr(to + 1) == site_file::signed_text(version));
        FUZZ_REQUIRE(version.number == ++number && version.site == chain->first().site);
        FUZZ_REQUIRE(version.threshold >= 1 && version.threshold <= version.roots.size());
        std::set<crypto::PublicKey> points{version.log};
        std::size_t keys = 1;
        for (const auto* role : {&version.roots, &version.exports, &version.verifiers}) {
            for (const auto& key : *role) {
                FUZZ_REQUIRE(crypto::acceptable(key.point));
                points.insert(key.point);
                ++keys;
            }
        }
        FUZZ_REQUIRE(points.size() == keys);
        again += line + "\n";
    }
    FUZZ_REQUIRE(again == bytes);
    FUZZ_REQUIRE(site_file::fingerprint_is(chain->fingerprint(), site_file::fingerprint_words(chain->fingerprint())));
    FUZZ_REQUIRE(site_file::relate(*chain, *chain) == site_file::Relation::same);
    return 0;
}
