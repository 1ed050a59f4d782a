#include "verifier/inputs/records.hpp"

#include "tally/text/utf8.hpp"

#include <algorithm>

namespace tally::inputs {
namespace {

constexpr text::CsvLimits limits;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

void append_utf8(std::string& text, std::uint32_t point) {
    if (point < 0x80) {
        text += static_cast<char>(point);
    } else if (point < 0x800) {
        text += {static_cast<char>(0xC0U | point >> 6U), static_cast<char>(0x80U | (point & 0x3FU))};
    } else if (point < 0x10000) {
        text += {static_cast<char>(0xE0U | point >> 12U), static_cast<char>(0x80U | (point >> 6U & 0x3FU)),
                 static_cast<char>(0x80U | (point & 0x3FU))};
    } else {
        text += {static_cast<char>(0xF0U | point >> 18U), static_cast<char>(0x80U | (point >> 12U & 0x3FU)),
                 static_cast<char>(0x80U | (point >> 6U & 0x3FU)), static_cast<char>(0x80U | (point & 0x3FU))};
    }
}

// One flat object of RFC 8259. Problems are texts; nullptr: none.
class ObjectReader {
public:
    explicit ObjectReader(std::string_view line) : rest_(line) {}

    const char* read(Record& record) {
        if (!take('{')) {
            return "not a JSON object: each line holds one";
        }
        while (!take('}')) {
            if (!record.names.empty() && !take(',')) {
                return "comma or closing brace is missing";
            }
            record.names.emplace_back();
            record.cells.emplace_back();
            const char* problem = member(record.names.back(), record.cells.back());
            if (problem != nullptr) {
                return problem;
            }
            if (record.names.size() > limits.fields) {
                return "more columns than allowed";
            }
        }
        skip_space();
        return rest_.empty() ? nullptr : "characters after the object";
    }

private:
    void skip_space() {
        while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\r')) {
            rest_.remove_prefix(1);
        }
    }
    bool take(char c) {
        skip_space();
        const bool there = !rest_.empty() && rest_[0] == c;
        rest_.remove_prefix(there ? 1 : 0);
        return there;
    }
    bool take_word(std::string_view word) {
        const bool there = rest_.substr(0, word.size()) == word;
        rest_.remove_prefix(there ? word.size() : 0);
        return there;
    }

    const char* member(std::string& name, std::string& cell) {
        const char* problem = string(name);
        if (problem == nullptr && !take(':')) {
            problem = "colon is missing after a name";
        }
        skip_space();
        if (problem == nullptr) {
            problem = take('[') ? list(cell) : value(cell);
        }
        return problem;
    }

    const char* value(std::string& cell) {
        skip_space();
        if (rest_.substr(0, 1) == "\"") {
            return string(cell);
        }
        if (take_word("null")) {
            return nullptr;
        }
        for (const std::string_view word : {"true", "false"}) {
            if (take_word(word)) {
                cell = word;
                return nullptr;
            }
        }
        const std::size_t size = std::min(rest_.find_first_not_of("-0123456789."), rest_.size());
        cell = rest_.substr(0, size);
        rest_.remove_prefix(size);
        const bool exponent = !rest_.empty() && (rest_[0] == 'e' || rest_[0] == 'E' || rest_[0] == '+');
        return cell.empty() || exponent ? "a value is text, a plain number, true, false, null or a list"
                                        : too_long(cell);
    }

    const char* list(std::string& cell) {
        for (bool first = true; !take(']'); first = false) {
            if (!first && !take(',')) {
                return "comma or closing bracket is missing";
            }
            std::string item;
            const char* problem = value(item);
            if (problem == nullptr && item.find(';') != std::string::npos) {
                problem = "semicolon inside an item of a list";
            }
            cell += item + ';';
            problem = problem == nullptr ? too_long(cell) : problem;
            if (problem != nullptr) {
                return problem;
            }
        }
        return nullptr;
    }

    const char* string(std::string& out) {
        if (!take('"')) {
            return "a name or text in double quotes is missing";
        }
        while (!rest_.empty() && rest_[0] != '"') {
            const char c = rest_[0];
            rest_.remove_prefix(1);
            if (static_cast<unsigned char>(c) < 0x20) {
                return "control character inside a text";
            }
            const char* problem = c == '\\' ? escape(out) : nullptr;
            if (c != '\\') {
                out += c;
            }
            problem = problem == nullptr ? too_long(out) : problem;
            if (problem != nullptr) {
                return problem;
            }
        }
        return take('"') ? nullptr : "text without closing quote";
    }

    const char* escape(std::string& out) {
        static constexpr std::string_view letters = "\"\\/bfnrt", means = "\"\\/\b\f\n\r\t";
        const std::size_t at = rest_.empty() ? std::string_view::npos : letters.find(rest_[0]);
        if (at != std::string_view::npos) {
            out += means[at];
            rest_.remove_prefix(1);
            return nullptr;
        }
        std::uint32_t point = 0;
        if (!unit(point)) {
            return "unknown escape";
        }
        if (point >= 0xD800 && point < 0xDC00) {
            std::uint32_t low = 0;
            if (!take_word("\\") || !unit(low) || low < 0xDC00 || low > 0xDFFF) {
                return "half of a surrogate pair";
            }
            point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
        }
        if (point == 0 || (point >= 0xDC00 && point <= 0xDFFF)) {
            return point == 0 ? "NUL inside a text" : "half of a surrogate pair";
        }
        append_utf8(out, point);
        return nullptr;
    }
    bool unit(std::uint32_t& point) {
        if (rest_.size() < 5 || rest_[0] != 'u') {
            return false;
        }
        for (const char c : rest_.substr(1, 4)) {
            const std::size_t digit = std::string_view("0123456789abcdefABCDEF").find(c);
            if (digit == std::string_view::npos) {
                return false;
            }
            point = point << 4U | static_cast<std::uint32_t>(digit < 16 ? digit : digit - 6);
        }
        rest_.remove_prefix(5);
        return true;
    }
    static const char* too_long(const std::string& cell) {
        return cell.size() > limits.field_bytes ? "field is too long" : nullptr;
    }

    std::string_view rest_;
};

std::string_view without_mark(std::string_view bytes) {
    return bytes.substr(0, byte_order_mark.size()) == byte_order_mark ? bytes.substr(byte_order_mark.size()) : bytes;
}

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

} // namespace

RecordReader::RecordReader(std::string_view bytes) : rest_(without_mark(bytes)), csv_(bytes, limits) {
    const std::size_t first = rest_.find_first_not_of(" \t\r\n");
    json_ = first != std::string_view::npos && rest_[first] == '{';
}

Result<std::vector<std::string>> RecordReader::header() {
    if (json_) {
        const std::string_view all = rest_;
        Record first;
        auto more = next_object(first);
        while (!more && goes_on_) { // the fault is told when the line is read as a row
            first = Record();
            more = next_object(first);
        }
        rest_ = all;
        line_ = 0;
        goes_on_ = true;
        return std::move(first.names);
    }
    std::vector<std::string> cells;
    const auto more = csv_.next(cells);
    if (!more) {
        goes_on_ = false;
        return more.fault();
    }
    if (!*more) {
        return Fault{"the file is empty", 1};
    }
    width_ = cells.size();
    return cells;
}

Result<bool> RecordReader::next(Record& record) {
    record.names.clear();
    record.cells.clear();
    return json_ ? next_object(record) : next_row(record);
}

Result<bool> RecordReader::next_row(Record& record) {
    for (;;) {
        const auto more = csv_.next(record.cells);
        record.line = csv_.line();
        if (!more || !*more) {
            goes_on_ = false;
            return more;
        }
        if (record.cells.size() == 1 && is_blank(record.cells[0])) {
            continue;
        }
        if (record.cells.size() != width_) {
            return Fault{std::to_string(record.cells.size()) + " columns where the header has " +
                             std::to_string(width_),
                         record.line};
        }
        return true;
    }
}

Result<bool> RecordReader::next_object(Record& record) {
    while (!rest_.empty()) {
        const std::size_t size = std::min(rest_.find('\n'), rest_.size());
        const std::string_view line = rest_.substr(0, size);
        rest_.remove_prefix(std::min(size + 1, rest_.size()));
        record.line = ++line_;
        if (is_blank(line)) {
            continue;
        }
        const char* problem = text::first_not_utf8(line) != std::string_view::npos ? "not UTF-8"
                              : line.find('\0') != std::string_view::npos          ? "NUL byte: this is not text"
                                                                                   : ObjectReader(line).read(record);
        return problem == nullptr ? Result<bool>(true) : Fault{problem, line_};
    }
    goes_on_ = false;
    return false;
}

} // namespace tally::inputs
