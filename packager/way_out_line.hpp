// The part of tally-packager's command line on which a bundle leaves: inspect, release, encrypt, write, verify-media.
#pragma once

#include "packager/way_out_commands.hpp"
#include "tally/cli/command_line.hpp"

namespace tally::packager {

class WayOutLine {
public:
    // Must outlive the run of `line`.
    void add_to(cli::CommandLine& line);

private:
    void add_inspect(cli::CommandLine& line);
    void add_release(cli::CommandLine& line);
    void add_encrypt(cli::CommandLine& line);
    void add_write(cli::CommandLine& line);
    void add_verify_media(cli::CommandLine& line);

    InspectOptions inspect_;
    ReleaseOptions release_;
    EncryptOptions encrypt_;
    WriteOptions write_;
    VerifyMediaOptions verify_media_;
};

} // namespace tally::packager
