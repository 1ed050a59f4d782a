#include "verifier/commands.hpp"

#include "tally/cli/output.hpp"
#include "tally/text/json.hpp"
#include "verifier/inputs/inputs_csv.hpp"
#include "verifier/inputs/store.hpp"
#include "verifier/ledger/ledger.hpp"

#include <cstdio>
#include <ctime>

namespace tally::verifier {
namespace {

constexpr std::size_t max_file = 64U << 20U;
constexpr std::size_t faults_shown = 50;

std::string_view name_of(Input input) { return input == Input::entitlements ? "entitlements" : "assignments"; }

// FILE:LINE: what is wrong, for every bad row, then one Error.
[[noreturn]] void refuse(const ImportOptions& options, const std::vector<Fault>& faults) {
    for (std::size_t i = 0; i < faults.size() && i < faults_shown; ++i) {
        std::fprintf(stderr, "%s:%llu: %s\n", options.file.c_str(), static_cast<unsigned long long>(faults[i].at),
                     faults[i].what.c_str());
    }
    if (faults.size() > faults_shown) {
        std::fprintf(stderr, "%s: %zu more\n", options.file.c_str(), faults.size() - faults_shown);
    }
    throw Error("import", options.file.string(),
                std::to_string(faults.size()) + (faults.size() == 1 ? " fault" : " faults") + ", nothing was stored",
                {"the columns and how each is written: docs/reference/inputs.md"});
}

void print(const ImportOptions& options, std::size_t rows, const std::vector<std::string>& unknown_columns,
           std::string_view status, const std::string& digest) {
    if (options.output == Output::json) {
        text::Json json;
        json.object()
            .member("format", "tally-import-1")
            .member("input", name_of(options.input))
            .member("status", status);
        json.member("rows", rows).member("sha256", digest).key("unknown_columns").array();
        for (const auto& column : unknown_columns) {
            json.value(column);
        }
        json.end_array().end_object();
        cli::print(json.str() + "\n");
        return;
    }
    std::printf("%s  %zu rows  %s\n", std::string(name_of(options.input)).c_str(), rows, std::string(status).c_str());
    for (const auto& column : unknown_columns) {
        std::printf("column not used: %s\n", text::shown(column).c_str());
    }
}

template <class Row>
Exit import(const ImportOptions& options, inputs::Kind kind, const std::string& bytes,
            const Result<inputs::InputTable<Row>>& table) {
    if (!table) {
        refuse(options, {table.fault()});
    }
    if (!table->faults.empty()) {
        refuse(options, table->faults);
    }
    const auto mode = options.dry_run == DryRun::yes ? sqlite::Mode::read_only : sqlite::Mode::read_write;
    ledger::Ledger ledger(options.ledger, mode);
    if (const auto same = inputs::same_as_current(ledger.database(), kind, bytes)) {
        print(options, table->rows.size(), table->unknown_columns, "already current", same->digest);
        return Exit::nothing_to_do;
    }
    if (options.dry_run == DryRun::yes) {
        print(options, table->rows.size(), table->unknown_columns, "good, not stored", "");
        return Exit::ok;
    }
    inputs::InputFile file;
    file.kind = kind;
    file.rows = table->rows.size();
    file.name = options.file.filename().string();
    file.imported = static_cast<std::int64_t>(std::time(nullptr));
    const auto stored = inputs::store_file(ledger.database(), file, bytes);
    print(options, table->rows.size(), table->unknown_columns, "stored", stored.digest);
    return Exit::ok;
}

} // namespace

Exit run_import(const ImportOptions& options) {
    const std::string bytes = os::read_file(options.file, max_file);
    return options.input == Input::entitlements
               ? import(options, inputs::Kind::entitlements, bytes, inputs::read_entitlements(bytes))
               : import(options, inputs::Kind::assignments, bytes, inputs::read_assignments(bytes));
}

} // namespace tally::verifier
