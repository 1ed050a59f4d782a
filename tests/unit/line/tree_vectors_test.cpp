#include "tally/line/tree.hpp"
#include "tests/support/vector_table.hpp"

using namespace tally;
using namespace tally::line;
using tally::test::bytes_of;
using tally::test::read_table;

namespace {

// Nothing when the cell is not one hash: no caller can hold such a value, so the proof is refused before it is tried.
std::optional<Hash> hash_of(const std::string& cell) {
    Hash hash;
    return from_hex(cell, hash) ? std::optional(hash) : std::nullopt;
}

bool holds(const std::vector<std::string>& row) {
    const auto first = hash_of(row[4]);
    const auto second = hash_of(row[5]);
    std::vector<Hash> path;
    for (const auto& cell : row[6] == "none" ? std::vector<std::string>() : test::split(row[6], ',')) {
        const auto step = hash_of(cell);
        if (!step) {
            return false;
        }
        path.push_back(*step);
    }
    if (!first || !second) {
        return false;
    }
    TreeHasher hasher;
    return row[0] == "inclusion"
               ? inclusion_holds(hasher, std::stoull(row[2]), std::stoull(row[3]), *first, path, *second)
               : consistency_holds(hasher, std::stoull(row[2]), std::stoull(row[3]), path, *first, *second);
}

std::vector<Hash> published_leaves(TreeHasher& hasher) {
    std::vector<Hash> leaves;
    for (const auto& row : read_table("vectors/merkle/roots.tsv", 3)) {
        if (row[0] != "0") {
            leaves.push_back(hasher.leaf(bytes_of(row[1])));
        }
    }
    return leaves;
}

// RFC 6962 §2.1 word for word, without any of the product's shortcuts.
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

} // namespace

TEST_CASE("published inclusion and consistency proofs hold or are refused as their authors say") {
    std::size_t holding = 0;
    for (const auto& row : read_table("vectors/merkle/proofs.tsv", 8)) {
        INFO(row[1]);
        const bool wanted = row[7] == "hold";
        CHECK(holds(row) == wanted);
        holding += wanted ? 1U : 0U;
    }
    CHECK(holding >= 6);
}

TEST_CASE("the published leaves give the published root at every size") {
    TreeHasher hasher;
    CompactRange range;
    for (const auto& row : read_table("vectors/merkle/roots.tsv", 3)) {
        if (row[0] != "0") {
            range.append(hasher, hasher.leaf(bytes_of(row[1])));
        }
        INFO("size " << row[0]);
        CHECK(range.size() == std::stoull(row[0]));
        CHECK(to_hex(range.root(hasher)) == row[2]);
    }
}

TEST_CASE("the compact range, inclusion paths and the recursive definition agree at every size up to 130") {
    TreeHasher hasher;
    std::vector<Hash> leaves;
    CompactRange range;
    for (std::size_t size = 1; size <= 130; ++size) {
        leaves.push_back(hasher.leaf(std::to_string(size * 7)));
        range.append(hasher, leaves.back());

        const Hash root = recursive_root(hasher, leaves, 0, size);

        REQUIRE(range.root(hasher) == root);
        for (std::size_t index = 0; index < size; ++index) {
            const auto path = inclusion_path(hasher, index, leaves);
            REQUIRE(inclusion_holds(hasher, index, size, leaves[index], path, root));
            REQUIRE_FALSE(inclusion_holds(hasher, index, size, leaves[(index + 1) % size], path, root) == (size > 1));
        }
    }
}

TEST_CASE("a compact range of another number of hashes, or of a tree that is too large, is refused") {
    const std::vector<Hash> leaves = [] {
        TreeHasher hasher;
        return published_leaves(hasher);
    }();

    CHECK(CompactRange::from(0, {}));
    CHECK(CompactRange::from(5, {leaves[0], leaves[1]}));
    CHECK_FALSE(CompactRange::from(5, {leaves[0]}));
    CHECK_FALSE(CompactRange::from(4, {leaves[0], leaves[1]}));
    CHECK_FALSE(CompactRange::from(0, {leaves[0]}));
    CHECK(CompactRange::from(max_tree - 1, std::vector<Hash>(48)));
    CHECK_FALSE(CompactRange::from(max_tree, std::vector<Hash>(1)));
    CHECK_FALSE(CompactRange::from(UINT64_MAX, std::vector<Hash>(64)));
}
