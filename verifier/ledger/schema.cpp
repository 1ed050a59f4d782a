#include "verifier/ledger/schema.hpp"

namespace tally::ledger {
namespace {

// Ids of the dimension tables start at 1; 0 means "none" wherever it stands. Texts are decoded.
// A session row is one that waits for its other half: start_from is NULL when the start was not seen; *_span is `to` −
// `from`, end_span NULL when the end was not seen. What few of them have lies beside them in session_detail. Sessions
// with both halves lie in pages of one source (sessions.hpp), by start; what many of them share is a row of kind. What
// lines say of a session (module_use, idle) names its start line. until is NULL for "until further notice".
constexpr const char* schema = R"sql(
CREATE TABLE site (
  site TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, version INTEGER NOT NULL, added INTEGER NOT NULL, chain TEXT NOT NULL
) STRICT;
CREATE TABLE bundle (
  id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, site TEXT NOT NULL, agreement TEXT NOT NULL, name TEXT NOT NULL,
  n INTEGER NOT NULL, volume INTEGER NOT NULL, volumes INTEGER NOT NULL, bytes INTEGER NOT NULL, lines INTEGER NOT NULL,
  seals INTEGER NOT NULL, created_ms INTEGER NOT NULL, accepted INTEGER NOT NULL, received INTEGER NOT NULL
) STRICT;
CREATE TABLE bundle_log (
  bundle INTEGER NOT NULL REFERENCES bundle, log INTEGER NOT NULL REFERENCES log, next INTEGER NOT NULL,
  PRIMARY KEY (bundle, log)
) STRICT, WITHOUT ROWID;
CREATE TABLE finding (
  bundle INTEGER NOT NULL REFERENCES bundle, code TEXT NOT NULL, severity INTEGER NOT NULL, host TEXT NOT NULL,
  seq INTEGER, member TEXT NOT NULL, line INTEGER, byte INTEGER, text TEXT NOT NULL
) STRICT;
CREATE TABLE log (
  id INTEGER PRIMARY KEY, host TEXT NOT NULL UNIQUE, site TEXT NOT NULL, label TEXT NOT NULL, role TEXT NOT NULL,
  first_key BLOB NOT NULL, size INTEGER NOT NULL, seals INTEGER NOT NULL, range BLOB NOT NULL, epoch INTEGER NOT NULL,
  key BLOB NOT NULL, first_wall INTEGER NOT NULL, last_wall INTEGER NOT NULL
) STRICT;
CREATE TABLE seal (
  log INTEGER NOT NULL REFERENCES log, seq INTEGER NOT NULL, epoch INTEGER NOT NULL, root BLOB NOT NULL,
  range_after BLOB NOT NULL, root_after BLOB NOT NULL, key_after BLOB NOT NULL, bundle INTEGER NOT NULL REFERENCES bundle,
  wall INTEGER NOT NULL, PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE source (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE feature (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE user (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE client (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE version (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE account (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE address (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE pool (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE module (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE source_log (source INTEGER NOT NULL, log INTEGER NOT NULL, PRIMARY KEY (source, log)) STRICT, WITHOUT ROWID;
CREATE TABLE session (
  id INTEGER PRIMARY KEY, log INTEGER NOT NULL, source INTEGER NOT NULL, feature INTEGER NOT NULL, package INTEGER NOT NULL,
  user INTEGER NOT NULL, client INTEGER NOT NULL, count INTEGER NOT NULL, layer INTEGER NOT NULL, kind INTEGER NOT NULL,
  start_from INTEGER, start_span INTEGER NOT NULL, end_from INTEGER NOT NULL, end_span INTEGER, start_seq INTEGER,
  end_seq INTEGER
) STRICT;
CREATE TABLE session_detail (
  session INTEGER PRIMARY KEY REFERENCES session, version INTEGER NOT NULL, account INTEGER NOT NULL,
  address INTEGER NOT NULL, pool INTEGER NOT NULL, flags INTEGER NOT NULL, borrow INTEGER NOT NULL
) STRICT;
CREATE TABLE kind (
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL, log INTEGER NOT NULL, feature INTEGER NOT NULL, package INTEGER NOT NULL,
  user INTEGER NOT NULL, count INTEGER NOT NULL, layer INTEGER NOT NULL, kind INTEGER NOT NULL, version INTEGER NOT NULL,
  account INTEGER NOT NULL, address INTEGER NOT NULL, pool INTEGER NOT NULL, flags INTEGER NOT NULL
) STRICT;
CREATE TABLE page (
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL, count INTEGER NOT NULL, sessions BLOB NOT NULL
) STRICT;
CREATE TABLE sheet (
  user INTEGER NOT NULL, feature INTEGER NOT NULL, version INTEGER NOT NULL, client INTEGER NOT NULL,
  log INTEGER NOT NULL, block INTEGER NOT NULL, uses BLOB NOT NULL,
  PRIMARY KEY (user, feature, version, client, log, block)
) STRICT, WITHOUT ROWID;
CREATE TABLE module_use (
  log INTEGER NOT NULL, seq INTEGER NOT NULL, start INTEGER NOT NULL, module INTEGER NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE idle (
  log INTEGER NOT NULL, seq INTEGER NOT NULL, start INTEGER NOT NULL, since INTEGER NOT NULL, span INTEGER NOT NULL,
  PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE scanned (
  log INTEGER NOT NULL, seq INTEGER NOT NULL, feature INTEGER NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL,
  there INTEGER NOT NULL, PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE unobserved (
  log INTEGER NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL, source INTEGER NOT NULL, since INTEGER NOT NULL,
  until INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE identity (
  log INTEGER NOT NULL, seq INTEGER NOT NULL, name TEXT NOT NULL, domain TEXT NOT NULL, address TEXT NOT NULL,
  os TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE clock_step (
  log INTEGER NOT NULL, seq INTEGER NOT NULL, was INTEGER NOT NULL, became INTEGER NOT NULL, PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE declaration (
  log INTEGER NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL, agreement TEXT NOT NULL, about TEXT NOT NULL,
  reason TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER, PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE refusal (
  id INTEGER PRIMARY KEY, log INTEGER NOT NULL, source INTEGER NOT NULL, feature INTEGER NOT NULL, user INTEGER NOT NULL,
  client INTEGER NOT NULL, count INTEGER NOT NULL, verb INTEGER NOT NULL, at_from INTEGER NOT NULL, at_span INTEGER NOT NULL,
  seq INTEGER NOT NULL
) STRICT;
CREATE TABLE package (
  source INTEGER NOT NULL, package INTEGER NOT NULL, component INTEGER NOT NULL, PRIMARY KEY (source, package, component)
) STRICT, WITHOUT ROWID;
CREATE TABLE import (
  log INTEGER NOT NULL, seq INTEGER NOT NULL, source INTEGER NOT NULL, lines INTEGER NOT NULL, first INTEGER NOT NULL,
  last INTEGER NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, zone TEXT NOT NULL, PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE day (
  log INTEGER NOT NULL, day INTEGER NOT NULL, lines INTEGER NOT NULL, seals INTEGER NOT NULL, events INTEGER NOT NULL,
  PRIMARY KEY (log, day)
) STRICT, WITHOUT ROWID;
)sql";

// What programs report, summed up so that a session that reports often takes no more room; which log says in its first
// line that it follows which, and which machine a station enrolled a log of. A ledger that an earlier program made gets
// the tables when it is opened for writing.
constexpr const char* added = R"sql(
CREATE TABLE IF NOT EXISTS command (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS command_use (
  log INTEGER NOT NULL, start INTEGER NOT NULL, command INTEGER NOT NULL, started INTEGER NOT NULL,
  completed INTEGER NOT NULL, cancelled INTEGER NOT NULL, undone INTEGER NOT NULL, PRIMARY KEY (log, start, command)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS timing (
  log INTEGER NOT NULL, start INTEGER NOT NULL, measure INTEGER NOT NULL, day INTEGER NOT NULL,
  samples INTEGER NOT NULL, ms INTEGER NOT NULL, documents INTEGER NOT NULL, bytes INTEGER NOT NULL,
  PRIMARY KEY (log, start, measure, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS follows (log INTEGER PRIMARY KEY, host TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS machine (
  station INTEGER NOT NULL, host TEXT NOT NULL, machine TEXT NOT NULL, PRIMARY KEY (station, host)
) STRICT, WITHOUT ROWID;
)sql";

std::int64_t pragma(const sqlite::Database& database, const char* name) {
    sqlite::Statement statement(database, std::string("PRAGMA ") + name);
    return statement.step() ? statement.integer(0) : 0;
}

bool has_added(const sqlite::Database& database) {
    sqlite::Statement known(database, "SELECT count(*) FROM sqlite_schema WHERE name IN ('timing', 'machine')");
    return known.step() && known.integer(0) == 2;
}

bool is_empty(const sqlite::Database& database) {
    sqlite::Statement statement(database, "SELECT count(*) FROM sqlite_schema");
    return statement.step() && statement.integer(0) == 0;
}

// What is in an earlier one stays good: it can be told again, in any order, from what it was told.
Error of_another_version(const os::fs::path& path, std::int64_t version) {
    std::vector<std::string> hints;
    if (version < schema_version) {
        hints = {
            "keep this file, and trust the sites in a new ledger: tally-verifier trust add SITE.jsonl --fingerprint "
            "WORDS --ledger NEW",
            "accept its bundles again, in any order; it keeps copies of them in " + path.string() + ".bundles",
            "import the tables again"};
    } else {
        hints = {"use the newer tally-verifier that made it"};
    }
    return {"open", path.string(),
            "a ledger of version " + std::to_string(version) + ", this program knows version " +
                std::to_string(schema_version),
            hints};
}

} // namespace

sqlite::Database open_database(const os::fs::path& path, sqlite::Mode mode) {
    if (mode != sqlite::Mode::create && !os::fs::exists(path)) {
        throw Error(
            "open", path.string(), "there is no such ledger",
            {"trust a site first: tally-verifier trust add SITE.jsonl --fingerprint WORDS --ledger " + path.string()});
    }
    sqlite::Database database(path.string(), mode);
    sqlite3_db_config(database.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr); // NOLINT(*-vararg)
    database.run("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA cache_size=-32768;");
    if (mode != sqlite::Mode::read_only) {
        // EXTRA also syncs the directory when the rollback journal goes: with FULL a power failure could bring it back, and
        // with it the state before an acknowledged commit.
        database.run("PRAGMA synchronous=EXTRA; PRAGMA temp_store=MEMORY;");
    }
    if (mode == sqlite::Mode::create && is_empty(database)) {
        sqlite::Transaction transaction(database);
        database.run(schema);
        database.run("PRAGMA application_id=" + std::to_string(application_id) +
                     "; PRAGMA user_version=" + std::to_string(schema_version));
        transaction.commit();
    }
    if (pragma(database, "application_id") != application_id) {
        throw Error("open", path.string(), "not a Tallystick ledger");
    }
    if (const std::int64_t version = pragma(database, "user_version"); version != schema_version) {
        throw of_another_version(path, version);
    }
    if (mode != sqlite::Mode::read_only && !has_added(database)) {
        sqlite::Transaction transaction(database);
        database.run(added);
        transaction.commit();
    }
    return database;
}

} // namespace tally::ledger
