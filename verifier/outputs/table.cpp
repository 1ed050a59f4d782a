#include "verifier/outputs/table.hpp"

#include "tally/base/assert.hpp"
#include "tally/text/csv.hpp"

namespace tally::outputs {

std::string Cell::csv() const {
    if (const auto* text = std::get_if<std::string>(&value_)) {
        return text::shown(*text);
    }
    if (const auto* number = std::get_if<std::int64_t>(&value_)) {
        return std::to_string(*number);
    }
    if (const auto* truth = std::get_if<bool>(&value_)) {
        return *truth ? "true" : "false";
    }
    return "";
}

void Cell::put(text::Json& json) const {
    if (const auto* text = std::get_if<std::string>(&value_)) {
        json.value(*text);
    } else if (const auto* number = std::get_if<std::int64_t>(&value_)) {
        json.value(*number);
    } else if (const auto* truth = std::get_if<bool>(&value_)) {
        json.value(*truth);
    } else {
        json.null();
    }
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string all;
    for (const auto& word : words) {
        all += std::string(all.empty() ? "" : between) + word;
    }
    return all;
}

Table& Table::add(std::vector<Cell> row) {
    TALLY_ASSERT(row.size() == columns.size());
    rows.push_back(std::move(row));
    return *this;
}

File to_csv(const Table& table) {
    File file{table.name + ".csv", text::csv_record(table.columns)};
    std::vector<std::string> fields(table.columns.size());
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            fields[i] = row[i].csv();
        }
        file.bytes += text::csv_record(fields);
    }
    return file;
}

Table marked(Table table, const std::vector<std::string>& what_if) {
    if (what_if.empty()) {
        return table;
    }
    table.name += ".what-if";
    table.columns.emplace_back("what_if");
    const std::string assumed = joined(what_if, "; ");
    for (auto& row : table.rows) {
        row.emplace_back(assumed);
    }
    return table;
}

void put(text::Json& json, const Table& table) {
    json.array();
    for (const auto& row : table.rows) {
        json.object();
        for (std::size_t i = 0; i < row.size(); ++i) {
            json.key(table.columns[i]);
            row[i].put(json);
        }
        json.end_object();
    }
    json.end_array();
}

} // namespace tally::outputs
