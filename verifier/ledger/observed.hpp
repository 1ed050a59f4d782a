// Lines that stand beside sessions, as rows: how a host is called, what is installed on it, when it was not watched, what
// happened inside a session, what the station declares (docs/formats/record.md). One row a line; what several lines say
// together is worked out when they are read (load_usage), so the order in which they come in does not matter. Only what
// programs report (commands, samples) is summed up here: a row for each session and name, or kind and day.
#pragma once

#include "tally/line/parse.hpp"
#include "verifier/ledger/dimension.hpp"
#include "verifier/ledger/numbering.hpp"
#include "verifier/ledger/sessions.hpp"

namespace tally::ledger {

// Whose line it is: a station's word about other logs counts, a recorder's does not.
enum class Speaker : std::uint8_t { recorder, station };

class Observed {
public:
    // Shares the dimensions of the sessions.
    Observed(sqlite::Database& database, Dimension& sources, Dimension& features, Dimension& versions);

    // Of a type that this does not know, nothing.
    void take(std::string_view type, const line::Fields& fields, const Place& place, Speaker speaker);

private:
    void used(const line::Fields& fields, const Place& place);
    void idle(const line::Fields& fields, const Place& place);
    void commands(const line::Fields& fields, const Place& place);
    void sample(const line::Fields& fields, const Place& place);
    void scanned(const line::Fields& fields, const Place& place, bool there);
    void unobserved(const line::Fields& fields, const Place& place, Darkness kind);
    void identity(const line::Fields& fields, const Place& place);
    void clock(const line::Fields& fields, const Place& place);
    void declare(const line::Fields& fields, const Place& place);
    void retire(const line::Fields& fields, const Place& place);
    void follow(const line::Fields& fields, const Place& place);
    void enrol(const line::Fields& fields, const Place& place);

    Dimension &sources_, &features_, &versions_;
    Dimension modules_, commands_;
    sqlite::Statement insert_use_, insert_idle_, insert_scan_, insert_unobserved_, insert_identity_, insert_clock_,
        insert_declaration_, insert_follower_, insert_machine_, add_commands_, add_timing_;
};

// Usage::commands, ::command_uses and ::timings, after its sessions are there. Of a session that was counted from another
// log its program's report says nothing either.
void load_reported(const sqlite::Database& database, const Numbering& logs, Usage& usage);
// Usage::log_replaces. A log follows another when its own first line says so, and the station of both has enrolled them as
// one machine and retired the other one, which says nothing any more when this one begins. What lacks one of these stays
// two machines.
void load_followers(const sqlite::Database& database, const Numbering& logs, Usage& usage);

} // namespace tally::ledger
