// RFC 6962 §2.1 SHA-256 Merkle tree over lines, as a compact range: the roots of the perfect subtrees from left to
// right, at most 48 hashes for the sizes allowed here. Appending is O(1) amortised; no leaf is kept.
#pragma once

#include "tally/crypto/sha256.hpp"
#include "tally/line/limits.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tally::line {

using crypto::Hash;

enum class HashedBy : std::uint8_t { libcrypto, sha_unit };
// What many hashes at once are made with here (docs/adr/0015-paired-sha256.md).
[[nodiscard]] HashedBy fastest_hashing();

// Reuses one hash context; one per thread.
class TreeHasher {
public:
    // `by`: sha_unit only where it is the fastest.
    explicit TreeHasher(HashedBy by = fastest_hashing()) : by_(by) {}

    Hash leaf(std::string_view line);               // SHA-256(0x00 ‖ line), line without its LF
    Hash node(const Hash& left, const Hash& right); // SHA-256(0x01 ‖ left ‖ right)

    // Many at once are faster. Adds the leaf of each line to `leaves`.
    void add_leaves(std::span<const std::string_view> lines, std::vector<Hash>& leaves);
    // The nodes over each two neighbours replace them; their number is even.
    void replace_by_nodes(std::vector<Hash>& children);

private:
    HashedBy by_;
    crypto::Sha256 sha_;
};

class CompactRange {
public:
    CompactRange() = default;
    // Nothing when the number of hashes does not fit the size, or the size is not below 2^48.
    static std::optional<CompactRange> from(std::uint64_t size, std::vector<Hash> hashes);

    void append(TreeHasher& hasher, const Hash& leaf);
    void append(TreeHasher& hasher, std::span<const Hash> leaves);
    [[nodiscard]] Hash root(TreeHasher& hasher) const; // of the empty tree: SHA-256 of nothing
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] const std::vector<Hash>& hashes() const { return hashes_; } // largest subtree first
    bool operator==(const CompactRange&) const = default;

private:
    std::uint64_t size_ = 0;
    std::vector<Hash> hashes_;
};

// Proofs of RFC 6962 §2.1.1 and §2.1.2 (verification as in RFC 9162 §2.1.3.2, §2.1.4.2).
[[nodiscard]] bool inclusion_holds(TreeHasher& hasher, std::uint64_t index, std::uint64_t size, const Hash& leaf,
                                   const std::vector<Hash>& path, const Hash& root);
[[nodiscard]] bool consistency_holds(TreeHasher& hasher, std::uint64_t old_size, std::uint64_t size,
                                     const std::vector<Hash>& path, const Hash& old_root, const Hash& root);
// The path for leaf `index` in the tree of all `leaves`.
[[nodiscard]] std::vector<Hash> inclusion_path(TreeHasher& hasher, std::uint64_t index,
                                               const std::vector<Hash>& leaves);

} // namespace tally::line
