// What the commands of tally-recorder have in common: opening a state directory to read without a lock, and telling the
// operator that a log was replaced.
#pragma once

#include "recorder/commands.hpp"
#include "recorder/journal/journal.hpp"
#include "recorder/running.hpp"
#include "tally/cli/output.hpp"

#include <cstdio>

namespace tally::recorder {

// For reading; another process may be writing. Error when there is no log.
inline journal::Store open_to_read(const os::fs::path& state) {
    if (!os::fs::exists(state / journal::Store::file_name)) {
        throw Error("open", state.string(), "there is no log here",
                    {"start one: tally-recorder init --state " + state.string() + " --site SITE --label LABEL"});
    }
    return {state, journal::Access::read};
}

// For writing: one process at a time. The Error of whoever comes second says what to do.
inline journal::Journal open_to_write(const os::fs::path& state) {
    try {
        return {state, os::system_clock()};
    } catch (Error& error) {
        if (error.exit == Exit::locked && find_running(state).holder == Holder::service) {
            error.hints = {
                "the recorder's service runs: stop it for as long as this takes (systemctl stop tally-recorder)"};
        }
        throw;
    }
}

// Line 0; Error when it does not name the log.
inline journal::Genesis genesis_of(journal::Store& store) {
    auto genesis = journal::read_genesis(store.line(0).value_or(""));
    if (!genesis) {
        throw Error("read", store.database().path(), "line 0 is no genesis line: " + genesis.fault().what,
                    {"see what is wrong: tally-recorder verify"}, Exit::findings);
    }
    return std::move(genesis).value();
}

inline void tell_recovery(const journal::Journal& journal) {
    if (journal.recovery()) {
        std::fprintf(stderr, "tally-recorder: warning: %s\n", journal.recovery()->text.c_str());
    }
}

using cli::print;

} // namespace tally::recorder
