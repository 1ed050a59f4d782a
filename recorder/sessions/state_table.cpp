#include "recorder/sessions/state_table.hpp"

namespace tally::sessions {
namespace {

sqlite::Database& with_table(sqlite::Database& database) {
    database.run(
        "CREATE TABLE IF NOT EXISTS session_state(key TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID");
    return database;
}

} // namespace

StateTable::StateTable(sqlite::Database& database)
    : database_(&with_table(database)), put_(database, "INSERT OR REPLACE INTO session_state VALUES(?, ?)"),
      drop_(database, "DELETE FROM session_state WHERE key = ?") {}

void StateTable::put(std::string_view key, std::string_view body) { put_.bind(key, body).run(); }

void StateTable::drop(std::string_view key) { drop_.bind(key).run(); }

void StateTable::for_each(const Visit& visit) {
    sqlite::Statement rows(*database_, "SELECT key, body FROM session_state ORDER BY key");
    while (rows.step()) {
        visit(rows.text(0), rows.text(1));
    }
}

} // namespace tally::sessions
