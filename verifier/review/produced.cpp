#include "verifier/review/produced.hpp"

namespace tally::review {
namespace {

constexpr auto calendar_schema = R"(
CREATE TABLE IF NOT EXISTS calendar_output(id INTEGER PRIMARY KEY, activity TEXT NOT NULL, last_day INTEGER NOT NULL,
  complete_through INTEGER, made INTEGER NOT NULL, who TEXT NOT NULL, digest TEXT NOT NULL, command TEXT NOT NULL,
  UNIQUE(activity, last_day, complete_through, digest)) STRICT;
)";

bool has_tables(const sqlite::Database& database) {
    sqlite::Statement known(database, "SELECT 1 FROM sqlite_schema WHERE name = 'calendar_output'");
    return known.step();
}

} // namespace

void keep_produced(sqlite::Database& database, const std::vector<Produced>& outputs) {
    sqlite::Transaction transaction(database);
    database.run(calendar_schema);
    sqlite::Statement insert(database, "INSERT INTO calendar_output(activity, last_day, complete_through, made, who, "
                                       "digest, command) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS (SELECT 1 "
                                       "FROM calendar_output WHERE activity = ?1 AND last_day = ?2 AND "
                                       "complete_through IS ?3 AND digest = ?6)");
    for (const auto& output : outputs) {
        insert
            .bind(about(output.activity).word, output.last_day, output.complete_through, output.made,
                  std::string_view(output.who), std::string_view(output.digest), std::string_view(output.command))
            .run();
    }
    transaction.commit();
}

std::vector<Produced> load_produced(const sqlite::Database& database) {
    std::vector<Produced> outputs;
    if (!has_tables(database)) {
        return outputs;
    }
    sqlite::Statement row(database, "SELECT activity, last_day, complete_through, made, who, digest, command FROM "
                                    "calendar_output ORDER BY made, id");
    while (row.step()) {
        const auto activity = activity_of(row.text(0));
        if (!activity) {
            continue; // of a newer program
        }
        Produced output;
        output.activity = *activity;
        output.last_day = row.integer(1);
        if (!row.is_null(2)) {
            output.complete_through = row.integer(2);
        }
        output.made = row.integer(3);
        output.who = row.text(4);
        output.digest = row.text(5);
        output.command = row.text(6);
        outputs.push_back(std::move(output));
    }
    return outputs;
}

} // namespace tally::review
