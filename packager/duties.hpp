// The commands of tally-packager about what the site owes and says: agreement, declare, status. As commands.hpp.
#pragma once

#include "packager/commands.hpp"

namespace tally::packager {

struct AgreementAddOptions {
    os::fs::path state;
    std::string agreement, licensee;
    std::string cadence = "quarterly";
    std::uint64_t due_days = 10, grace_days = 0;
    std::string start, end; // days; end empty: none
    std::string zone = "UTC";
    DryRun dry_run = DryRun::no;
    Output output = Output::text;
};
Exit run_agreement_add(const AgreementAddOptions& options);

struct AgreementListOptions {
    os::fs::path state;
    Output output = Output::text;
};
Exit run_agreement_list(const AgreementListOptions& options);

struct DeclareOptions {
    os::fs::path state;
    std::string agreement; // empty: all
    std::string period;    // of the agreement, by label or a day in it; instead of from and to
    std::string from, to;  // days, `to` the last one; or instants
    std::string reason;
    std::string host; // log or label; empty: the whole site
    std::vector<std::string> products;
    std::optional<std::uint64_t> line; // of that host, that an amendment is about
    Force force = Force::no;
    DryRun dry_run = DryRun::no;
    Output output = Output::text;
};
Exit run_declare_nil(const DeclareOptions& options);
Exit run_declare_gap(const DeclareOptions& options);
Exit run_declare_amendment(const DeclareOptions& options);
Exit run_declare_justification(const DeclareOptions& options);

struct StatusOptions {
    os::fs::path state;
    std::string as_of; // a day; empty: now
    Output output = Output::text;
};
Exit run_status(const StatusOptions& options);

// The site's own procedure, filled with its data: a text to print (Markdown).
struct ProcedureOptions {
    os::fs::path state;
};
Exit run_procedure(const ProcedureOptions& options);

} // namespace tally::packager
