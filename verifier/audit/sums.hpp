// SHA256SUMS of an audit pack (docs/formats/audit-pack.md): what `sha256sum -c` reads, in one spelling only. Sorted by
// path, each path once; paths are relative, of plain characters, and never lead out of the folder.
#pragma once

#include "tally/base/result.hpp"
#include "tally/crypto/sha256.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::audit {

inline constexpr std::size_t max_sums = 16U << 20U; // bytes of the file
inline constexpr std::size_t max_path = 200;

struct Sum {
    crypto::Hash digest{};
    std::string path; // "tables/position.csv"
    bool operator==(const Sum&) const = default;
};

// At most max_path bytes; parts of letters, digits, "." "_" "-", parted by single "/", none beginning with "." or "-".
[[nodiscard]] bool well_formed_path(std::string_view path);

// Sorts. Paths that are not well formed, or there twice, are a broken invariant.
[[nodiscard]] std::string to_text(std::vector<Sum> sums);
// Fault.at is a line number.
[[nodiscard]] Result<std::vector<Sum>> read_sums(std::string_view bytes);

} // namespace tally::audit
