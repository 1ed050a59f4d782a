#include "tally/line/seal.hpp"

#include <iterator>

namespace tally::line {
namespace {

constexpr std::string_view log_domain = "tally-log-v1\n";
constexpr std::string_view seal_domain = "tally-seal-v1\n";
// boot, epoch, erasure, host, next, reason, root, seq, sig, t, up, wall.
constexpr auto seal_fields = 12;

std::string signed_text(std::string_view unsigned_line) {
    return std::string(seal_domain) + std::string(unsigned_line);
}

} // namespace

HostId log_id(const crypto::PublicKey& first) {
    const Hash hash = crypto::sha256(std::string(log_domain) + to_hex(first));
    return *HostId::parse("H" + to_base32(hash).substr(0, 24));
}

std::string make_seal(const Object& fields, Epoch epoch, const Hash& root, const crypto::PublicKey& next,
                      const crypto::SecretKey& key) {
    Object seal = fields;
    seal.token("t", "seal").integer("epoch", epoch.number).token("root", to_hex(root)).token("next", to_hex(next));
    const std::string message = signed_text(seal.str());
    return seal.token("sig", to_hex(key.sign(as_bytes(message)))).str();
}

Result<Seal> read_seal(const Fields& fields) {
    const auto host = fields.string("host");
    const auto seq = fields.integer("seq");
    const auto epoch = fields.integer("epoch");
    const auto root = fields.string("root");
    const auto next = fields.string("next");
    const auto signature = fields.string("sig");
    if (fields.string("t") != "seal" || !host || !seq || !epoch || !root || !next || !signature) {
        return Fault{"not a seal with host, seq, epoch, root, next and sig", 0};
    }
    if (!fields.string("reason") || !fields.string("erasure") || !fields.string("boot") || !fields.integer("up") ||
        !fields.integer("wall") || std::distance(fields.begin(), fields.end()) != seal_fields) {
        return Fault{"seal without a field that every seal has, or with another", 0};
    }
    Seal seal;
    seal.host = *host;
    seal.size = *seq;
    seal.epoch = {*epoch};
    if (!from_hex(*root, seal.root) || !from_hex(*next, seal.next) || !from_hex(*signature, seal.signature)) {
        return Fault{"seal with a malformed root, next or sig", 0};
    }
    if (!crypto::acceptable(seal.next)) {
        return Fault{"seal names a next key that is not acceptable", 0};
    }
    return seal;
}

bool seal_signed_by(std::string_view line, const Seal& seal, const crypto::PublicKey& key) {
    const std::string field = ",\"sig\":\"" + to_hex(seal.signature) + "\"";
    const std::size_t at = line.find(field);
    if (at == std::string_view::npos) {
        return false;
    }
    const std::string message =
        signed_text(std::string(line.substr(0, at)) + std::string(line.substr(at + field.size())));
    return crypto::verify(key, as_bytes(message), seal.signature);
}

Chain::Fault Chain::feed(std::string_view line) {
    if (fault_ == Fault::none && fields_.parse(line, max_record)) {
        return fault_ = Fault::non_canonical;
    }
    return feed(line, fields_);
}

Chain::Fault Chain::feed(std::string_view line, const Fields& fields) {
    if (fault_ != Fault::none) {
        return fault_;
    }
    sealed_ = false;
    if (fields.string("host") != host_) {
        return fault_ = Fault::wrong_host;
    }
    if (fields.integer("seq") != range_.size()) {
        return fault_ = Fault::wrong_sequence;
    }
    if (fields.string("t") == "seal") {
        const auto seal = read_seal(fields);
        if (!seal) {
            return fault_ = Fault::bad_seal;
        }
        if (seal->epoch != epoch_) {
            return fault_ = Fault::wrong_epoch;
        }
        if (seal->root != range_.root(hasher_)) {
            return fault_ = Fault::wrong_root;
        }
        if (!seal_signed_by(line, *seal, key_)) {
            return fault_ = Fault::wrong_signature;
        }
        epoch_ = epoch_.next();
        key_ = seal->next;
        last_seal_ = *seal;
        sealed_ = true;
    }
    range_.append(hasher_, hasher_.leaf(line));
    return Fault::none;
}

} // namespace tally::line
