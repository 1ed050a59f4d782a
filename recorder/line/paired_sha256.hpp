// SHA-256 of many short messages: two at a time in the processor's SHA unit, which spends half its time waiting when it
// is given one. Only for public data: lines and nodes of their trees (docs/adr/0015-paired-sha256.md).
// Guarantees the same hashes as libcrypto, or says by usable() that it is not to be asked. Keeps nothing.
#pragma once

#include "tally/line/tree.hpp"

#include <span>
#include <string_view>

namespace tally::line::paired_sha256 {

inline constexpr std::size_t max_message = max_record; // without the prefix byte

// True on a processor with a SHA unit whose hashes of some messages are those of libcrypto, unless libcrypto is
// confined to its FIPS provider. Decided once.
[[nodiscard]] bool usable();

// hashes[i] = SHA-256(prefix ‖ messages[i]). Asks for usable(), as many hashes as messages, none above max_message.
// A message may lie in `hashes` at or behind its own place; hashes[i] is written when messages 0 … i have been read.
void hash_all(std::uint8_t prefix, std::span<const std::string_view> messages, std::span<Hash> hashes);

} // namespace tally::line::paired_sha256
