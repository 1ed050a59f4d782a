// Writer of JSON (RFC 8259) for --json and for reports: members in the order of the calls, no white space, always
// valid UTF-8 (bytes that are not become U+FFFD). Numbers are integers only; amounts travel as strings.
// Not for canonical lines: those are tally/line.
#pragma once

#include "tally/base/assert.hpp"
#include "tally/text/utf8.hpp"

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace tally::text {

inline std::string json_string(std::string_view raw) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out = "\"";
    for (std::size_t at = 0; at < raw.size();) {
        std::uint32_t point = 0;
        const std::size_t length = utf8_length(raw.substr(at), point);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
        } else if (point == '"' || point == '\\') {
            out += {'\\', raw[at]};
        } else if (point < 0x20 || point == 0x7F || point == 0x2028 || point == 0x2029 || point == '<') {
            out += "\\u";
            for (unsigned shift = 16; shift > 0; shift -= 4) {
                out += digits[(point >> (shift - 4)) & 15U];
            }
        } else {
            out.append(raw.substr(at, length));
        }
        at += length == 0 ? 1 : length;
    }
    return out + '"';
}

class Json {
public:
    Json& open(char bracket) {
        comma();
        out_ += bracket;
        first_.push_back(true);
        return *this;
    }
    Json& object() { return open('{'); }
    Json& array() { return open('['); }
    Json& close(char bracket) {
        TALLY_ASSERT(!first_.empty());
        first_.pop_back();
        out_ += bracket;
        return *this;
    }
    Json& end_object() { return close('}'); }
    Json& end_array() { return close(']'); }
    Json& key(std::string_view name) {
        comma();
        out_ += json_string(name) + ':';
        after_key_ = true;
        return *this;
    }
    Json& value(std::string_view text) { return raw(json_string(text)); }
    Json& value(const char* text) { return raw(json_string(text)); }
    Json& value(bool truth) { return raw(truth ? "true" : "false"); }
    template <std::integral T>
    Json& value(T number) {
        return raw(std::to_string(number));
    }
    Json& null() { return raw("null"); }
    // A value that a Json made before.
    Json& embed(std::string_view json) { return raw(json); }
    template <class T>
    Json& member(std::string_view name, const T& item) {
        return key(name).value(item);
    }
    [[nodiscard]] const std::string& str() const {
        TALLY_ASSERT(first_.empty());
        return out_;
    }

private:
    Json& raw(std::string_view text) {
        comma();
        out_ += text;
        return *this;
    }
    void comma() {
        if (after_key_) {
            after_key_ = false;
        } else if (!first_.empty()) {
            out_ += first_.back() ? "" : ",";
            first_.back() = false;
        }
    }

    std::string out_;
    std::vector<bool> first_;
    bool after_key_ = false;
};

} // namespace tally::text
