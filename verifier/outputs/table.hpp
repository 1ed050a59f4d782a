// One table of an output: columns with a type, rows of cells. The same table gives a CSV file and a JSON array, so that
// neither can hold what the other lacks. Texts are kept as recorded; each form makes them safe in its own way.
#pragma once

#include "tally/text/date.hpp"
#include "tally/text/decimal.hpp"
#include "tally/text/json.hpp"
#include "verifier/count/facts.hpp"

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tally::outputs {

// A text, a whole number, a truth, or nothing: an empty field in CSV, null in JSON.
class Cell {
public:
    Cell() = default;
    Cell(std::string text) : value_(std::move(text)) {}         // NOLINT(google-explicit-constructor)
    Cell(std::string_view text) : value_(std::string(text)) {}  // NOLINT(google-explicit-constructor)
    Cell(const char* text) : value_(std::string(text)) {}       // NOLINT(google-explicit-constructor)
    Cell(const text::Decimal& amount) : value_(amount.str()) {} // NOLINT(google-explicit-constructor)
    Cell(std::same_as<bool> auto truth) : value_(truth) {}      // NOLINT(google-explicit-constructor)
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    Cell(T number) : value_(static_cast<std::int64_t>(number)) {} // NOLINT(google-explicit-constructor)
    template <class T>
    Cell(const std::optional<T>& maybe) { // NOLINT(google-explicit-constructor)
        if (maybe) {
            *this = Cell(*maybe);
        }
    }

    [[nodiscard]] std::string csv() const;
    void put(text::Json& json) const;
    [[nodiscard]] bool is_truth() const { return std::holds_alternative<bool>(value_); }

private:
    std::variant<std::monostate, std::string, std::int64_t, bool> value_;
};

// Times and days as outputs write them; nothing where there is none.
[[nodiscard]] inline Cell instant(std::int64_t seconds) {
    return seconds == 0 ? Cell() : Cell(text::format_instant(seconds));
}
[[nodiscard]] inline Cell day(std::int64_t number) {
    return number == inputs::for_ever ? Cell() : Cell(text::format_day(number));
}
[[nodiscard]] inline Cell day(const std::optional<std::int64_t>& number) { return number ? day(*number) : Cell(); }
[[nodiscard]] std::string joined(const std::vector<std::string>& words, std::string_view between = " ");

struct Table {
    std::string name; // "position"; the file is position.csv
    std::vector<std::string> columns;
    std::vector<std::vector<Cell>> rows;

    Table& add(std::vector<Cell> row);
};

struct File {
    std::string name, bytes;
};
// RFC 4180 with CRLF, nothing that a spreadsheet would run, hidden characters spelled out.
[[nodiscard]] File to_csv(const Table& table);
// The table of an answer to a question: `what_if` ends each row, and the file is NAME.what-if.csv, so that neither passes
// for the position or takes the place of its file. The table as it is where nothing was assumed.
[[nodiscard]] Table marked(Table table, const std::vector<std::string>& what_if);
// An array of objects, one a row.
void put(text::Json& json, const Table& table);

} // namespace tally::outputs
