// First reading of a log, before anything is written: is it whole, which days, which servers, which packages, and its
// digest. Everything that may refuse the file is found here. Memory is bounded by what the log's reader keeps: days,
// names and packages, not lines.
#pragma once

#include "recorder/capture/line_source.hpp"
#include "recorder/capture/remarks.hpp"
#include "recorder/capture/usage_event.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tally::capture {

struct ServerOfDaemon {
    std::string host;  // lower case; empty when the log does not tell
    int rank = 0;      // how sure `host` is; the reader's affair
    bool used = false; // has licence events, starts, stops or packages
};

enum class Order : std::uint8_t {
    by_time, // as a daemon writes: later lines are later, up to steps of its clock
    any,     // as a table is exported
};

enum class Speaks : std::uint8_t {
    daemons,   // of a licence server: they stand in records
    computers, // each is a source of its own, and no daemon stands in its records
};

struct Survey {
    std::string name;   // last part of the file's name
    std::string digest; // SHA-256 of the decompressed bytes, hex
    std::uint64_t bytes = 0;
    std::uint64_t lines = 0;
    // What the reader tells.
    std::map<std::string, ServerOfDaemon, std::less<>> daemons; // "" for a log without daemons
    std::string manager;                                        // the daemon that gives nothing out itself; empty: none
    std::string server;                                         // of the manager; empty when it does not tell
    std::string several_servers;                                // "a and b" when the log names more than one server
    std::map<std::string, std::map<std::string, std::vector<std::string>>, std::less<>>
        packages;  // daemon → package → components
    LogTime first; // first and last line with a time, or earliest and latest when the order is any
    LogTime last;
    Order order = Order::by_time;
    Speaks speaks = Speaks::daemons; // what the names of `daemons` are
    Remarks remarks;
};

class LogFormat;

// Fault.at is a line number, 0 when it is about the whole file. `watch` is called now and then with the bytes read.
[[nodiscard]] Result<Survey> survey(LineSource& source, LogFormat& format,
                                    const std::function<void(std::uint64_t)>& watch);

} // namespace tally::capture
