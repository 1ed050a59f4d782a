#include "verifier/ledger/inputs.hpp"

#include "tally/crypto/sha256.hpp"

namespace tally::ledger {
namespace {

constexpr auto schema = R"(
CREATE TABLE IF NOT EXISTS input_file(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL,
  digest TEXT NOT NULL, imported INTEGER NOT NULL, rows INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entitlement(file INTEGER NOT NULL REFERENCES input_file, row INTEGER NOT NULL,
  line TEXT NOT NULL, agreement TEXT NOT NULL, product TEXT NOT NULL, name TEXT NOT NULL, ordered TEXT NOT NULL,
  currency TEXT NOT NULL, metric INTEGER NOT NULL, quantity INTEGER NOT NULL, features TEXT NOT NULL,
  start_day INTEGER NOT NULL, end_day INTEGER NOT NULL, version_min INTEGER, version_max INTEGER, price INTEGER,
  PRIMARY KEY(file, row)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS assignment(file INTEGER NOT NULL REFERENCES input_file, row INTEGER NOT NULL,
  user TEXT NOT NULL, product TEXT NOT NULL, source TEXT NOT NULL, team TEXT NOT NULL, status TEXT NOT NULL,
  assigned_from INTEGER NOT NULL, assigned_to INTEGER NOT NULL, unassigned_from INTEGER, unassigned_to INTEGER,
  accessed_from INTEGER, accessed_to INTEGER, PRIMARY KEY(file, row)) STRICT, WITHOUT ROWID;
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

std::optional<std::int64_t> nullable(const sqlite::Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
}
std::optional<Moment> nullable_moment(const sqlite::Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(Moment{row.integer(column), row.integer(column + 1)});
}
std::optional<std::int64_t> from_of(const std::optional<Moment>& moment) {
    return moment ? std::optional(moment->from) : std::nullopt;
}
std::optional<std::int64_t> to_of(const std::optional<Moment>& moment) {
    return moment ? std::optional(moment->to) : std::nullopt;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}
std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t size = std::min(text.find(' '), text.size());
        words.emplace_back(text.substr(0, size));
        text.remove_prefix(std::min(size + 1, text.size()));
    }
    return words;
}

InputFile file_of(const sqlite::Statement& row) {
    return {row.integer(0),           static_cast<InputKind>(row.integer(1)),
            std::string(row.text(2)), std::string(row.text(3)),
            row.integer(4),           static_cast<std::uint64_t>(row.integer(5))};
}

std::optional<InputFile> current(const sqlite::Database& database, InputKind kind) {
    sqlite::Statement newest(database, "SELECT id, kind, name, digest, imported, rows FROM input_file WHERE kind = ? "
                                       "ORDER BY id DESC LIMIT 1");
    newest.bind(static_cast<int>(kind));
    return newest.step() ? std::optional(file_of(newest)) : std::nullopt;
}

template <class Insert>
InputFile store(sqlite::Database& database, InputFile file, std::string_view bytes, std::size_t rows, Insert insert) {
    sqlite::Transaction transaction(database);
    database.run(schema);
    file.digest = hex_digest(bytes);
    file.rows = rows;
    sqlite::Statement(database, "INSERT INTO input_file(kind, name, digest, imported, rows) VALUES(?, ?, ?, ?, ?)")
        .bind(static_cast<int>(file.kind), std::string_view(file.name), std::string_view(file.digest), file.imported,
              file.rows)
        .run();
    file.id = database.last_row();
    insert(file.id);
    transaction.commit();
    return file;
}

void load_entitlements(const sqlite::Database& database, Inputs& inputs) {
    sqlite::Statement row(
        database, "SELECT row, line, agreement, product, name, ordered, currency, metric, quantity, features, "
                  "start_day, end_day, version_min, version_max, price FROM entitlement WHERE file = ? ORDER BY row");
    row.bind(inputs.entitlement_file->id);
    while (row.step()) {
        Entitlement item;
        item.row = static_cast<std::uint64_t>(row.integer(0));
        int column = 0;
        for (std::string* text :
             {&item.line, &item.agreement, &item.product, &item.name, &item.order, &item.currency}) {
            *text = row.text(++column);
        }
        item.metric = static_cast<Metric>(row.integer(7));
        item.quantity = row.integer(8);
        item.features = split(row.text(9));
        item.start_day = row.integer(10);
        item.end_day = row.integer(11);
        item.version_min = nullable(row, 12);
        item.version_max = nullable(row, 13);
        item.list_price_units = nullable(row, 14);
        inputs.entitlements.push_back(std::move(item));
    }
}

void load_assignments(const sqlite::Database& database, Inputs& inputs) {
    sqlite::Statement row(
        database, "SELECT row, user, product, source, team, status, assigned_from, assigned_to, unassigned_from, "
                  "unassigned_to, accessed_from, accessed_to FROM assignment WHERE file = ? ORDER BY row");
    row.bind(inputs.assignment_file->id);
    while (row.step()) {
        Assignment item;
        item.row = static_cast<std::uint64_t>(row.integer(0));
        int column = 0;
        for (std::string* text : {&item.user, &item.product, &item.source, &item.team, &item.status}) {
            *text = row.text(++column);
        }
        item.assigned = {row.integer(6), row.integer(7)};
        item.unassigned = nullable_moment(row, 8);
        item.last_accessed = nullable_moment(row, 10);
        inputs.assignments.push_back(std::move(item));
    }
}

} // namespace

std::optional<InputFile> same_as_current(sqlite::Database& database, InputKind kind, std::string_view bytes) {
    const auto newest = has_tables(database) ? current(database, kind) : std::nullopt;
    return newest && newest->digest == hex_digest(bytes) ? newest : std::nullopt;
}

InputFile store_inputs(sqlite::Database& database, InputFile file, std::string_view bytes,
                       const std::vector<Entitlement>& rows) {
    file.kind = InputKind::entitlements;
    return store(database, std::move(file), bytes, rows.size(), [&](std::int64_t id) {
        sqlite::Statement insert(database,
                                 "INSERT INTO entitlement VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        for (const auto& row : rows) {
            const std::string features = joined(row.features);
            insert
                .bind(id, row.row, std::string_view(row.line), std::string_view(row.agreement),
                      std::string_view(row.product), std::string_view(row.name), std::string_view(row.order),
                      std::string_view(row.currency), static_cast<int>(row.metric), row.quantity,
                      std::string_view(features), row.start_day, row.end_day, row.version_min, row.version_max,
                      row.list_price_units)
                .run();
        }
    });
}

InputFile store_inputs(sqlite::Database& database, InputFile file, std::string_view bytes,
                       const std::vector<Assignment>& rows) {
    file.kind = InputKind::assignments;
    return store(database, std::move(file), bytes, rows.size(), [&](std::int64_t id) {
        sqlite::Statement insert(database, "INSERT INTO assignment VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        for (const auto& row : rows) {
            insert
                .bind(id, row.row, std::string_view(row.user), std::string_view(row.product),
                      std::string_view(row.source), std::string_view(row.team), std::string_view(row.status),
                      row.assigned.from, row.assigned.to, from_of(row.unassigned), to_of(row.unassigned),
                      from_of(row.last_accessed), to_of(row.last_accessed))
                .run();
        }
    });
}

Inputs load_inputs(const sqlite::Database& database) {
    Inputs inputs;
    if (!has_tables(database)) {
        return inputs;
    }
    inputs.entitlement_file = current(database, InputKind::entitlements);
    inputs.assignment_file = current(database, InputKind::assignments);
    if (inputs.entitlement_file) {
        load_entitlements(database, inputs);
    }
    if (inputs.assignment_file) {
        load_assignments(database, inputs);
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
