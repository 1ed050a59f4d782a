// The audit pack (docs/formats/audit-pack.md): everything that an auditor asks for and what it rests on, as files.
// Pure: the same ledger, day and program give the same bytes. Writes nothing (pack_folder.hpp) and decides nothing.
#pragma once

#include "verifier/audit/redaction.hpp"
#include "verifier/audit/sums.hpp"
#include "verifier/ledger/ledger.hpp"
#include "verifier/outputs/subject.hpp"
#include "verifier/review/entry.hpp"

namespace tally::audit {

struct PackFile {
    std::string path, bytes;
};
// A bundle as the ledger keeps it: too large to be held in memory.
struct PackBundle {
    std::string path;
    os::fs::path copy;
    crypto::Hash digest{};
};
struct Pack {
    std::vector<PackFile> files;
    std::vector<PackBundle> bundles;
    std::string comment; // what its signature says: "tally-audit-pack-1 full 2026-03-31"

    [[nodiscard]] std::string sums() const; // the bytes of SHA256SUMS
};

struct PackSource {
    const ledger::Ledger& ledger;
    const ledger::Usage& usage;
    const outputs::Subject& subject;
    std::string page; // the report
    std::vector<review::Entry> findings;
    std::string_view rules; // bytes of the rule pack
    bool fold_case = false;
};
// Error when a kept bundle or its signature is missing.
[[nodiscard]] Pack full_pack(const PackSource& source);

// Everything that names people, and with Scope::computers also what names computers.
enum class Scope : std::uint8_t { persons, computers };
void tell_names(const PackSource& source, Scope scope, Redactor& redactor);
// Of the full pack: tables, JSON and page with pseudonyms, notes left out, inputs and bundles only listed.
[[nodiscard]] Pack redacted_pack(const PackSource& source, const Pack& full, Scope scope, const Redactor& redactor);

// What is there of each of the four pulls, through which day, and what is missing (README.txt).
[[nodiscard]] std::string self_assessment(const PackSource& source);

} // namespace tally::audit
