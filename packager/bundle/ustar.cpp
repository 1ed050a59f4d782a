#include "tally/bundle/ustar.hpp"

#include "tally/base/assert.hpp"

#include <algorithm>

namespace tally::bundle {
namespace {

struct Slot {
    std::size_t at;
    std::size_t size;
};
// POSIX.1-1988 ustar. What is not named here is zero bytes.
constexpr Slot name_slot{0, 100};
constexpr Slot mode_slot{100, 8};
constexpr Slot uid_slot{108, 8};
constexpr Slot gid_slot{116, 8};
constexpr Slot size_slot{124, 12};
constexpr Slot mtime_slot{136, 12};
constexpr Slot checksum_slot{148, 8};
constexpr std::size_t type_at = 156;
constexpr std::size_t magic_at = 257;
constexpr Slot device_major_slot{329, 8};
constexpr Slot device_minor_slot{337, 8};

bool name_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
}

bool good_name(std::string_view name) {
    return !name.empty() && name.size() <= name_slot.size && std::all_of(name.begin(), name.end(), name_character);
}

// All digits of the slot but the last byte, which stays NUL.
void put_octal(Header& header, Slot slot, std::uint64_t value) {
    for (std::size_t i = slot.at + slot.size - 1; i-- > slot.at;) {
        header[i] = static_cast<char>('0' + value % 8);
        value /= 8;
    }
}

std::uint64_t checksum(const Header& header) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const bool inside = i >= checksum_slot.at && i < checksum_slot.at + checksum_slot.size;
        sum += inside ? std::uint64_t{' '} : static_cast<unsigned char>(header[i]);
    }
    return sum;
}

} // namespace

Header ustar_header(std::string_view name, std::uint64_t size) {
    TALLY_ASSERT(good_name(name) && size <= max_member);
    Header header{};
    std::copy(name.begin(), name.end(), header.begin());
    put_octal(header, mode_slot, 0644);
    put_octal(header, uid_slot, 0);
    put_octal(header, gid_slot, 0);
    put_octal(header, size_slot, size);
    put_octal(header, mtime_slot, 0);
    header[type_at] = '0';
    constexpr std::string_view magic("ustar\00000", 8);
    std::copy(magic.begin(), magic.end(), header.begin() + magic_at);
    put_octal(header, device_major_slot, 0);
    put_octal(header, device_minor_slot, 0);
    // Six digits, NUL, space: the one slot that does not end in NUL.
    put_octal(header, {checksum_slot.at, 7}, checksum(header));
    header[checksum_slot.at + 7] = ' ';
    return header;
}

std::optional<Entry> read_header(const Header& header) {
    Entry entry;
    entry.name.assign(header.begin(), std::find(header.begin(), header.begin() + name_slot.size, '\0'));
    for (std::size_t i = size_slot.at; i + 1 < size_slot.at + size_slot.size; ++i) {
        if (header[i] < '0' || header[i] > '7') {
            return std::nullopt;
        }
        entry.size = entry.size * 8 + static_cast<std::uint64_t>(header[i] - '0');
    }
    if (!good_name(entry.name) || ustar_header(entry.name, entry.size) != header) {
        return std::nullopt;
    }
    return entry;
}

} // namespace tally::bundle
