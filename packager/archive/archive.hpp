// Everything that has arrived at the station: one gapless, verified run of lines [0, next) per enrolled log, kept as
// the segment files themselves under DIR/<log>/ and an index (DIR/index.db) that can be rebuilt from them. A line is
// in here only if the chain of seals from the log's enrolled first key proves it. Segments that came too early wait
// in DIR/waiting/. Lines may be removed from the beginning of a log, [begins, next) then are here; the seals of those
// removed stay (removed.hpp). Not thread-safe; one process at a time (the station's lock).
#pragma once

#include "packager/archive/roster.hpp"
#include "packager/archive/staging.hpp"
#include "tally/line/seal.hpp"
#include "tally/os/file.hpp"
#include "tally/sqlite/database.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace tally::archive {

namespace index {
struct Statements;
}
struct Ahead;
struct Proof;

// A segment file of the archive holds other bytes than those that were archived.
struct DamagedCopy : Error {
    using Error::Error;
};

// Where a log stands right after a seal (or at 0): everything needed to check what follows.
struct Position {
    line::CompactRange range; // its size() is the number of lines before
    line::Hash root{};
    Epoch epoch;               // of the next seal
    crypto::PublicKey key{};   // of the next seal
    std::uint64_t wall_ms = 0; // of that seal; 0 at size 0
    bool operator==(const Position&) const = default;
};

struct Run {
    std::uint64_t first = 0;
    std::uint64_t next = 0;
    auto operator<=>(const Run&) const = default;
};

// What happened to one segment that was offered. known: nothing changed, it is here or waits already.
enum class Taken : std::uint8_t { added, known, waiting, refused };
enum class Refusal : std::uint8_t { none, bad_segment, unknown_log, bad_chain, fork };
struct Outcome {
    Taken taken = Taken::refused;
    Refusal refusal = Refusal::none;
    std::string reason; // of a refusal, lower case
};

class Archive {
public:
    // Opens or creates DIR; an index that is not there is made again from the segment files. Throws Error.
    Archive(os::fs::path directory, Roster roster);
    ~Archive(); // what was not committed is taken away again
    Archive(const Archive&) = delete;
    Archive& operator=(const Archive&) = delete;

    [[nodiscard]] const Roster& roster() const { return roster_; }
    [[nodiscard]] const EnrolledLog* find(const HostId& log) const; // nothing when it is not enrolled

    // `packed` are the bytes of a segment file named `name`. added and waiting are durable after commit() only.
    Outcome take(const std::string& name, std::string_view packed);
    // The same with what was found out before: a proof counts where the log stands at the place that it begins from.
    Outcome take(const std::string& name, std::string_view packed, const Ahead& ahead);
    // Takes every waiting segment whose gap has been filled; `each` is told what became of it. `waiting` with a reason:
    // not decided, because the archive's own copy of what it overlaps with is damaged.
    using Settled = std::function<void(const std::string& name, std::string_view packed, const Outcome&)>;
    void settle(const Settled& each);
    // Files and index are on the disk when it returns.
    void commit();

    [[nodiscard]] std::uint64_t next(const HostId& log) const;       // 0 when nothing has arrived
    [[nodiscard]] std::uint64_t begins(const HostId& log) const;     // lines before it were removed
    [[nodiscard]] std::vector<Run> waiting(const HostId& log) const; // sorted by first
    // Sizes right after each seal in (first, next], ascending.
    [[nodiscard]] std::vector<std::uint64_t> seals(const HostId& log, std::uint64_t first, std::uint64_t next) const;
    // `size` is 0 or one of seals(); anything else is a broken invariant.
    [[nodiscard]] Position position(const HostId& log, std::uint64_t size) const;
    // Lines [first, next) in order, without LF; next ≤ next(log). The view lives during the call only. Every segment
    // read is compared with the digest noted when it was taken; Error when the disk gives other bytes, and when lines
    // are asked for that were removed.
    void for_each_line(const HostId& log, std::uint64_t first, std::uint64_t next,
                       const std::function<void(std::uint64_t seq, std::string_view line)>& each) const;

    // Whole segments of which every line is below `limit` may go, never the last one: the first line that is here then.
    [[nodiscard]] std::uint64_t prunable(const HostId& log, std::uint64_t limit) const;
    struct Removed {
        std::uint64_t files = 0;
        std::uint64_t bytes = 0;
    };
    // What remove_before would give back, files of an interrupted run included. `below` is prunable() or begins().
    [[nodiscard]] Removed removable(const HostId& log, std::uint64_t below) const;
    // Proves these lines once more, keeps their seals, and removes them; durable on return. Interrupted, the same call
    // finishes it.
    Removed remove_before(const HostId& log, std::uint64_t below);

private:
    struct Piece; // a segment file and the lines of it that count
    [[nodiscard]] std::vector<Piece> pieces(const HostId& log, const Run& run) const;
    [[nodiscard]] std::string unpack(const HostId& log, const Piece& piece) const;
    [[nodiscard]] bool holds(const std::string& name, const HostId& log, std::string_view packed,
                             const line::Hash& digest);
    [[nodiscard]] Outcome place(const EnrolledLog& log, const Run& run, const std::string& name,
                                std::string_view packed, const Ahead& ahead);
    [[nodiscard]] Outcome admit(const EnrolledLog& log, const Run& run, const std::string& name,
                                std::string_view packed, const line::Hash& digest, const Proof& proof);
    [[nodiscard]] Outcome take_waiting(const std::string& name, std::string_view packed);
    [[nodiscard]] Outcome differs(const EnrolledLog& log, const Run& run, std::string_view raw, std::uint64_t at) const;
    [[nodiscard]] std::optional<std::uint64_t> first_difference(const HostId& log, const Run& run,
                                                                std::string_view raw) const;
    [[nodiscard]] Outcome compare_removed(const EnrolledLog& log, const Run& run, std::string_view raw) const;
    [[nodiscard]] std::vector<os::fs::path> files_before(const HostId& log, std::uint64_t below) const;
    [[nodiscard]] std::string seals_to_keep(const EnrolledLog& log, std::uint64_t below) const;
    void note_beginning(const HostId& log, std::uint64_t first);
    void restore_beginnings();
    void keep_seals(const std::vector<Position>& seals, const HostId& log);
    void begin();
    void rebuild();
    [[nodiscard]] os::fs::path folder(const HostId& log) const { return directory_ / log.text(); }

    os::fs::path directory_;
    Roster roster_;
    std::unordered_map<std::string, std::size_t> places_; // in the roster, by name of the log
    Staging staging_;
    mutable sqlite::Database index_;
    std::unique_ptr<index::Statements> statements_;
    bool in_transaction_ = false;
    std::vector<os::fs::path> settled_; // waiting files that commit() may remove
};

} // namespace tally::archive
