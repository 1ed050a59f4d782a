#include "tally/line/tree.hpp"

#include "recorder/line/paired_sha256.hpp"
#include "tally/base/assert.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace tally::line {
namespace {

constexpr std::uint8_t leaf_prefix = 0x00;
constexpr std::uint8_t node_prefix = 0x01;

// The largest power of two below n (n ≥ 2): where RFC 6962 splits n leaves.
std::uint64_t split(std::uint64_t n) { return std::bit_floor(n - 1); }

Hash subtree_root(TreeHasher& hasher, const std::vector<Hash>& leaves, std::uint64_t first, std::uint64_t next) {
    CompactRange range;
    for (std::uint64_t i = first; i < next; ++i) {
        range.append(hasher, leaves[i]);
    }
    return range.root(hasher);
}

} // namespace

HashedBy fastest_hashing() { return paired_sha256::usable() ? HashedBy::sha_unit : HashedBy::libcrypto; }

// One update of a copy costs less than two updates.
Hash TreeHasher::leaf(std::string_view line) {
    std::array<std::uint8_t, 1 + max_record> prefixed;
    if (line.size() > max_record) {
        sha_.update(Bytes(&leaf_prefix, 1));
        sha_.update(line);
        return sha_.finish();
    }
    prefixed[0] = leaf_prefix;
    std::memcpy(prefixed.data() + 1, line.data(), line.size());
    sha_.update(Bytes(prefixed.data(), 1 + line.size()));
    return sha_.finish();
}

Hash TreeHasher::node(const Hash& left, const Hash& right) {
    std::array<std::uint8_t, 65> joined;
    joined[0] = node_prefix;
    std::copy(left.begin(), left.end(), joined.begin() + 1);
    std::copy(right.begin(), right.end(), joined.begin() + 33);
    sha_.update(joined);
    return sha_.finish();
}

void TreeHasher::add_leaves(std::span<const std::string_view> lines, std::vector<Hash>& leaves) {
    const auto fits = [](std::string_view line) { return line.size() <= paired_sha256::max_message; };
    if (by_ == HashedBy::sha_unit && std::all_of(lines.begin(), lines.end(), fits)) {
        const std::size_t before = leaves.size();
        leaves.resize(before + lines.size());
        paired_sha256::hash_all(leaf_prefix, lines, std::span(leaves).subspan(before));
        return;
    }
    for (const auto line : lines) {
        leaves.push_back(leaf(line));
    }
}

void TreeHasher::replace_by_nodes(std::vector<Hash>& children) {
    TALLY_ASSERT(children.size() % 2 == 0);
    const std::size_t nodes = children.size() / 2;
    if (by_ == HashedBy::libcrypto) {
        for (std::size_t i = 0; i < nodes; ++i) {
            children[i] = node(children[2 * i], children[2 * i + 1]);
        }
    } else {
        const std::string_view bytes(reinterpret_cast<const char*>(children.data()), children.size() * sizeof(Hash));
        std::array<std::string_view, 64> pairs;
        for (std::size_t done = 0; done < nodes;) {
            const std::size_t count = std::min(nodes - done, pairs.size());
            for (std::size_t i = 0; i < count; ++i) {
                pairs[i] = bytes.substr(2 * sizeof(Hash) * (done + i), 2 * sizeof(Hash));
            }
            paired_sha256::hash_all(node_prefix, std::span(pairs).first(count),
                                    std::span(children).subspan(done, count));
            done += count;
        }
    }
    children.resize(nodes);
}

std::optional<CompactRange> CompactRange::from(std::uint64_t size, std::vector<Hash> hashes) {
    if (size >= max_tree || hashes.size() != static_cast<std::size_t>(std::popcount(size))) {
        return std::nullopt;
    }
    CompactRange range;
    range.size_ = size;
    range.hashes_ = std::move(hashes);
    return range;
}

void CompactRange::append(TreeHasher& hasher, const Hash& leaf) {
    Hash right = leaf;
    for (int merges = std::countr_one(size_); merges > 0; --merges) {
        right = hasher.node(hashes_.back(), right);
        hashes_.pop_back();
    }
    hashes_.push_back(right);
    ++size_;
}

// Level by level: what waits on the left of a level goes in front, and what is left over at its end waits there.
void CompactRange::append(TreeHasher& hasher, std::span<const Hash> leaves) {
    std::vector<Hash> level;
    level.reserve(leaves.size() + 1);
    std::vector<Hash> waiting; // smallest subtree first
    std::uint64_t size = size_;
    for (level.assign(leaves.begin(), leaves.end()); !level.empty(); size >>= 1U) {
        if ((size & 1U) != 0) {
            level.insert(level.begin(), hashes_.back());
            hashes_.pop_back();
        }
        if (level.size() % 2 != 0) {
            waiting.push_back(level.back());
            level.pop_back();
        }
        hasher.replace_by_nodes(level);
    }
    hashes_.insert(hashes_.end(), waiting.rbegin(), waiting.rend());
    size_ += leaves.size();
}

Hash CompactRange::root(TreeHasher& hasher) const {
    if (hashes_.empty()) {
        return crypto::sha256(std::string_view());
    }
    Hash root = hashes_.back();
    for (auto left = hashes_.rbegin() + 1; left != hashes_.rend(); ++left) {
        root = hasher.node(*left, root);
    }
    return root;
}

bool inclusion_holds(TreeHasher& hasher, std::uint64_t index, std::uint64_t size, const Hash& leaf,
                     const std::vector<Hash>& path, const Hash& root) {
    if (index >= size) {
        return false;
    }
    std::uint64_t node = index;
    std::uint64_t last = size - 1;
    Hash hash = leaf;
    for (const auto& sibling : path) {
        if (last == 0) {
            return false;
        }
        if ((node & 1U) != 0 || node == last) {
            hash = hasher.node(sibling, hash);
            while ((node & 1U) == 0 && node != 0) {
                node >>= 1U;
                last >>= 1U;
            }
        } else {
            hash = hasher.node(hash, sibling);
        }
        node >>= 1U;
        last >>= 1U;
    }
    return last == 0 && hash == root;
}

bool consistency_holds(TreeHasher& hasher, std::uint64_t old_size, std::uint64_t size, const std::vector<Hash>& path,
                       const Hash& old_root, const Hash& root) {
    if (old_size > size) {
        return false;
    }
    if (old_size == size || old_size == 0) {
        return path.empty() && (old_size == 0 || old_root == root);
    }
    if (path.empty()) {
        return false;
    }
    std::vector<Hash> steps = path;
    if (std::has_single_bit(old_size)) {
        steps.insert(steps.begin(), old_root);
    }
    std::uint64_t node = old_size - 1;
    std::uint64_t last = size - 1;
    while ((node & 1U) != 0) {
        node >>= 1U;
        last >>= 1U;
    }
    Hash before = steps[0];
    Hash after = steps[0];
    for (std::size_t i = 1; i < steps.size(); ++i) {
        if (last == 0) {
            return false;
        }
        if ((node & 1U) != 0 || node == last) {
            before = hasher.node(steps[i], before);
            after = hasher.node(steps[i], after);
            while ((node & 1U) == 0 && node != 0) {
                node >>= 1U;
                last >>= 1U;
            }
        } else {
            after = hasher.node(after, steps[i]);
        }
        node >>= 1U;
        last >>= 1U;
    }
    return last == 0 && before == old_root && after == root;
}

std::vector<Hash> inclusion_path(TreeHasher& hasher, std::uint64_t index, const std::vector<Hash>& leaves) {
    TALLY_ASSERT(index < leaves.size());
    std::vector<Hash> path;
    std::uint64_t first = 0;
    std::uint64_t next = leaves.size();
    while (next - first > 1) {
        const std::uint64_t middle = first + split(next - first);
        if (index < middle) {
            path.insert(path.begin(), subtree_root(hasher, leaves, middle, next));
            next = middle;
        } else {
            path.insert(path.begin(), subtree_root(hasher, leaves, first, middle));
            first = middle;
        }
    }
    return path;
}

} // namespace tally::line
