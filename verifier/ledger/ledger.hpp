// The ledger: one SQLite file that remembers whom the verifier trusts, which bundles it accepted, every seal of them,
// and the sessions they tell of. Beside it lies LEDGER.bundles/ with an exact copy of every accepted bundle.
// Guarantees: a bundle is in it wholly or not at all (one transaction, copy durable before the commit); accepting the
// same bundle again changes nothing; only what check verified comes in (the type says so).
// It does not judge: findings come from check, rights from reconcile.
#pragma once

#include "tally/base/ids.hpp"
#include "tally/line/tree.hpp"
#include "tally/os/file.hpp"
#include "tally/sqlite/database.hpp"
#include "verifier/check/check.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tally::ledger {

using line::Hash;

struct TrustedSite {
    std::string site;        // site id
    std::string fingerprint; // hex, of version 1
    std::uint64_t version = 0;
    std::int64_t added = 0; // UTC seconds by this machine's clock
    std::string chain;      // the lines of SITE.jsonl, each ended by LF
};

struct AcceptedBundle {
    std::int64_t id = 0;
    std::string digest; // SHA-256 of the file, hex
    std::string site, agreement, name;
    std::uint64_t n = 0, volume = 1, volumes = 1, bytes = 0, lines = 0, seals = 0;
    std::int64_t created_ms = 0; // as the bundle says
    std::int64_t accepted = 0;   // UTC seconds by this machine's clock
    std::int64_t received = 0;   // UTC seconds, as the operator says or when it was accepted
};

// Evidence of one line for a person: the line is leaf `seq` of the tree of size `seal_seq` whose root the seal signs.
struct Proof {
    std::string host;
    std::uint64_t seq = 0;
    std::string line;
    std::string seal_line;
    std::uint64_t seal_seq = 0;
    Hash leaf{}, root{};
    std::vector<Hash> path; // RFC 6962 audit path, leaf upwards
    AcceptedBundle bundle;
};

struct Acceptance {
    enum class Status : std::uint8_t { accepted, already_there };
    Status status = Status::accepted;
    std::uint64_t lines = 0, sessions = 0, refusals = 0; // new ones
    std::vector<check::Finding> findings;                // IMPORT_DUPLICATE: what only the ledger can see
};

class Ledger {
public:
    // create: makes an empty ledger when there is none. Error when the file is not a ledger or of a newer version.
    // read_write and create hold a lock on LEDGER.lock while the object lives (exit 10).
    Ledger(const os::fs::path& path, sqlite::Mode mode);
    ~Ledger();
    Ledger(Ledger&&) noexcept;
    Ledger& operator=(Ledger&&) = delete;

    // Further tables (inputs, reconciliations) live in the same file: their owner creates them with IF NOT EXISTS.
    [[nodiscard]] sqlite::Database& database() const;
    [[nodiscard]] os::fs::path bundles_directory() const;

    // `chain` must be a valid chain whose fingerprint a person compared; replaces a shorter chain of that site.
    void add_trust(const TrustedSite& site);
    [[nodiscard]] std::vector<TrustedSite> trusted() const;
    // What check may rest on. Reads the ledger while check runs, so the ledger must outlive it.
    [[nodiscard]] check::Trust trust() const;

    // `received`: when the bundle came, UTC seconds; nothing: now. Error (and nothing changed) when disk or database
    // refuse.
    Acceptance accept(check::VerifiedBundle&& bundle, std::optional<std::int64_t> received = std::nullopt);

    [[nodiscard]] std::vector<AcceptedBundle> bundles() const; // in order of acceptance
    // The bytes of its signature file; nothing when it was accepted by a program that did not keep them. Accepting the
    // same bundle again adds them.
    [[nodiscard]] std::optional<std::string> signature_of(std::int64_t bundle) const;
    // The logs that this site's stations enrolled, with their first keys.
    [[nodiscard]] std::vector<check::RosterEntry> roster(const std::string& site) const;
    // What check and the ledger found about an accepted bundle, in that order.
    [[nodiscard]] std::vector<check::Finding> findings(std::int64_t bundle) const;
    // Nothing when no accepted bundle holds that line. Error when the kept copy is missing or altered.
    [[nodiscard]] std::optional<Proof> record_at(const std::string& log, std::uint64_t seq) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace tally::ledger
