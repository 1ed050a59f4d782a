#include "packager/archive/index.hpp"

#include <algorithm>

namespace tally::archive::index {
namespace {

constexpr std::int64_t application = 0x54414C41; // "TALA"
constexpr std::int64_t version = 1;
constexpr std::int64_t version_with_beginnings = 2; // once lines were removed; programs that know 1 alone refuse it

constexpr const char* settings =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;";

// piece: lines [first, next) are those of the file named by [file_first, file_next). seal: the position of size `size`.
// beginning: lines before `first` were removed, their seals stay.
constexpr const char* schema = R"(
CREATE TABLE IF NOT EXISTS piece(log TEXT NOT NULL, first INTEGER NOT NULL, next INTEGER NOT NULL, file_first INTEGER NOT NULL,
                   file_next INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY(log, first)) STRICT;
CREATE TABLE IF NOT EXISTS seal(log TEXT NOT NULL, size INTEGER NOT NULL, epoch INTEGER NOT NULL, key BLOB NOT NULL, range BLOB NOT NULL,
                  root BLOB NOT NULL, wall INTEGER NOT NULL, PRIMARY KEY(log, size)) STRICT;
CREATE TABLE IF NOT EXISTS beginning(log TEXT PRIMARY KEY, first INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS waiting(log TEXT NOT NULL, first INTEGER NOT NULL, next INTEGER NOT NULL, digest BLOB NOT NULL,
                     name TEXT NOT NULL, file TEXT NOT NULL, PRIMARY KEY(log, digest)) STRICT;
)";

std::int64_t single(sqlite::Database& database, std::string_view sql) {
    sqlite::Statement statement(database, sql);
    return statement.bind().step() ? statement.integer(0) : -1;
}

Error damaged() {
    return Error("read", "the archive's index", "it is damaged",
                 {"remove index.db in the archive: it is made again from the segment files"});
}

} // namespace

Found prepare(sqlite::Database& database) {
    sqlite3_db_config(database.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    database.run(settings);
    const auto kind = single(database, "PRAGMA application_id");
    const auto found = single(database, "PRAGMA user_version");
    if (found == 0 && (kind == 0 || kind == application)) {
        database.run("PRAGMA application_id=" + std::to_string(application));
        database.run(schema);
        return Found::nothing;
    }
    if (kind != application || (found != version && found != version_with_beginnings)) {
        throw Error("open", database.path(), "not an archive's index of this version");
    }
    database.run(schema);
    return Found::an_index;
}

void finish(sqlite::Database& database) {
    const bool all = single(database, "SELECT count(*) FROM beginning") == 0;
    database.run("PRAGMA user_version=" + std::to_string(all ? version : version_with_beginnings));
}

Statements::Statements(const sqlite::Database& database)
    : same(database, "SELECT 1 FROM piece WHERE log = ? AND file_first = ? AND file_next = ? AND digest = ?"),
      last(database, "SELECT coalesce((SELECT next FROM piece WHERE log = ?1 ORDER BY first DESC LIMIT 1), "
                     "(SELECT first FROM beginning WHERE log = ?1), 0)"),
      begins(database, "SELECT first FROM beginning WHERE log = ?"),
      seal(database, "SELECT epoch, key, range, root, wall FROM seal WHERE log = ? AND size = ?"),
      add_piece(database, "INSERT INTO piece(log, first, next, file_first, file_next, digest) VALUES(?,?,?,?,?,?)"),
      add_seal(database, "INSERT INTO seal(log, size, epoch, key, range, root, wall) VALUES(?,?,?,?,?,?,?)") {}

std::string flat(const line::CompactRange& range) {
    std::string bytes;
    for (const auto& hash : range.hashes()) {
        bytes += as_text(hash);
    }
    return bytes;
}

line::Hash hash_of(const sqlite::Statement& row, int column) {
    const Bytes bytes = as_bytes(row.text(column));
    line::Hash hash{};
    if (bytes.size() != hash.size()) {
        throw damaged();
    }
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    return hash;
}

Position position_of(const sqlite::Statement& row, std::uint64_t size) {
    const Bytes bytes = as_bytes(row.text(2));
    std::vector<line::Hash> hashes(bytes.size() / sizeof(line::Hash));
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(i * sizeof(line::Hash)), sizeof(line::Hash),
                    hashes[i].begin());
    }
    auto range = line::CompactRange::from(size, std::move(hashes));
    Position position{range.value_or(line::CompactRange()),
                      hash_of(row, 3),
                      {static_cast<std::uint64_t>(row.integer(0))},
                      hash_of(row, 1),
                      static_cast<std::uint64_t>(row.integer(4))};
    line::TreeHasher hasher;
    if (!range || range->root(hasher) != position.root) {
        throw damaged();
    }
    return position;
}

} // namespace tally::archive::index
