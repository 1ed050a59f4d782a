// Watches the programs of this machine and tells the book of sessions which of the catalogue's products begin and end.
// Starts come from the kernel's process connector, ends from a handle on each matched process, so that neither a reused
// number nor a main thread that leaves first is taken for an end. What was lost is counted and searched for in /proc.
// Where there is no connector it looks at /proc every two seconds, and the lines say so (fidelity). Not thread-safe.
//
//   watcher.begin();                                   after book.resume(); ends with book.scanned()
//   poll(watcher.descriptor(), until next_wake()) … watcher.on_readable(); watcher.on_time(); book.tick(); commit
#pragma once

#include "recorder/processes/accounts.hpp"
#include "recorder/processes/connector.hpp"
#include "recorder/processes/process_table.hpp"
#include "recorder/sessions/book.hpp"
#include "tally/catalogue/catalogue.hpp"

#include <map>
#include <set>

namespace tally::processes {

enum class Source : std::uint8_t { automatic, scan_only };

// For people; since begin().
struct Seen {
    std::uint64_t events = 0;
    std::uint64_t lost = 0;    // events
    std::uint64_t unread = 0;  // programs that were gone before one could see which they were
    std::uint64_t denied = 0;  // programs of other users that we have not the right to look at
    std::uint64_t matched = 0; // programs of the catalogue
};

class Watcher {
public:
    // Both must outlive it.
    Watcher(Source source, const catalogue::Catalogue& catalogue, sessions::Book& book, sessions::Clock clock,
            int buffer_bytes = Connector::usual_bytes);

    void begin();
    // To be polled for reading. Stays the same.
    [[nodiscard]] int descriptor() const { return poll_.get(); }
    void on_readable();
    void on_time();
    // Milliseconds since boot.
    [[nodiscard]] std::uint64_t next_wake() const;
    // Tells the book of this process's end too (of a program that reports).
    void follow(const sessions::ProcessId& process);
    // Another catalogue counts from now on, for what starts from now on.
    void use(const catalogue::Catalogue& catalogue) { catalogue_ = &catalogue; }

    [[nodiscard]] std::string_view fidelity() const { return connector_.is_open() ? "exact" : "poll_2"; }
    // Why there is no connector; empty when there is one.
    [[nodiscard]] const std::string& why() const { return connector_.why(); }
    [[nodiscard]] const Seen& seen() const { return seen_; }
    [[nodiscard]] std::size_t watched() const { return tracked_.size(); }

private:
    struct Exit {
        std::uint64_t up_ms = 0;
        std::uint32_t code = 0;
    };
    struct Tracked {
        sessions::ProcessId id;
        Handle handle;
        std::string product; // empty: followed, not matched
        sessions::Subject subject;
        std::optional<Exit> exit; // the last one of its threads
        bool dumped = false;
    };
    struct Fork { // of a watched program, not known yet whether it stays one
        std::int32_t parent = 0;
        std::uint64_t up_ms = 0;
    };

    void drain();
    void see(const ProcessEvent& event);
    void on_fork(const ProcessEvent& event, std::uint64_t up_ms);
    void on_exec(std::int32_t pid, std::uint64_t up_ms);
    void on_exit(const ProcessEvent& event, std::uint64_t up_ms);
    void keep_forks(std::uint64_t until_ms, std::int32_t parent);
    void scan(std::uint64_t since_ms);
    void look_at(std::int32_t pid, const sessions::When& when);
    void track(std::int32_t pid, sessions::Subject subject, const sessions::When& when);
    [[nodiscard]] std::optional<sessions::Subject> subject_of(std::int32_t pid);
    [[nodiscard]] std::set<sessions::ProcessId> ended_now() const;
    void keep(Tracked process);
    void finish(std::int32_t pid);
    [[nodiscard]] std::uint64_t now_ms() const { return clock_().stamp.up_ms; }

    const catalogue::Catalogue* catalogue_;
    sessions::Book* book_;
    sessions::Clock clock_;
    Source source_;
    int buffer_bytes_;
    os::Descriptor poll_;
    Connector connector_;
    SequenceCount sequence_;
    Accounts accounts_;
    std::map<std::int32_t, Tracked> tracked_;
    std::set<std::int32_t> without_handle_; // of these: no descriptor was to be had, or the process was gone already
    std::map<std::int32_t, Fork> forks_;
    std::map<std::int32_t, std::uint64_t>
        unread_;                    // became another program and were gone before one could see which: when
    std::uint64_t alive_ms_ = 0;    // all that is tracked was there then
    std::uint64_t scanned_ms_ = 0;  // the last look at all of /proc
    std::int64_t suspended_ms_ = 0; // how far the time since boot is ahead of the time awake
    bool must_scan_ = false;
    Seen seen_;
};

} // namespace tally::processes
