// Where the secret keys of epochs live: two files of fixed size, made once and then only overwritten in place, because
// a renamed or extended file leaves the old key on the device. Every write is on the device on return (fdatasync).
// Erasure on flash and copy-on-write file systems is best effort. Knows nothing of seals: who holds the right key is
// the journal's question.
#pragma once

#include "tally/base/ids.hpp"
#include "tally/crypto/ed25519.hpp"
#include "tally/os/file.hpp"

#include <array>
#include <optional>

namespace tally::journal {

class KeySlots {
public:
    static constexpr std::size_t size =
        128; // magic 16, epoch 8 LE, seed 32, public key 32, SHA-256 of these 32, zeros 8

    // Makes key.0 and key.1 in `directory`, empty (zeros), both fsynced with the directory. Existing ones are erased.
    static void create(const os::fs::path& directory);
    // True when both slots are regular files of the right size.
    [[nodiscard]] static bool are_there(const os::fs::path& directory);
    // Error when they are not, or cannot be opened.
    explicit KeySlots(const os::fs::path& directory);

    // The secret key of `epoch` if its slot holds the one that belongs to `key`, whole. Epoch e lives in slot e mod 2.
    [[nodiscard]] std::optional<crypto::SecretKey> find(Epoch epoch, const crypto::PublicKey& key) const;
    void write(Epoch epoch, const crypto::SecretKey& key);
    void erase(unsigned slot);
    [[nodiscard]] bool is_erased(unsigned slot) const;

private:
    [[nodiscard]] crypto::SecretBytes read(unsigned slot) const;

    std::array<os::fs::path, 2> paths_;
    std::array<os::Descriptor, 2> files_;
};

} // namespace tally::journal
