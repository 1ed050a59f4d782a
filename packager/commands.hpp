// The commands of tally-packager as plain options and functions; main.cpp fills the options from the command line.
// Each prints results on stdout, complaints on stderr, and returns the exit code (docs/reference/exit-codes.md).
#pragma once

#include "tally/base/error.hpp"
#include "tally/os/file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tally::packager {

enum class Output : std::uint8_t { text, json };

struct SiteInitOptions {
    os::fs::path state;
    std::string site;
    std::string label = "STATION";     // of the station's own log
    std::optional<int> passphrase_fd;  // without it the terminal is asked
    Output output = Output::text;
};
Exit run_site_init(const SiteInitOptions& options);

struct SiteEnrolOptions {
    os::fs::path state;
    os::fs::path request;              // a recorder's enrolment.json
    std::string label;                 // empty: the one in the request
    std::string group;
    Output output = Output::text;
};
Exit run_site_enrol(const SiteEnrolOptions& options);

struct SiteShowOptions {
    os::fs::path state;
    Output output = Output::text;
};
Exit run_site_show(const SiteShowOptions& options);

struct CollectOptions {
    os::fs::path state;
    std::vector<std::string> paths;    // directories or single files
    Output output = Output::text;
};
Exit run_collect(const CollectOptions& options);

struct ArchiveListOptions {
    os::fs::path state;
    Output output = Output::text;
};
Exit run_archive_list(const ArchiveListOptions& options);

} // namespace tally::packager
