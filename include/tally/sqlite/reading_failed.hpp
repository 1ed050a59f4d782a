// SQLite calls a file corrupt when the disk does not give it back (EIO). What lies there may be whole all the same, so
// nobody may conclude anything from it; this tells the two apart.
#pragma once

#include <cerrno>
#include <sqlite3.h>

namespace tally::sqlite {

inline bool reading_failed(sqlite3* database) {
    int failed = 0;
    sqlite3_file* journal = nullptr; // or write-ahead log
    sqlite3_file_control(database, "main", SQLITE_FCNTL_LAST_ERRNO, &failed);
    sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &journal);
    if (failed != EIO && journal != nullptr && journal->pMethods != nullptr) {
        journal->pMethods->xFileControl(journal, SQLITE_FCNTL_LAST_ERRNO, &failed);
    }
    return failed == EIO;
}

} // namespace tally::sqlite
