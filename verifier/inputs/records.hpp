// A file of a stranger as records of named cells: CSV with a header (RFC 4180), or JSON Lines with one flat object a
// line; which of the two is seen from the first byte that is no white space.
// Guarantees: bounded (4096 bytes a cell, 256 columns); valid UTF-8; every fault with its line; a broken JSON line does
// not end the reading, broken CSV does. Knows no table.
#pragma once

#include "tally/base/result.hpp"
#include "tally/text/csv.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::inputs {

struct Record {
    std::uint64_t line = 0;
    std::vector<std::string> names; // JSON only: those of this object; of CSV the header holds for all
    std::vector<std::string> cells; // a list of JSON as its items, each followed by a semicolon
};

class RecordReader {
public:
    // `bytes` must outlive the reader.
    explicit RecordReader(std::string_view bytes);

    [[nodiscard]] bool is_json() const { return json_; }
    // The header; of JSON the names of the first object. A fault when there is none.
    Result<std::vector<std::string>> header();
    // The next record after the header; false at the end.
    Result<bool> next(Record& record);
    // After a fault: whether next() may be called again.
    [[nodiscard]] bool goes_on() const { return goes_on_; }

private:
    Result<bool> next_object(Record& record);
    Result<bool> next_row(Record& record);

    std::string_view rest_; // of JSON
    std::uint64_t line_ = 0;
    text::CsvReader csv_;
    std::size_t width_ = 0;
    bool json_ = false, goes_on_ = true;
};

} // namespace tally::inputs
