#include "verifier/inputs/store.hpp"

#include "tally/base/encoding.hpp"
#include "tally/base/error.hpp"
#include "tally/crypto/sha256.hpp"
#include "verifier/inputs/inputs_csv.hpp"

namespace tally::inputs {
namespace {

constexpr auto schema = R"(
CREATE TABLE IF NOT EXISTS input_file(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL,
  digest TEXT NOT NULL, imported INTEGER NOT NULL, rows INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
)";

std::string hex_digest(std::string_view bytes) { return to_hex(crypto::sha256(bytes)); }

bool has_tables(const sqlite::Database& database) {
    sqlite::Statement known(database, "SELECT 1 FROM sqlite_schema WHERE name = 'input_file'");
    return known.step();
}

std::optional<Kind> kind_of(std::string_view text) {
    for (std::size_t i = 0; i < kinds; ++i) {
        if (name(static_cast<Kind>(i)) == text) {
            return static_cast<Kind>(i);
        }
    }
    return std::nullopt;
}

InputFile file_of(const sqlite::Statement& row) {
    const auto kind = kind_of(row.text(1));
    if (!kind) {
        throw Error("open", "the ledger's inputs", "a table '" + std::string(row.text(1)) + "' that is not known here",
                    {"use the program version that imported it, or a newer one"});
    }
    return {row.integer(0),           *kind,          std::string(row.text(2)),
            std::string(row.text(3)), row.integer(4), static_cast<std::uint64_t>(row.integer(5))};
}

std::optional<InputFile> current(const sqlite::Database& database, Kind kind) {
    sqlite::Statement newest(database, "SELECT id, kind, name, digest, imported, rows FROM input_file WHERE kind = ? "
                                       "ORDER BY id DESC LIMIT 1");
    newest.bind(name(kind));
    return newest.step() ? std::optional(file_of(newest)) : std::nullopt;
}

// Rows of the stored file, each with the file's id.
template <class Row>
std::vector<Row> rows_of(const sqlite::Database& database, const InputFile& file,
                         Result<InputTable<Row>> (*read)(std::string_view)) {
    sqlite::Statement stored(database, "SELECT bytes FROM input_file WHERE id = ?");
    stored.bind(file.id);
    auto table = stored.step() ? read(stored.text(0)) : Result<InputTable<Row>>(Fault{"it is gone", 0});
    if (!table || !table->faults.empty()) {
        const auto fault = table ? table->faults.front() : table.fault();
        throw Error("read", "stored " + std::string(name(file.kind)) + " " + file.name, fault.what,
                    {"hand the file in again: tally-verifier import " + std::string(name(file.kind))});
    }
    for (auto& row : table->rows) {
        row.at.file = static_cast<std::uint64_t>(file.id);
    }
    return std::move(table->rows);
}

} // namespace

std::optional<InputFile> same_as_current(const sqlite::Database& database, Kind kind, std::string_view bytes) {
    const auto newest = has_tables(database) ? current(database, kind) : std::nullopt;
    return newest && newest->digest == hex_digest(bytes) ? newest : std::nullopt;
}

InputFile store_file(sqlite::Database& database, InputFile file, std::string_view bytes) {
    sqlite::Transaction transaction(database);
    database.run(schema);
    file.digest = hex_digest(bytes);
    sqlite::Statement(database,
                      "INSERT INTO input_file(kind, name, digest, imported, rows, bytes) VALUES(?, ?, ?, ?, ?, ?)")
        .bind(name(file.kind), std::string_view(file.name), std::string_view(file.digest), file.imported, file.rows,
              as_bytes(bytes))
        .run();
    file.id = database.last_row();
    transaction.commit();
    return file;
}

Inputs load_inputs(const sqlite::Database& database) {
    Inputs inputs;
    if (!has_tables(database)) {
        return inputs;
    }
    if (const auto file = current(database, Kind::entitlements)) {
        inputs.entitlements = rows_of(database, *file, read_entitlements);
        inputs.files.push_back(*file);
    }
    if (const auto file = current(database, Kind::assignments)) {
        inputs.assignments = rows_of(database, *file, read_assignments);
        inputs.files.push_back(*file);
    }
    return inputs;
}

std::vector<InputFile> input_history(const sqlite::Database& database) {
    std::vector<InputFile> files;
    if (has_tables(database)) {
        sqlite::Statement row(database, "SELECT id, kind, name, digest, imported, rows FROM input_file ORDER BY id");
        while (row.step()) {
            files.push_back(file_of(row));
        }
    }
    return files;
}

} // namespace tally::inputs
