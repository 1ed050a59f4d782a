// What three commands begin with: the ledger's usage and inputs, counted by the rules with the operator's options.
#pragma once

#include "verifier/commands.hpp"
#include "verifier/inputs/store.hpp"
#include "verifier/ledger/ledger.hpp"
#include "verifier/reconcile/reconcile.hpp"

namespace tally::verifier {

struct Counted {
    ledger::Usage usage;
    inputs::Inputs inputs;
    findings::Outcome outcome;
};

// Error (exit 2) when `as_of` is neither empty nor a date.
[[nodiscard]] Counted count(const ledger::Ledger& ledger, const std::string& as_of, FoldCase fold_case);

} // namespace tally::verifier
