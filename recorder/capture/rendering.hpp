// Writes the fields of one record straight into a reused buffer, in the canonical line's spelling. The caller gives the
// keys in ascending order (asserted): an Object that sorts and copies costs more than all the rest of an import.
#pragma once

#include "tally/base/assert.hpp"
#include "tally/base/encoding.hpp"
#include "tally/line/limits.hpp"
#include "tally/line/write.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

namespace tally::capture {

// The canonical encoding of `raw`, in `into`.
inline void encode(std::string_view raw, std::string& into) {
    const auto plain = [](char c) { return c >= 0x20 && c != '"' && c != '%' && c != '\\' && c != 0x7F; };
    if (raw.size() <= line::max_text && std::all_of(raw.begin(), raw.end(), plain)) {
        into.assign(raw);
    } else {
        into = line::encode_text(raw);
    }
}

class Rendering {
public:
    void begin() {
        text_.assign(1, '{');
        last_key_.clear();
    }
    // Already encoded.
    Rendering& text(std::string_view key, std::string_view encoded) {
        put(key);
        text_.append(1, '"').append(encoded).append(1, '"');
        return *this;
    }
    Rendering& integer(std::string_view key, std::uint64_t value) {
        TALLY_ASSERT(value <= line::max_integer);
        put(key);
        char digits[20];
        text_.append(digits,
                     static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, value).ptr - digits));
        return *this;
    }
    Rendering& hex(std::string_view key, Bytes bytes) {
        static constexpr char digits[] = "0123456789abcdef";
        put(key);
        text_ += '"';
        for (const auto byte : bytes) {
            text_ += digits[byte >> 4U];
            text_ += digits[byte & 15U];
        }
        text_ += '"';
        return *this;
    }
    [[nodiscard]] std::string_view end() {
        text_ += '}';
        return text_;
    }

private:
    void put(std::string_view key) {
        TALLY_ASSERT(last_key_ < key);
        last_key_ = key;
        text_.append(text_.size() > 1 ? ",\"" : "\"").append(key).append("\":");
    }
    std::string text_;
    std::string last_key_;
};

} // namespace tally::capture
