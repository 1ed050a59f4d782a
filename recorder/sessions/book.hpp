// The book of sessions: process instances and reporting programs go in, sessions of a user with a product come out as
// record lines (docs/formats/record.md, "Use that the host sees itself"). Pure: no system call, time is injected, lines
// and rows go to the caller's transaction. What it told is right when that transaction is durable; after an Error from
// `lines` or `shelf` throw the book away, roll back, and open another one over the same shelf.
// Guarantees: every start gets one end, whatever happens between; an end that nobody saw is a range from the last sign
// of life to the first sign of absence; times of one session follow the time since boot. Not thread-safe.
#pragma once

#include "recorder/privacy/naming.hpp"
#include "recorder/sessions/event.hpp"
#include "recorder/sessions/gaps.hpp"
#include "recorder/sessions/lines.hpp"
#include "recorder/sessions/open_session.hpp"
#include "recorder/sessions/records.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tally::sessions {

struct Rules {
    std::uint64_t merge_gap_ms = 0;            // a start within that time after the end goes on with the session
    std::uint64_t heartbeat_ms = 60'000;       // between two durable signs of life
    std::uint64_t report_ms = 900'000;         // counts of features and commands are gathered so long
    std::uint64_t rejoin_ms = 180'000;         // after a restart programs have so long to come back
    std::int64_t remember_ended_s = 2'592'000; // thirty days: ids of ended reports: nothing of them counts twice
    std::size_t most_names = 512;              // of features, and of commands, inside a report
};

// What became of a message of a program.
enum class Taken : std::uint8_t { taken, known, not_open, too_many_names };

class Book {
public:
    // `naming` spells names from now on and must outlive the book, as `lines` and `shelf`.
    Book(Rules rules, Clock clock, Lines& lines, Shelf& shelf, privacy::Naming& naming);

    // --- a run of the recorder: resume, the first scan of all processes (started() for each), scanned(), then the day
    // What an earlier run left: identity if it changed, gaps, ends after a reboot. `off`: when the machine was off, by
    // its boot records.
    void resume(const Host& host, const std::vector<Off>& off);
    // Of the processes that an earlier run knew, those that do not run any more end now.
    void scanned(const std::function<bool(const ProcessId&)>& runs);
    // All that hold a session open, for whoever watches them end.
    [[nodiscard]] std::set<ProcessId> processes() const;
    // The recorder ends in order: sessions stay open, the gap begins now.
    void stop();
    void identity(const Host& host);

    // --- processes; what is known already (started) or not at all (ended) changes nothing
    void started(const Started& process);
    void ended(const ProcessId& process, Ending ending, const When& when);
    // So many events of the source were lost between the two instants.
    void lost(std::uint64_t count, const When& between);

    // --- programs that report
    Taken begin(const Begun& begun);
    Taken heartbeat(const std::string& id, std::uint64_t n);
    Taken feature(const std::string& id, std::uint64_t n, const std::string& name, std::uint64_t count);
    Taken commands(const std::string& id, std::uint64_t n, const std::string& name, const CommandCounts& altogether);
    Taken sample(const std::string& id, std::uint64_t n, const Sample& sample);
    // Back-dated to the last input, as the program knows it.
    Taken idle(const std::string& id, std::uint64_t n, const When& since);
    Taken active(const std::string& id, std::uint64_t n, const When& since);
    // An id that was never begun makes an end without a start.
    Taken end(const std::string& id, std::uint64_t n, const When& when, const Subject& subject);
    // Its program is gone and will not say when it ended: some time in between.
    Taken abandon(const std::string& id, const When& between);
    // Another process speaks for it from now on: the program connected again.
    void bind(const std::string& id, const ProcessId& process);
    // Nothing when there is none that is open.
    [[nodiscard]] const Report* report(const std::string& id) const;

    // --- time
    // What is due: a sign of life, counts to be written, ends by silence. Call at next_wake(), and before each commit.
    void tick();
    // Milliseconds since boot.
    [[nodiscard]] std::uint64_t next_wake() const;
    // Before lines leave the host: says of every session that it is still open (`open` lines).
    void tell_open();

    [[nodiscard]] const std::map<std::uint64_t, Session>& sessions() const { return sessions_; } // open, by seq

private:
    [[nodiscard]] Moment now();
    [[nodiscard]] SessionKey key_of(const Subject& subject, bool idle_known);
    [[nodiscard]] std::string spelled(pseudonym::Field field, const std::string& raw, std::size_t most_raw);

    void end_all_after_reboot(const std::vector<Off>& off, const Moment& moment);
    void write_gaps(const std::vector<Off>& off, const Moment& moment);
    void gone(const ProcessId& process, std::string_view kind, const When& when);
    Session& session_for(const Subject& subject, const When& when, bool idle_known, std::string_view fidelity);
    Session* joined(const SessionKey& key, const When& when);
    void joins(Session& session, const When& when);
    void leaves(Session& session, End end, std::optional<std::int64_t> idle_before);
    [[nodiscard]] std::uint64_t due_ms(const Session& session) const;
    void settle(const Moment& moment);
    void finish(std::uint64_t seq);
    void note_suspension(const Moment& before, const Moment& moment);
    [[nodiscard]] std::optional<std::int64_t> idle_since(const Session& session) const;
    void write_idle(Session& session, std::int64_t from_ms, std::int64_t to_ms);

    Report* addressed(const std::string& id, std::uint64_t n, Taken& taken);
    void heard(const std::string& id, Report& report, std::uint64_t n);
    void release(std::string id, End end);
    void write_counts(const std::string& id, Report& report);
    void write_due_counts(const Moment& moment);
    void end_silent(const Moment& moment);
    [[nodiscard]] std::optional<std::uint64_t> silent_at(const Report& report) const;

    Rules rules_;
    Clock clock_;
    Records records_;
    Rows rows_;
    privacy::Naming* naming_;
    std::string client_; // the host's name as lines have it
    std::optional<Host> host_;
    std::map<std::uint64_t, Session> sessions_;
    std::map<SessionKey, std::uint64_t> by_key_; // the newest that may be joined
    std::map<ProcessId, std::uint64_t> processes_;
    std::map<std::string, Report> reports_;
    std::map<std::string, std::int64_t> ended_; // UTC seconds
    std::set<std::uint64_t> leaving_;           // nothing holds them, their end is not written yet
    std::optional<Life> before_;                // of the run before this one, until scanned()
    Life life_;                                 // as kept
    std::optional<Moment> last_;
    std::uint64_t resumed_ms_ = 0; // since boot
    std::uint64_t counts_written_ms_ = 0;
    bool changed_ = false; // since life_ was kept
};

} // namespace tally::sessions
