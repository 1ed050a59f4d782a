// The register of findings over runs, in the ledger's database: what is open, whose it is, until when it is accepted,
// what was remedied and what that saved. Every change keeps who made it and when.
// Guarantees: the same run again changes nothing; what people said about a finding survives every run, rule change and
// quantity as long as the fact is the same (Finding::id); a run and what follows from it are one transaction.
#pragma once

#include "tally/base/result.hpp"
#include "verifier/review/entry.hpp"
#include "verifier/review/runs.hpp"

namespace tally::review {

// Who changes something, and when (UTC seconds).
struct Author {
    std::string who;
    std::int64_t at = 0;
};

struct RunRecord {
    StoreOutcome run = StoreOutcome::stored;
    bool looks_back = false; // of an earlier day than the newest run: kept, but the register stays as it is
    std::vector<Change> changes;
};

// Keeps the run and brings the register up to it: new findings are open, those that are gone are remedied, those that
// came back are reopened, acceptances that ran out are open.
RunRecord record_run(sqlite::Database& database, const findings::Outcome& outcome, const Author& author);

// Gives each finding of `outcome` the state that the register knows of it, on the outcome's day.
void show_states(const sqlite::Database& database, findings::Outcome& outcome);

struct Filter {
    std::string code, severity, line, subject, owner;
    std::optional<State> state;
    std::optional<std::int64_t> due_before, remedied_since; // days
};

// By severity, code, line, subject, id. Entries show their state on `day`.
[[nodiscard]] std::vector<Entry> list(const sqlite::Database& database, const Filter& filter, std::int64_t day);
// Those whose id begins with it.
[[nodiscard]] std::vector<Entry> named(const sqlite::Database& database, std::string_view id, std::int64_t day);
[[nodiscard]] std::vector<Change> history(const sqlite::Database& database, std::string_view id); // oldest first

// What somebody wants to be so of a finding; what is not given stays.
struct Wish {
    std::optional<std::string> owner, note; // "": nobody, nothing
    std::optional<std::optional<std::int64_t>> due;
    std::optional<std::int64_t> until;
    std::optional<State> state; // open, accepted (with a day until when) or disputed
};
enum class Apply : std::uint8_t { yes, dry_run };

// The changes that follow, none when all is so already. A fault says why the wish cannot be; nothing has changed then.
[[nodiscard]] Result<std::vector<Change>> set(sqlite::Database& database, const Entry& entry, const Wish& wish,
                                              const Author& author, Apply apply);

// The register as files: CSV (RFC 4180, safe in a spreadsheet) and JSON.
[[nodiscard]] std::string to_csv(const std::vector<Entry>& entries);
[[nodiscard]] std::string to_json(const std::vector<Entry>& entries);
[[nodiscard]] std::string to_json(const std::vector<Change>& changes);

// The first day of the quarter before the one that the day lies in.
[[nodiscard]] std::int64_t quarter_before(std::int64_t day);
// Sums of money saved by entries, by currency.
[[nodiscard]] std::vector<std::pair<std::string, text::Decimal>> saved_by(const std::vector<Entry>& entries);

} // namespace tally::review
