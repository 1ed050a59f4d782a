// Sessions, whole and packed. Packed is one in sixteen bytes: most sessions begin and end at known seconds, and what they
// are besides is shared by many. The few that do not fit lie beside them whole.
// Guarantees: what is read is what was added, except for the line of an end. Decides nothing.
#pragma once

#include "verifier/ledger/evidence.hpp"

#include <unordered_map>
#include <vector>

namespace tally::ledger {

// docs/formats/record.md, `layer` and `kind`. `open`: no end line was seen. `other`: a kind this version does not know.
enum class Layer : std::uint8_t { package, component, feature };
enum class EndKind : std::uint8_t {
    open,
    returned,
    server_shutdown,
    superseded,
    other,
    exit,
    signal,
    core,
    logoff,
    lost_recorder_restart,
    lost_reboot,
    lost_heartbeat,
    open_at_cutoff,
};
// server: a licence server's log shows it. host: a recorder saw the program itself on the host of `log`.
enum class Watched : std::uint8_t { server, host };

// What a session is, without its times and its computer: many sessions share one kind.
struct SessionKind {
    // Indices into the tables of Usage; 0 is "" (package 0: none).
    std::uint32_t log = 0, source = 0, feature = 0, package = 0, user = 0;
    std::uint32_t version = 0, account = 0, address = 0, pool = 0; // 0 where the record does not say
    std::uint32_t count = 1;                                       // licences
    Layer layer = Layer::feature;
    EndKind kind = EndKind::open;
    Watched watched = Watched::server;
    bool automation = false; // a batch program, nobody before it
    bool idle_known = false; // idle time is recorded for it (Usage::idle)
    bool borrowed = false;   // taken away from the network: held, not proved used

    bool operator==(const SessionKind&) const = default;
};

// Instants are UTC seconds. An instant known exactly has from == to; otherwise it lies in [from, to].
struct Session : SessionKind {
    std::uint32_t client = 0;
    // An end without a start line has start_from = 0 and start_to = end_from. A session whose end was not seen has
    // end_from = the last proof of life (its `open` line, else its start) and end_to = unknown.
    std::int64_t start_from = 0, start_to = 0, end_from = 0, end_to = 0;
    std::uint64_t start_seq = no_seq, end_seq = no_seq; // in `log`; no_seq when that line does not exist
};

class PackedSessions {
public:
    using Index = std::uint32_t;

    void reserve(std::size_t sessions) { rows_.reserve(sessions); }
    void add(const Session& session) { set(grow(1), session); }
    // Places for so many more, from the index given back on; each has to be set once. Different places of exact ones may
    // be set by several threads at once.
    Index grow(std::size_t sessions);
    void set(Index at, const Session& session);
    // One whose start and end are known to the second, of a kind by its number; false: it does not fit, set it whole.
    bool set_exact(Index at, std::uint32_t kind, std::uint32_t client, std::int64_t start, std::int64_t end,
                   std::uint64_t seq);
    [[nodiscard]] std::uint32_t number_of(const SessionKind& kind);
    // Brings them into the order of Usage::sessions.
    void sort();

    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    [[nodiscard]] bool empty() const { return rows_.empty(); }
    // Different ones, numbered in the order in which they were added.
    [[nodiscard]] const std::vector<SessionKind>& kinds() const { return kinds_; }

    // Start and end known to the second, by lines that exist.
    [[nodiscard]] bool is_exact(Index i) const { return rows_[i].length != odd; }
    [[nodiscard]] std::int64_t start(Index i) const { return static_cast<std::int64_t>(rows_[i].from); } // when exact
    [[nodiscard]] std::int64_t end(Index i) const { return start(i) + static_cast<std::int64_t>(rows_[i].length); }
    [[nodiscard]] std::uint64_t start_seq(Index i) const {
        return static_cast<std::uint64_t>(rows_[i].seq_high) << 20U | static_cast<std::uint64_t>(rows_[i].seq_low);
    }
    [[nodiscard]] const Session& whole(Index i) const { return odd_[start_seq(i)].session; } // when not exact
    [[nodiscard]] std::int64_t start_from(Index i) const { return is_exact(i) ? start(i) : whole(i).start_from; }
    [[nodiscard]] std::uint32_t kind_number(Index i) const {
        return is_exact(i) ? static_cast<std::uint32_t>(rows_[i].kind) : odd_[start_seq(i)].kind;
    }
    [[nodiscard]] const SessionKind& kind(Index i) const { return kinds_[kind_number(i)]; }
    [[nodiscard]] std::uint32_t client(Index i) const {
        return is_exact(i) ? static_cast<std::uint32_t>(rows_[i].client) : whole(i).client;
    }

private:
    static constexpr unsigned length_bits = 24, seq_bits = 28, kind_bits = 22, client_bits = 22;
    static constexpr std::uint64_t odd = (1U << length_bits) - 1;
    struct Row {
        std::uint64_t from : 32, length : length_bits, seq_high : seq_bits - 20;
        std::uint64_t seq_low : 20, kind : kind_bits, client : client_bits;
    };
    struct Odd { // its place in odd_ is the row's start_seq
        Session session;
        std::uint32_t kind = 0;
    };
    struct Hash {
        std::size_t operator()(const SessionKind& kind) const;
    };

    [[nodiscard]] bool is_before(const Row& a, const Row& b) const;

    std::vector<Row> rows_;
    std::vector<Odd> odd_;
    std::vector<SessionKind> kinds_;
    std::unordered_map<SessionKind, std::uint32_t, Hash> numbers_;
};

} // namespace tally::ledger
