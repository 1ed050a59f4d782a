// What was bought and who was assigned, as the licence team hands it in, and what reconciling found.
// Guarantees: dated history (every import keeps its rows; the newest of a kind is current; earlier ones stay); a
// file is stored wholly or not at all; the same bytes twice change nothing.
// Reading files is reconcile's (inputs_csv.hpp); the tables live in the ledger's database.
#pragma once

#include "tally/sqlite/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::ledger {

enum class Metric : std::uint8_t { named, concurrent };

// An instant that may be known by its day only: it lies in [from, to], UTC seconds.
struct Moment {
    std::int64_t from = 0, to = 0;
    bool operator==(const Moment&) const = default;
};

struct Entitlement {
    std::uint64_t row = 0; // line of the file
    std::string line, agreement, product, name, order, currency;
    Metric metric = Metric::named;
    std::int64_t quantity = 0;
    std::vector<std::string> features;       // codes or mnemonics; empty: `product` itself
    std::int64_t start_day = 0, end_day = 0; // days since 1970, both inside
    std::optional<std::int64_t> version_min, version_max;
    std::optional<std::int64_t> list_price_units; // per seat and year, ten-thousandths of `currency`
};

struct Assignment {
    std::uint64_t row = 0;
    std::string user, product, source, team, status;
    Moment assigned;
    std::optional<Moment> unassigned, last_accessed;
};

enum class InputKind : std::uint8_t { entitlements, assignments };

struct InputFile {
    std::int64_t id = 0;
    InputKind kind = InputKind::entitlements;
    std::string name, digest;  // last part of the file's name; SHA-256 of its bytes, hex
    std::int64_t imported = 0; // UTC seconds by this machine's clock
    std::uint64_t rows = 0;
};

// `kind` and the digest of `bytes` of an import that is current already, if so.
[[nodiscard]] std::optional<InputFile> same_as_current(sqlite::Database& database, InputKind kind,
                                                       std::string_view bytes);

// One transaction; the new import is current afterwards. `file.id`, `digest` and `rows` are filled in here.
InputFile store_inputs(sqlite::Database& database, InputFile file, std::string_view bytes,
                       const std::vector<Entitlement>& rows);
InputFile store_inputs(sqlite::Database& database, InputFile file, std::string_view bytes,
                       const std::vector<Assignment>& rows);

struct Inputs {
    std::optional<InputFile> entitlement_file, assignment_file;
    std::vector<Entitlement> entitlements; // in file order
    std::vector<Assignment> assignments;
};

// The current import of each kind; empty when there was none. Works on a read-only database.
[[nodiscard]] Inputs load_inputs(const sqlite::Database& database);
[[nodiscard]] std::vector<InputFile> input_history(const sqlite::Database& database); // oldest first

// One finding of a run, in a form that later runs can be compared with. `body` is the finding as JSON.
struct StoredFinding {
    std::string id, code, body;
};
enum class StoreOutcome : std::uint8_t { stored, unchanged };
// Keeps a run when its findings differ from those of the newest run; runs are never overwritten.
StoreOutcome store_run(sqlite::Database& database, std::int64_t as_of, std::string_view rules,
                       const std::vector<StoredFinding>& findings);
// The newest stored form of that finding, also when the newest run no longer raises it.
[[nodiscard]] std::optional<StoredFinding> stored_finding(const sqlite::Database& database, std::string_view id);

// First 12 hex digits of SHA-256: the stable name of a finding.
[[nodiscard]] std::string short_name(std::string_view text);

} // namespace tally::ledger
