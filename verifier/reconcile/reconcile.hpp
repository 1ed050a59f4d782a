// Reconciles what was used with what was bought, by docs/reference/rules.md. Pure: the same usage, inputs and options
// give the same outcome, whatever the clock or locale says. It stores and prints nothing.
#pragma once

#include "verifier/ledger/usage.hpp"
#include "verifier/reconcile/outcome.hpp"

#include <optional>

namespace tally::reconcile {

// Spellings of a user name that differ in ASCII case only: different people, or one.
enum class Spelling : std::uint8_t { as_written, fold_case };

struct Options {
    std::optional<std::int64_t> as_of_day; // the last day that counts; nothing: up to the last record
    Spelling spelling = Spelling::as_written;
};

[[nodiscard]] Outcome reconcile(const ledger::Usage& usage, const ledger::Inputs& inputs, const Options& options = {});

// The outcome as the documented JSON of `reconcile --json`, and one finding of it.
[[nodiscard]] std::string to_json(const Outcome& outcome);
[[nodiscard]] std::string to_json(const Finding& finding);

} // namespace tally::reconcile
