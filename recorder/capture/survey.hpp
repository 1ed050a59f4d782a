// First reading of a log, before anything is written: is it whole, which days, which servers, which packages, and its
// digest. Everything that may refuse the file is found here. Memory is bounded by days and packages, not by lines.
#pragma once

#include "recorder/capture/dating.hpp"
#include "recorder/capture/line_source.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tally::capture {

struct ServerOfDaemon {
    std::string host;  // lower case; empty when the log does not tell
    int rank = 0;      // see ServerName
    bool used = false; // has licence events, starts, stops or packages
};

struct Survey {
    std::string name;   // last part of the file's name
    std::string digest; // SHA-256 of the decompressed bytes, hex
    std::uint64_t bytes = 0;
    std::uint64_t lines = 0;
    std::vector<DaySpan> days;
    std::map<std::string, ServerOfDaemon, std::less<>> daemons;
    std::string server;          // of the licence manager; empty when it does not tell
    std::string several_servers; // "a and b" when the log names more than one server
    std::map<std::string, std::map<std::string, std::vector<std::string>>, std::less<>>
        packages;                   // daemon → package → components
    std::int64_t first_local_s = 0; // first and last line with a time
    std::int64_t last_local_s = 0;
    Remarks remarks;
};

// Fault.at is a line number, 0 when it is about the whole file. `watch` is called now and then with the bytes read.
[[nodiscard]] Result<Survey> survey(LineSource& source, const std::function<void(std::uint64_t)>& watch);

} // namespace tally::capture
