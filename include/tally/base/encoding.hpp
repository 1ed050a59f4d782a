// Strict spellings of bytes as text: one spelling each, anything else is refused.
// hex: lower case. base32: RFC 4648 alphabet without padding (encode only). base64: RFC 4648 §4 with padding,
// pad bits zero.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tally {

using Bytes = std::span<const std::uint8_t>;

inline Bytes as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

inline std::string to_hex(Bytes bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

// −1 when it is none. Of lower-case digits, or of upper-case ones as %XX has them.
inline int upper_hex_digit(char c) { return is_digit(c) ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }
inline int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// False when `text` is not exactly 2 × out.size() lower-case digits; `out` is then unspecified.
inline bool from_hex(std::string_view text, std::span<std::uint8_t> out) {
    if (text.size() != out.size() * 2) {
        return false;
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int high = hex_digit(text[2 * i]);
        const int low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        out[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return true;
}

inline std::string to_base32(Bytes bytes) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string text;
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (const auto byte : bytes) {
        pending = (pending << 8U) | byte;
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            text += digits[(pending >> bits) & 31U];
        }
    }
    if (bits > 0) {
        text += digits[(pending << (5 - bits)) & 31U];
    }
    return text;
}

inline std::string to_base64(Bytes bytes) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = bytes.size() - i;
        const std::uint32_t group = (static_cast<std::uint32_t>(bytes[i]) << 16U) |
                                    (left > 1 ? static_cast<std::uint32_t>(bytes[i + 1]) << 8U : 0U) |
                                    (left > 2 ? static_cast<std::uint32_t>(bytes[i + 2]) : 0U);
        text += digits[group >> 18U];
        text += digits[(group >> 12U) & 63U];
        text += left > 1 ? digits[(group >> 6U) & 63U] : '=';
        text += left > 2 ? digits[group & 63U] : '=';
    }
    return text;
}

inline int base64_digit(char c) {
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// Nothing when the text is not the one spelling of some bytes.
inline std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text) {
    std::vector<std::uint8_t> out;
    std::uint32_t pending = 0;
    unsigned bits = 0;
    std::size_t padding = 0;
    for (const char c : text) {
        const int digit = base64_digit(c);
        if (c == '=') {
            ++padding;
        } else if (digit < 0 || padding > 0) {
            return std::nullopt;
        } else {
            pending = (pending << 6U) | static_cast<std::uint32_t>(digit);
            bits += 6;
            if (bits >= 8) {
                bits -= 8;
                out.push_back(static_cast<std::uint8_t>(pending >> bits));
            }
        }
    }
    return to_base64(out) == text ? std::optional(std::move(out)) : std::nullopt;
}

} // namespace tally
