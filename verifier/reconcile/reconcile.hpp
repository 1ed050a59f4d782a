// Reconciles what was used with what was bought, by docs/reference/rules.md. Pure: the same usage, inputs and options
// give the same outcome, whatever the clock or locale says. It stores and prints nothing.
#pragma once

#include "verifier/findings/outcome.hpp"

namespace tally::reconcile {

using count::Options;
using count::Spelling;
using findings::Finding;
using findings::Outcome;

[[nodiscard]] Outcome reconcile(const ledger::Usage& usage, const inputs::Inputs& inputs, const Options& options = {},
                                const rules::Values& rules = {});

} // namespace tally::reconcile
