#include "tally/line/write.hpp"

#include "tally/base/assert.hpp"
#include "tally/base/encoding.hpp"
#include "tally/crypto/sha256.hpp"

#include <algorithm>

namespace tally::line {
namespace {

bool must_be_encoded(unsigned char byte) {
    return byte < 0x20 || byte == '"' || byte == '%' || byte == '\\' || byte >= 0x7F;
}

bool well_spelt(std::string_view key) {
    const auto rest = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !key.empty() && key[0] >= 'a' && key[0] <= 'z' && std::all_of(key.begin(), key.end(), rest);
}

template <class Items, class Render>
std::string list(const Items& items, Render render) {
    std::string text = "[";
    for (const auto& item : items) {
        text += text.size() > 1 ? "," : "";
        text += render(item);
    }
    return text + "]";
}

std::string quoted(std::string_view printable) {
    for (const char c : printable) {
        TALLY_ASSERT(c == '%' || !must_be_encoded(static_cast<unsigned char>(c)));
    }
    return '"' + std::string(printable) + '"';
}

} // namespace

std::string encode_text(std::string_view raw) {
    static constexpr char digits[] = "0123456789ABCDEF";
    static constexpr std::size_t tail = 17;
    std::string text;
    std::size_t cut = 0; // longest whole-byte prefix that leaves room for the tail
    for (const char c : raw) {
        const auto byte = static_cast<unsigned char>(c);
        if (must_be_encoded(byte)) {
            text += '%';
            text += digits[byte >> 4U];
            text += digits[byte & 15U];
        } else {
            text += c;
        }
        if (text.size() <= max_text - tail) {
            cut = text.size();
        }
        if (text.size() > max_text) {
            const auto hash = crypto::sha256(raw);
            return text.substr(0, cut) + "~" + to_hex(Bytes(hash).first(8));
        }
    }
    return text;
}

std::string decode_text(std::string_view encoded) {
    std::string raw;
    for (std::size_t i = 0; i < encoded.size(); ++i) {
        const int high = encoded[i] == '%' && i + 2 < encoded.size() ? upper_hex_digit(encoded[i + 1]) : -1;
        const int low = high >= 0 ? upper_hex_digit(encoded[i + 2]) : -1;
        if (low >= 0) {
            raw += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            raw += encoded[i];
        }
    }
    return raw;
}

Object& Object::put(std::string_view key, std::string rendered) {
    TALLY_ASSERT(well_spelt(key) && fields_.size() < max_fields);
    const auto place =
        std::lower_bound(fields_.begin(), fields_.end(), key,
                         [](const auto& field, std::string_view wanted) { return field.first < wanted; });
    TALLY_ASSERT(place == fields_.end() || place->first != key);
    fields_.emplace(place, std::string(key), std::move(rendered));
    return *this;
}

Object& Object::text(std::string_view key, std::string_view raw) { return put(key, '"' + encode_text(raw) + '"'); }
Object& Object::token(std::string_view key, std::string_view printable) { return put(key, quoted(printable)); }
Object& Object::integer(std::string_view key, std::uint64_t value) {
    TALLY_ASSERT(value <= max_integer);
    return put(key, std::to_string(value));
}
Object& Object::tokens(std::string_view key, const std::vector<std::string>& items) {
    return put(key, list(items, quoted));
}
Object& Object::integers(std::string_view key, const std::vector<std::uint64_t>& items) {
    return put(key, list(items, [](std::uint64_t item) {
                   TALLY_ASSERT(item <= max_integer);
                   return std::to_string(item);
               }));
}
Object& Object::objects(std::string_view key, const std::vector<Object>& items) {
    return put(key, list(items, [](const Object& item) {
                   for (const auto& field : item.fields_) {
                       TALLY_ASSERT(field.second[0] != '[' && field.second[0] != '{'); // would be the fourth level
                   }
                   return item.str();
               }));
}
Object& Object::value(std::string_view key, std::string_view canonical) { return put(key, std::string(canonical)); }

Object& Object::add(const Object& other) {
    for (const auto& field : other.fields_) {
        put(field.first, field.second);
    }
    return *this;
}

bool Object::has(std::string_view key) const {
    return std::any_of(fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == key; });
}

std::string Object::str() const {
    std::size_t size = 2;
    for (const auto& field : fields_) {
        size += field.first.size() + field.second.size() + 4;
    }
    std::string line;
    line.reserve(size);
    line += '{';
    for (const auto& field : fields_) {
        if (line.size() > 1) {
            line += ',';
        }
        line += '"';
        line += field.first;
        line += "\":";
        line += field.second;
    }
    line += '}';
    return line;
}

} // namespace tally::line
