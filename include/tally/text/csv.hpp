// CSV as RFC 4180 has it. The reader is strict and bounded: one separator, LF or CRLF, quoted fields, UTF-8 with or without
// BOM; everything else is a fault with its line. The writer is safe to open in a spreadsheet: a field that a
// spreadsheet would run as a formula begins with an apostrophe.
// Does not guess separators, encodings or types.
#pragma once

#include "tally/base/result.hpp"
#include "tally/text/utf8.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tally::text {

struct CsvLimits {
    std::size_t field_bytes = 4096;
    std::size_t fields = 256;
    char separator = ',';
};

// Reads one record after the other. `bytes` must outlive the reader.
class CsvReader {
public:
    explicit CsvReader(std::string_view bytes, CsvLimits limits = {}) : rest_(bytes), limits_(limits) {
        if (rest_.substr(0, 3) == "\xEF\xBB\xBF") {
            rest_.remove_prefix(3);
        }
    }

    // True with the fields of the next record; false at the end. A fault's `at` is the line; reading ends there.
    Result<bool> next(std::vector<std::string>& fields) {
        fields.clear();
        record_line_ = line_;
        if (rest_.empty()) {
            return false;
        }
        for (;;) {
            fields.emplace_back();
            const char* problem = rest_.substr(0, 1) == "\"" ? quoted(fields.back()) : plain(fields.back());
            if (problem == nullptr && first_not_utf8(fields.back()) != std::string_view::npos) {
                problem = "not UTF-8: save the file as CSV UTF-8";
            }
            if (problem == nullptr && !rest_.empty() && rest_[0] == limits_.separator) {
                rest_.remove_prefix(1);
                problem = fields.size() == limits_.fields ? "more columns than allowed" : nullptr;
                if (problem == nullptr) {
                    continue;
                }
            }
            if (problem != nullptr) {
                rest_ = {};
                return Fault{problem, line_};
            }
            end_of_record();
            return true;
        }
    }

    // Line on which the record read last begins, counted from 1.
    [[nodiscard]] std::uint64_t line() const { return record_line_; }

private:
    const char* plain(std::string& field) {
        std::size_t size = 0;
        while (size < rest_.size() && rest_[size] != limits_.separator && rest_[size] != '\n' &&
               rest_.substr(size, 2) != "\r\n") {
            if (size == limits_.field_bytes) {
                return "field is too long";
            }
            if (rest_[size] == '"') {
                return "quote inside a field that is not quoted";
            }
            if (rest_[size] == '\r' || rest_[size] == '\0') {
                return rest_[size] == '\r' ? "carriage return without line feed" : "NUL byte: this is not text";
            }
            ++size;
        }
        field = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return nullptr;
    }

    const char* quoted(std::string& field) {
        rest_.remove_prefix(1);
        for (;;) {
            if (rest_.empty()) {
                return "quoted field without end";
            }
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '"' && rest_.substr(0, 1) != "\"") {
                break;
            }
            if (c == '"') {
                rest_.remove_prefix(1);
            }
            if (c == '\0') {
                return "NUL byte: this is not text";
            }
            line_ += c == '\n' ? 1 : 0;
            field += c;
            if (field.size() > limits_.field_bytes) {
                return "field is too long";
            }
        }
        const bool ends =
            rest_.empty() || rest_[0] == limits_.separator || rest_[0] == '\n' || rest_.substr(0, 2) == "\r\n";
        return ends ? nullptr : "characters after the closing quote";
    }

    void end_of_record() {
        rest_.remove_prefix(rest_.substr(0, 2) == "\r\n" ? 2 : rest_.empty() ? 0 : 1);
        ++line_;
    }

    std::string_view rest_;
    CsvLimits limits_;
    std::uint64_t line_ = 1;
    std::uint64_t record_line_ = 1;
};

// A field as it stands in a file. Numbers keep their sign; other text that begins with = + - @ TAB or CR is defused.
inline std::string csv_field(std::string_view raw) {
    const bool number = !raw.empty() &&
                        raw.find_first_not_of("0123456789.", raw[0] == '-' ? 1 : 0) == std::string_view::npos &&
                        raw != "-";
    std::string text(raw);
    if (!number && !raw.empty() && std::string_view("=+-@\t\r").find(raw[0]) != std::string_view::npos) {
        text.insert(0, 1, '\'');
    }
    if (text.find_first_of(",\"\r\n") == std::string::npos) {
        return text;
    }
    std::string out = "\"";
    for (const char c : text) {
        out += c == '"' ? "\"\"" : std::string(1, c);
    }
    return out + '"';
}

inline std::string csv_record(const std::vector<std::string>& fields) {
    std::string out;
    for (const auto& field : fields) {
        out += (&field == fields.data() ? "" : ",") + csv_field(field);
    }
    return out + "\r\n";
}

} // namespace tally::text
