// What a column may hold: one cell being read, and how each kind of value is written (docs/reference/inputs.md).
// Strict: a cell that is not exactly so written is a fault of its row, told with the column, the text and what to write.
#pragma once

#include "tally/base/result.hpp"
#include "verifier/inputs/row.hpp"

#include <functional>
#include <utility>

namespace tally::inputs {

inline constexpr std::int64_t most_seats = 10'000'000, most_of_anything = 1'000'000'000;

// Names compare without regard to case, spaces, underscores and hyphens.
[[nodiscard]] std::string folded_name(std::string_view raw);
[[nodiscard]] std::string folded_case(std::string_view raw); // ASCII letters in lower case
[[nodiscard]] std::string_view trimmed(std::string_view text);

// Faults of one row.
class RowFaults {
public:
    RowFaults(std::uint64_t line, std::vector<Fault>& faults) : line_(line), faults_(&faults) {}
    void add(std::string what) {
        faults_->push_back({std::move(what), line_});
        good_ = false;
    }
    void skip() { skipped_ = true; }
    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] bool skipped() const { return skipped_; } // nothing wrong, but not a row of this table
    [[nodiscard]] std::uint64_t line() const { return line_; }

private:
    std::uint64_t line_;
    std::vector<Fault>* faults_;
    bool good_ = true, skipped_ = false;
};

// A cell that is not empty. `column` as the documentation spells it.
class Cell {
public:
    Cell(std::string_view column, std::string_view text, RowFaults& faults)
        : column_(column), text_(text), faults_(&faults) {}

    [[nodiscard]] std::string_view view() const { return text_; }
    [[nodiscard]] std::string text() const { return std::string(text_); }
    void refuse(const std::string& why); // "COLUMN 'TEXT' WHY"

    // Nothing, and a fault, when the cell is written otherwise.
    std::optional<Day> day();
    std::optional<Moment> moment();                            // a day, or an instant in UTC
    std::optional<std::int64_t> count(std::int64_t most);      // digits
    std::optional<std::int64_t> difference(std::int64_t most); // digits, also negative
    std::optional<std::int64_t> amount();                      // ten-thousandths
    std::optional<std::string> currency();                     // three capital letters
    std::optional<bool> flag();
    // The number beside the word that the cell is; `words` are folded names.
    using Words = std::vector<std::pair<std::string_view, int>>;
    std::optional<int> choice(const Words& words);
    std::optional<Cadence> cadence();

private:
    std::string_view column_, text_;
    RowFaults* faults_;
};

// Items between semicolons; of a text without any, between spaces.
[[nodiscard]] std::vector<std::string> words_in(std::string_view text);
[[nodiscard]] std::vector<std::string> phrases_in(std::string_view text); // between semicolons only

enum class Need : std::uint8_t {
    optional,
    column, // must be there, its cells may be empty
    value,
};

// One column of a table of Rows. `names`: as documented, others that mean the same after "|".
template <class Row>
struct Column {
    std::string_view names;
    Need need = Need::optional;
    std::function<void(Cell&, Row&)> take;
};

// What fills a member from a cell.
template <class Row>
auto text_to(std::string Row::*member) {
    return [member](Cell& cell, Row& row) { row.*member = cell.text(); };
}
template <class Row>
auto words_to(std::vector<std::string> Row::*member) {
    return [member](Cell& cell, Row& row) { row.*member = words_in(cell.view()); };
}
template <class Row>
auto phrases_to(std::vector<std::string> Row::*member) {
    return [member](Cell& cell, Row& row) { row.*member = phrases_in(cell.view()); };
}
template <class Row>
auto day_to(Day Row::*member) {
    return [member](Cell& cell, Row& row) { row.*member = cell.day().value_or(row.*member); };
}
template <class Row>
auto day_to(std::optional<Day> Row::*member) {
    return [member](Cell& cell, Row& row) { row.*member = cell.day(); };
}
template <class Row>
auto moment_to(std::optional<Moment> Row::*member) {
    return [member](Cell& cell, Row& row) { row.*member = cell.moment(); };
}
template <class Row>
auto count_to(std::int64_t Row::*member, std::int64_t most) {
    return [member, most](Cell& cell, Row& row) { row.*member = cell.count(most).value_or(0); };
}
template <class Row>
auto count_to(std::optional<std::int64_t> Row::*member, std::int64_t most) {
    return [member, most](Cell& cell, Row& row) { row.*member = cell.count(most); };
}
template <class Row>
auto difference_to(std::int64_t Row::*member, std::int64_t most) {
    return [member, most](Cell& cell, Row& row) { row.*member = cell.difference(most).value_or(0); };
}
template <class Row>
auto flag_to(bool Row::*member) {
    return [member](Cell& cell, Row& row) { row.*member = cell.flag().value_or(row.*member); };
}
template <class Row, class Enum>
auto choice_to(Enum Row::*member, Cell::Words words) {
    return [member, words = std::move(words)](Cell& cell, Row& row) {
        row.*member = static_cast<Enum>(cell.choice(words).value_or(static_cast<int>(row.*member)));
    };
}
template <class Row>
auto amount_to(std::optional<Money> Row::*member) {
    return [member](Cell& cell, Row& row) {
        if (const auto units = cell.amount()) {
            row.*member = Money{*units, ""};
        }
    };
}
// After the amount's column.
template <class Row>
auto currency_to(std::optional<Money> Row::*member) {
    return [member](Cell& cell, Row& row) {
        const auto currency = cell.currency();
        if (currency && row.*member) {
            (row.*member)->currency = *currency;
        }
    };
}

} // namespace tally::inputs
