// Keys of minisign as an operator names them: a secret key in a file, with its passphrase when it has one; a public key
// by its text or its file. Nothing of a secret key is printed, and its bytes are wiped.
#pragma once

#include "tally/cli/passphrase.hpp"
#include "tally/minisig/keys.hpp"
#include "tally/os/guarded.hpp"

namespace tally::cli {

inline constexpr std::size_t max_key_file = 4096;

inline void warn_of_readers(const os::fs::path& key) {
    if ((os::fs::status(key).permissions() & (os::fs::group_all | os::fs::others_all)) != 0) {
        std::fprintf(stderr, "%s: warning: others may read the secret key %s\nhint: chmod 600 %s\n",
                     ::program_invocation_short_name, key.c_str(), key.c_str());
    }
}

// Asks at the terminal or reads from the descriptor only when the key is protected. Warns on stderr of a file that is not
// its owner's alone. Throws Error.
inline minisig::SecretKey open_secret_key(const os::fs::path& path, std::optional<int> passphrase_fd) {
    warn_of_readers(path);
    crypto::SecretBytes memory(max_key_file);
    const std::size_t size = os::read_file_into(os::open_regular(path), memory.all<max_key_file>(), path);
    const std::string_view file = memory.text().substr(0, size);
    const auto protection = minisig::protection_of(file);
    if (!protection) {
        throw Error("read", path.string(), protection.fault().what);
    }
    const Passphrase passphrase =
        *protection == minisig::Protection::passphrase ? passphrase_for(path.string(), passphrase_fd) : Passphrase();
    auto key = minisig::read_secret_key_file(file, passphrase.text());
    if (!key) {
        throw Error("open", path.string(), key.fault().what);
    }
    return std::move(*key);
}

// The 56 characters, or a file with them. Error (exit 2) when it is neither.
inline minisig::PublicKey public_key_given(const std::string& option, const std::string& given) {
    auto key = minisig::parse_public_key(given);
    if (!key && os::fs::exists(given)) {
        key = minisig::read_public_key_file(os::read_file(given, max_key_file));
    }
    if (!key) {
        throw Error("read", option, given + " is neither a public key of minisign nor a file with one",
                    {"give the 56 characters, or the .pub file"}, Exit::usage);
    }
    return *key;
}

} // namespace tally::cli
