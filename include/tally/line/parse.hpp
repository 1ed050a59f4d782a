// Strict reader of canonical lines (docs/formats/line.md). One spelling is accepted; everything else is a
// fault with its byte offset. No allocation: all views point into the parsed bytes and live as long as they do.
// Does not know record types, sequence or time: it answers only "is this the one spelling of some fields".
#pragma once

#include "tally/line/limits.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tally::line {

enum class Kind : std::uint8_t { string, integer, array, object };

// `text`: a string's characters without quotes; an integer's digits; a container with its brackets.
struct Value {
    Kind kind = Kind::string;
    std::string_view text;
    std::uint64_t integer = 0;
};

struct Field {
    std::string_view key;
    Value value;
};

// Why the bytes are not canonical. `what` is a literal; `at` is the offset of the first byte of the key, integer or
// %XX that is wrong, else of the first byte that cannot stand where it stands.
struct Problem {
    const char* what = nullptr;
    std::size_t at = 0;
    explicit operator bool() const { return what != nullptr; }
};

// The fields of one object. Reusable: parse() overwrites.
class Fields {
public:
    // `bytes` is one line without its LF, at most `limit` bytes. On a problem the object is empty.
    [[nodiscard]] Problem parse(std::string_view bytes, std::size_t limit);

    // For whoever moves parsed lines between processes: fields one by one, false when there is no room.
    void clear() { count_ = 0; }
    [[nodiscard]] bool append(const Field& field) {
        if (count_ == fields_.size()) {
            return false;
        }
        fields_[count_++] = field;
        return true;
    }

    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] const Field& operator[](std::size_t index) const { return fields_[index]; }
    [[nodiscard]] const Field* begin() const { return fields_.data(); }
    [[nodiscard]] const Field* end() const { return fields_.data() + count_; }

    [[nodiscard]] const Value* find(std::string_view key) const;
    // Nothing when the field is absent or of another kind.
    [[nodiscard]] std::optional<std::string_view> string(std::string_view key) const;
    [[nodiscard]] std::optional<std::uint64_t> integer(std::string_view key) const;
    [[nodiscard]] std::optional<std::string_view> array(std::string_view key) const;
    [[nodiscard]] std::optional<std::string_view> object(std::string_view key) const;

private:
    std::array<Field, max_fields> fields_;
    std::size_t count_ = 0;
};

// Walks the items of an array that parse() accepted ("[…]" with its brackets).
class Items {
public:
    explicit Items(std::string_view array) : rest_(array.substr(1, array.size() - 2)) {}
    // False at the end.
    bool next(Value& item);

private:
    std::string_view rest_;
};

} // namespace tally::line
