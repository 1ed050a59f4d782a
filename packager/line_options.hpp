// Options that many commands of tally-packager have, each spelled once.
#pragma once

#include "packager/commands.hpp"
#include "tally/cli/command_line.hpp"

namespace tally::packager {

template <class Options>
CLI::Option* add_state(CLI::App& command, Options& options) {
    return cli::add_path(command, "--state", options.state, "Directory of the station", "DIR")->envname("TALLY_STATE");
}

template <class Options>
void add_json(CLI::App& command, Options& options) {
    command.add_flag_callback(
        "--json", [&options] { options.output = Output::json; }, "Print JSON");
}

// Where a command works, and how it answers.
template <class Options>
void add_place(CLI::App& command, Options& options) {
    add_state(command, options)->required();
    add_json(command, options);
}

// Says what would be done: "Say which hosts get one, write nothing".
template <class Options>
void add_dry_run(CLI::App& command, Options& options,
                 const std::string& what = "Say what would be written, write nothing") {
    command.add_flag_callback(
        "--dry-run", [&options] { options.dry_run = DryRun::yes; }, what);
}

} // namespace tally::packager
