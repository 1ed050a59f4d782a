// The append-only log of one machine: canonical lines in SQLite, sealed epoch by epoch with keys that are erased.
// Guarantees: what commit() has acknowledged is durable; only lines that read back as they were written are sealed;
// one process at a time. A log that is not consistent is never repaired: its files are frozen and a new log begins.
// Does not know what the records mean, and does not protect lines of the open epoch from an administrator.
#pragma once

#include "recorder/journal/beginning.hpp"
#include "recorder/journal/key_slots.hpp"
#include "recorder/journal/store.hpp"
#include "tally/os/clock.hpp"
#include "tally/os/lock.hpp"

#include <array>
#include <functional>
#include <memory>
#include <optional>

namespace tally::journal {

inline constexpr std::uint64_t group_lines = 256;       // lines that wait at most for a commit
inline constexpr std::uint64_t bulk_group_lines = 4096; // the same for a caller who commits at boundaries of its own
inline constexpr std::uint64_t epoch_lines = 4096;      // then the epoch is sealed
inline constexpr std::uint64_t epoch_bytes = 4U << 20U; // or then

enum class GroupedBy : std::uint8_t { journal, caller };

// The moments of a rotation after which a test may stop the process.
enum class RotationStep : std::uint8_t { next_key_written, seal_durable, old_key_erased };

// What the journal takes from the machine; tests inject another.
struct Surroundings {
    std::string machine_id = os_machine_id();
    std::function<void(RotationStep)> after_step = {};
};

class Journal {
public:
    // Makes the directory (0700), keys, import secret, genesis line and enrolment.json; durable on return.
    // Error with Exit::nothing_to_do when there is a log already: nothing is changed then.
    static void create(const os::fs::path& directory, const NewLog& log, const os::Clock& clock,
                       const Surroundings& surroundings = {});

    // Takes the lock (Error with Exit::locked), finishes an interrupted rotation, checks what is stored. Error when
    // there is no log at all. A log that cannot be continued is replaced: recovery() then says so.
    Journal(const os::fs::path& directory, os::Clock clock, Surroundings surroundings = {});
    // What was not committed is forgotten.
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    [[nodiscard]] const HostId& host() const { return genesis_->host; }
    [[nodiscard]] const Genesis& genesis() const { return *genesis_; } // first key, site, label, role
    [[nodiscard]] std::uint64_t size() const { return size_; }         // including lines not yet committed
    [[nodiscard]] const std::optional<Recovery>& recovery() const { return recovery_; }

    // `record` has `t` and everything else but host, seq, boot, up and wall; at most 2048 bytes with them (asserted).
    // Returns seq. Not durable before commit(). Commits by itself, *before* adding the line, when group_lines wait;
    // so rows that the caller writes through database() after append() are in the same transaction as the line.
    std::uint64_t append(const line::Object& record);
    // The same from rendered fields "{…}" in canonical spelling (asserted).
    std::uint64_t append(std::string_view record);
    // GroupedBy::caller: append() never commits; the caller does at boundaries of its own, with commit_if_due().
    void group_by(GroupedBy who) { grouped_by_ = who; }
    // Opens the transaction that append() would open: for rows of the caller that come before the first line.
    void begin();
    // Durable on return, and sealed when the open epoch is full. On Error nothing of the group has happened.
    void commit();
    void commit_if_due();
    // Forgets what was not committed.
    void rollback();

    // Commits, reads the lines of the open epoch back, seals, erases the key; nothing when there is no unsealed line.
    // Durable on return. `reason` is a short printable word. An Error when what was read back is not what was written: nothing is sealed then, and the next
    // opening starts a new log.
    void seal(std::string_view reason);
    // Lines after the last seal, committed or not.
    [[nodiscard]] std::uint64_t unsealed() const { return size_ - open_from_; }

    // For views kept with the lines (import index, outbox). Never evidence. Statements must not outlive the journal.
    [[nodiscard]] sqlite::Database& database() { return store_->database(); }
    [[nodiscard]] Store& store() { return *store_; }
    [[nodiscard]] const os::fs::path& directory() const { return directory_; }

private:
    void open_or_replace();
    [[nodiscard]] std::string try_open();
    [[nodiscard]] std::string take_key(const std::string& namer);
    [[nodiscard]] bool load_open_epoch();
    [[nodiscard]] line::CompactRange read_back();
    void stamp_group();
    void insert(std::string_view record);
    void add_line(std::string_view line);
    void start_transaction();
    void commit_group();
    void commit_as(State next);
    void rotate(std::string_view reason);
    [[nodiscard]] line::CompactRange seal_as_next_epoch(std::string_view reason, const line::CompactRange& covered,
                                                        const crypto::PublicKey& next);
    [[nodiscard]] bool epoch_is_full() const;
    void after(RotationStep step) const;

    os::fs::path directory_;
    os::Clock clock_;
    Surroundings surroundings_;
    os::ExclusiveLock lock_;
    std::optional<Genesis> genesis_;
    std::unique_ptr<Store> store_;
    std::optional<KeySlots> slots_;
    crypto::SecretKey key_;
    Epoch epoch_; // whose key that is
    line::TreeHasher hasher_;
    line::Fields fields_;
    State state_;                     // as committed
    std::uint64_t size_ = 0;          // with the lines of the open transaction
    std::uint64_t open_from_ = 0;     // first line after the last seal
    std::string open_lines_;          // the lines from there on, as they were written, each with LF
    std::size_t committed_bytes_ = 0; // of these
    os::Stamp stamp_;                 // of the group
    std::array<std::pair<std::string_view, std::string>, 5> stamp_fields_; // rendered, sorted
    std::string line_;                                                     // reused by append
    GroupedBy grouped_by_ = GroupedBy::journal;
    bool in_transaction_ = false;
    std::optional<Recovery> recovery_;
};

} // namespace tally::journal
