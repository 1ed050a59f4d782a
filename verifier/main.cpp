// tally-verifier: the command line. Fills plain options and calls one function per command (commands.hpp).
#include "tally/cli/command_line.hpp"
#include "verifier/commands.hpp"

namespace {

using namespace tally;
using namespace tally::verifier;

const cli::Program program{
    "tally-verifier",
    "Checks bundles from behind the gap, keeps what they prove, and holds use against entitlement.",
    R"(  tally-verifier check in/SITE1_USAGE_000001_V1OF1.tally
  tally-verifier trust add SITE.jsonl --fingerprint lusab-babad-... --ledger v.db
  tally-verifier check in/*.tally --ledger v.db
  tally-verifier accept in/*.tally --ledger v.db
  tally-verifier import entitlements ent.csv --ledger v.db
  tally-verifier reconcile --ledger v.db
  tally-verifier report --ledger v.db --html report.html --csv csv/
The environment variable TALLY_LEDGER stands for --ledger.
)",
    R"(  0 done, nothing found   1 failure (disk, permission, input)   2 wrong command line   3 findings against the evidence
  4 use beyond entitlement   5 nothing to do   10 another process holds the ledger   130 interrupted
)",
};

class CommandLine {
public:
    CommandLine() {
        add_trust();
        add_check();
        add_accept();
        add_ledger();
        add_import();
        add_reconcile();
        add_report();
        add_explain();
    }

    Exit run(int count, const char* const* words) { return line_.run(count, words); }

private:
    // Every command has --ledger and --json; `action` runs after the whole command line was read.
    template <class Options>
    CLI::App* command(CLI::App& parent, const std::string& name, const std::string& what, const std::string& example,
                      Options& options, Exit (*action)(const Options&)) {
        CLI::App* sub = line_.add(parent, name, what, example, options, action);
        CLI::Option* ledger = cli::add_path(*sub, "--ledger", options.ledger, "The ledger file", "FILE");
        ledger->envname("TALLY_LEDGER");
        if (name != "check") {
            ledger->required();
        }
        sub->add_flag_callback(
            "--json", [&options] { options.output = Output::json; }, "Print JSON");
        return sub;
    }

    void add_trust() {
        CLI::App* trust = line_.app().add_subcommand("trust", "Whose bundles are believed");
        trust->require_subcommand(1);
        CLI::App* add =
            command(*trust, "add", "Enrol a site file whose fingerprint was compared over another channel",
                    "trust add SITE.jsonl --fingerprint lusab-babad-... --ledger v.db", trust_add_, run_trust_add);
        cli::add_path(*add, "site_file", trust_add_.site_file, "The site's SITE.jsonl", "FILE")->required();
        add->add_option("--fingerprint", trust_add_.fingerprint,
                        "Eight words or 64 hex digits, as the site's people read it out")
            ->type_name("WORDS");
        command(*trust, "list", "Print the sites that are enrolled", "trust list --ledger v.db", trust_list_,
                run_trust_list);
    }

    template <class Options>
    static void add_bundles(CLI::App* sub, Options& options) {
        sub->add_option("bundle", options.bundles, "Bundle files; beside each lies its .minisig")
            ->required()
            ->type_name("FILE");
        sub->add_flag_callback(
            "--recompress", [&options] { options.recompress = Recompress::yes; },
            "Also prove for every member that nothing hides in its encoding");
    }

    void add_check() {
        CLI::App* sub = command(line_.app(), "check",
                                "Check bundles; changes nothing. Without a ledger nobody is trusted (UNANCHORED)",
                                "check in/*.tally --ledger v.db --json", check_, run_check);
        add_bundles(sub, check_);
        sub->add_option_function<std::string>(
               "--junit", [this](const std::string& path) { check_.junit = path; },
               "Also write the outcome as JUnit XML")
            ->type_name("FILE");
        sub->add_option_function<std::string>(
               "--certificate", [this](const std::string& path) { check_.certificate = path; },
               "Also write the outcome of the one bundle as a page to print (HTML)")
            ->type_name("FILE");
    }

    void add_accept() {
        CLI::App* sub = command(line_.app(), "accept", "Check bundles and take what they prove into the ledger",
                                "accept in/*.tally --ledger v.db", accept_, run_accept);
        add_bundles(sub, accept_);
        sub->add_option("--received", accept_.received, "When the bundles came, if that was not now (UTC)")
            ->type_name("YYYY-MM-DD[THH:MM[:SS]Z]");
    }

    void add_ledger() {
        command(line_.app(), "ledger", "Print the bundles and logs that were accepted", "ledger --ledger v.db --json",
                ledger_, run_ledger);
    }

    void add_import() {
        CLI::App* import = line_.app().add_subcommand("import", "Hand in what was bought and who was assigned (CSV)");
        import->require_subcommand(1);
        for (const Input input : {Input::entitlements, Input::assignments}) {
            const bool bought = input == Input::entitlements;
            ImportOptions& options = bought ? import_entitlements_ : import_assignments_;
            options.input = input;
            const std::string name = bought ? "entitlements" : "assignments";
            CLI::App* sub =
                command(*import, name,
                        bought ? "What was bought: one row for each line of an agreement"
                               : "Who was assigned to what, and when",
                        "import " + name + (bought ? " ent.csv" : " asg.csv") + " --ledger v.db", options, run_import);
            cli::add_path(*sub, "file", options.file, "CSV, UTF-8, columns by name (docs/reference/inputs.md)", "FILE")
                ->required();
            sub->add_flag_callback(
                "--dry-run", [&options] { options.dry_run = DryRun::yes; }, "Read and judge the file, store nothing");
        }
    }

    template <class Options>
    static void add_counting(CLI::App* sub, Options& options) {
        sub->add_option("--as-of", options.as_of, "The last day that counts; default: up to the last record")
            ->type_name("YYYY-MM-DD");
        sub->add_flag_callback(
            "--fold-case", [&options] { options.fold_case = FoldCase::yes; }, "HIG and hig are one person");
    }

    void add_reconcile() {
        CLI::App* sub = command(line_.app(), "reconcile",
                                "Hold what was used against what was bought; 4 when it is certainly beyond",
                                "reconcile --ledger v.db --as-of 2026-03-31", reconcile_, run_reconcile);
        add_counting(sub, reconcile_);
    }

    void add_report() {
        CLI::App* sub =
            command(line_.app(), "report", "Write the report: one HTML file, and CSV tables for spreadsheets",
                    "report --ledger v.db --html report.html --csv csv/", report_, run_report);
        cli::add_path(*sub, "--html", report_.html, "The page", "FILE");
        cli::add_path(*sub, "--csv", report_.csv, "Where the tables go; made when missing", "DIRECTORY");
        add_counting(sub, report_);
    }

    void add_explain() {
        CLI::App* sub = command(line_.app(), "explain",
                                "Print a finding, its rule, and each line behind it with proof down to the bundle",
                                "explain 595dbbbd0b57 --ledger v.db", explain_, run_explain);
        sub->add_option("finding", explain_.finding, "Its name, or the first digits of it")
            ->required()
            ->type_name("NAME");
        sub->add_option("--records", explain_.records, "How many lines to show with proof")->capture_default_str();
        add_counting(sub, explain_);
    }

    cli::CommandLine line_{program};
    TrustAddOptions trust_add_;
    TrustListOptions trust_list_;
    CheckOptions check_;
    AcceptOptions accept_;
    LedgerOptions ledger_;
    ImportOptions import_entitlements_, import_assignments_;
    ReconcileOptions reconcile_;
    ReportOptions report_;
    ExplainOptions explain_;
};

} // namespace

int main(int argc, char** argv) {
    return tally::cli::run_main("tally-verifier", [&] { return CommandLine().run(argc, argv); });
}
