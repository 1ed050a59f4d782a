// Writer of canonical lines (docs/formats/line.md). Whatever is put in, what comes out parses: texts are encoded and
// cut, keys sorted. A duplicate or misspelt key, a 65th field, a fourth level or an integer above 2^53−1 is a broken
// invariant. The length of the line is the caller's: each kind of file has its own bound.
#pragma once

#include "tally/line/limits.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tally::line {

// Bytes {00–1F, 22, 25, 5C, 7F–FF} as %XX; over 192 encoded bytes cut at a byte boundary of the encoding and ended
// with "~" + 16 hex of the SHA-256 of the whole raw bytes.
[[nodiscard]] std::string encode_text(std::string_view raw);
// The bytes behind an encoded text (a cut text keeps its "~…" tail).
[[nodiscard]] std::string decode_text(std::string_view encoded);

// Collects the fields of one object; order of calls does not matter.
class Object {
public:
    Object& text(std::string_view key, std::string_view raw);        // encoded by encode_text
    Object& token(std::string_view key, std::string_view printable); // already printable ASCII without " and backslash
    Object& integer(std::string_view key, std::uint64_t value);
    Object& tokens(std::string_view key, const std::vector<std::string>& items);
    Object& integers(std::string_view key, const std::vector<std::uint64_t>& items);
    Object& objects(std::string_view key, const std::vector<Object>& items);
    Object& value(std::string_view key, std::string_view canonical); // a value that parse() has accepted before
    // Merges all fields of `other`.
    Object& add(const Object& other);

    [[nodiscard]] bool has(std::string_view key) const;
    [[nodiscard]] std::string str() const;

private:
    Object& put(std::string_view key, std::string rendered);
    std::vector<std::pair<std::string, std::string>> fields_; // sorted by key; values rendered
};

} // namespace tally::line
