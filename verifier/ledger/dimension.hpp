// One text column as a table of small integers: each distinct text once, ids from 1, 0 for "".
// Holds all texts of the column in memory while a bundle is taken in. Texts come encoded as in lines, are kept decoded.
#pragma once

#include "tally/line/write.hpp"
#include "tally/sqlite/database.hpp"

#include <string>
#include <unordered_map>

namespace tally::ledger {

class Dimension {
public:
    Dimension(sqlite::Database& database, const std::string& table)
        : insert_(database, "INSERT INTO " + table + " (id, text) VALUES (?, ?)") {
        sqlite::Statement row(database, "SELECT id, text FROM " + table);
        while (row.step()) {
            ids_.emplace(line::encode_text(row.text(1)), row.integer(0));
            next_ = std::max(next_, row.integer(0) + 1);
        }
    }

    std::int64_t id(std::string_view encoded) {
        if (encoded.empty()) {
            return 0;
        }
        if (last_id_ != 0 && last_ == encoded) {
            return last_id_;
        }
        last_.assign(encoded);
        const auto found = ids_.find(last_);
        if (found != ids_.end()) {
            return last_id_ = found->second;
        }
        insert_.bind(next_, std::string_view(line::decode_text(encoded))).run();
        ids_.emplace(last_, next_);
        return last_id_ = next_++;
    }

private:
    sqlite::Statement insert_;
    std::unordered_map<std::string, std::int64_t> ids_;
    std::int64_t next_ = 1;
    std::string last_;
    std::int64_t last_id_ = 0;
};

} // namespace tally::ledger
