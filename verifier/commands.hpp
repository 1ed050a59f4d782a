// The commands of tally-verifier as plain options and functions; main.cpp fills the options from the command line.
// Each prints results on stdout, complaints on stderr, and returns the exit code (docs/reference/exit-codes.md).
#pragma once

#include "tally/base/error.hpp"
#include "tally/os/file.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tally::verifier {

enum class Output : std::uint8_t { text, json };
enum class Recompress : std::uint8_t { no, yes };

struct TrustAddOptions {
    os::fs::path site_file;  // SITE.jsonl
    os::fs::path ledger;     // made when there is none
    std::string fingerprint; // words or hex, as it was heard over another channel
    Output output = Output::text;
};
Exit run_trust_add(const TrustAddOptions& options);

struct TrustListOptions {
    os::fs::path ledger;
    Output output = Output::text;
};
Exit run_trust_list(const TrustListOptions& options);

struct CheckOptions {
    std::vector<std::string> bundles;
    os::fs::path ledger; // "": nobody is trusted, nothing is remembered
    Recompress recompress = Recompress::no;
    Output output = Output::text;
};
Exit run_check(const CheckOptions& options);

struct AcceptOptions {
    std::vector<std::string> bundles;
    os::fs::path ledger;
    Recompress recompress = Recompress::no;
    Output output = Output::text;
};
Exit run_accept(const AcceptOptions& options);

struct LedgerOptions {
    os::fs::path ledger;
    Output output = Output::text;
};
Exit run_ledger(const LedgerOptions& options);

} // namespace tally::verifier
