#include "tally/line/parse.hpp"

#include "tally/base/encoding.hpp"

namespace tally::line {
namespace {

constexpr std::array<bool, 256> plain_bytes() {
    std::array<bool, 256> table{};
    for (std::size_t byte = 0x20; byte <= 0x7E; ++byte) {
        table[byte] = byte != '"' && byte != '\\' && byte != '%';
    }
    return table;
}
constexpr auto plain = plain_bytes();

bool must_be_encoded(int byte) { return byte < 0x20 || byte == '"' || byte == '%' || byte == '\\' || byte >= 0x7F; }

bool is_key_start(char c) { return c >= 'a' && c <= 'z'; }
constexpr std::array<bool, 256> bytes_of_keys() {
    std::array<bool, 256> table{};
    for (std::size_t byte = 0; byte < table.size(); ++byte) {
        table[byte] = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
    }
    return table;
}
constexpr auto key_bytes = bytes_of_keys();

// Recursive descent with the depth bounded by max_depth; the first problem is kept.
class Reader {
public:
    explicit Reader(std::string_view bytes) : begin_(bytes.data()), at_(begin_), end_(begin_ + bytes.size()) {}

    // `store` receives each field of the outermost object.
    template <class Store>
    bool object(std::size_t depth, Store store) {
        if (depth > max_depth) {
            return fail("nested too deeply");
        }
        if (!take('{', "expected {")) {
            return false;
        }
        if (peek('}')) {
            ++at_;
            return true;
        }
        std::string_view previous;
        for (;;) {
            std::string_view key;
            Value value;
            if (!read_key(key) || !take(':', "expected :")) {
                return false;
            }
            // Keys are never empty, and mostly their first letters decide.
            if (!previous.empty() && key[0] <= previous[0] && key <= previous) {
                return fail_at(key.data() - 1, key == previous ? "duplicate key" : "keys are not sorted");
            }
            previous = key;
            if (!read_value(depth, value) || !store(key, value)) {
                return false;
            }
            if (peek('}')) {
                ++at_;
                return true;
            }
            if (!take(',', "expected , or }")) {
                return false;
            }
        }
    }

    bool finished() { return at_ == end_ || fail("bytes after the object"); }
    bool fail(const char* what) { return fail_at(at_, what); }
    bool fail_at(const char* where, const char* what) {
        if (!problem_) {
            problem_ = {what, static_cast<std::size_t>(where - begin_)};
        }
        return false;
    }
    [[nodiscard]] Problem problem() const { return problem_; }

private:
    [[nodiscard]] bool peek(char c) const { return at_ != end_ && *at_ == c; }
    bool take(char c, const char* what) {
        if (!peek(c)) {
            return fail(what);
        }
        ++at_;
        return true;
    }

    bool read_key(std::string_view& key) {
        if (!take('"', "expected a key")) {
            return false;
        }
        const char* start = at_;
        if (at_ == end_ || !is_key_start(*at_)) {
            return fail("a key starts with a-z");
        }
        const char* at = start;
        while (at != end_ && key_bytes[static_cast<unsigned char>(*at)]) {
            ++at;
        }
        at_ = at;
        key = {start, static_cast<std::size_t>(at - start)};
        return take('"', "a key holds a-z, 0-9 and _");
    }

    bool read_value(std::size_t depth, Value& value) {
        const char* start = at_;
        if (peek('"')) {
            value.kind = Kind::string;
            if (!read_string()) {
                return false;
            }
            value.text = {start + 1, static_cast<std::size_t>(at_ - start) - 2};
            return true;
        }
        if (peek('[') || peek('{')) {
            value.kind = *at_ == '[' ? Kind::array : Kind::object;
            const bool good = value.kind == Kind::array
                                  ? read_array(depth + 1)
                                  : object(depth + 1, [](std::string_view, const Value&) { return true; });
            value.text = {start, static_cast<std::size_t>(at_ - start)};
            return good;
        }
        value.kind = Kind::integer;
        const bool good = read_integer(value.integer);
        value.text = {start, static_cast<std::size_t>(at_ - start)};
        return good;
    }

    bool read_string() {
        ++at_;
        for (;;) {
            const char* at = at_; // not the member: a byte might be part of it, for all the compiler knows
            while (at != end_ && plain[static_cast<unsigned char>(*at)]) {
                ++at;
            }
            at_ = at;
            if (at_ == end_) {
                return fail("string without end");
            }
            if (*at_ == '"') {
                ++at_;
                return true;
            }
            if (*at_ != '%') {
                return fail("byte that must be written as %XX");
            }
            if (!read_encoded()) {
                return false;
            }
        }
    }

    bool read_encoded() {
        const int high = end_ - at_ > 2 ? upper_hex_digit(at_[1]) : -1;
        const int low = end_ - at_ > 2 ? upper_hex_digit(at_[2]) : -1;
        if (high < 0 || low < 0) {
            return fail("% needs two upper-case hex digits");
        }
        if (!must_be_encoded(high * 16 + low)) {
            return fail("% encodes a byte that needs no encoding");
        }
        at_ += 3;
        return true;
    }

    bool read_integer(std::uint64_t& number) {
        const char* start = at_;
        const char* at = start;
        std::uint64_t sum = 0;
        for (; at != end_ && *at >= '0' && *at <= '9'; ++at) {
            if (at - start == 16) {
                return fail_at(start, "integer above 2^53-1");
            }
            sum = sum * 10 + static_cast<std::uint64_t>(*at - '0');
        }
        at_ = at;
        number = sum;
        if (at_ == start) {
            return fail("expected a string, an integer, [ or {");
        }
        if (*start == '0' && at_ - start > 1) {
            return fail_at(start, "integer with a leading zero");
        }
        return number <= max_integer || fail_at(start, "integer above 2^53-1");
    }

    bool read_array(std::size_t depth) {
        if (depth > max_depth) {
            return fail("nested too deeply");
        }
        ++at_;
        if (peek(']')) {
            ++at_;
            return true;
        }
        for (;;) {
            Value item;
            if (!read_value(depth, item)) {
                return false;
            }
            if (peek(']')) {
                ++at_;
                return true;
            }
            if (!take(',', "expected , or ]")) {
                return false;
            }
        }
    }

    const char* begin_;
    const char* at_;
    const char* end_;
    Problem problem_;
};

} // namespace

Problem Fields::parse(std::string_view bytes, std::size_t limit) {
    count_ = 0;
    if (bytes.size() > limit) {
        return {"line longer than its limit", limit};
    }
    Reader reader(bytes);
    const bool good = reader.object(1, [&](std::string_view key, const Value& value) {
        if (count_ == max_fields) {
            return reader.fail_at(key.data() - 1, "too many fields");
        }
        fields_[count_++] = {key, value};
        return true;
    });
    if (!good || !reader.finished()) {
        count_ = 0;
    }
    return reader.problem();
}

const Value* Fields::find(std::string_view key) const {
    for (const auto& field : *this) {
        if (field.key == key) {
            return &field.value;
        }
    }
    return nullptr;
}

namespace {

std::optional<std::string_view> text_of(const Value* value, Kind kind) {
    return value != nullptr && value->kind == kind ? std::optional(value->text) : std::nullopt;
}

} // namespace

std::optional<std::string_view> Fields::string(std::string_view key) const { return text_of(find(key), Kind::string); }
std::optional<std::string_view> Fields::array(std::string_view key) const { return text_of(find(key), Kind::array); }
std::optional<std::string_view> Fields::object(std::string_view key) const { return text_of(find(key), Kind::object); }
std::optional<std::uint64_t> Fields::integer(std::string_view key) const {
    const Value* value = find(key);
    return value != nullptr && value->kind == Kind::integer ? std::optional(value->integer) : std::nullopt;
}

bool Items::next(Value& item) {
    if (rest_.empty()) {
        return false;
    }
    std::size_t depth = 0;
    bool quoted = false;
    std::size_t end = 0;
    for (; end < rest_.size(); ++end) {
        const char c = rest_[end];
        if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == '[' || c == '{')) {
            ++depth;
        } else if (!quoted && (c == ']' || c == '}')) {
            --depth;
        } else if (!quoted && c == ',' && depth == 0) {
            break;
        }
    }
    std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end == rest_.size() ? end : end + 1);
    item = {};
    switch (text[0]) {
    case '"':
        item.text = text.substr(1, text.size() - 2);
        break;
    case '[':
    case '{':
        item.kind = text[0] == '[' ? Kind::array : Kind::object;
        item.text = text;
        break;
    default:
        item.kind = Kind::integer;
        item.text = text;
        for (const char digit : text) {
            item.integer = item.integer * 10 + static_cast<std::uint64_t>(digit - '0');
        }
    }
    return true;
}

} // namespace tally::line
