// The box key of a host: box.key in its state directory (docs/formats/host-package.md, "Box key"). What the station
// seals to its public half only this host can read. Made with the log and kept when the log is replaced; a file that
// cannot be read any more is replaced by a new key, so that recording never waits for it.
#pragma once

#include "tally/base/result.hpp"
#include "tally/crypto/box.hpp"
#include "tally/os/file.hpp"

#include <string>
#include <string_view>

namespace tally::journal {

inline constexpr const char* box_key_name = "box.key";

// {"format":"tally-box-1","key":…,"secret":…} and LF.
[[nodiscard]] std::string box_key_text(const crypto::BoxKey& key);
[[nodiscard]] Result<crypto::BoxKey> read_box_key(std::string_view bytes);

// Makes it when there is none, durable on return. The caller holds the lock of the directory.
[[nodiscard]] crypto::BoxPublicKey ensure_box_key(const os::fs::path& directory);
// Error when it is not there or damaged.
[[nodiscard]] crypto::BoxKey open_box_key(const os::fs::path& directory);

} // namespace tally::journal
