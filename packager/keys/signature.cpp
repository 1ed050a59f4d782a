#include "tally/minisig/signature.hpp"

#include "packager/keys/two_lines.hpp"
#include "tally/crypto/blake2b.hpp"

namespace tally::minisig {
namespace {

constexpr std::size_t value_size = 2 + 8 + 64; // "ED", id, signature

std::vector<std::uint8_t> globally_signed(const crypto::Signature& value, std::string_view trusted) {
    std::vector<std::uint8_t> message(value.begin(), value.end());
    const Bytes comment = as_bytes(trusted);
    message.insert(message.end(), comment.begin(), comment.end());
    return message;
}

// Takes one line with `prefix` and a well-formed comment off the front of `rest`.
bool take_comment(std::string_view& rest, std::string_view prefix, std::string& comment) {
    std::string_view line;
    if (!take_line(rest, line) || !line.starts_with(prefix)) {
        return false;
    }
    comment = line.substr(prefix.size());
    return well_formed_comment(comment);
}

} // namespace

Digest digest(Bytes bytes) {
    crypto::Blake2b512 hasher;
    hasher.update(bytes);
    return hasher.finish();
}

Digest digest(const os::Descriptor& file, const os::fs::path& name) {
    crypto::Blake2b512 hasher;
    std::vector<std::uint8_t> chunk(std::size_t{1} << 18U);
    for (;;) {
        const std::size_t got = os::read_some(file, chunk.data(), chunk.size(), name);
        if (got == 0) {
            return hasher.finish();
        }
        hasher.update(Bytes(chunk.data(), got));
    }
}

Signature sign(const SecretKey& key, const Digest& digest, Comments comments) {
    TALLY_ASSERT(well_formed_comment(comments.untrusted) && well_formed_comment(comments.trusted));
    Signature signature;
    signature.key = key.public_key().id;
    signature.value = key.key().sign(digest);
    signature.global = key.key().sign(globally_signed(signature.value, comments.trusted));
    signature.comments = std::move(comments);
    return signature;
}

Verdict verify(const PublicKey& key, const Digest& digest, const Signature& signature) {
    if (signature.key != key.id) {
        return Verdict::other_key;
    }
    if (!crypto::verify(key.point, digest, signature.value)) {
        return Verdict::bad_signature;
    }
    return crypto::verify(key.point, globally_signed(signature.value, signature.comments.trusted), signature.global)
               ? Verdict::good
               : Verdict::bad_comment;
}

const char* describe(Verdict verdict) {
    switch (verdict) {
    case Verdict::good:
        return "good signature";
    case Verdict::other_key:
        return "made with another key";
    case Verdict::bad_signature:
        return "signature does not fit the bytes";
    case Verdict::bad_comment:
        return "signature does not fit its trusted comment";
    }
    return "";
}

std::string value_text(const Signature& signature) {
    std::vector<std::uint8_t> bytes{'E', 'D'};
    bytes.insert(bytes.end(), signature.key.begin(), signature.key.end());
    bytes.insert(bytes.end(), signature.value.begin(), signature.value.end());
    return to_base64(bytes);
}

std::string global_text(const Signature& signature) { return to_base64(signature.global); }

std::string signature_file(const Signature& signature) {
    return std::string(untrusted_prefix) + signature.comments.untrusted + "\n" + value_text(signature) + "\n" +
           std::string(trusted_prefix) + signature.comments.trusted + "\n" + global_text(signature) + "\n";
}

Result<Signature> parse_signature(std::string_view value, std::string_view global, Comments comments) {
    if (value.size() > max_signature_file || global.size() > max_signature_file) {
        return Fault{"signature text too long", 2};
    }
    if (!well_formed_comment(comments.untrusted)) {
        return Fault{"untrusted comment is not printable ASCII with single spaces", 1};
    }
    if (!well_formed_comment(comments.trusted)) {
        return Fault{"trusted comment is not printable ASCII with single spaces", 3};
    }
    const auto bytes = from_base64(value);
    if (!bytes || bytes->size() != value_size) {
        return Fault{"signature is not 74 bytes in base64", 2};
    }
    if ((*bytes)[0] != 'E' || (*bytes)[1] != 'D') {
        return Fault{"not a prehashed signature (ED) of minisign", 2};
    }
    const auto second = from_base64(global);
    if (!second || second->size() != std::tuple_size_v<crypto::Signature>) {
        return Fault{"global signature is not 64 bytes in base64", 4};
    }
    Signature signature;
    std::copy_n(bytes->begin() + 2, signature.key.size(), signature.key.begin());
    std::copy_n(bytes->begin() + 10, signature.value.size(), signature.value.begin());
    std::copy_n(second->begin(), signature.global.size(), signature.global.begin());
    signature.comments = std::move(comments);
    return signature;
}

Result<Signature> read_signature_file(std::string_view bytes) {
    if (bytes.size() > max_signature_file) {
        return Fault{"signature file larger than " + std::to_string(max_signature_file) + " bytes", 1};
    }
    std::string_view rest = bytes;
    std::string_view value;
    std::string_view global;
    Comments comments;
    if (!take_comment(rest, untrusted_prefix, comments.untrusted)) {
        return Fault{"expected \"untrusted comment: \" and a comment of printable ASCII with single spaces", 1};
    }
    if (!take_line(rest, value)) {
        return Fault{"the signature is missing or has no line end", 2};
    }
    if (!take_comment(rest, trusted_prefix, comments.trusted)) {
        return Fault{"expected \"trusted comment: \" and a comment of printable ASCII with single spaces", 3};
    }
    if (!take_line(rest, global)) {
        return Fault{"the global signature is missing or has no line end", 4};
    }
    if (!rest.empty()) {
        return Fault{"bytes after the fourth line", 5};
    }
    auto signature = parse_signature(value, global, std::move(comments));
    if (signature && signature_file(*signature) != bytes) {
        return Fault{"not the one spelling of this signature", 1};
    }
    return signature;
}

} // namespace tally::minisig
