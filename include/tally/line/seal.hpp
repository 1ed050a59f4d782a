// Seals (docs/formats/seal.md): a line that signs the tree over all lines before it with the key of its epoch and
// names the key of the next. Stateless: continuity over several seals is Chain's.
#pragma once

#include "tally/base/ids.hpp"
#include "tally/base/result.hpp"
#include "tally/crypto/ed25519.hpp"
#include "tally/line/parse.hpp"
#include "tally/line/tree.hpp"
#include "tally/line/write.hpp"

namespace tally::line {

struct Seal {
    std::string host;
    std::uint64_t size = 0; // its own seq: the lines it covers are 0 … size−1
    Epoch epoch;
    Hash root{};
    crypto::PublicKey next{};
    crypto::Signature signature{};
};

// "H" + 24 base32 characters of SHA-256("tally-log-v1\n" + first public key in hex).
[[nodiscard]] HostId log_id(const crypto::PublicKey& first);

// `fields` holds everything but epoch, next, root, t and sig (host, seq, boot, up, wall, reason, erasure). Returns the line.
[[nodiscard]] std::string make_seal(const Object& fields, Epoch epoch, const Hash& root, const crypto::PublicKey& next,
                                    const crypto::SecretKey& key);

// `line` must be the bytes that `fields` was parsed from. A next key that is not acceptable is a fault.
[[nodiscard]] Result<Seal> read_seal(const Fields& fields);
[[nodiscard]] bool seal_signed_by(std::string_view line, const Seal& seal, const crypto::PublicKey& key);

// A log from a known point on: feed the lines in order; what does not continue is reported, once, by its position.
class Chain {
public:
    enum class Fault : std::uint8_t {
        none,
        non_canonical,
        wrong_host,
        wrong_sequence,
        wrong_epoch,
        wrong_root,
        wrong_signature,
        bad_seal
    };

    Chain(std::string host, CompactRange start, Epoch epoch, const crypto::PublicKey& key)
        : host_(std::move(host)), range_(std::move(start)), epoch_(epoch), key_(key) {}

    // After a fault the chain stays at that fault: nothing later can be proved.
    Fault feed(std::string_view line);
    // As above with the parse already done.
    Fault feed(std::string_view line, const Fields& fields);

    [[nodiscard]] const CompactRange& range() const { return range_; }
    [[nodiscard]] CompactRange& range() { return range_; }
    [[nodiscard]] Epoch epoch() const { return epoch_; }                // of the next seal
    [[nodiscard]] const crypto::PublicKey& key() const { return key_; } // of the next seal
    [[nodiscard]] bool sealed() const { return sealed_; }               // the last line fed was a valid seal
    [[nodiscard]] const std::optional<Seal>& last_seal() const { return last_seal_; }
    [[nodiscard]] TreeHasher& hasher() { return hasher_; }

private:
    std::string host_;
    CompactRange range_;
    Epoch epoch_;
    crypto::PublicKey key_;
    TreeHasher hasher_;
    Fields fields_;
    std::optional<Seal> last_seal_;
    Fault fault_ = Fault::none;
    bool sealed_ = false;
};

} // namespace tally::line
