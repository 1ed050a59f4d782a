#include "packager/secret_keys.hpp"

#include "packager/submission/station.hpp"

#include <algorithm>
#include <set>

namespace tally::packager {

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
        const auto key = minisig::read_public_key_file(os::read_file(public_key_path(state, name), cli::max_key_file));
        if (key && std::find(listed.begin(), listed.end(), *key) != listed.end()) {
            return name;
        }
    }
    return std::nullopt;
}

minisig::SecretKey open_listed_key(const os::fs::path& state, const std::string& name,
                                   const std::vector<minisig::PublicKey>& listed, std::optional<int> passphrase_fd) {
    const auto path = secret_key_path(state, name_of_listed(state, listed).value_or(name));
    auto key = cli::open_secret_key(path, passphrase_fd);
    if (std::find(listed.begin(), listed.end(), key.public_key()) == listed.end()) {
        throw Error("sign", path.string(), "the site file does not list this key for that",
                    {"tally-packager site show says which it lists"});
    }
    return key;
}

} // namespace tally::packager
