// UTF-8 as RFC 3629 defines it: shortest form, no surrogates, at most U+10FFFF.
// shown() is for people's eyes: bytes that are not UTF-8, control characters and characters that reorder text
// appear as %XX, so that two different names never look alike for that reason. It does not repair or normalise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tally::text {

// Bytes that a sequence with this first byte has; 0 when no sequence begins so.
inline std::size_t utf8_length(unsigned char lead) {
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xC2 || lead > 0xF4) {
        return 0;
    }
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

// Length of the well-formed sequence at the front of `text`, its code point in `point`; 0 when there is none.
inline std::size_t utf8_length(std::string_view text, std::uint32_t& point) {
    const std::size_t length = text.empty() ? 0 : utf8_length(static_cast<unsigned char>(text[0]));
    if (length == 0 || text.size() < length) {
        return 0;
    }
    point = static_cast<unsigned char>(text[0]) & (length == 1 ? 0x7FU : 0x7FU >> length);
    for (const char c : text.substr(1, length - 1)) {
        if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
            return 0;
        }
        point = point << 6U | (static_cast<unsigned char>(c) & 0x3FU);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    const bool refused = (point >= 0xD800 && point <= 0xDFFF) || point > 0x10FFFF;
    return overlong || refused ? 0 : length;
}

// Offset of the first byte that is not part of well-formed UTF-8; npos when all is.
inline std::size_t first_not_utf8(std::string_view text) {
    std::uint32_t point = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(text.substr(at), point);
        if (length == 0) {
            return at;
        }
        at += length;
    }
    return std::string_view::npos;
}

inline bool is_hidden(std::uint32_t point) {
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x200E || point == 0x200F || point == 0x061C ||
           (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

inline std::string shown(std::string_view raw) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size();) {
        std::uint32_t point = 0;
        const std::size_t length = utf8_length(raw.substr(at), point);
        const std::size_t taken = length == 0 ? 1 : length;
        if (length != 0 && !is_hidden(point)) {
            out.append(raw.substr(at, length));
        } else {
            for (std::size_t i = at; i < at + taken; ++i) {
                const auto value = static_cast<unsigned char>(raw[i]);
                out += {'%', digits[value >> 4U], digits[value & 15U]};
            }
        }
        at += taken;
    }
    return out;
}

} // namespace tally::text
