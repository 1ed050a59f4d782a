// The frame of all tables: rows from cells, and rows that are there twice. Included where tables are defined, nowhere
// else.
// Not for other stages: they call read_rows (inputs_csv.hpp).
#pragma once

#include "verifier/inputs/columns.hpp"
#include "verifier/inputs/identity.hpp"
#include "verifier/inputs/inputs_csv.hpp"
#include "verifier/inputs/table_reader.hpp"

#include <algorithm>

namespace tally::inputs {

template <class Row>
struct Table {
    std::string_view layout = own_layout;
    std::vector<std::string_view> marks;
    std::vector<Column<Row>> columns;
    std::function<void(Row&, RowFaults&)> finish; // faults between cells, values that follow from others
};

// All layouts of the table, its own last.
template <class Row>
[[nodiscard]] const std::vector<Table<Row>>& tables();

template <class Row>
void read_row(const Table<Row>& table, const std::vector<std::string_view>& cells, Row& row, RowFaults& faults) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto& column = table.columns[i];
        const std::string_view text = trimmed(cells[i]);
        if (!text.empty()) {
            Cell cell(first_name(column.names), text, faults);
            column.take(cell, row);
        } else if (column.need == Need::value) {
            faults.add(std::string(first_name(column.names)) + " is empty");
        }
    }
    if (faults.good() && table.finish) {
        table.finish(row, faults);
    }
}

// Rows of one identity must not hold at the same time.
template <class Row>
void compare(const std::vector<Row>& rows, std::vector<Fault>& faults) {
    if (counting_of(kind_of<Row>) == Counting::log || kind_of<Row> == Kind::licence_files) {
        return;
    }
    std::vector<std::pair<Identity, const Row*>> sorted;
    for (const auto& row : rows) {
        sorted.emplace_back(identity(row), &row);
    }
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    const std::pair<Identity, const Row*>* longest = nullptr;
    for (const auto& item : sorted) {
        const bool same_key = longest != nullptr && longest->first.key == item.first.key;
        if (same_key && (item.first.from <= longest->first.to || item.first == longest->first)) {
            Row other = *longest->second;
            other.at = item.second->at;
            const bool later = longest->second->at.row < item.second->at.row;
            const std::uint64_t line = later ? item.second->at.row : longest->second->at.row;
            const std::uint64_t first = later ? longest->second->at.row : item.second->at.row;
            faults.push_back({other == *item.second ? "duplicate of line " + std::to_string(first)
                                                    : "contradicts line " + std::to_string(first) + ": " +
                                                          std::string(same_of(kind_of<Row>)) + " at the same time",
                              line});
        }
        if (!same_key || item.first.to > longest->first.to) {
            longest = &item;
        }
    }
}

template <class Row>
Result<InputTable<Row>> read_rows(std::string_view bytes) {
    std::vector<Heading> headings;
    for (const auto& layout : tables<Row>()) {
        headings.push_back({layout.layout, layout.marks, {}});
        for (const auto& column : layout.columns) {
            headings.back().columns.emplace_back(column.names, column.need);
        }
    }
    auto reader = TableReader::begin(bytes, headings);
    if (!reader) {
        return reader.fault();
    }
    const auto& layout = tables<Row>()[reader->heading()];
    InputTable<Row> table;
    table.layout = layout.layout;
    std::vector<std::string_view> cells;
    while (table.faults.size() < most_faults && reader->next(cells, table.faults)) {
        Row row;
        row.at.kind = kind_of<Row>;
        row.at.row = reader->line();
        RowFaults faults(reader->line(), table.faults);
        read_row(layout, cells, row, faults);
        if (faults.good() && table.rows.size() == most_rows) {
            faults.add("more than " + std::to_string(most_rows) + " rows: reading ended here");
            break;
        }
        table.skipped += faults.good() && faults.skipped() ? 1U : 0U;
        if (faults.good() && !faults.skipped()) {
            if constexpr (requires { row.user; }) {
                table.nameless += is_nameless(row.user) ? 1U : 0U;
            }
            table.rows.push_back(std::move(row));
        }
    }
    if (table.faults.size() >= most_faults) {
        table.faults.resize(most_faults);
        table.faults.push_back(
            {"more faults than " + std::to_string(most_faults) + ": reading ended here", reader->line()});
    }
    table.unknown_columns = reader->unknown_columns();
    if (table.rows.empty() && table.faults.empty() && table.skipped == 0) {
        return Fault{"there is no row under the header", 1};
    }
    compare(table.rows, table.faults);
    std::stable_sort(table.faults.begin(), table.faults.end(),
                     [](const Fault& a, const Fault& b) { return a.at < b.at; });
    return table;
}

} // namespace tally::inputs
