// The commands of tally-recorder as plain options and functions; main.cpp fills the options from the command line.
// Each prints results on stdout, complaints on stderr, and returns the exit code (docs/reference/exit-codes.md).
#pragma once

#include "tally/base/error.hpp"
#include "tally/os/file.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace tally::recorder {

enum class Output : std::uint8_t { text, json };

struct InitOptions {
    os::fs::path state;
    std::string site;
    std::string label;
    Output output = Output::text;
};
Exit run_init(const InitOptions& options);

// One importer for all formats of licence server logs; `format` is "flexnet".
struct ImportOptions {
    os::fs::path state;
    std::string format;
    std::vector<std::string> files; // "-" is standard input
    std::string zone;               // IANA name
    std::string source;             // instead of the name that the log itself tells; empty = the log's own
    Output output = Output::text;
};
Exit run_import(const ImportOptions& options);

struct SealOptions {
    os::fs::path state;
    Output output = Output::text;
};
Exit run_seal(const SealOptions& options);

struct VerifyOptions {
    os::fs::path state;
    Output output = Output::text;
};
Exit run_verify(const VerifyOptions& options);

struct StatusOptions {
    os::fs::path state;
    Output output = Output::text;
};
Exit run_status(const StatusOptions& options);

enum class Follow : std::uint8_t { no, yes };

struct LogOptions {
    os::fs::path state;
    std::vector<std::string> types;
    std::string user;
    std::string feature;
    std::uint64_t first = 0;
    std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
    std::optional<std::uint64_t> since_s; // UTC seconds, by the time a record speaks of, else by `wall`
    Follow follow = Follow::no;
    Output output = Output::text;
};
Exit run_log(const LogOptions& options);

enum class Redrop : std::uint8_t { no, yes };

struct SegmentsOptions {
    os::fs::path state;
    Redrop redrop = Redrop::no;
    Output output = Output::text;
};
Exit run_segments(const SegmentsOptions& options);

} // namespace tally::recorder
