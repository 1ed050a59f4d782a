#include "recorder/journal/key_slots.hpp"

#include "tally/crypto/sha256.hpp"

#include <algorithm>
#include <string_view>

namespace tally::journal {
namespace {

constexpr std::array<std::uint8_t, KeySlots::size> erased{};

constexpr std::string_view magic = "tally-key-slot1\n";
constexpr std::size_t epoch_at = 16;
constexpr std::size_t seed_at = 24;
constexpr std::size_t key_at = 56;
constexpr std::size_t sum_at = 88;
constexpr std::size_t end_at = 120;
static_assert(magic.size() == epoch_at);

os::fs::path slot_path(const os::fs::path& directory, unsigned slot) {
    return directory / (slot == 0 ? "key.0" : "key.1");
}

crypto::SecretBytes render(Epoch epoch, const crypto::SecretKey& key) {
    crypto::SecretBytes bytes_of_slot(KeySlots::size);
    const auto slot = bytes_of_slot.all<KeySlots::size>();
    std::copy(magic.begin(), magic.end(), slot.begin());
    for (unsigned i = 0; i < 8; ++i) {
        slot[epoch_at + i] = static_cast<std::uint8_t>(epoch.number >> (8 * i));
    }
    const auto bytes = key.bytes(); // seed, then public key
    std::copy(bytes.begin(), bytes.end(), slot.begin() + seed_at);
    const auto sum = crypto::sha256(bytes_of_slot.bytes().first(sum_at));
    std::copy(sum.begin(), sum.end(), slot.begin() + sum_at);
    static_assert(key_at == seed_at + 32 && sum_at == key_at + 32 && end_at == sum_at + 32);
    return bytes_of_slot;
}

// A write to a file that has its size never needs room on an ordinary file system; a short one is continued.
void overwrite_file(const os::Descriptor& file, Bytes bytes, const os::fs::path& path) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t put = ::pwrite(file.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
        if (put < 0 && errno != EINTR) {
            throw Error::system("write", path.string());
        }
        done += put < 0 ? 0 : static_cast<std::size_t>(put);
    }
    if (::fdatasync(file.get()) != 0) {
        throw Error::system("fdatasync", path.string());
    }
}

} // namespace

void KeySlots::create(const os::fs::path& directory) {
    for (unsigned slot = 0; slot < 2; ++slot) {
        const auto path = slot_path(directory, slot);
        const os::Descriptor file = os::open(path, O_RDWR | O_CREAT, 0600);
        overwrite_file(file, erased, path);
        os::sync(file, path);
    }
    os::sync_directory(directory);
}

bool KeySlots::are_there(const os::fs::path& directory) {
    for (unsigned slot = 0; slot < 2; ++slot) {
        struct stat status {};
        if (::lstat(slot_path(directory, slot).c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
            status.st_size != static_cast<off_t>(size)) {
            return false;
        }
    }
    return true;
}

KeySlots::KeySlots(const os::fs::path& directory) {
    for (unsigned slot = 0; slot < 2; ++slot) {
        paths_[slot] = slot_path(directory, slot);
        files_[slot] = os::open(paths_[slot], O_RDWR | O_NONBLOCK);
        struct stat status {};
        if (::fstat(files_[slot].get(), &status) != 0) {
            throw Error::system("stat", paths_[slot].string());
        }
        if (!S_ISREG(status.st_mode) || status.st_size != static_cast<off_t>(size)) {
            throw Error("open", paths_[slot].string(), "not a key slot");
        }
    }
}

crypto::SecretBytes KeySlots::read(unsigned slot) const {
    crypto::SecretBytes bytes(size);
    const ssize_t got = ::pread(files_[slot].get(), bytes.data(), bytes.size(), 0);
    if (got != static_cast<ssize_t>(bytes.size())) {
        throw Error::system("read", paths_[slot].string(), got < 0 ? errno : EIO);
    }
    return bytes;
}

std::optional<crypto::SecretKey> KeySlots::find(Epoch epoch, const crypto::PublicKey& key) const {
    const auto stored = read(epoch.slot());
    auto secret = crypto::SecretKey::from_seed(std::span<const std::uint8_t, 32>(stored.data() + seed_at, 32));
    const auto expected = render(epoch, secret);
    const bool whole = stored.text() == expected.text() && secret.public_key() == key;
    return whole ? std::optional(std::move(secret)) : std::nullopt;
}

void KeySlots::write(Epoch epoch, const crypto::SecretKey& key) {
    overwrite_file(files_[epoch.slot()], render(epoch, key).bytes(), paths_[epoch.slot()]);
}

void KeySlots::erase(unsigned slot) { overwrite_file(files_[slot], erased, paths_[slot]); }

bool KeySlots::is_erased(unsigned slot) const { return read(slot).text() == as_text(erased); }

} // namespace tally::journal
