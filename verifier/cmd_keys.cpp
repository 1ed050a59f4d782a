#include "tally/cli/key_files.hpp"
#include "tally/cli/output.hpp"
#include "tally/text/json.hpp"
#include "verifier/commands.hpp"

#include <cstdio>

namespace tally::verifier {

Exit run_keys_new(const KeysNewOptions& options) {
    const os::fs::path secret = options.name.string() + ".key";
    const os::fs::path open = options.name.string() + ".pub";
    for (const auto& path : {secret, open}) {
        if (os::fs::symlink_status(path).type() != os::fs::file_not_found) {
            throw Error("make", path.string(), "it is there already; nothing was changed",
                        {"name another key; a key that the site files list is not made twice"});
        }
    }
    const auto passphrase = cli::new_passphrase(options.passphrase_fd);
    const auto key = minisig::SecretKey::generate();
    std::string file = passphrase ? minisig::secret_key_file(key, passphrase->text(), minisig::stock_cost)
                                  : minisig::secret_key_file(key);
    os::replace_file(secret, file, 0600);
    ::explicit_bzero(file.data(), file.size());
    os::replace_file(open, minisig::public_key_file(key.public_key()));
    if (!passphrase) {
        std::fprintf(
            stderr,
            "tally-verifier: warning: the secret key is not protected by a passphrase: whoever reads %s can "
            "sign receipts\nhint: run this in a terminal, or give a passphrase with --passphrase-fd 3 3<FILE\n",
            secret.c_str());
    }
    const std::string id = minisig::printed_id(key.public_key().id);
    const std::string text = minisig::to_text(key.public_key());
    if (options.output == Output::json) {
        text::Json json;
        json.object().member("id", id).member("key", text).member("secret", secret.string());
        cli::print(json.member("public", open.string()).end_object().str() + "\n");
        return Exit::ok;
    }
    cli::print("verifier key " + id + "  " + text + "\nsecret       " + secret.string() + "\npublic       " +
               open.string() + "\n\nGive " + open.filename().string() +
               " to each site, and read the people there its text over another channel; they add it:\n"
               "  tally-packager site revise --state STATION --add-verifier " +
               open.filename().string() + "\n");
    return Exit::ok;
}

} // namespace tally::verifier
