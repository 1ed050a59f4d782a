// SQLite in three small types. Every failure throws Error naming the file and what was asked. A Statement is prepared once
// and stepped many times; a Transaction not committed is rolled back. Texts and blobs keep an embedded NUL.
#pragma once

#include "tally/base/encoding.hpp"
#include "tally/base/error.hpp"
#include "tally/sqlite/reading_failed.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <string_view>

namespace tally::sqlite {

enum class Mode { read_only, read_write, create };

class Corrupt : public Error { // the file is damaged or no database, as opposed to a disk or permission that failed
    using Error::Error;
};

class Database {
public:
    Database(const std::string& path, Mode mode) : path_(path) {
        const int flags = mode == Mode::read_only    ? SQLITE_OPEN_READONLY
                          : mode == Mode::read_write ? SQLITE_OPEN_READWRITE
                                                     : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        sqlite3* raw = nullptr;
        const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOFOLLOW, nullptr);
        handle_.reset(raw);
        check(code, "open");
        sqlite3_extended_result_codes(raw, 1);
        sqlite3_busy_timeout(raw, 5000);
    }

    // Statements without results, several separated by semicolons.
    void run(const std::string& sql) { check(sqlite3_exec(get(), sql.c_str(), nullptr, nullptr, nullptr), sql); }

    [[nodiscard]] sqlite3* get() const { return handle_.get(); }
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::int64_t last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }

    void check(int code, std::string_view asked) const {
        if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) {
            return;
        }
        std::string reason = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
        std::vector<std::string> hints;
        const int kind = code & 0xff;
        const bool io = kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN; // then the system says why
        if (kind == SQLITE_FULL || (io && handle_ && sqlite3_system_errno(handle_.get()) == ENOSPC)) {
            reason = "database or disk is full";
            hints.emplace_back("free some space and run the same command again: what was there before is intact");
        }
        if ((kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB) && !reading_failed(get())) {
            throw Corrupt("database", path_, reason);
        }
        throw Error("database", path_, reason + " (" + std::string(asked.substr(0, 60)) + ")", std::move(hints),
                    kind == SQLITE_BUSY ? Exit::locked : Exit::failure);
    }

private:
    struct Close {
        void operator()(sqlite3* raw) const { sqlite3_close_v2(raw); }
    };
    std::string path_;
    std::unique_ptr<sqlite3, Close> handle_;
};

class Statement {
public:
    Statement(const Database& database, std::string_view sql) : database_(&database) {
        sqlite3_stmt* raw = nullptr;
        database.check(sqlite3_prepare_v3(database.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &raw, nullptr),
                       sql);
        handle_.reset(raw);
    }

    // Parameters count from 1, in order; views must live until the next reset.
    template <class... T>
    Statement& bind(const T&... values) {
        sqlite3_reset(handle_.get());
        int index = 0;
        (bind_one(++index, values), ...);
        return *this;
    }
    // True while there is a row.
    bool step() {
        const int code = sqlite3_step(handle_.get());
        if (code != SQLITE_ROW) {
            sqlite3_reset(handle_.get());
        }
        database_->check(code, sqlite3_sql(handle_.get()));
        return code == SQLITE_ROW;
    }
    void run() {
        while (step()) {
        }
    }

    // Columns count from 0; text and blob views live until the next step.
    [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
    [[nodiscard]] std::uint64_t natural(int column) const { return static_cast<std::uint64_t>(integer(column)); }
    [[nodiscard]] double real(int column) const { return sqlite3_column_double(handle_.get(), column); }
    [[nodiscard]] bool is_null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }
    [[nodiscard]] std::string_view text(int column) const {
        const void* bytes = sqlite3_column_blob(handle_.get(), column);
        return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
    }

private:
    void bind_one(int index, std::int64_t value) { ok(sqlite3_bind_int64(handle_.get(), index, value)); }
    void bind_one(int index, std::uint64_t value) { bind_one(index, static_cast<std::int64_t>(value)); }
    void bind_one(int index, int value) { bind_one(index, static_cast<std::int64_t>(value)); }
    void bind_one(int index, unsigned value) { bind_one(index, static_cast<std::int64_t>(value)); }
    void bind_one(int index, std::string_view value) {
        ok(sqlite3_bind_text(handle_.get(), index, value.data() ? value.data() : "", static_cast<int>(value.size()),
                             SQLITE_STATIC));
    }
    void bind_one(int index, Bytes value) {
        ok(sqlite3_bind_blob(handle_.get(), index, value.data() ? static_cast<const void*>(value.data()) : "",
                             static_cast<int>(value.size()), SQLITE_STATIC));
    }
    template <class T>
    void bind_one(int index, const std::optional<T>& value) {
        value ? bind_one(index, *value) : ok(sqlite3_bind_null(handle_.get(), index));
    }
    void ok(int code) const { database_->check(code, "bind"); }

    struct Finalize {
        void operator()(sqlite3_stmt* raw) const { sqlite3_finalize(raw); }
    };
    const Database* database_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

class Transaction {
public:
    explicit Transaction(Database& database) : database_(&database) { database.run("BEGIN IMMEDIATE"); }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() {
        if (!done_) {
            sqlite3_exec(database_->get(), "ROLLBACK", nullptr, nullptr, nullptr);
        }
    }
    void commit() {
        database_->run("COMMIT");
        done_ = true;
    }

private:
    Database* database_;
    bool done_ = false;
};

} // namespace tally::sqlite
