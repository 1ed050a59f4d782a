#include "verifier/review/runs.hpp"

#include "tally/base/encoding.hpp"
#include "tally/crypto/sha256.hpp"

namespace tally::review {
namespace {

constexpr auto runs_schema = R"(
CREATE TABLE IF NOT EXISTS reconciliation(id INTEGER PRIMARY KEY, as_of INTEGER NOT NULL, rules TEXT NOT NULL,
  digest TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS reconciliation_finding(run INTEGER NOT NULL REFERENCES reconciliation, id TEXT NOT NULL,
  code TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY(run, id)) STRICT, WITHOUT ROWID;
)";

} // namespace

bool has_table(const sqlite::Database& database, std::string_view name) {
    sqlite::Statement known(database, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
    return known.bind(name).step();
}

StoreOutcome store_run(sqlite::Database& database, std::int64_t as_of, std::string_view rules,
                       const std::vector<StoredFinding>& findings) {
    std::string all = std::to_string(as_of) + "\n" + std::string(rules) + "\n";
    for (const auto& finding : findings) {
        all += finding.id + " " + finding.body + "\n";
    }
    const std::string digest = to_hex(crypto::sha256(all));
    database.run(runs_schema);
    sqlite::Statement newest(database, "SELECT digest FROM reconciliation ORDER BY id DESC LIMIT 1");
    if (newest.step() && newest.text(0) == digest) {
        return StoreOutcome::unchanged;
    }
    sqlite::Statement(database, "INSERT INTO reconciliation(as_of, rules, digest) VALUES(?, ?, ?)")
        .bind(as_of, rules, std::string_view(digest))
        .run();
    const std::int64_t run = database.last_row();
    sqlite::Statement insert(database, "INSERT INTO reconciliation_finding VALUES(?, ?, ?, ?)");
    for (const auto& finding : findings) {
        insert.bind(run, std::string_view(finding.id), std::string_view(finding.code), std::string_view(finding.body))
            .run();
    }
    return StoreOutcome::stored;
}

std::optional<StoredFinding> stored_finding(const sqlite::Database& database, std::string_view id) {
    if (!has_table(database, "reconciliation_finding")) {
        return std::nullopt;
    }
    sqlite::Statement row(database,
                          "SELECT id, code, body FROM reconciliation_finding WHERE id = ? ORDER BY run DESC LIMIT 1");
    row.bind(id);
    if (!row.step()) {
        return std::nullopt;
    }
    return StoredFinding{std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2))};
}

std::optional<LatestRun> latest_run(const sqlite::Database& database) {
    if (!has_table(database, "reconciliation")) {
        return std::nullopt;
    }
    sqlite::Statement row(database, "SELECT as_of, rules FROM reconciliation ORDER BY as_of DESC, id DESC LIMIT 1");
    if (!row.step()) {
        return std::nullopt;
    }
    return LatestRun{row.integer(0), std::string(row.text(1))};
}

} // namespace tally::review
