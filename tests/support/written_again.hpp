// Writes again what the reader of canonical lines has read, by the grammar alone and not with the product's writer: a
// line that the reader accepts must come out byte for byte. "?" stands where an inner value cannot be read again.
#pragma once

#include "tally/line/parse.hpp"

#include <map>
#include <string>

namespace tally::test {

inline std::string written_again(const line::Fields& fields);

inline std::string written_again(const line::Value& value) {
    switch (value.kind) {
    case line::Kind::string:
        return '"' + std::string(value.text) + '"';
    case line::Kind::integer:
        return std::to_string(value.integer);
    case line::Kind::object: {
        line::Fields inner; // its own bound is 64 fields, which the outer reader does not put on inner objects
        return inner.parse(value.text, line::max_manifest) ? std::string("?") : written_again(inner);
    }
    case line::Kind::array:
        break;
    }
    std::string text = "[";
    line::Items items(value.text);
    for (line::Value item; items.next(item);) {
        text += text.size() > 1 ? "," : "";
        text += written_again(item);
    }
    return text + "]";
}

inline std::string written_again(const line::Fields& fields) {
    std::map<std::string, std::string> sorted;
    for (const auto& field : fields) {
        if (!sorted.emplace(std::string(field.key), written_again(field.value)).second) {
            return "?";
        }
    }
    std::string text = "{";
    for (const auto& [key, value] : sorted) {
        text += (text.size() > 1 ? ",\"" : "\"") + key + "\":" + value;
    }
    return text + "}";
}

} // namespace tally::test
