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
enum class DryRun : std::uint8_t { no, yes };

struct SiteInitOptions {
    os::fs::path state;
    std::string site;
    std::string label = "STATION";    // of the station's own log
    std::optional<int> passphrase_fd; // without it the terminal is asked
    Output output = Output::text;
};
Exit run_site_init(const SiteInitOptions& options);

struct SiteEnrolOptions {
    os::fs::path state;
    os::fs::path request; // a recorder's enrolment.json
    std::string label;    // empty: the one in the request
    std::string group;
    std::string fingerprint; // as the host's people read it out; empty: compared by eye
    os::fs::path out;        // where the host's package goes; empty: none is made
    os::fs::path catalogue;  // whose digest the package names; empty: as before
    std::optional<int> passphrase_fd;
    Output output = Output::text;
};
Exit run_site_enrol(const SiteEnrolOptions& options);

struct SitePolicyOptions {
    os::fs::path state;
    os::fs::path out;
    std::string group, host; // empty: all
    os::fs::path catalogue;
    DryRun dry_run = DryRun::no;
    std::optional<int> passphrase_fd;
    Output output = Output::text;
};
Exit run_site_policy(const SitePolicyOptions& options);

struct SiteRetireOptions {
    os::fs::path state;
    std::string host; // the log's name or its label
    std::string reason;
    Output output = Output::text;
};
Exit run_site_retire(const SiteRetireOptions& options);

struct SiteHostsOptions {
    os::fs::path state;
    std::string group; // empty: all
    Output output = Output::text;
};
Exit run_site_hosts(const SiteHostsOptions& options);

struct SiteShowOptions {
    os::fs::path state;
    Output output = Output::text;
};
Exit run_site_show(const SiteShowOptions& options);

struct SiteReviseOptions {
    os::fs::path state;
    std::vector<std::string> add_roots, add_exports, add_verifiers; // texts of public keys, or files with one
    std::vector<std::string> add_officers;                          // KEY=PERSON
    std::vector<std::string> drop, revoke;                          // keys by text or id
    std::optional<std::uint64_t> threshold, releases;
    bool new_export = false; // make an export key here, in place of those that were made here before
    bool withdraw = false;
    std::optional<int> passphrase_fd;
    Output output = Output::text;
};
Exit run_site_revise(const SiteReviseOptions& options);

// After the quorum of root keys was lost: version 1 of a new site file, for the same log and the same other keys.
struct SiteRestartOptions {
    os::fs::path state;
    DryRun dry_run = DryRun::no;
    std::optional<int> passphrase_fd;
    Output output = Output::text;
};
Exit run_site_restart(const SiteRestartOptions& options);

struct SiteSignOptions {
    os::fs::path state;
    os::fs::path key;       // secret key file; empty: the station's own root key
    os::fs::path signature; // made by stock minisign instead
    std::optional<int> passphrase_fd;
    Output output = Output::text;
};
Exit run_site_sign(const SiteSignOptions& options);

struct CollectOptions {
    os::fs::path state;
    std::vector<std::string> paths; // directories or single files
    Output output = Output::text;
};
Exit run_collect(const CollectOptions& options);

struct ArchiveListOptions {
    os::fs::path state;
    Output output = Output::text;
};
Exit run_archive_list(const ArchiveListOptions& options);

enum class Force : std::uint8_t { no, yes };
enum class Store : std::uint8_t { no, yes };

struct PackOptions {
    os::fs::path state;
    os::fs::path out; // directory, made when it is not there
    std::string agreement = "DEFAULT";
    std::string label = "USAGE"; // part of the bundle's name
    int level = 3;               // of zstd, 1…19
    Store store = Store::no;     // do not compress
    std::string volume_size;     // bytes, or fat32, cd, dvd, none; empty: none
    std::string until;           // day or instant: hosts up to their first seal from then on; empty: everything
    std::optional<std::uint64_t> from_receipt; // instead of the newest one; 0: everything from the beginning
    std::uint64_t again = 0;                   // make export number N once more; 0: a new one
    Force force = Force::no;                   // also when nothing is new
    DryRun dry_run = DryRun::no;               // print what would be packed, write nothing
    std::optional<int> passphrase_fd;
    Output output = Output::text;
};
Exit run_pack(const PackOptions& options);

enum class Staging : std::uint8_t { no, yes };

struct WriteOptions {
    os::fs::path state;
    std::vector<os::fs::path> bundles;
    os::fs::path to;               // where the medium is mounted; either this
    os::fs::path iso;              // or the image to be made
    os::fs::path paper;            // delivery note; empty: none
    std::string preset = "none";   // of media::presets
    std::string medium;            // what people call it
    std::string by;                // for the delivery note; empty: who is logged in
    Staging staging = Staging::no; // `to` is a folder that is carried further by other means
    DryRun dry_run = DryRun::no;
    Output output = Output::text;
};
Exit run_write(const WriteOptions& options);

struct VerifyMediaOptions {
    os::fs::path state;
    os::fs::path site; // SITE.jsonl, where no station is; then nothing is known of what should be there
    os::fs::path medium;
    std::string label; // what people call it
    Output output = Output::text;
};
Exit run_verify_media(const VerifyMediaOptions& options);

struct ReceiptImportOptions {
    os::fs::path state;
    std::vector<os::fs::path> places; // RCPT_….json files, or folders with them; signatures lie beside
    DryRun dry_run = DryRun::no;
    Output output = Output::text;
};
Exit run_receipt_import(const ReceiptImportOptions& options);

struct ReceiptCodeOptions {
    os::fs::path state;
    std::string code; // as it was heard
    std::string agreement = "DEFAULT";
    os::fs::path secret;
    Output output = Output::text;
};
Exit run_receipt_code(const ReceiptCodeOptions& options);

struct AckOptions {
    os::fs::path state;
    std::vector<std::string> hosts; // logs or labels; none: all
    os::fs::path out;
    DryRun dry_run = DryRun::no;
    std::optional<int> passphrase_fd;
    Output output = Output::text;
};
Exit run_ack(const AckOptions& options);

struct PruneOptions {
    os::fs::path state;
    DryRun dry_run = DryRun::no;
    Output output = Output::text;
};
Exit run_prune(const PruneOptions& options);

struct LadderOptions {
    os::fs::path state;
    std::string agreement = "DEFAULT";
    os::fs::path page; // HTML file to write as well; "": none
    Output output = Output::text;
};
Exit run_ladder(const LadderOptions& options);

} // namespace tally::packager
