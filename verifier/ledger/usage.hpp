// Everything reconcile counts, loaded from the ledger's rollups into columns of small integers.
// Guarantees: only lines of accepted bundles; a session that came in from two logs is there once (the log that was
// accepted first); rows are ordered by (start_from, log, start_seq). Sessions come whole, or packed for counting over
// millions of them. It decides nothing: which layer is a claim and which rule applies is reconcile's.
#pragma once

#include "verifier/ledger/evidence.hpp"
#include "verifier/ledger/packed.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tally::ledger {

class Ledger;

enum class Verb : std::uint8_t { denied, unsupported, queued, dequeued, other };

// Denials and queue events.
struct Refusal {
    std::uint32_t log = 0, source = 0, feature = 0, user = 0, client = 0;
    std::uint32_t count = 1;
    Verb verb = Verb::denied;
    std::int64_t at_from = 0, at_to = 0;
    std::uint64_t seq = no_seq;
};

// What one log holds of one UTC day: `day` counts from 1970-01-01. Lines and seals by their `wall`, so as untrusted as
// the host's clock; events by the time the licence server wrote beside them.
struct DayCoverage {
    std::uint32_t log = 0; // index into Usage::logs (same order in both)
    std::int64_t day = 0;
    std::uint64_t lines = 0, seals = 0, events = 0;
};

// One file the recorder imported: `lines` of it, events dated from `first` to `last` (UTC seconds).
struct ImportSpan {
    std::uint32_t log = 0, source = 0;
    std::uint64_t seq = 0, lines = 0;
    std::int64_t first = 0, last = 0;
    std::string name, digest, zone;
};

struct LogState {
    std::uint32_t log = 0;
    std::string label, site, role;
    std::uint64_t size = 0, seals = 0;
    std::int64_t first_wall = 0, last_wall = 0; // UTC milliseconds, 0 when the log is empty
};

struct Coverage {
    std::vector<LogState> logs;
    std::vector<DayCoverage> days;   // ordered by (log, day)
    std::vector<ImportSpan> imports; // ordered by (log, seq)
};

// Tables hold decoded text (line::decode_text), id 0 is "".
struct Usage {
    std::vector<std::string> logs, sources, features, users, clients, versions, accounts, addresses, pools;
    std::vector<std::string> commands;
    std::vector<std::string> log_sites, log_labels; // of each log
    std::vector<std::uint32_t> log_replaces;        // of each log: the one of the same machine that it follows; 0: none
    std::vector<Session> sessions;                  // empty where they are packed
    PackedSessions packed;                          // empty where they are not
    std::vector<Refusal> refusals;
    std::vector<Installation> installations;
    std::vector<Unobserved> unobserved;
    std::vector<HostIdentity> identities;
    std::vector<ClockStep> clock_steps;
    std::vector<FeatureUse> feature_uses;
    std::vector<IdleSpan> idle;
    std::vector<CommandUse> command_uses; // by session
    std::vector<Timing> timings;          // by session
    std::vector<Declaration> declarations;
    std::vector<Delivery> deliveries;
    Coverage coverage; // as load_coverage gives it
};

[[nodiscard]] Usage load_usage(const Ledger& ledger);
// The same with packed sessions.
[[nodiscard]] Usage load_packed_usage(const Ledger& ledger);

// Parts of it.
[[nodiscard]] Coverage load_coverage(const Ledger& ledger);
[[nodiscard]] std::vector<Delivery> load_deliveries(const Ledger& ledger); // ordered by (site, agreement, n)

} // namespace tally::ledger
