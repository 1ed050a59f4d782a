#include "packager/keys/two_lines.hpp"
#include "tally/base/error.hpp"
#include "tally/crypto/blake2b.hpp"
#include "tally/minisig/keys.hpp"

#include <cstring>

namespace tally::minisig {
namespace {

constexpr std::string_view fixed_comment = "minisign encrypted secret key"; // stock writes it for both kinds

// Byte offsets of the 158 bytes behind the base64 text.
namespace at {
constexpr std::size_t signature_algorithm = 0; // "Ed"
constexpr std::size_t kdf = 2;                 // "Sc", or two zero bytes: not encrypted
constexpr std::size_t checksum_algorithm = 4;  // "B2"
constexpr std::size_t salt = 6;
constexpr std::size_t operations = 38; // little-endian, as the next
constexpr std::size_t memory = 46;
constexpr std::size_t sealed = 54; // id, secret key, checksum: XORed with scrypt's output when encrypted
constexpr std::size_t end = 158;
} // namespace at

constexpr std::size_t id_size = 8;
constexpr std::size_t checksum_size = 32;
constexpr std::size_t text_size = (at::end + 2) / 3 * 4;

// In memory for secrets.
template <std::size_t N>
class Hidden {
public:
    const std::span<std::uint8_t, N> bytes;
    Hidden() : Hidden(crypto::SecretBytes(N)) {}

private:
    explicit Hidden(crypto::SecretBytes memory) : bytes(memory.all<N>()), memory_(std::move(memory)) {}
    crypto::SecretBytes memory_;
};
using Image = Hidden<at::end>;

std::uint64_t little_endian(const std::uint8_t* bytes) {
    std::uint64_t number = 0;
    for (unsigned i = 0; i < 8; ++i) {
        number |= static_cast<std::uint64_t>(bytes[i]) << (8U * i);
    }
    return number;
}

void put_little_endian(std::uint8_t* bytes, std::uint64_t number) {
    for (unsigned i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::uint8_t>(number >> (8U * i));
    }
}

std::array<std::uint8_t, checksum_size> checksum(const Image& image) {
    const Hidden<2 + id_size + crypto::SecretKey::size> message;
    std::copy_n(image.bytes.begin(), 2, message.bytes.begin());
    std::copy_n(image.bytes.begin() + at::sealed, id_size + crypto::SecretKey::size, message.bytes.begin() + 2);
    return crypto::blake2b<checksum_size>(message.bytes);
}

// XORs the sealed part with scrypt's stream: the same call locks and unlocks.
void scramble(Image& image, std::string_view passphrase) {
    crypto::ready();
    const std::uint64_t operations = little_endian(&image.bytes[at::operations]);
    const std::uint64_t memory = little_endian(&image.bytes[at::memory]);
    const Hidden<at::end - at::sealed> stream;
    if (crypto_pwhash_scryptsalsa208sha256(stream.bytes.data(), stream.bytes.size(), passphrase.data(),
                                           passphrase.size(), &image.bytes[at::salt], operations,
                                           static_cast<std::size_t>(memory)) != 0) {
        throw Error("derive", "the key from the passphrase", "out of memory",
                    {"the key asks for " + std::to_string(memory >> 20U) + " MiB of memory for a moment"});
    }
    for (std::size_t i = 0; i < stream.bytes.size(); ++i) {
        image.bytes[at::sealed + i] ^= stream.bytes[i];
    }
}

void fill(Image& image, const SecretKey& key) {
    const auto put = [&](std::size_t offset, const auto& from) {
        std::copy(from.begin(), from.end(), image.bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    };
    put(at::signature_algorithm, std::string_view("Ed"));
    put(at::checksum_algorithm, std::string_view("B2"));
    put(at::sealed, key.public_key().id);
    put(at::sealed + id_size, key.key().bytes());
}

std::string file_of(const Image& image) {
    std::string text = to_base64(image.bytes);
    std::string file = std::string(untrusted_prefix) + std::string(fixed_comment) + "\n" + text + "\n";
    sodium_memzero(text.data(), text.size());
    return file;
}

// The base64 text into `image`, with everything checked that stands in the clear.
Result<Protection> load(std::string_view file, Image& image) {
    const auto text = second_line(file);
    if (!text) {
        return text.fault();
    }
    if ((*text).size() != text_size) {
        return Fault{"a secret key has " + std::to_string(text_size) + " base64 characters", 2};
    }
    auto bytes = from_base64(*text);
    if (!bytes || bytes->size() != at::end) {
        return Fault{"a secret key that is not base64 in its one spelling", 2};
    }
    std::copy(bytes->begin(), bytes->end(), image.bytes.begin());
    sodium_memzero(bytes->data(), bytes->size());
    const auto has = [&](std::size_t offset, std::string_view wanted) {
        return std::memcmp(&image.bytes[offset], wanted.data(), 2) == 0;
    };
    if (!has(at::signature_algorithm, "Ed") || !has(at::checksum_algorithm, "B2")) {
        return Fault{"not an Ed25519 secret key of minisign with a BLAKE2b checksum", 2};
    }
    if (has(at::kdf, std::string_view("\0\0", 2))) {
        const auto zero = [](std::uint8_t byte) { return byte == 0; };
        const bool clean = std::all_of(image.bytes.begin() + at::salt, image.bytes.begin() + at::sealed, zero) &&
                           std::all_of(image.bytes.end() - checksum_size, image.bytes.end(), zero);
        return clean ? Result<Protection>(Protection::none)
                     : Fault{"an unencrypted secret key with a salt, a cost or a checksum", 2};
    }
    if (!has(at::kdf, "Sc")) {
        return Fault{"a secret key protected by something other than scrypt", 2};
    }
    if (little_endian(&image.bytes[at::operations]) > max_cost.operations ||
        little_endian(&image.bytes[at::memory]) > max_cost.memory_bytes) {
        return Fault{"a secret key that asks for more work or memory than any minisign key does", 2};
    }
    return Protection::passphrase;
}

} // namespace

SecretKey SecretKey::generate() {
    auto key = crypto::SecretKey::generate();
    const KeyId id = id_of(key.public_key());
    return {id, std::move(key)};
}

Result<Protection> protection_of(std::string_view file) {
    Image image;
    return load(file, image);
}

std::string secret_key_file(const SecretKey& key) {
    Image image;
    fill(image, key);
    return file_of(image);
}

std::string secret_key_file(const SecretKey& key, std::string_view passphrase, ScryptCost cost) {
    Image image;
    fill(image, key);
    const auto sum = checksum(image);
    std::copy(sum.begin(), sum.end(), image.bytes.end() - checksum_size);
    const auto salt = crypto::random_bytes<32>();
    std::copy(salt.begin(), salt.end(), image.bytes.begin() + at::salt);
    image.bytes[at::kdf] = 'S';
    image.bytes[at::kdf + 1] = 'c';
    put_little_endian(&image.bytes[at::operations], cost.operations);
    put_little_endian(&image.bytes[at::memory], cost.memory_bytes);
    scramble(image, passphrase);
    return file_of(image);
}

Result<SecretKey> read_secret_key_file(std::string_view bytes, std::string_view passphrase) {
    Image image;
    const auto protection = load(bytes, image);
    if (!protection) {
        return protection.fault();
    }
    if (*protection == Protection::passphrase) {
        scramble(image, passphrase);
        const auto sum = checksum(image);
        if (sodium_memcmp(sum.data(), &image.bytes[at::end - checksum_size], checksum_size) != 0) {
            return Fault{"wrong passphrase", 2};
        }
    }
    KeyId id;
    std::copy_n(image.bytes.begin() + at::sealed, id_size, id.begin());
    const std::uint8_t* secret = &image.bytes[at::sealed + id_size];
    auto key = crypto::SecretKey::from_seed(
        std::span<const std::uint8_t, crypto_sign_SEEDBYTES>(secret, crypto_sign_SEEDBYTES));
    if (sodium_memcmp(key.bytes().data(), secret, crypto::SecretKey::size) != 0) {
        return Fault{"a secret key whose public half is not its own", 2};
    }
    return SecretKey(id, std::move(key));
}

} // namespace tally::minisig
