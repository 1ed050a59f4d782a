#include "verifier/ledger/runs.hpp"

#include "tally/base/encoding.hpp"
#include "tally/crypto/sha256.hpp"

namespace tally::ledger {
namespace {

constexpr auto schema = R"(
CREATE TABLE IF NOT EXISTS reconciliation(id INTEGER PRIMARY KEY, as_of INTEGER NOT NULL, rules TEXT NOT NULL,
  digest TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS reconciliation_finding(run INTEGER NOT NULL REFERENCES reconciliation, id TEXT NOT NULL,
  code TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY(run, id)) STRICT, WITHOUT ROWID;
)";

std::string hex_digest(std::string_view bytes) { return to_hex(crypto::sha256(bytes)); }

bool has_tables(const sqlite::Database& database) {
    sqlite::Statement known(database, "SELECT 1 FROM sqlite_schema WHERE name = 'reconciliation_finding'");
    return known.step();
}

} // namespace

StoreOutcome store_run(sqlite::Database& database, std::int64_t as_of, std::string_view rules,
                       const std::vector<StoredFinding>& findings) {
    std::string all = std::to_string(as_of) + "\n" + std::string(rules) + "\n";
    for (const auto& finding : findings) {
        all += finding.id + " " + finding.body + "\n";
    }
    const std::string digest = hex_digest(all);
    sqlite::Transaction transaction(database);
    database.run(schema);
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
    transaction.commit();
    return StoreOutcome::stored;
}

std::optional<StoredFinding> stored_finding(const sqlite::Database& database, std::string_view id) {
    if (!has_tables(database)) {
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

std::string short_name(std::string_view text) { return hex_digest(text).substr(0, 12); }

} // namespace tally::ledger
