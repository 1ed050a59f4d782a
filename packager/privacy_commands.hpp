// The commands of tally-packager about names: privacy set, rotate, show and apply, disclose person and line. As
// commands.hpp.
#pragma once

#include "packager/commands.hpp"

namespace tally::packager {

struct PrivacySetOptions {
    os::fs::path state;
    std::vector<std::string> rules; // FIELD=RULE
    std::string consent;            // required, not-required; empty: as it is
    os::fs::path aliases;           // CSV with the columns account and user; empty: as they are
    DryRun dry_run = DryRun::no;
    Output output = Output::text;
};
Exit run_privacy_set(const PrivacySetOptions& options);

struct PrivacyRotateOptions {
    os::fs::path state;
    DryRun dry_run = DryRun::no;
    Output output = Output::text;
};
Exit run_privacy_rotate(const PrivacyRotateOptions& options);

struct PrivacyShowOptions {
    os::fs::path state;
    Output output = Output::text;
};
Exit run_privacy_show(const PrivacyShowOptions& options);

struct PrivacyApplyOptions {
    os::fs::path state;
    os::fs::path in, out;
    std::vector<std::string> columns; // COLUMN or COLUMN=FIELD; none: those whose names are known
    DryRun dry_run = DryRun::no;
    Output output = Output::text;
};
Exit run_privacy_apply(const PrivacyApplyOptions& options);

struct DisclosePersonOptions {
    os::fs::path state;
    std::string name; // in any spelling
    std::string field = "user";
    std::uint64_t epoch = 0; // 0: every one
    os::fs::path out;        // directory
    DryRun dry_run = DryRun::no;
    Output output = Output::text;
};
Exit run_disclose_person(const DisclosePersonOptions& options);

struct DiscloseLineOptions {
    os::fs::path state;
    std::string log; // or its label
    std::uint64_t seq = 0;
    os::fs::path out; // directory
    DryRun dry_run = DryRun::no;
    Output output = Output::text;
};
Exit run_disclose_line(const DiscloseLineOptions& options);

} // namespace tally::packager
