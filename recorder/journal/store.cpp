#include "recorder/journal/store.hpp"

#include "tally/base/assert.hpp"

#include <array>
#include <sys/vfs.h>
#include <utility>

namespace tally::journal {
namespace {

constexpr std::int64_t application = 0x54414C4A; // "TALJ"
constexpr std::int64_t version = 1;
constexpr std::int64_t version_with_beginning = 2; // once lines were removed; programs that know 1 alone refuse it

constexpr const char* schema = R"(
CREATE TABLE line(seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE state(id INTEGER PRIMARY KEY CHECK (id = 0), size INTEGER NOT NULL, range BLOB NOT NULL,
                   sealed_size INTEGER NOT NULL, sealed_range BLOB NOT NULL) STRICT;
CREATE TABLE seal(seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL) STRICT;
CREATE TABLE dropped(first INTEGER PRIMARY KEY, next INTEGER NOT NULL, file TEXT NOT NULL, range BLOB NOT NULL,
                     written INTEGER NOT NULL) STRICT;
)";

std::string prepared_path(const os::fs::path& directory, Access access) {
    const auto path = directory / Store::file_name;
    if (access == Access::create) {
        os::open(path, O_RDWR | O_CREAT, 0600); // SQLite would follow the umask; its -wal and -shm take this mode over
    }
    return path.string();
}

sqlite::Mode mode_of(Access access) {
    return access == Access::read ? sqlite::Mode::read_only : sqlite::Mode::read_write;
}

std::string flat(const line::CompactRange& range) {
    std::string bytes;
    for (const auto& hash : range.hashes()) {
        bytes += as_text(hash);
    }
    return bytes;
}

std::int64_t single(sqlite::Database& database, std::string_view sql) {
    sqlite::Statement statement(database, sql);
    return statement.bind().step() ? statement.integer(0) : -1;
}

} // namespace

std::optional<std::string_view> unsuitable_file_system(std::uint64_t type) {
    static constexpr std::array<std::pair<std::uint64_t, std::string_view>, 12> refused = {{
        {0x4D44, "FAT"},
        {0x2011BAB0, "exFAT"},
        {0x6969, "NFS"},
        {0x517B, "SMB"},
        {0xFF534D42, "CIFS"},
        {0xFE534D42, "SMB"},
        {0x01021997, "9P"},
        {0x00C36400, "Ceph"},
        {0x5346414F, "AFS"},
        {0x6B414653, "AFS"},
        {0x73757245, "Coda"},
        {0x564C, "NCP"},
    }};
    for (const auto& [number, name] : refused) {
        if (number == type) {
            return name;
        }
    }
    return std::nullopt;
}

void refuse_unsuitable_file_system(const os::fs::path& directory) {
    struct statfs status {};
    if (::statfs(directory.c_str(), &status) != 0) {
        throw Error::system("statfs", directory.string());
    }
    // f_type is signed and sign-extended on some platforms; the magic numbers have 32 bits.
    if (const auto name = unsuitable_file_system(static_cast<std::uint32_t>(status.f_type))) {
        throw Error(
            "open", directory.string(), "a journal cannot be kept on a " + std::string(*name) + " file system",
            {"use a directory on a local disk (ext4, XFS, Btrfs): locks, permissions and durable writes are needed"});
    }
}

Store::Store(const os::fs::path& directory, Access access)
    : database_(prepared_path(directory, access), mode_of(access)) {
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    database_.run("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0");
    if (access == Access::create) {
        database_.run("PRAGMA page_size=16384; PRAGMA auto_vacuum=INCREMENTAL");
    }
    if (access != Access::read) {
        database_.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4096;"
                      "PRAGMA cache_size=-16384");
    }
    if (access != Access::create) {
        check_identity();
    }
}

bool Store::is_blank(const os::fs::path& directory) {
    const auto path = directory / file_name;
    if (!os::fs::exists(path)) {
        return true;
    }
    try {
        sqlite::Database database(path.string(), sqlite::Mode::read_write);
        return single(database, "SELECT count(*) FROM sqlite_schema") == 0;
    } catch (const sqlite::Corrupt&) {
        return false;
    }
}

void Store::create_schema() {
    database_.run("PRAGMA application_id=" + std::to_string(application) +
                  "; PRAGMA user_version=" + std::to_string(version) + ";" + schema);
}

void Store::check_identity() {
    if (single(database_, "PRAGMA application_id") != application) {
        throw sqlite::Corrupt("open", database_.path(), "not a journal");
    }
    const auto found = single(database_, "PRAGMA user_version");
    if (found > version_with_beginning) {
        throw Error("open", database_.path(),
                    "journal of version " + std::to_string(found) + ", this program knows 1 and 2",
                    {"use the program that wrote it, or a later one"});
    }
    if (found != version && found != version_with_beginning) {
        throw sqlite::Corrupt("open", database_.path(), "journal without a version");
    }
}

void Store::insert(std::uint64_t seq, std::string_view line) {
    if (!insert_) {
        insert_.emplace(database_, "INSERT INTO line(seq, body) VALUES(?, ?)");
    }
    insert_->bind(seq, as_bytes(line)).run();
}

std::optional<std::string> Store::line(std::uint64_t seq) {
    sqlite::Statement statement(database_, "SELECT body FROM line WHERE seq = ?");
    return statement.bind(seq).step() ? std::optional(std::string(statement.text(0))) : std::nullopt;
}

std::uint64_t Store::size() {
    return static_cast<std::uint64_t>(single(database_, "SELECT coalesce(max(seq) + 1, 0) FROM line"));
}

void Store::for_each_line(std::uint64_t first, std::uint64_t next, const Visit& visit) {
    sqlite::Statement statement(database_, "SELECT seq, body FROM line WHERE seq >= ? AND seq < ? ORDER BY seq");
    statement.bind(first, next);
    while (statement.step()) {
        visit(static_cast<std::uint64_t>(statement.integer(0)), statement.text(1));
    }
}

std::optional<line::CompactRange> range_from(std::int64_t size, std::string_view bytes) {
    if (size < 0 || bytes.size() % sizeof(line::Hash) != 0) {
        return std::nullopt;
    }
    std::vector<line::Hash> hashes(bytes.size() / sizeof(line::Hash));
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        const auto part = as_bytes(bytes.substr(i * sizeof(line::Hash), sizeof(line::Hash)));
        std::copy(part.begin(), part.end(), hashes[i].begin());
    }
    return line::CompactRange::from(static_cast<std::uint64_t>(size), std::move(hashes));
}

std::optional<State> Store::load_state() {
    sqlite::Statement statement(database_, "SELECT size, range, sealed_size, sealed_range FROM state WHERE id = 0");
    if (!statement.bind().step()) {
        return std::nullopt;
    }
    auto range = range_from(statement.integer(0), statement.text(1));
    auto sealed = range_from(statement.integer(2), statement.text(3));
    if (!range || !sealed || sealed->size() > range->size()) {
        return std::nullopt;
    }
    return State{std::move(*range), std::move(*sealed)};
}

void Store::save_state(const State& state) {
    if (!save_) {
        save_.emplace(database_,
                      "INSERT OR REPLACE INTO state(id, size, range, sealed_size, sealed_range) VALUES(0, ?, ?, ?, ?)");
    }
    const std::string range = flat(state.range);
    const std::string sealed = flat(state.sealed);
    save_->bind(state.range.size(), as_bytes(range), state.sealed.size(), as_bytes(sealed)).run();
}

std::optional<line::CompactRange> Store::beginning() {
    if (single(database_, "PRAGMA user_version") != version_with_beginning) {
        return std::nullopt;
    }
    sqlite::Statement statement(database_, "SELECT size, range FROM beginning WHERE id = 0");
    auto range = statement.bind().step() ? range_from(statement.integer(0), statement.text(1)) : std::nullopt;
    if (!range || range->size() == 0) {
        throw sqlite::Corrupt("read", database_.path(), "where the lines begin is not known any more");
    }
    return range;
}

void Store::save_beginning(const line::CompactRange& before_seal) {
    database_.run("CREATE TABLE IF NOT EXISTS beginning(id INTEGER PRIMARY KEY CHECK (id = 0), size INTEGER NOT NULL, "
                  "range BLOB NOT NULL) STRICT; PRAGMA user_version=" +
                  std::to_string(version_with_beginning));
    const std::string range = flat(before_seal);
    sqlite::Statement(database_, "INSERT OR REPLACE INTO beginning(id, size, range) VALUES(0, ?, ?)")
        .bind(before_seal.size(), as_bytes(range))
        .run();
}

std::uint64_t Store::begins() {
    const auto range = beginning();
    return range ? range->size() + 1 : 0;
}

void Store::remove(std::uint64_t first, std::uint64_t next) {
    sqlite::Statement(database_, "DELETE FROM line WHERE seq >= ? AND seq < ?").bind(first, next).run();
}

void Store::add_seal(const SealAt& seal) {
    sqlite::Statement(database_, "INSERT OR REPLACE INTO seal(seq, epoch) VALUES(?, ?)")
        .bind(seal.seq, seal.epoch)
        .run();
}

std::vector<SealAt> Store::seals(std::uint64_t from_seq) {
    sqlite::Statement statement(database_, "SELECT seq, epoch FROM seal WHERE seq >= ? ORDER BY seq");
    statement.bind(from_seq);
    std::vector<SealAt> all;
    while (statement.step()) {
        all.push_back(
            {static_cast<std::uint64_t>(statement.integer(0)), static_cast<std::uint64_t>(statement.integer(1))});
    }
    return all;
}

void Store::save_dropped(const Dropped& segment) {
    sqlite::Statement statement(
        database_, "INSERT OR REPLACE INTO dropped(first, next, file, range, written) VALUES(?, ?, ?, ?, ?)");
    const std::string range = flat(segment.range);
    statement
        .bind(segment.first, segment.next, std::string_view(segment.file), as_bytes(range),
              segment.written == Written::yes ? 1 : 0)
        .run();
}

void Store::forget_dropped(std::uint64_t first) {
    sqlite::Statement(database_, "DELETE FROM dropped WHERE first = ?").bind(first).run();
}

std::vector<Dropped> Store::dropped() {
    sqlite::Statement statement(database_, "SELECT first, next, file, range, written FROM dropped ORDER BY first");
    statement.bind();
    std::vector<Dropped> all;
    while (statement.step()) {
        Dropped segment{static_cast<std::uint64_t>(statement.integer(0)),
                        static_cast<std::uint64_t>(statement.integer(1)),
                        std::string(statement.text(2)),
                        {},
                        statement.integer(4) == 0 ? Written::no : Written::yes};
        if (auto range = range_from(statement.integer(1), statement.text(3))) {
            segment.range = std::move(*range);
        }
        all.push_back(std::move(segment));
    }
    return all;
}

} // namespace tally::journal
