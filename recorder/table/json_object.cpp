#include "recorder/table/json_object.hpp"

#include "tally/base/encoding.hpp"
#include "tally/text/utf8.hpp"

#include <algorithm>
#include <array>

namespace tally::table {
namespace {

constexpr int deepest = 16;

void append_utf8(std::uint32_t point, std::string& into) {
    if (point < 0x80) {
        into += static_cast<char>(point);
    } else if (point < 0x800) {
        into += static_cast<char>(0xC0U | point >> 6U);
        into += static_cast<char>(0x80U | (point & 0x3FU));
    } else if (point < 0x10000) {
        into += static_cast<char>(0xE0U | point >> 12U);
        into += static_cast<char>(0x80U | (point >> 6U & 0x3FU));
        into += static_cast<char>(0x80U | (point & 0x3FU));
    } else {
        into += static_cast<char>(0xF0U | point >> 18U);
        into += static_cast<char>(0x80U | (point >> 12U & 0x3FU));
        into += static_cast<char>(0x80U | (point >> 6U & 0x3FU));
        into += static_cast<char>(0x80U | (point & 0x3FU));
    }
}

// Walks over the text; every function is false, and leaves the walk where it was wrong, when something else stands there.
class Walk {
public:
    explicit Walk(std::string_view text) : text_(text) {}

    void space() {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
            ++at_;
        }
    }
    bool take(char c) {
        const bool there = at_ < text_.size() && text_[at_] == c;
        at_ += there ? 1 : 0;
        return there;
    }
    [[nodiscard]] char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
    [[nodiscard]] std::size_t at() const { return at_; }

    bool string(std::string& into) {
        into.clear();
        if (!take('"')) {
            return false;
        }
        while (at_ < text_.size() && text_[at_] != '"') {
            const auto c = static_cast<unsigned char>(text_[at_]);
            if (c < 0x20) {
                return false;
            }
            if (c == '\\') {
                if (!escape(into)) {
                    return false;
                }
                continue;
            }
            into += text_[at_++];
        }
        return take('"') && text::first_not_utf8(into) == std::string_view::npos;
    }

    // A number, true, false or null, as it is written; null as nothing.
    bool word(std::string& into) {
        for (const std::string_view known : {"true", "false", "null"}) {
            if (text_.substr(at_).starts_with(known)) {
                at_ += known.size();
                into = known == "null" ? std::string_view() : known;
                return true;
            }
        }
        const std::size_t begin = at_;
        static_cast<void>(take('-'));
        if (!(take('0') || digits()) || (take('.') && !digits())) {
            return false;
        }
        if (take('e') || take('E')) {
            static_cast<void>(take('+') || take('-'));
            if (!digits()) {
                return false;
            }
        }
        into = text_.substr(begin, at_ - begin);
        return true;
    }

    // An array or object that nobody asks for.
    bool over(int depth) {
        const bool is_object = next() == '{';
        if (depth > deepest || !(take('{') || take('['))) {
            return false;
        }
        const char close = is_object ? '}' : ']';
        space();
        if (take(close)) {
            return true;
        }
        std::string ignored;
        do {
            space();
            if (is_object && !(string(ignored) && colon())) {
                return false;
            }
            const bool good = next() == '"'                    ? string(ignored)
                              : next() == '{' || next() == '[' ? over(depth + 1)
                                                               : word(ignored);
            if (!good) {
                return false;
            }
            space();
        } while (take(','));
        return take(close);
    }

    bool colon() {
        space();
        const bool there = take(':');
        space();
        return there;
    }

private:
    bool digits() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_digit(text_[at_])) {
            ++at_;
        }
        return at_ > begin;
    }

    bool four_hex(std::uint32_t& into) {
        into = 0;
        for (int i = 0; i < 4; ++i) {
            const char c = next();
            const int digit = is_digit(c)            ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
            if (digit < 0) {
                return false;
            }
            into = into * 16 + static_cast<std::uint32_t>(digit);
            ++at_;
        }
        return true;
    }

    bool escape(std::string& into) {
        static constexpr std::string_view letters = "\"\\/bfnrt";
        static constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
        ++at_;
        const auto letter = next() == '\0' ? std::string_view::npos : letters.find(next());
        if (letter != std::string_view::npos) {
            into += meant[letter];
            ++at_;
            return true;
        }
        std::uint32_t point = 0;
        if (!take('u') || !four_hex(point)) {
            return false;
        }
        if (point >= 0xD800 && point < 0xDC00) { // the first half of a pair
            std::uint32_t low = 0;
            if (!take('\\') || !take('u') || !four_hex(low) || low < 0xDC00 || low > 0xDFFF) {
                return false;
            }
            point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
        } else if (point >= 0xDC00 && point < 0xE000) {
            return false;
        }
        append_utf8(point, into);
        return point != 0;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

Result<void> JsonObject::read(std::string_view text) {
    Walk walk(text);
    const auto wrong = [&](const char* what) { return Fault{what, walk.at()}; };
    used_ = 0;
    walk.space();
    if (!walk.take('{')) {
        return wrong("is no JSON object");
    }
    walk.space();
    bool more = !walk.take('}');
    while (more) {
        walk.space();
        if (used_ == most_members) {
            return wrong("has more than 256 members");
        }
        if (used_ == members_.size()) {
            members_.emplace_back();
        }
        Member& next = members_[used_];
        if (!walk.string(next.name) || !walk.colon()) {
            return wrong("is no JSON object");
        }
        if (member(next.name) != nullptr) {
            return wrong("has a member twice");
        }
        next.is_plain = walk.next() != '{' && walk.next() != '[';
        next.value.clear();
        const bool good = walk.next() == '"' ? walk.string(next.value)
                          : next.is_plain    ? walk.word(next.value)
                                             : walk.over(1);
        if (!good) {
            return wrong("has a value that is no JSON");
        }
        ++used_;
        walk.space();
        more = walk.take(',');
        if (!more && !walk.take('}')) {
            return wrong("is no JSON object");
        }
    }
    walk.space();
    return walk.at_end() ? Result<void>() : Result<void>(wrong("goes on after the object"));
}

const JsonObject::Member* JsonObject::member(std::string_view name) const {
    const auto end = members_.begin() + static_cast<std::ptrdiff_t>(used_);
    const auto place = std::find_if(members_.begin(), end, [&](const Member& one) { return one.name == name; });
    return place == end ? nullptr : &*place;
}

const std::string* JsonObject::find(std::string_view name) const {
    const Member* const found = member(name);
    return found == nullptr || !found->is_plain ? nullptr : &found->value;
}

} // namespace tally::table
