#include "verifier/ledger/state.hpp"

#include <bit>

namespace tally::ledger {
namespace {

using sqlite::Statement;

// Hashes of subtrees of a log of which the compact range at `range.size()` and all later leaves are known.
class KnownTree {
public:
    KnownTree(const line::CompactRange& range, const std::vector<Hash>& leaves) : range_(range), leaves_(leaves) {}

    // RFC 6962 §2.1: the root over leaves [first, next). Left of the range's size only its own subtrees can be asked
    // for: the siblings of a path to a later leaf are among them.
    Hash subtree(std::uint64_t first, std::uint64_t next) {
        if (next <= range_.size()) {
            return known(first, next);
        }
        if (first >= range_.size()) {
            line::CompactRange own;
            for (std::uint64_t i = first; i < next; ++i) {
                own.append(hasher_, leaves_.at(static_cast<std::size_t>(i - range_.size())));
            }
            return own.root(hasher_);
        }
        const std::uint64_t middle = first + std::bit_floor(next - first - 1);
        return hasher_.node(subtree(first, middle), subtree(middle, next));
    }

    // RFC 6962 §2.1.1, leaf upwards.
    std::vector<Hash> path(std::uint64_t index, std::uint64_t size) {
        std::vector<Hash> siblings;
        std::uint64_t first = 0;
        std::uint64_t next = size;
        while (next - first > 1) {
            const std::uint64_t middle = first + std::bit_floor(next - first - 1);
            if (index < middle) {
                siblings.push_back(subtree(middle, next));
                next = middle;
            } else {
                siblings.push_back(subtree(first, middle));
                first = middle;
            }
        }
        return {siblings.rbegin(), siblings.rend()};
    }

    line::TreeHasher& hasher() { return hasher_; }

private:
    [[nodiscard]] Hash known(std::uint64_t first, std::uint64_t next) const {
        std::uint64_t at = 0;
        for (const auto& hash : range_.hashes()) {
            const std::uint64_t width = std::bit_floor(range_.size() - at);
            if (at == first && at + width == next) {
                return hash;
            }
            at += width;
        }
        throw Error("prove", "a line", "the ledger's seals do not fit each other: the file is damaged");
    }

    const line::CompactRange& range_;
    const std::vector<Hash>& leaves_;
    line::TreeHasher hasher_;
};

AcceptedBundle bundle_with(std::vector<AcceptedBundle> bundles, std::int64_t id) {
    for (auto& bundle : bundles) {
        if (bundle.id == id) {
            return std::move(bundle);
        }
    }
    throw Error("prove", "a line", "a seal of no accepted bundle: the ledger is damaged");
}

} // namespace

std::optional<Proof> Ledger::record_at(const std::string& log, std::uint64_t seq) const {
    // A seal is proved by the next one, so two stretches may be needed; they may lie in different bundles.
    Statement seal(state_->database, "SELECT seal.seq, root, bundle, log FROM seal JOIN log ON log.id = seal.log "
                                     "WHERE host = ? AND seal.seq >= ? ORDER BY seal.seq LIMIT 2");
    Statement before(state_->database, "SELECT seq, range_after FROM seal JOIN log ON log.id = seal.log "
                                       "WHERE host = ? AND seq < ? ORDER BY seq DESC LIMIT 1");
    line::CompactRange range;
    if (before.bind(std::string_view(log), seq).step()) {
        range = range_of(before.natural(0) + 1, before.text(1));
    }
    Proof proof;
    proof.host = log;
    proof.seq = seq;
    std::vector<Hash> leaves;
    KnownTree tree(range, leaves);
    seal.bind(std::string_view(log), seq);
    while (proof.seal_seq <= seq && seal.step()) {
        proof.seal_seq = seal.natural(0);
        proof.root = hash_of(seal.text(1));
        const AcceptedBundle bundle = bundle_with(bundles(), seal.integer(2));
        if (leaves.empty()) {
            proof.bundle = bundle;
        }
        const os::fs::path copy = bundles_directory() / (bundle.digest + ".tally");
        Hash digest{};
        TALLY_ASSERT(from_hex(bundle.digest, digest));
        const auto take = [&](std::uint64_t at, std::string_view bytes) {
            leaves.push_back(tree.hasher().leaf(bytes));
            if (at == seq) {
                proof.line = bytes;
                proof.leaf = leaves.back();
            } else if (at == proof.seal_seq) {
                proof.seal_line = bytes;
            }
        };
        const auto read =
            check::read_kept_confined(copy, digest, log, range.size() + leaves.size(), proof.seal_seq + 1, take);
        if (!read) {
            throw Error("read", copy.string(), read.fault().what,
                        {"the ledger keeps an exact copy of every accepted bundle there: restore it"});
        }
    }
    if (proof.seal_seq <= seq) {
        return std::nullopt;
    }
    proof.path = tree.path(seq, proof.seal_seq);
    if (!line::inclusion_holds(tree.hasher(), seq, proof.seal_seq, proof.leaf, proof.path, proof.root)) {
        throw Error("prove", log + " line " + std::to_string(seq),
                    "the kept bundle and the remembered seal do not fit");
    }
    return proof;
}

} // namespace tally::ledger
