// Every table that is handed in, from CSV or JSON Lines (docs/reference/inputs.md): columns by name with case, spaces,
// underscores and hyphens folded; unknown columns are listed, not refused. Every bad row is told with its line, not
// only the first; a table with any fault must not be stored.
// Exports of the vendor's account are recognised by their columns and give rows of the same kind.
#pragma once

#include "tally/base/result.hpp"
#include "verifier/inputs/inputs.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::inputs {

inline constexpr std::size_t most_rows = 2'000'000;
inline constexpr std::string_view own_layout = "own";

template <class Row>
struct InputTable {
    std::vector<Row> rows;
    std::vector<Fault> faults;                // `at` is the line
    std::vector<std::string> unknown_columns; // as written
    std::string_view layout = own_layout;     // which of the documented sets of columns
    std::size_t nameless = 0;                 // rows without personal data: counted, nobody's
    std::size_t skipped = 0; // rows of an export that are not of this table, such as tokens among seats
};

// Row: any of verifier/inputs/{bought,people,estate}.hpp. A Fault when the header itself cannot be used (its line); bad
// rows are in the table.
template <class Row>
[[nodiscard]] Result<InputTable<Row>> read_rows(std::string_view bytes);

[[nodiscard]] Result<InputTable<Entitlement>> read_entitlements(std::string_view bytes);
[[nodiscard]] Result<InputTable<Assignment>> read_assignments(std::string_view bytes);

// What was read of a file whose kind is only known by its value.
struct Reading {
    std::size_t rows = 0;
    std::vector<Fault> faults;
    std::vector<std::string> unknown_columns;
    std::string_view layout = own_layout;
    std::size_t nameless = 0, skipped = 0;
};
// Appends the rows to their table in `inputs`, when there is no fault.
[[nodiscard]] Result<Reading> read_input(Kind kind, std::string_view bytes, Inputs& inputs);

// Calls action(kind, rows) for every table, in the order of Kind.
template <class Of, class Action>
void each_table(Of& inputs, Action action) {
    action(Kind::entitlements, inputs.entitlements);
    action(Kind::assignments, inputs.assignments);
    action(Kind::agreements, inputs.agreements);
    action(Kind::collections, inputs.collections);
    action(Kind::directory, inputs.directory);
    action(Kind::aliases, inputs.aliases);
    action(Kind::groups, inputs.groups);
    action(Kind::administrators, inputs.administrators);
    action(Kind::approved_administrators, inputs.approved_administrators);
    action(Kind::perpetual, inputs.perpetual);
    action(Kind::billing, inputs.billing);
    action(Kind::token_packs, inputs.token_packs);
    action(Kind::token_rates, inputs.token_rates);
    action(Kind::token_adjustments, inputs.token_adjustments);
    action(Kind::prices, inputs.prices);
    action(Kind::functions, inputs.functions);
    action(Kind::command_categories, inputs.command_categories);
    action(Kind::hosts, inputs.hosts);
    action(Kind::installations, inputs.installations);
    action(Kind::usage_exports, inputs.usage_exports);
    action(Kind::releases, inputs.releases);
    action(Kind::licence_files, inputs.licence_files);
    action(Kind::networks, inputs.networks);
    action(Kind::addons, inputs.addons);
    action(Kind::products, inputs.products);
    action(Kind::waivers, inputs.waivers);
    action(Kind::entity_events, inputs.entity_events);
    action(Kind::performance_references, inputs.performance_references);
}

} // namespace tally::inputs
