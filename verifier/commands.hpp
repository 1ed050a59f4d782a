// The commands of tally-verifier as plain options and functions; main.cpp fills the options from the command line.
// Each prints results on stdout, complaints on stderr, and returns the exit code (docs/reference/exit-codes.md).
#pragma once

#include "tally/base/error.hpp"
#include "tally/os/file.hpp"
#include "verifier/inputs/row.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tally::verifier {

enum class Output : std::uint8_t { text, json };
enum class Recompress : std::uint8_t { no, yes };

struct TrustAddOptions {
    os::fs::path site_file;  // SITE.jsonl
    os::fs::path ledger;     // made when there is none
    std::string fingerprint; // words or hex, as it was heard over another channel
    std::string reenrol;     // why the site is trusted under another fingerprint from now on; empty: it is not
    Output output = Output::text;
};
Exit run_trust_add(const TrustAddOptions& options);

struct TrustListOptions {
    os::fs::path ledger;
    Output output = Output::text;
};
Exit run_trust_list(const TrustListOptions& options);

struct KeysNewOptions {
    os::fs::path name; // NAME.key and NAME.pub are made
    std::optional<int> passphrase_fd;
    Output output = Output::text;
};
Exit run_keys_new(const KeysNewOptions& options);

struct CheckOptions {
    std::vector<std::string> bundles;
    os::fs::path ledger; // "": nobody is trusted, nothing is remembered
    Recompress recompress = Recompress::no;
    os::fs::path junit, certificate; // files to write as well; "": none
    Output output = Output::text;
};
Exit run_check(const CheckOptions& options);

struct AcceptOptions {
    std::vector<std::string> bundles;
    os::fs::path ledger;
    std::string received; // day or instant at which the bundles came; "": now
    Recompress recompress = Recompress::no;
    Output output = Output::text;
};
Exit run_accept(const AcceptOptions& options);

struct DisclosureOptions {
    os::fs::path file;   // of one person or one line
    os::fs::path ledger; // "": the root of a line is not compared
    Output output = Output::text;
};
Exit run_disclosure(const DisclosureOptions& options);

struct LedgerOptions {
    os::fs::path ledger;
    Output output = Output::text;
};
Exit run_ledger(const LedgerOptions& options);

enum class DryRun : std::uint8_t { no, yes };

struct ImportOptions {
    inputs::Kind kind = inputs::Kind::entitlements;
    os::fs::path file; // CSV or JSON Lines, docs/reference/inputs.md
    os::fs::path ledger;
    std::string as_of; // YYYY-MM-DD, the day that the file describes; "": today
    DryRun dry_run = DryRun::no;
    Output output = Output::text;
};
Exit run_import(const ImportOptions& options);

struct InputsOptions {
    os::fs::path ledger;
    std::string known_on; // YYYY-MM-DD: only what was imported up to then; "": all
    bool joins = false;   // what the tables and the records say of the same names, instead of the imports
    Output output = Output::text;
};
Exit run_inputs(const InputsOptions& options);

enum class FoldCase : std::uint8_t { no, yes }; // whether HIG and hig are one person

// What the rules' numbers are, and what is to be assumed instead of what is so.
struct Assumptions {
    os::fs::path rules;               // a rule pack; "": the standard one
    std::string rules_key;            // minisign public key or a file with it; "": a signature is not asked for
    std::vector<std::string> set;     // "R-OVER.over_long_episode_s=600"
    std::vector<std::string> what_if; // "seats L05=14"
    std::string known_on;             // YYYY-MM-DD: with the tables handed in up to then; "": all
    [[nodiscard]] bool any() const { return !set.empty() || !what_if.empty() || !known_on.empty(); }
};

struct RulesOptions {
    os::fs::path check, diff; // a pack; at most one of them
    std::string rules_key;
    Output output = Output::text;
};
Exit run_rules(const RulesOptions& options);

struct ReconcileOptions {
    os::fs::path ledger;
    std::string as_of; // YYYY-MM-DD, the last day that counts; "": up to the last record
    FoldCase fold_case = FoldCase::no;
    Assumptions assumptions;
    Output output = Output::text;
};
Exit run_reconcile(const ReconcileOptions& options);

enum class FindingsAction : std::uint8_t { list, set, history, export_table };

struct FindingsOptions {
    FindingsAction action = FindingsAction::list;
    os::fs::path ledger;
    std::string code, severity, state, line, subject, owner, due_before, remedied_since; // filters; "": any
    std::string on;                                  // YYYY-MM-DD, the day of which the states are; "": today
    std::vector<std::string> ids;                    // of set and history
    std::optional<std::string> new_owner, due, note; // of set; "" takes away
    std::string until, by;
    DryRun dry_run = DryRun::no;
    Output output = Output::text;
};
Exit run_findings(const FindingsOptions& options);

struct ReportOptions {
    os::fs::path ledger;
    os::fs::path html, data, measurements; // files; at least one of them all
    os::fs::path csv, vendor;              // directories
    std::string view = "everyone";         // docs/reference/report.md
    std::string as_of;
    FoldCase fold_case = FoldCase::no;
    Assumptions assumptions;
    Output output = Output::text;
};
Exit run_report(const ReportOptions& options);

struct ReviewOptions {
    os::fs::path ledger, out; // out: a directory
    std::string as_of;
    FoldCase fold_case = FoldCase::no;
    Assumptions assumptions;
    Output output = Output::text;
};
Exit run_review(const ReviewOptions& options);

struct RecomputeOptions {
    os::fs::path ledger;
    std::string order = "reverse"; // of the bundles: as-accepted, reverse, shuffled
    std::uint64_t seed = 1;        // of shuffled
    std::string as_of;
    FoldCase fold_case = FoldCase::no;
    Assumptions assumptions;
    Output output = Output::text;
};
Exit run_recompute(const RecomputeOptions& options);

struct AuditPackOptions {
    os::fs::path ledger, out;
    os::fs::path check;     // a pack to look at, instead of making one
    os::fs::path key;       // a minisign secret key
    std::string public_key; // of check: 56 characters or a file
    std::optional<int> passphrase_fd;
    bool without_signature = false, redact = false, redact_computers = false;
    os::fs::path pseudonym_key; // made when missing; "": OUT.pseudonym-key
    std::string as_of;
    FoldCase fold_case = FoldCase::no;
    Assumptions assumptions;
    Output output = Output::text;
};
Exit run_audit_pack(const AuditPackOptions& options);

struct CalendarOptions {
    os::fs::path ledger;
    std::string on; // YYYY-MM-DD; "": today
    Output output = Output::text;
};
Exit run_calendar(const CalendarOptions& options);

struct ExplainOptions {
    std::string finding; // its twelve digits, or as many of the first as name it
    os::fs::path ledger;
    std::size_t records = 4; // how many are shown with their proof
    std::string as_of;
    FoldCase fold_case = FoldCase::no;
    Assumptions assumptions;
    Output output = Output::text;
};
Exit run_explain(const ExplainOptions& options);

struct ReceiptIssueOptions {
    os::fs::path ledger;
    std::string site, agreement; // "": the only one that is trusted, that bundles were accepted of
    os::fs::path key;            // secret key file
    std::optional<int> passphrase_fd;
    os::fs::path out = ".";
    std::string due;        // day; "": none is told
    os::fs::path refused;   // a bundle that is refused, to be answered as such; "": answer what was accepted
    bool positions = false; // write the positions beside, also where they need not be
    DryRun dry_run = DryRun::no;
    Output output = Output::text;
};
Exit run_receipt_issue(const ReceiptIssueOptions& options);

struct ReceiptListOptions {
    os::fs::path ledger;
    std::string site, agreement; // "": the only one
    Output output = Output::text;
};
Exit run_receipt_list(const ReceiptListOptions& options);

struct ReceiptCodeOptions {
    os::fs::path ledger;
    std::string site, agreement; // "": the only one
    os::fs::path secret;
    Output output = Output::text;
};
Exit run_receipt_code(const ReceiptCodeOptions& options);

struct ReceiptSecretOptions {
    os::fs::path secret; // to be made
};
Exit run_receipt_secret(const ReceiptSecretOptions& options);

struct ReceiptKeyOptions {
    os::fs::path ledger;
    std::string key; // text of a public key, or a file with one
    Output output = Output::text;
};
Exit run_receipt_key(const ReceiptKeyOptions& options);

} // namespace tally::verifier
