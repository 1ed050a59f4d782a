// The rows of the book in a table of the journal's database, written in the transaction of the lines they speak of. A
// view, never evidence.
#pragma once

#include "recorder/sessions/lines.hpp"
#include "tally/sqlite/database.hpp"

namespace tally::sessions {

class StateTable : public Shelf {
public:
    // Makes the table if it is absent: the caller has an open transaction and commits it.
    explicit StateTable(sqlite::Database& database);

    void put(std::string_view key, std::string_view body) override;
    void drop(std::string_view key) override;
    void for_each(const Visit& visit) override;

private:
    sqlite::Database* database_;
    sqlite::Statement put_;
    sqlite::Statement drop_;
};

} // namespace tally::sessions
