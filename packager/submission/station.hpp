// A packager's state directory opened as a whole: STATE/SITE.jsonl, STATE/log (the station's log), STATE/archive,
// STATE/quarantine, STATE/keys. One process at a time: the lock is the journal's.
#pragma once

#include "packager/archive/quarantine.hpp"
#include "packager/submission/station_log.hpp"
#include "tally/site_file/chain.hpp"

namespace tally::submission {

inline constexpr const char* site_file_name = "SITE.jsonl";
inline constexpr const char* log_folder = "log";
inline constexpr const char* archive_folder = "archive";
inline constexpr const char* quarantine_folder = "quarantine";
inline constexpr const char* keys_folder = "keys";

// STATE/SITE.jsonl, verified as a chain. Error when it is not there (with a hint) or no site file.
[[nodiscard]] site_file::Chain read_site(const os::fs::path& state);

struct Station {
    // Throws Error; with Exit::locked when another process is at work.
    Station(const os::fs::path& state_directory, const os::Clock& clock);

    os::fs::path state;
    site_file::Chain site;
    StationLog log;
    archive::Archive archive; // of the roster at opening time
    archive::Quarantine quarantine;
};

} // namespace tally::submission
