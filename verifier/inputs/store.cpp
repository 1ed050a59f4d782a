#include "verifier/inputs/store.hpp"

#include "tally/base/encoding.hpp"
#include "tally/base/error.hpp"
#include "tally/crypto/sha256.hpp"
#include "tally/text/date.hpp"
#include "verifier/inputs/history.hpp"
#include "verifier/inputs/identity.hpp"
#include "verifier/inputs/inputs_csv.hpp"

#include <algorithm>

namespace tally::inputs {
namespace {

constexpr auto schema = R"(
CREATE TABLE IF NOT EXISTS input_file(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL,
  digest TEXT NOT NULL, imported INTEGER NOT NULL, rows INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS input_described(file INTEGER PRIMARY KEY REFERENCES input_file(id), as_of INTEGER NOT NULL,
  layout TEXT NOT NULL) STRICT;
)";

std::string hex_digest(std::string_view bytes) { return to_hex(crypto::sha256(bytes)); }

bool has_table(const sqlite::Database& database, std::string_view table) {
    sqlite::Statement known(database, "SELECT 1 FROM sqlite_schema WHERE name = ?");
    known.bind(table);
    return known.step();
}

InputFile file_of(const sqlite::Statement& row) {
    const auto kind = kind_named(row.text(1));
    if (!kind) {
        throw Error("open", "the ledger's inputs", "a table '" + std::string(row.text(1)) + "' that is not known here",
                    {"use the program version that imported it, or a newer one"});
    }
    InputFile file{row.integer(0),           *kind,          std::string(row.text(2)),
                   std::string(row.text(3)), row.integer(4), static_cast<std::uint64_t>(row.integer(5))};
    file.as_of = row.integer(6);
    file.layout = row.text(7);
    return file;
}

// Imports of the time before they were described count as of their day.
std::vector<InputFile> files_of(const sqlite::Database& database) {
    std::vector<InputFile> files;
    if (!has_table(database, "input_file")) {
        return files;
    }
    sqlite::Statement row(database, has_table(database, "input_described")
                                        ? "SELECT id, kind, name, digest, imported, rows, coalesce(as_of, imported / "
                                          "86400), coalesce(layout, 'own') FROM input_file "
                                          "LEFT JOIN input_described ON file = id ORDER BY id"
                                        : "SELECT id, kind, name, digest, imported, rows, imported / 86400, 'own' "
                                          "FROM input_file ORDER BY id");
    while (row.step()) {
        files.push_back(file_of(row));
    }
    return files;
}

bool describes_earlier(const InputFile& a, const InputFile& b) {
    return std::pair(a.as_of, a.id) < std::pair(b.as_of, b.id);
}

// Rows of the stored file, each with the file's id.
Inputs rows_of(const sqlite::Database& database, const InputFile& file) {
    sqlite::Statement stored(database, "SELECT bytes FROM input_file WHERE id = ?");
    stored.bind(file.id);
    Inputs inputs;
    const auto table =
        stored.step() ? read_input(file.kind, stored.text(0), inputs) : Result<Reading>(Fault{"it is gone", 0});
    if (!table || !table->faults.empty()) {
        const auto fault = table ? table->faults.front() : table.fault();
        throw Error("read", "stored " + std::string(name(file.kind)) + " " + file.name, fault.what,
                    {"hand the file in again: tally-verifier import " + std::string(name(file.kind))});
    }
    each_table(inputs, [&](Kind, auto& rows) {
        for (auto& row : rows) {
            row.at.file = static_cast<std::uint64_t>(file.id);
        }
    });
    return inputs;
}

} // namespace

std::optional<InputFile> same_as_current(const sqlite::Database& database, Kind kind, std::string_view bytes) {
    const std::string digest = hex_digest(bytes);
    std::optional<InputFile> same;
    auto files = files_of(database);
    std::stable_sort(files.begin(), files.end(), describes_earlier);
    for (const auto& file : files) {
        if (file.kind == kind && (counting_of(kind) != Counting::log || file.digest == digest)) {
            same = file;
        }
    }
    return same && same->digest == digest ? same : std::nullopt;
}

InputFile store_file(sqlite::Database& database, InputFile file, std::string_view bytes) {
    sqlite::Transaction transaction(database);
    database.run(schema);
    file.digest = hex_digest(bytes);
    file.as_of = file.as_of == 0 ? text::day_of(file.imported) : file.as_of;
    file.layout = file.layout.empty() ? std::string(own_layout) : file.layout;
    sqlite::Statement(database,
                      "INSERT INTO input_file(kind, name, digest, imported, rows, bytes) VALUES(?, ?, ?, ?, ?, ?)")
        .bind(name(file.kind), std::string_view(file.name), std::string_view(file.digest), file.imported, file.rows,
              as_bytes(bytes))
        .run();
    file.id = database.last_row();
    sqlite::Statement(database, "INSERT INTO input_described(file, as_of, layout) VALUES(?, ?, ?)")
        .bind(file.id, file.as_of, std::string_view(file.layout))
        .run();
    transaction.commit();
    return file;
}

Inputs load_inputs(const sqlite::Database& database, std::optional<Day> known_on) {
    auto files = input_history(database, known_on);
    std::stable_sort(files.begin(), files.end(), describes_earlier);
    std::vector<Import> imports;
    for (auto& file : files) {
        if (file.counts) {
            imports.push_back({file, rows_of(database, file)});
        }
    }
    return combined(std::move(imports));
}

std::string stored_bytes(const sqlite::Database& database, const InputFile& file) {
    sqlite::Statement stored(database, "SELECT bytes FROM input_file WHERE id = ?");
    stored.bind(file.id);
    std::string bytes = stored.step() ? std::string(stored.text(0)) : std::string();
    if (hex_digest(bytes) != file.digest) {
        throw Error("read", "stored " + std::string(name(file.kind)) + " " + file.name,
                    "its bytes are not those that were handed in: the ledger is damaged");
    }
    return bytes;
}

std::vector<InputFile> input_history(const sqlite::Database& database, std::optional<Day> known_on) {
    auto files = files_of(database);
    if (known_on) {
        std::erase_if(files, [&](const InputFile& file) { return text::day_of(file.imported) > *known_on; });
    }
    mark_counting(files);
    return files;
}

} // namespace tally::inputs
