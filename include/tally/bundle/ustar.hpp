// Strict ustar (docs/formats/bundle.md): every byte of a header follows from (name, size); data is padded with zeros
// to 512; exactly 1024 zero bytes end the archive. A reader rebuilds each header and compares: nothing is parsed
// leniently. Knows no member names and no manifest.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tally::bundle {

inline constexpr std::uint64_t block_size = 512;
inline constexpr std::uint64_t end_size = 2 * block_size;
inline constexpr std::uint64_t max_member = (std::uint64_t{1} << 33U) - 1; // 11 octal digits

using Header = std::array<char, block_size>;

// `name`: 1–100 bytes of [A-Za-z0-9._], `size` ≤ max_member; anything else is a broken invariant.
// mode 0644, uid, gid and mtime 0, empty user and group, "ustar\0" "00".
[[nodiscard]] Header ustar_header(std::string_view name, std::uint64_t size);

[[nodiscard]] constexpr std::uint64_t padding_after(std::uint64_t size) {
    return (block_size - size % block_size) % block_size;
}

struct Entry {
    std::string name;
    std::uint64_t size = 0;
};

// The (name, size) of a header that is byte for byte what ustar_header gives for them; nothing for any other bytes.
[[nodiscard]] std::optional<Entry> read_header(const Header& header);

} // namespace tally::bundle
