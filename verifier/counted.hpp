// What commands begin with: the ledger's usage and inputs, counted by the rules with the operator's options.
#pragma once

#include "verifier/commands.hpp"
#include "verifier/inputs/store.hpp"
#include "verifier/ledger/ledger.hpp"
#include "verifier/outputs/basis.hpp"
#include "verifier/reconcile/reconcile.hpp"
#include "verifier/rules/pack.hpp"

namespace tally::verifier {

struct Counted {
    ledger::Usage usage;
    inputs::Inputs inputs;
    findings::Outcome outcome;
};

// Error (exit 2) when `as_of` is neither empty nor a date, or an assumption cannot be made.
[[nodiscard]] Counted count(const ledger::Ledger& ledger, const std::string& as_of, FoldCase fold_case,
                            const Assumptions& assumptions = {});

// What the ledger says of the logs, files and bundles that the count rests on.
[[nodiscard]] outputs::Basis basis_of(const ledger::Ledger& ledger, const ledger::Usage& usage);

// The day that an option gives; nothing when it is "". Error (exit 2) when it is no date.
[[nodiscard]] std::optional<inputs::Day> day_given(const std::string& option, const std::string& text);

// The pack of that file, its signature held against the key if there is one; the standard pack when `file` is "".
[[nodiscard]] rules::Pack load_pack(const os::fs::path& file, const std::string& key);

} // namespace tally::verifier
