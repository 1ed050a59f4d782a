// How a log begins: on a new directory, or in place of one that cannot be continued. The old files are frozen as they
// are, never repaired; only the key slots stay where they are, and are erased before they hold keys of the new log.
// The caller holds the lock of the directory.
#pragma once

#include "recorder/journal/enrolment.hpp"

namespace tally::journal {

inline constexpr const char* enrolment_name = "enrolment.json";

// A new log was started because the old one could not be continued.
struct Recovery {
    Replaced old;        // name, size and root of its last good seal, reason
    os::fs::path frozen; // where its files are now
    std::string text;    // for stderr
};

// Key slots, box key of a recorder (kept when there is one), genesis line, enrolment.json: durable on return.
void begin_log(const os::fs::path& directory, const NewLog& log, std::string_view machine_id, const os::Stamp& stamp,
               const std::optional<Replaced>& replaces);

// True when the directory holds, or has held, a log.
[[nodiscard]] bool has_trace_of_log(const os::fs::path& directory);

// Freezes what is there into frozen-<n>/ and begins a new log of the same site, label and role. Error when not even
// these can be learnt.
[[nodiscard]] Recovery replace_log(const os::fs::path& directory, const std::string& reason,
                                   std::string_view machine_id, const os::Stamp& stamp);

// Writes enrolment.json unless it already says the same; with the box key of a recorder, made when there is none.
void write_enrolment(const os::fs::path& directory, const Genesis& genesis);

} // namespace tally::journal
