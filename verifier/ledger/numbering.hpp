// Ids of a table, which depend on what was accepted first, as indices that do not: by the order of the texts. Index 0 is
// "" and belongs to id 0. A damaged ledger that names an id that is not there is an Error.
#pragma once

#include "tally/sqlite/database.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tally::ledger {

class Numbering {
public:
    // The query gives id and text, in the order wanted.
    Numbering(const sqlite::Database& database, const std::string& query) : path_(database.path()) {
        sqlite::Statement row(database, query);
        while (row.step()) {
            const auto id = static_cast<std::size_t>(row.integer(0));
            indices_.resize(std::max(indices_.size(), id + 1));
            indices_[id] = static_cast<std::uint32_t>(texts_.size());
            texts_.emplace_back(row.text(1));
        }
    }
    static Numbering of_texts(const sqlite::Database& database, const std::string& table) {
        return {database, "SELECT id, text FROM " + table + " ORDER BY text"};
    }
    // Logs by site, the station first, then by label.
    static Numbering of_logs(const sqlite::Database& database) {
        return {database, "SELECT id, host FROM log ORDER BY site, role <> 'station', label, host"};
    }

    [[nodiscard]] std::uint32_t operator()(std::int64_t id) const {
        if (static_cast<std::uint64_t>(id) >= indices_.size()) {
            throw Error("read", path_, "a row names what the ledger does not hold: the file is damaged");
        }
        return indices_[static_cast<std::size_t>(id)];
    }
    [[nodiscard]] std::uint32_t operator()(const sqlite::Statement& row, int column) const {
        return (*this)(row.integer(column));
    }
    [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

private:
    std::string path_;
    std::vector<std::uint32_t> indices_{0};
    std::vector<std::string> texts_{""};
};

} // namespace tally::ledger
