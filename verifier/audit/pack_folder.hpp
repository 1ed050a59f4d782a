// An audit pack as a folder: written whole or not at all, signed, and looked at again.
#pragma once

#include "tally/minisig/signature.hpp"
#include "verifier/audit/pack.hpp"

#include <optional>

namespace tally::audit {

enum class Written : std::uint8_t { written, already_there };
// Beside its name first, then renamed. A folder that is there already must hold this very pack. Without a key the pack
// says that it is unsigned.
Written write_pack(const Pack& pack, const os::fs::path& folder, const minisig::SecretKey* key);

struct PackVerdict {
    std::vector<std::string> faults; // "tables/position.csv: was altered"; none: the pack is of one piece
    std::string comment;             // what the signature says; empty: unsigned
    std::string key;                 // that signed, as minisign prints its id
    bool told = false;               // that key was given by the caller
    std::size_t files = 0;
};
// Trusts nothing in it: reads no file but those of plain names, follows no link. Without `key` that of the pack itself
// is used, which shows only that it is of one piece.
[[nodiscard]] PackVerdict check_pack(const os::fs::path& folder, const std::optional<minisig::PublicKey>& key);

} // namespace tally::audit
