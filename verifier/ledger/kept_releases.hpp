// The releases that lay beside an accepted bundle, byte for byte, and the version of its site's file that was in force:
// enough to check it again from the ledger alone as it was checked then. Header only: two tables beside the others and
// their statements. What could not be read was not kept.
#pragma once

#include "tally/base/encoding.hpp"
#include "tally/releases/releases.hpp"
#include "tally/sqlite/database.hpp"

namespace tally::ledger {

// Of a bundle that is in the table; what is kept already stays.
inline void keep_releases(sqlite::Database& database, std::int64_t bundle, const releases::Beside& beside) {
    database.run("CREATE TABLE IF NOT EXISTS release_file (bundle INTEGER NOT NULL REFERENCES bundle, part INTEGER NOT "
                 "NULL, name TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (bundle, part, name)) STRICT, WITHOUT "
                 "ROWID;"
                 "CREATE TABLE IF NOT EXISTS judged_by (bundle INTEGER PRIMARY KEY REFERENCES bundle, site_version "
                 "INTEGER NOT NULL) STRICT");
    sqlite::Statement(database,
                      "INSERT INTO judged_by (bundle, site_version) SELECT bundle.id, site.version FROM bundle "
                      "JOIN site ON site.site = bundle.site WHERE bundle.id = ? ON CONFLICT DO NOTHING")
        .bind(bundle)
        .run();
    sqlite::Statement insert(database, "INSERT INTO release_file (bundle, part, name, bytes) VALUES (?,?,?,?) ON "
                                       "CONFLICT DO NOTHING");
    const auto keep = [&](std::int64_t part, const releases::File& file) {
        if (const auto* bytes = std::get_if<std::string>(&file.bytes)) {
            insert.bind(bundle, part, std::string_view(file.name), as_bytes(*bytes)).run();
        }
    };
    for (const auto& file : beside.own) {
        keep(0, file);
    }
    if (beside.set) {
        keep(1, *beside.set);
    }
    for (const auto& file : beside.of_set) {
        keep(2, file);
    }
}

// In the order of their names.
[[nodiscard]] inline releases::Beside releases_of(const sqlite::Database& database, std::int64_t bundle) {
    releases::Beside beside;
    sqlite::Statement table(database, "SELECT 1 FROM sqlite_schema WHERE name = 'release_file'");
    if (!table.step()) {
        return beside;
    }
    sqlite::Statement row(database, "SELECT part, name, bytes FROM release_file WHERE bundle = ? ORDER BY part, name");
    row.bind(bundle);
    while (row.step()) {
        releases::File file{std::string(row.text(1)), std::string(row.text(2))};
        switch (row.integer(0)) {
        case 0:
            beside.own.push_back(std::move(file));
            break;
        case 1:
            beside.set = std::move(file);
            break;
        default:
            beside.of_set.push_back(std::move(file));
        }
    }
    return beside;
}

// Nothing when it was accepted by a program that did not keep it.
[[nodiscard]] inline std::optional<std::uint64_t> site_version_of(const sqlite::Database& database,
                                                                  std::int64_t bundle) {
    sqlite::Statement table(database, "SELECT 1 FROM sqlite_schema WHERE name = 'judged_by'");
    if (!table.step()) {
        return std::nullopt;
    }
    sqlite::Statement row(database, "SELECT site_version FROM judged_by WHERE bundle = ?");
    return row.bind(bundle).step() ? std::optional(static_cast<std::uint64_t>(row.integer(0))) : std::nullopt;
}

} // namespace tally::ledger
