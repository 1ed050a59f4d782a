// The part of tally-packager's command line that is about names: fills the options of privacy_commands.hpp.
#pragma once

#include "packager/privacy_commands.hpp"
#include "tally/cli/command_line.hpp"

namespace tally::packager {

class PrivacyLine {
public:
    // Adds `privacy …` and `disclose …`; must outlive the run of `line`.
    void add_to(cli::CommandLine& line);

private:
    PrivacySetOptions set_;
    PrivacyRotateOptions rotate_;
    PrivacyShowOptions show_;
    PrivacyApplyOptions apply_;
    DisclosePersonOptions person_;
    DiscloseLineOptions line_;
};

} // namespace tally::packager
