// Tree: compact range, restart from its hashes, inclusion paths and consistency agree for any leaves, and one altered
// hash or number is refused. The input is cut into leaves at LF; its first byte chooses an index and an alteration.
#include "tests/fuzz/harness.hpp"

#include "tally/line/tree.hpp"

using namespace tally;
using namespace tally::line;

namespace {

Hash recursive_root(TreeHasher& hasher, const std::vector<Hash>& leaves, std::size_t first, std::size_t next) {
    if (next - first == 1) {
        return leaves[first];
    }
    std::size_t left = 1;
    while (left * 2 < next - first) {
        left *= 2;
    }
    return hasher.node(recursive_root(hasher, leaves, first, first + left),
                       recursive_root(hasher, leaves, first + left, next));
}

std::vector<Hash> leaves_of(TreeHasher& hasher, std::string_view text) {
    std::vector<Hash> leaves;
    while (leaves.size() < 200) {
        const std::size_t end = text.find('\n');
        leaves.push_back(hasher.leaf(text.substr(0, end)));
        if (end == std::string_view::npos) {
            break;
        }
        text.remove_prefix(end + 1);
    }
    return leaves;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    TreeHasher hasher;
    const auto leaves = leaves_of(hasher, as_text(Bytes(data, size).subspan(2)));
    const std::size_t index = data[0] % leaves.size();
    CompactRange range;
    CompactRange restarted;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        if (i == index) {
            const auto kept = CompactRange::from(range.size(), range.hashes());
            FUZZ_REQUIRE(kept);
            restarted = *kept;
        }
        range.append(hasher, leaves[i]);
        if (i >= index) {
            restarted.append(hasher, leaves[i]);
        }
    }
    FUZZ_REQUIRE(!CompactRange::from(2 * range.size() + 1, range.hashes())); // one more perfect subtree than hashes
    FUZZ_REQUIRE(CompactRange().root(hasher) == crypto::sha256(std::string_view()));
    const Hash root = range.root(hasher);
    FUZZ_REQUIRE(range == restarted);
    FUZZ_REQUIRE(root == recursive_root(hasher, leaves, 0, leaves.size()));

    FUZZ_REQUIRE(!consistency_holds(hasher, leaves.size() + 1, leaves.size(), {}, root, root));
    FUZZ_REQUIRE(consistency_holds(hasher, leaves.size(), leaves.size(), {}, root, root));
    auto path = inclusion_path(hasher, index, leaves);
    FUZZ_REQUIRE(inclusion_holds(hasher, index, leaves.size(), leaves[index], path, root));
    FUZZ_REQUIRE(!inclusion_holds(hasher, leaves.size(), leaves.size(), leaves[index], path, root));
    if (!path.empty()) {
        path[data[1] % path.size()][data[1] % 32] ^= static_cast<std::uint8_t>(1U << (data[1] % 8U));
        FUZZ_REQUIRE(!inclusion_holds(hasher, index, leaves.size(), leaves[index], path, root));
        FUZZ_REQUIRE(!consistency_holds(hasher, index + 1, leaves.size(), path, leaves[index], root));
    }
    return 0;
}
