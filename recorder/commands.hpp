// The commands of tally-recorder as plain options and functions; main.cpp fills the options from the command line.
// Each prints results on stdout, complaints on stderr, and returns the exit code (docs/reference/exit-codes.md).
#pragma once

#include "tally/base/error.hpp"
#include "tally/os/file.hpp"
#include "tally/session_socket/message.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
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

// Letters from the station: host packages, acknowledgements.
struct EnrolOptions {
    os::fs::path state;
    std::vector<std::string> places; // files, or folders with letters of many hosts
    os::fs::path site_file;          // empty: SITE.jsonl beside the letter, if it is there
    std::string fingerprint;         // of the site file, as compared; needed the first time
    bool dry_run = false;
    Output output = Output::text;
};
Exit run_enrol(const EnrolOptions& options);

enum class Writing : std::uint8_t { yes, no };

// One importer for all kinds of logs; `format` is one of import_formats.
struct ImportOptions {
    os::fs::path state;
    std::string format;
    std::vector<std::string> files; // "-" is standard input
    os::fs::path mapping;           // of a table: which column means what
    os::fs::path catalogue;         // of a log of processes: which program is which product; empty: the one in force
    std::string zone;               // IANA name; empty where the log tells its zone
    std::string source;             // instead of the name that the log itself tells; empty = the log's own
    Writing writing = Writing::yes; // no: tell what would be written
    Output output = Output::text;
};
inline constexpr std::array<std::string_view, 5> import_formats{"flexnet", "rlm", "table", "audit", "winevt"};
Exit run_import(const ImportOptions& options);

// What the people at this host said to having their names recorded, where the site's policy asks for it.
struct ConsentOptions {
    os::fs::path state;
    std::string consent; // given, refused, withdrawn
    std::string basis;   // by what: a works agreement, a signed paper
    Output output = Output::text;
};
Exit run_consent(const ConsentOptions& options);

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
    std::vector<std::string> types; // none = all
    std::string user;               // as recorded; empty = all
    std::string feature;
    std::string sequence; // "a", "a..", "..b" or "a..b", both ends included; empty = all
    std::string since;    // UTC: seconds since 1970, YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ; empty = all
    Follow follow = Follow::no;
    Output output = Output::text;
};
Exit run_log(const LogOptions& options);

// Which program is which product (docs/formats/catalogue.md).
struct CatalogueOptions {
    os::fs::path state;
    os::fs::path file;        // empty: the one in force
    std::string program;      // asked of `show`: a path
    std::string command_line; // with it
    std::string code;         // asked of `show`: a feature code
    Output output = Output::text;
};
Exit run_catalogue_check(const CatalogueOptions& options);
Exit run_catalogue_show(const CatalogueOptions& options);
Exit run_catalogue_set(const CatalogueOptions& options);
Exit run_catalogue_codes(const CatalogueOptions& options);

// The service: listens for programs until it is told to stop.
enum class Watch : std::uint8_t { no, yes };
struct RunOptions {
    enum class Show : std::uint8_t { no, check, configuration };
    os::fs::path state;
    os::fs::path configuration; // empty: the usual values
    std::string socket;         // instead of the configuration's
    Watch watch = Watch::no;    // the programs of the catalogue too
    os::fs::path catalogue;     // empty: the one in force
    Show show = Show::no;       // of the configuration, instead of running
};
Exit run_service(const RunOptions& options);

// One message of a session to the running service, for scripts.
struct SessionOptions {
    std::string socket = session_socket::usual_path;
    session_socket::Kind kind = session_socket::Kind::heartbeat;
    std::string id;
    std::string product;
    std::string version;
    std::string pool;
    std::string name; // of a feature or a command; of a sample its kind
    bool automation = false;
    std::uint64_t beat_s = 0; // 0: as usual
    std::uint64_t count = 1;
    session_socket::Totals totals;
    std::uint64_t ms = 0;
    std::uint64_t bytes = 0;
    Output output = Output::text;
};
Exit run_session(const SessionOptions& options);

// Why nothing is recorded.
struct DoctorOptions {
    os::fs::path state;
    Output output = Output::text;
};
Exit run_doctor(const DoctorOptions& options);

enum class Redrop : std::uint8_t { no, yes };

struct SegmentsOptions {
    os::fs::path state;
    Redrop redrop = Redrop::no;
    Output output = Output::text;
};
Exit run_segments(const SegmentsOptions& options);

enum class DryRun : std::uint8_t { no, yes };

// Removes lines that every verifier has receipts for, as the newest acknowledgement says.
struct PruneOptions {
    os::fs::path state;
    std::string keep; // "90 days" or "4 epochs"; empty: no more than has to stay
    DryRun dry_run = DryRun::no;
    Output output = Output::text;
};
Exit run_prune(const PruneOptions& options);

} // namespace tally::recorder
