#include "packager/secret_keys.hpp"

#include "packager/submission/station.hpp"
#include "tally/cli/passphrase.hpp"

namespace tally::packager {
namespace {

constexpr std::size_t max_key_file = 4096;

} // namespace

os::fs::path secret_key_path(const os::fs::path& state, const std::string& name) {
    return state / submission::keys_folder / (name + ".key");
}
os::fs::path public_key_path(const os::fs::path& state, const std::string& name) {
    return state / submission::keys_folder / (name + ".pub");
}

minisig::SecretKey open_secret_key(const os::fs::path& state, const std::string& name,
                                   std::optional<int> passphrase_fd) {
    const auto path = secret_key_path(state, name);
    std::string file = os::read_file(path, max_key_file);
    const auto protection = minisig::protection_of(file);
    if (!protection) {
        throw Error("read", path.string(), protection.fault().what);
    }
    const cli::Passphrase passphrase = *protection == minisig::Protection::passphrase
                                           ? cli::passphrase_for(path.string(), passphrase_fd)
                                           : cli::Passphrase();
    auto key = minisig::read_secret_key_file(file, passphrase.text());
    ::explicit_bzero(file.data(), file.size());
    if (!key) {
        throw Error("open", path.string(), key.fault().what);
    }
    return std::move(*key);
}

} // namespace tally::packager
