#include "packager/secret_keys.hpp"

#include "packager/submission/station.hpp"
#include "tally/cli/passphrase.hpp"

#include <algorithm>
#include <set>

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

minisig::SecretKey make_secret_key(const os::fs::path& state, const std::string& name,
                                   const std::optional<cli::Passphrase>& passphrase) {
    auto key = minisig::SecretKey::generate();
    std::string file = passphrase ? minisig::secret_key_file(key, passphrase->text(), minisig::stock_cost)
                                  : minisig::secret_key_file(key);
    os::replace_file(secret_key_path(state, name), file, 0600);
    ::explicit_bzero(file.data(), file.size());
    os::replace_file(public_key_path(state, name), minisig::public_key_file(key.public_key()));
    return key;
}

void warn_unprotected(const os::fs::path& state) {
    std::fprintf(stderr,
                 "tally-packager: warning: the secret keys are not protected by a passphrase: whoever reads %s can "
                 "sign for this site\n"
                 "hint: run this in a terminal, or give a passphrase with --passphrase-fd 3 3<FILE\n",
                 (state / submission::keys_folder).c_str());
}

std::optional<std::string> name_of_listed(const os::fs::path& state, const std::vector<minisig::PublicKey>& listed) {
    std::set<std::string> names;
    for (const auto& entry : os::fs::directory_iterator(state / submission::keys_folder)) {
        if (entry.path().extension() == ".pub" &&
            os::fs::exists(secret_key_path(state, entry.path().stem().string()))) {
            names.insert(entry.path().stem().string());
        }
    }
    for (const auto& name : names) {
        const auto key = minisig::read_public_key_file(os::read_file(public_key_path(state, name), max_key_file));
        if (key && std::find(listed.begin(), listed.end(), *key) != listed.end()) {
            return name;
        }
    }
    return std::nullopt;
}

minisig::PublicKey public_key_given(const std::string& option, const std::string& given) {
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

minisig::SecretKey open_secret_key(const os::fs::path& path, std::optional<int> passphrase_fd) {
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
