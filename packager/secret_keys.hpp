// The station's secret keys as files under STATE/keys: read with the passphrase that they need, never printed.
#pragma once

#include "tally/cli/key_files.hpp"
#include "tally/os/file.hpp"

#include <optional>
#include <vector>

namespace tally::packager {

inline constexpr const char* root_key = "root";     // signs the site file
inline constexpr const char* export_key = "export"; // signs bundles

// STATE/keys/NAME.key and NAME.pub.
[[nodiscard]] os::fs::path secret_key_path(const os::fs::path& state, const std::string& name);
[[nodiscard]] os::fs::path public_key_path(const os::fs::path& state, const std::string& name);

// A new key as STATE/keys/NAME.key and NAME.pub, both durable; unencrypted without a passphrase. One of that name that an
// interrupted run left behind is replaced: the caller knows that it has signed nothing.
[[nodiscard]] minisig::SecretKey make_secret_key(const os::fs::path& state, const std::string& name,
                                                 const std::optional<cli::Passphrase>& passphrase);
// Says on stderr that keys were written without a passphrase.
void warn_unprotected(const os::fs::path& state);
// The first of the keys under STATE/keys, by name, whose public half lies beside it and is one of `listed`; nothing when
// none is.
[[nodiscard]] std::optional<std::string> name_of_listed(const os::fs::path& state,
                                                        const std::vector<minisig::PublicKey>& listed);

// The station's secret key that is one of `listed`, else NAME.key; Error when that is not listed either.
[[nodiscard]] minisig::SecretKey open_listed_key(const os::fs::path& state, const std::string& name,
                                                 const std::vector<minisig::PublicKey>& listed,
                                                 std::optional<int> passphrase_fd);

} // namespace tally::packager
