#include "packager/keys/two_lines.hpp"
#include "tally/crypto/sha256.hpp"
#include "tally/minisig/keys.hpp"

namespace tally::minisig {
namespace {

constexpr std::size_t encoded_size = 2 + 8 + 32; // "Ed", id, point

} // namespace

bool well_formed_comment(std::string_view comment) {
    if (comment.empty() || comment.size() > max_comment || comment.front() == ' ' || comment.back() == ' ') {
        return false;
    }
    const auto printable = [](char c) { return c >= 0x20 && c <= 0x7E; };
    return std::all_of(comment.begin(), comment.end(), printable) && comment.find("  ") == std::string_view::npos;
}

Result<std::string_view> second_line(std::string_view file) {
    std::string_view comment;
    std::string_view text;
    if (!take_line(file, comment) || !comment.starts_with(untrusted_prefix) ||
        !well_formed_comment(comment.substr(untrusted_prefix.size()))) {
        return Fault{"expected \"untrusted comment: \" and a comment of printable ASCII with single spaces", 1};
    }
    if (!take_line(file, text)) {
        return Fault{"the second line is missing or has no line end", 2};
    }
    if (!file.empty()) {
        return Fault{"bytes after the second line", 3};
    }
    return text;
}

KeyId id_of(const crypto::PublicKey& point) {
    const crypto::Hash hash = crypto::sha256(Bytes(point));
    KeyId id;
    std::copy_n(hash.begin(), id.size(), id.begin());
    return id;
}

std::string printed_id(const KeyId& id) {
    const KeyId turned{id[7], id[6], id[5], id[4], id[3], id[2], id[1], id[0]};
    std::string text = to_hex(turned);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

std::string to_text(const PublicKey& key) {
    std::vector<std::uint8_t> bytes{'E', 'd'};
    bytes.insert(bytes.end(), key.id.begin(), key.id.end());
    bytes.insert(bytes.end(), key.point.begin(), key.point.end());
    return to_base64(bytes);
}

Result<PublicKey> parse_public_key(std::string_view text) {
    if (text.size() != (encoded_size + 2) / 3 * 4) {
        return Fault{"a public key has 56 base64 characters", 0};
    }
    const auto bytes = from_base64(text);
    if (!bytes || bytes->size() != encoded_size) {
        return Fault{"a public key that is not base64 in its one spelling", 0};
    }
    if ((*bytes)[0] != 'E' || (*bytes)[1] != 'd') {
        return Fault{"not an Ed25519 public key of minisign", 0};
    }
    PublicKey key;
    std::copy_n(bytes->begin() + 2, key.id.size(), key.id.begin());
    std::copy_n(bytes->begin() + 10, key.point.size(), key.point.begin());
    if (!crypto::acceptable(key.point)) {
        return Fault{"a public key that is no acceptable point (not canonical, of low order, or outside the group)", 0};
    }
    return key;
}

std::string public_key_file(const PublicKey& key) {
    const std::string id = printed_id(key.id);
    const auto digits = std::min(id.find_first_not_of('0'), id.size() - 1); // stock minisign prints a number
    return std::string(untrusted_prefix) + "minisign public key " + id.substr(digits) + "\n" + to_text(key) + "\n";
}

Result<PublicKey> read_public_key_file(std::string_view bytes) {
    const auto text = second_line(bytes);
    if (!text) {
        return text.fault();
    }
    auto key = parse_public_key(*text);
    return key ? std::move(key) : Result<PublicKey>(Fault{key.fault().what, 2});
}

} // namespace tally::minisig
