#include "verifier/commands.hpp"

#include "tally/cli/output.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "verifier/counted.hpp"
#include "verifier/inputs/inputs_csv.hpp"
#include "verifier/inputs/store.hpp"
#include "verifier/ledger/ledger.hpp"

#include <cstdio>
#include <ctime>

namespace tally::verifier {
namespace {

constexpr std::size_t max_file = 64U << 20U;

// FILE:LINE: what is wrong, for every bad row, then one Error.
[[noreturn]] void refuse(const ImportOptions& options, const std::vector<Fault>& faults) {
    for (const auto& fault : faults) {
        std::fprintf(stderr, "%s:%llu: %s\n", options.file.c_str(), static_cast<unsigned long long>(fault.at),
                     fault.what.c_str());
    }
    throw Error("import", options.file.string(),
                std::to_string(faults.size()) + (faults.size() == 1 ? " fault" : " faults") + ", nothing was stored",
                {"the columns and how each is written: docs/reference/inputs.md"});
}

std::string to_json(const inputs::InputFile& file, const inputs::Reading& reading, std::string_view status) {
    text::Json json;
    json.object()
        .member("format", "tally-import-1")
        .member("input", inputs::name(file.kind))
        .member("status", status)
        .member("rows", reading.rows)
        .member("rows_without_person", reading.nameless)
        .member("rows_of_another_kind", reading.skipped)
        .member("layout", reading.layout)
        .member("as_of", text::format_day(file.as_of))
        .member("sha256", file.digest)
        .key("unknown_columns")
        .array();
    for (const auto& column : reading.unknown_columns) {
        json.value(column);
    }
    return json.end_array().end_object().str() + "\n";
}

std::string to_text(const inputs::InputFile& file, const inputs::Reading& reading, std::string_view status) {
    std::string text = std::string(inputs::name(file.kind)) + "  " + std::to_string(reading.rows) + " rows  " +
                       std::string(status) + "\n";
    if (reading.layout != inputs::own_layout) {
        text += "recognised as an export of the vendor's account: " + std::string(reading.layout) + "\n";
    }
    if (reading.nameless != 0) {
        text += "rows without a person's name: " + std::to_string(reading.nameless) + "\n";
    }
    if (reading.skipped != 0) {
        text += "rows that are not of this table: " + std::to_string(reading.skipped) + "\n";
    }
    for (const auto& column : reading.unknown_columns) {
        text += "column not used: " + text::shown(column) + "\n";
    }
    return text;
}

inputs::InputFile described(const ImportOptions& options, const inputs::Reading& reading) {
    inputs::InputFile file;
    file.kind = options.kind;
    file.rows = reading.rows;
    file.layout = reading.layout;
    file.name = options.file.filename().string();
    file.imported = static_cast<std::int64_t>(std::time(nullptr));
    file.as_of = day_given("--as-of", options.as_of).value_or(text::day_of(file.imported));
    return file;
}

} // namespace

Exit run_import(const ImportOptions& options) {
    const std::string bytes = os::read_file(options.file, max_file);
    inputs::Inputs rows;
    const auto reading = inputs::read_input(options.kind, bytes, rows);
    if (!reading || !reading->faults.empty()) {
        refuse(options, reading ? reading->faults : std::vector<Fault>{reading.fault()});
    }
    auto file = described(options, *reading);
    const auto print = [&](std::string_view status) {
        cli::print(options.output == Output::json ? to_json(file, *reading, status) : to_text(file, *reading, status));
    };
    const auto mode = options.dry_run == DryRun::yes ? sqlite::Mode::read_only : sqlite::Mode::read_write;
    ledger::Ledger ledger(options.ledger, mode);
    const auto same = inputs::same_as_current(ledger.database(), options.kind, bytes);
    if (same && (options.as_of.empty() || same->as_of == file.as_of)) {
        file = *same;
        print("already current");
        return Exit::nothing_to_do;
    }
    if (options.dry_run == DryRun::yes) {
        print("good, not stored");
        return Exit::ok;
    }
    file = inputs::store_file(ledger.database(), file, bytes);
    print("stored");
    return Exit::ok;
}

} // namespace tally::verifier
