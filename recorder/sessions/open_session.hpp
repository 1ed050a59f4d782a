// What is open: sessions, the processes and reports that hold each of them open, and how all of it is kept in rows of a
// Shelf between two runs of the recorder. Reading a row back gives what was put; a row that is none is passed over.
#pragma once

#include "recorder/sessions/event.hpp"
#include "recorder/sessions/lines.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace tally::sessions {

// UTC milliseconds in the clock of its session; exact when equal.
struct Span {
    std::int64_t from_ms = 0;
    std::int64_t to_ms = 0;
    bool operator==(const Span&) const = default;
};

struct End {
    Span at;
    std::string kind;
    bool operator==(const End&) const = default;
};

// What two instances must have in common to be one session; texts as they are in the line.
struct SessionKey {
    std::string product;
    std::string version;
    std::string user;
    std::string domain; // of the user, where the policy leaves it apart
    std::string account;
    std::string address;
    std::string pool;
    Class user_class = Class::unknown;
    bool idle_known = false;
    auto operator<=>(const SessionKey&) const = default;
};

struct Session {
    std::uint64_t seq = 0; // of its start line
    SessionKey key;
    Span start;
    std::int64_t clock_ms = 0;      // its wall clock ahead of the time since boot
    std::optional<End> end;         // of the last that left; final once nothing holds it and the merge gap is over
    std::int64_t idle_until_ms = 0; // idle time is told up to here
    bool late = false;              // told afterwards: nothing joins it
    std::set<ProcessId> processes;
    std::set<std::string> reports;

    [[nodiscard]] bool is_held() const { return !processes.empty() || !reports.empty(); }
};

// Counts of a command: what the program told last, and what is not in lines yet.
struct Told {
    CommandCounts altogether;
    CommandCounts unwritten;
};

struct Report {
    std::uint64_t session = 0;
    std::uint32_t owner = 0;
    ProcessId process;
    Bound bound = Bound::process;
    std::uint64_t beat_ms = 0;
    std::uint64_t n = 0;        // the highest one taken
    std::uint64_t heard_ms = 0; // since boot: the last message
    bool idle_known = false;
    bool rejoining = false; // known from an earlier run, not heard since
    std::optional<std::int64_t> idle_since_ms;
    std::map<std::string, std::uint64_t> features; // not in lines yet, by encoded name
    std::map<std::string, Told> commands;
};

// The last sign of life.
struct Life {
    std::string boot;
    std::uint64_t up_ms = 0;
    std::uint64_t wall_ms = 0;
    bool operator==(const Life&) const = default;
};

// Rows: "s/<seq>", "p/<pid>.<start>.<instance>", "r/<id>", "f/<id>/<name>", "c/<id>/<name>", "d/<id>" of a report that
// ended, "host", "life".
class Rows {
public:
    explicit Rows(Shelf& shelf) : shelf_(&shelf) {}

    void put(const Session& session);
    void drop(const Session& session);
    void put(const ProcessId& process, std::uint64_t session);
    void drop(const ProcessId& process);
    void put(const std::string& id, const Report& report);
    void put_feature(const std::string& id, const std::string& name, std::uint64_t count); // 0 drops
    void put_command(const std::string& id, const std::string& name, const Told& told);
    void drop(const std::string& id, const Report& report);
    void put_ended(const std::string& id, std::int64_t at_s);
    void drop_ended(const std::string& id);
    void put(const Host& host);
    void put(const Life& life);

    struct Kept {
        std::map<std::uint64_t, Session> sessions;
        std::map<ProcessId, std::uint64_t> processes;
        std::map<std::string, Report> reports;
        std::map<std::string, std::int64_t> ended; // UTC seconds
        std::optional<Host> host;
        std::optional<Life> life;
    };
    // Only what holds together: a report or process of no session is dropped from the shelf.
    [[nodiscard]] Kept load();

private:
    Shelf* shelf_;
};

} // namespace tally::sessions
