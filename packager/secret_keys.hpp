// The station's secret keys as files under STATE/keys: read with the passphrase that they need, never printed.
#pragma once

#include "tally/minisig/keys.hpp"
#include "tally/os/file.hpp"

#include <optional>

namespace tally::packager {

inline constexpr const char* root_key = "root";     // signs the site file
inline constexpr const char* export_key = "export"; // signs bundles

// STATE/keys/NAME.key and NAME.pub.
[[nodiscard]] os::fs::path secret_key_path(const os::fs::path& state, const std::string& name);
[[nodiscard]] os::fs::path public_key_path(const os::fs::path& state, const std::string& name);

// Asks at the terminal or reads from the descriptor only when the key is protected. Throws Error.
[[nodiscard]] minisig::SecretKey open_secret_key(const os::fs::path& state, const std::string& name,
                                                 std::optional<int> passphrase_fd);

} // namespace tally::packager
