// The commands of tally-packager between packing and carrying out: what is in a bundle, and who lets it go. Filled by
// WayOutLine (way_out_line.hpp).
#pragma once

#include "packager/commands.hpp"

namespace tally::packager {

enum class Lines : std::uint8_t { hidden, shown };
enum class Values : std::uint8_t { some, all };

struct InspectOptions {
    os::fs::path bundle;
    std::vector<os::fs::path> against; // bundles from before
    os::fs::path words;                // a list to look for; empty: none
    std::string marking;               // under which the bundle leaves
    os::fs::path state;                // whose secrets make pseudonyms of the words; empty: none
    os::fs::path page;                 // HTML file to write as well; empty: none
    Lines lines = Lines::hidden;
    Values values = Values::some;
    Output output = Output::text;
};
Exit run_inspect(const InspectOptions& options);

enum class PrintCommand : std::uint8_t { no, yes };

struct ReleaseOptions {
    os::fs::path state;
    std::vector<os::fs::path> bundles; // one, or all volumes of a set
    os::fs::path key;                  // an officer's secret key file; either this
    os::fs::path signature;            // or what stock minisign made
    PrintCommand print = PrintCommand::no;
    std::string person; // of the printed command
    DryRun dry_run = DryRun::no;
    std::optional<int> passphrase_fd;
    Output output = Output::text;
};
Exit run_release(const ReleaseOptions& options);

struct EncryptOptions {
    os::fs::path state;
    std::vector<os::fs::path> bundles;
    os::fs::path recipients; // a file for age -R: no secret
    DryRun dry_run = DryRun::no;
    std::optional<int> passphrase_fd; // of the export key
    Output output = Output::text;
};
Exit run_encrypt(const EncryptOptions& options);

} // namespace tally::packager
