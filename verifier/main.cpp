// tally-verifier: the command line. Fills plain options and calls one function per command (commands.hpp).
#include "tally/cli/run_main.hpp"
#include "verifier/commands.hpp"

#include <CLI/CLI.hpp>
#include <functional>

namespace {

using namespace tally;
using namespace tally::verifier;

constexpr const char* exit_codes = R"(
Exit codes:
  0 done, nothing found   1 failure (disk, permission, input)   2 wrong command line   3 findings against the evidence
  4 use beyond entitlement   5 nothing to do   10 another process holds the ledger   130 interrupted
)";

class CommandLine {
public:
    CommandLine() : app_("Checks bundles from behind the gap, keeps what they prove, and holds use against entitlement.", "tally-verifier") {
        app_.set_version_flag("--version", "tally-verifier " TALLY_VERSION);
        app_.require_subcommand(1);
        app_.footer(std::string(R"(
Examples:
  tally-verifier check in/SITE1_USAGE_000001_V1OF1.tally
  tally-verifier trust add SITE.jsonl --fingerprint lusab-babad-... --ledger v.db
  tally-verifier check in/*.tally --ledger v.db
  tally-verifier accept in/*.tally --ledger v.db
  tally-verifier ledger --ledger v.db
The environment variable TALLY_LEDGER stands for --ledger.
)") + exit_codes);
        add_trust();
        add_check();
        add_accept();
        add_ledger();
    }

    Exit run(int count, const char* const* words) {
        try {
            app_.parse(count, words);
        } catch (const CLI::ParseError& stop) {
            return app_.exit(stop) == 0 ? Exit::ok : Exit::usage;
        }
        return run_();
    }

private:
    // Every command has --ledger and --json; `action` runs after the whole command line was read.
    template <class Options>
    CLI::App* command(CLI::App& parent, const std::string& name, const std::string& what, const std::string& example, Options& options,
                      Exit (*action)(const Options&)) {
        CLI::App* sub = parent.add_subcommand(name, what);
        CLI::Option* ledger = sub->add_option_function<std::string>("--ledger", [&options](const std::string& path) { options.ledger = path; },
                                                                    "The ledger file");
        ledger->envname("TALLY_LEDGER")->type_name("FILE");
        if (name != "check") {
            ledger->required();
        }
        sub->add_flag_callback("--json", [&options] { options.output = Output::json; }, "Print JSON");
        sub->footer("\nExample:\n  tally-verifier " + example + "\n" + exit_codes);
        sub->callback([this, &options, action] { run_ = [&options, action] { return action(options); }; });
        return sub;
    }

    void add_trust() {
        CLI::App* trust = app_.add_subcommand("trust", "Whose bundles are believed");
        trust->require_subcommand(1);
        CLI::App* add = command(*trust, "add", "Enrol a site file whose fingerprint was compared over another channel",
                                "trust add SITE.jsonl --fingerprint lusab-babad-... --ledger v.db", trust_add_, run_trust_add);
        add->add_option_function<std::string>("site_file", [this](const std::string& path) { trust_add_.site_file = path; },
                                              "The site's SITE.jsonl")
            ->required()
            ->type_name("FILE");
        add->add_option("--fingerprint", trust_add_.fingerprint, "Eight words or 64 hex digits, as the site's people read it out")
            ->type_name("WORDS");
        command(*trust, "list", "Print the sites that are enrolled", "trust list --ledger v.db", trust_list_, run_trust_list);
    }

    template <class Options>
    static void add_bundles(CLI::App* sub, Options& options) {
        sub->add_option("bundle", options.bundles, "Bundle files; beside each lies its .minisig")->required()->type_name("FILE");
        sub->add_flag_callback("--recompress", [&options] { options.recompress = Recompress::yes; },
                               "Also prove for every member that nothing hides in its encoding");
    }

    void add_check() {
        CLI::App* sub = command(app_, "check", "Check bundles; changes nothing. Without a ledger nobody is trusted (UNANCHORED)",
                                "check in/*.tally --ledger v.db --json", check_, run_check);
        add_bundles(sub, check_);
    }

    void add_accept() {
        CLI::App* sub = command(app_, "accept", "Check bundles and take what they prove into the ledger",
                                "accept in/*.tally --ledger v.db", accept_, run_accept);
        add_bundles(sub, accept_);
    }

    void add_ledger() {
        command(app_, "ledger", "Print the bundles and logs that were accepted", "ledger --ledger v.db --json", ledger_, run_ledger);
    }

    CLI::App app_;
    TrustAddOptions trust_add_;
    TrustListOptions trust_list_;
    CheckOptions check_;
    AcceptOptions accept_;
    LedgerOptions ledger_;
    std::function<Exit()> run_;
};

} // namespace

int main(int argc, char** argv) {
    return tally::cli::run_main("tally-verifier", [&] { return CommandLine().run(argc, argv); });
}
