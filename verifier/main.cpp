// tally-verifier: the command line. Fills plain options and calls one function per command (commands.hpp).
#include "tally/cli/command_line.hpp"
#include "verifier/commands.hpp"
#include "verifier/inputs/identity.hpp"

#include <array>

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
TALLY_TRUST names users and groups besides oneself that may write where it lies (docs/SECURITY.md).
)",
    R"(  0 done, nothing found   1 failure (disk, permission, input)   2 wrong command line   3 findings against the evidence
  4 use beyond entitlement   5 nothing to do   6 a review is due   10 another process holds the ledger   130 interrupted
)",
};

class CommandLine {
public:
    CommandLine() {
        add_trust();
        add_keys();
        add_check();
        add_accept();
        add_ledger();
        add_import();
        add_inputs();
        add_rules();
        add_reconcile();
        add_findings();
        add_report();
        add_review();
        add_calendar();
        add_explain();
        add_disclosure();
        add_recompute();
        add_audit_pack();
        add_receipt();
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
        if (name != "check" && name != "disclosure") {
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
        add->add_option("--reenrol", trust_add_.reenrol,
                        "Why a site that lost its root keys is trusted under another fingerprint from now on")
            ->type_name("REASON");
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

    void add_keys() {
        CLI::App* keys = line_.app().add_subcommand("keys", "Keys of this verifier");
        keys->require_subcommand(1);
        CLI::App* sub = line_.add(*keys, "new", "Make the key that signs receipts: NAME.key and NAME.pub",
                                  "keys new verifier --passphrase-fd 3 3<passphrase", keys_new_, run_keys_new);
        cli::add_path(*sub, "name", keys_new_.name, "Path of the key without .key", "NAME")->required();
        cli::add_passphrase(*sub, keys_new_);
        sub->add_flag_callback(
            "--json", [this] { keys_new_.output = Output::json; }, "Print JSON");
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
        CLI::App* import = line_.app().add_subcommand(
            "import", "Hand in what was bought, who was assigned, what describes the estate");
        import->require_subcommand(1);
        for (std::size_t i = 0; i < inputs::kinds; ++i) {
            ImportOptions& options = imports_[i];
            options.kind = static_cast<inputs::Kind>(i);
            const std::string name(inputs::name(options.kind));
            CLI::App* sub = command(*import, name, std::string(inputs::about(options.kind)),
                                    "import " + name + " " + name + ".csv --ledger v.db", options, run_import);
            cli::add_path(*sub, "file", options.file,
                          "CSV or JSON Lines, UTF-8, columns by name (docs/reference/inputs.md)", "FILE")
                ->required();
            sub->add_flag_callback(
                "--dry-run", [&options] { options.dry_run = DryRun::yes; }, "Read and judge the file, store nothing");
            sub->add_option("--as-of", options.as_of, "The day that the file describes; default: today")
                ->type_name("YYYY-MM-DD");
        }
    }

    void add_inputs() {
        CLI::App* sub = command(line_.app(), "inputs", "Print what was handed in, and which of it counts",
                                "inputs --ledger v.db --known-on 2026-03-31", inputs_, run_inputs);
        sub->add_flag_callback(
            "--joins", [this] { inputs_.joins = true; },
            "Instead: which names of the tables and the records stand on one side only");
        sub->add_option("--known-on", inputs_.known_on, "Only what was imported up to that day")
            ->type_name("YYYY-MM-DD");
    }

    template <class Options>
    static void add_counting(CLI::App* sub, Options& options) {
        sub->add_option("--as-of", options.as_of, "The last day that counts; default: up to the last record")
            ->type_name("YYYY-MM-DD");
        sub->add_flag_callback(
            "--fold-case", [&options] { options.fold_case = FoldCase::yes; }, "HIG and hig are one person");
        add_rule_files(sub, options.assumptions);
        sub->add_option("--set", options.assumptions.set, "What if a rule's value were another; nothing is stored")
            ->type_name("RULE.NAME=NUMBER");
        sub->add_option("--what-if", options.assumptions.what_if,
                        "What if a line were another: 'seats LINE=14', 'price LINE=2500.00', 'metric LINE=named'; "
                        "nothing is stored")
            ->type_name("CHANGE");
        sub->add_option("--known-on", options.assumptions.known_on,
                        "With the tables that were handed in up to that day, as then; nothing is stored")
            ->type_name("YYYY-MM-DD");
    }

    template <class Options>
    static void add_rule_files(CLI::App* sub, Options& options) {
        if constexpr (requires { options.rules; }) {
            cli::add_path(*sub, "--rules", options.rules, "A rule pack instead of the standard one", "FILE");
        }
        sub->add_option("--rules-key", options.rules_key,
                        "The pack must be signed by this key of minisign (FILE.minisig)")
            ->type_name("KEY")
            ->envname("TALLY_RULES_KEY");
    }

    void add_rules() {
        CLI::App* sub = line_.add(line_.app(), "rules", "Print the rules' values; check a rule pack, or compare it",
                                  "rules --diff pack.jsonl", rules_, run_rules);
        cli::add_path(*sub, "--check", rules_.check, "Read this pack and say whether it is one", "FILE");
        cli::add_path(*sub, "--diff", rules_.diff, "Print what differs between the standard pack and this one", "FILE")
            ->excludes("--check");
        add_rule_files(sub, rules_);
        sub->add_flag_callback(
            "--json", [this] { rules_.output = Output::json; }, "Print JSON");
    }

    void add_reconcile() {
        CLI::App* sub = command(line_.app(), "reconcile",
                                "Hold what was used against what was bought; 4 when it is certainly beyond",
                                "reconcile --ledger v.db --as-of 2026-03-31", reconcile_, run_reconcile);
        add_counting(sub, reconcile_);
    }

    CLI::App* add_findings_action(CLI::App& parent, const std::string& name, const std::string& what,
                                  const std::string& example, FindingsAction action) {
        CLI::App* sub = parent.add_subcommand(name, what);
        sub->fallthrough(); // --ledger, --json and the filters are those of `findings`
        sub->footer("\nExample:\n  tally-verifier " + example + "\n\nExit codes:\n" + program.exit_codes);
        sub->callback([this, action] { findings_.action = action; });
        return sub;
    }

    void add_findings() {
        CLI::App* sub = command(line_.app(), "findings", "List the register of findings over all runs",
                                "findings --ledger v.db --state open --due-before 2026-05-01", findings_, run_findings);
        sub->add_option("--code", findings_.code, "Only this code")->type_name("CODE");
        sub->add_option("--severity", findings_.severity, "Only this severity")->type_name("WORD");
        sub->add_option("--state", findings_.state, "Only this state; of `set`: the new one")->type_name("STATE");
        sub->add_option("--line", findings_.line, "Only this line")->type_name("LINE");
        sub->add_option("--subject", findings_.subject, "Only this subject")->type_name("NAME");
        sub->add_option("--owner", findings_.owner, "Only this owner's")->type_name("NAME");
        sub->add_option("--due-before", findings_.due_before, "Only what is due before that day")
            ->type_name("YYYY-MM-DD");
        sub->add_option("--remedied-since", findings_.remedied_since, "Only what was remedied on that day or later")
            ->type_name("YYYY-MM-DD");
        sub->add_option("--on", findings_.on, "Show the states of that day; default: today")->type_name("YYYY-MM-DD");
        CLI::App* set = add_findings_action(*sub, "set", "Say whose a finding is, until when, and what becomes of it",
                                            "findings set 595dbbbd0b57 --owner ana --due 2026-05-01 --ledger v.db",
                                            FindingsAction::set);
        set->add_option("finding", findings_.ids, "Names of findings, or the first digits")
            ->required()
            ->type_name("NAME");
        const auto add_text = [set](const char* name, std::optional<std::string>& into, const char* what,
                                    const char* kind) {
            set->add_option_function<std::string>(
                   name, [&into](const std::string& given) { into = given; }, what)
                ->type_name(kind);
        };
        add_text("--owner", findings_.new_owner, "Who is to see to it; '' takes it away", "NAME");
        add_text("--due", findings_.due, "The day by which it is to be done; '' takes it away", "YYYY-MM-DD");
        add_text("--note", findings_.note, "A remark; '' takes it away", "TEXT");
        set->add_option("--until", findings_.until, "The last day on which it is accepted")->type_name("YYYY-MM-DD");
        set->add_option("--by", findings_.by, "Who says so; default: the account's name")->type_name("NAME");
        set->add_flag_callback(
            "--dry-run", [this] { findings_.dry_run = DryRun::yes; }, "Say what would change, change nothing");
        add_findings_action(*sub, "export", "Print the register as CSV, with --json as JSON",
                            "findings export --ledger v.db > register.csv", FindingsAction::export_table);
        add_findings_action(*sub, "history", "Print who changed a finding, when, from what to what",
                            "findings history 595dbbbd0b57 --ledger v.db", FindingsAction::history)
            ->add_option("finding", findings_.ids, "Its name, or the first digits")
            ->required()
            ->expected(1)
            ->type_name("NAME");
    }

    void add_report() {
        CLI::App* sub =
            command(line_.app(), "report", "Write the report: one HTML file, and CSV tables for spreadsheets",
                    "report --ledger v.db --html report.html --csv csv/", report_, run_report);
        cli::add_path(*sub, "--html", report_.html, "The page", "FILE");
        cli::add_path(*sub, "--csv", report_.csv, "Where the tables go; made when missing", "DIRECTORY");
        cli::add_path(*sub, "--data", report_.data, "The same tables as one JSON document", "FILE");
        cli::add_path(*sub, "--vendor", report_.vendor, "Use and lists of seats in the vendor's own columns",
                      "DIRECTORY");
        cli::add_path(*sub, "--measurements", report_.measurements, "Use by product and day as XML", "FILE");
        sub->add_option("--view", report_.view,
                        "For whom: everyone, licence-admin, procurement, auditor, team=NAME, user=NAME; what the view "
                        "does not show is in none of the files")
            ->capture_default_str()
            ->type_name("VIEW");
        add_counting(sub, report_);
    }

    void add_review() {
        CLI::App* sub = command(line_.app(), "review",
                                "Write the three papers of a review: seats to take back, gaps with owners and days, "
                                "brief for the renewal; each to print and as CSV",
                                "review --ledger v.db --out review/", review_, run_review);
        cli::add_path(*sub, "--out", review_.out, "Where the papers go; made when missing", "DIRECTORY");
        add_counting(sub, review_);
    }

    void add_calendar() {
        CLI::App* sub =
            command(line_.app(), "calendar",
                    "Say which reviews are due, what makes their outputs, and which were made; 6 when one is due",
                    "calendar --ledger v.db", calendar_, run_calendar);
        sub->add_option("--on", calendar_.on, "As seen on that day; default: today")->type_name("YYYY-MM-DD");
    }

    void add_disclosure() {
        CLI::App* sub = command(line_.app(), "disclosure",
                                "Check what a site gave out of one person or one line; a line needs the ledger",
                                "disclosure LINE_HABC_41.jsonl --ledger v.db", disclosure_, run_disclosure);
        cli::add_path(*sub, "file", disclosure_.file, "Made by tally-packager disclose", "FILE")->required();
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

    void add_recompute() {
        CLI::App* sub = command(line_.app(), "recompute",
                                "Build the ledger anew from the kept bundles and inputs and say whether the result is "
                                "the same, byte for byte; 3 when it is not",
                                "recompute --ledger v.db --order shuffled --seed 7", recompute_, run_recompute);
        sub->add_option("--order", recompute_.order,
                        "In which order the bundles come in: as-accepted, reverse, shuffled")
            ->capture_default_str()
            ->type_name("WORD");
        sub->add_option("--seed", recompute_.seed, "Of shuffled: another seed, another order")->capture_default_str();
        add_counting(sub, recompute_);
    }

    void add_audit_pack() {
        CLI::App* sub =
            line_.add(line_.app(), "audit-pack",
                      "Write everything that an auditor asks for and what it rests on as one signed folder, "
                      "or look at such a folder",
                      "audit-pack --ledger v.db --out pack --key audit.key", audit_pack_, run_audit_pack);
        cli::add_path(*sub, "--ledger", audit_pack_.ledger, "The ledger file", "FILE")->envname("TALLY_LEDGER");
        cli::add_path(*sub, "--out", audit_pack_.out, "The folder; it must not be there yet", "DIRECTORY");
        cli::add_path(*sub, "--key", audit_pack_.key, "A secret key of minisign that signs nothing but packs", "FILE");
        cli::add_passphrase(*sub, audit_pack_);
        sub->add_flag("--unsigned", audit_pack_.without_signature, "Without a signature; the pack says so");
        sub->add_flag("--redact", audit_pack_.redact, "Pseudonyms instead of persons; inputs and bundles only listed");
        sub->add_flag("--computers", audit_pack_.redact_computers, "With --redact: pseudonyms for computers as well");
        cli::add_path(*sub, "--pseudonym-key", audit_pack_.pseudonym_key,
                      "The key of the pseudonyms, made when missing; stays with you; default: OUT.pseudonym-key",
                      "FILE");
        cli::add_path(*sub, "--check", audit_pack_.check, "Look at this pack instead of making one", "DIRECTORY");
        sub->add_option("--public-key", audit_pack_.public_key, "Of --check: the key that you were told, or its file")
            ->type_name("KEY");
        add_counting(sub, audit_pack_);
        sub->add_flag_callback(
            "--json", [this] { audit_pack_.output = Output::json; }, "Print JSON");
    }

    template <class Options>
    static void add_channel(CLI::App* sub, Options& options) {
        sub->add_option("--site", options.site, "Which site, where more than one is trusted");
        sub->add_option("--agreement", options.agreement, "Which agreement, where bundles of several were accepted");
    }

    void add_receipt() {
        CLI::App* receipt = line_.app().add_subcommand("receipt", "Answer a site: what of its lines is held here");
        receipt->require_subcommand(1);
        CLI::App* issue =
            command(*receipt, "issue", "Write the receipt of what was accepted; asked again, the same one as before",
                    "receipt issue --ledger v.db --key verifier.key --out receipts", receipt_issue_, run_receipt_issue);
        add_channel(issue, receipt_issue_);
        cli::add_path(*issue, "--key", receipt_issue_.key, "Secret key that signs receipts", "FILE")->required();
        cli::add_passphrase(*issue, receipt_issue_);
        cli::add_path(*issue, "--out", receipt_issue_.out, "Directory for the receipt and its signature", "DIR");
        issue->add_option("--due", receipt_issue_.due, "When the next bundle is expected")->type_name("YYYY-MM-DD");
        cli::add_path(*issue, "--refused", receipt_issue_.refused, "Answer this bundle, which is refused, instead",
                      "FILE");
        issue->add_flag("--positions", receipt_issue_.positions, "Also write the position of every log beside it");
        issue->add_flag_callback(
            "--dry-run", [this] { receipt_issue_.dry_run = DryRun::yes; }, "Tell what would be issued, keep nothing");
        CLI::App* list = command(*receipt, "list", "Print the receipts that were issued", "receipt list --ledger v.db",
                                 receipt_list_, run_receipt_list);
        add_channel(list, receipt_list_);
        CLI::App* code =
            command(*receipt, "code", "Print the code of the newest receipt, to be read over the telephone",
                    "receipt code --ledger v.db --secret SITE1.tel", receipt_code_, run_receipt_code);
        add_channel(code, receipt_code_);
        cli::add_path(*code, "--secret", receipt_code_.secret, "Secret that the station has too", "FILE")->required();
        CLI::App* secret =
            line_.add(*receipt, "secret", "Make the secret of telephone codes, for this side and the station",
                      "receipt secret SITE1.tel", receipt_secret_, run_receipt_secret);
        cli::add_path(*secret, "secret", receipt_secret_.secret, "File to be made", "FILE")->required();
        CLI::App* key =
            command(*receipt, "key", "Take bundles made for this key as ours, before any receipt was issued",
                    "receipt key verifier.pub --ledger v.db", receipt_key_, run_receipt_key);
        key->add_option("key", receipt_key_.key, "Public key: its text, or its file")
            ->required()
            ->type_name("KEY|FILE");
    }

    cli::CommandLine line_{program};
    TrustAddOptions trust_add_;
    TrustListOptions trust_list_;
    KeysNewOptions keys_new_;
    CheckOptions check_;
    AcceptOptions accept_;
    LedgerOptions ledger_;
    std::array<ImportOptions, inputs::kinds> imports_;
    InputsOptions inputs_;
    RulesOptions rules_;
    ReconcileOptions reconcile_;
    FindingsOptions findings_;
    ReportOptions report_;
    ReviewOptions review_;
    CalendarOptions calendar_;
    DisclosureOptions disclosure_;
    ExplainOptions explain_;
    RecomputeOptions recompute_;
    AuditPackOptions audit_pack_;
    ReceiptIssueOptions receipt_issue_;
    ReceiptListOptions receipt_list_;
    ReceiptCodeOptions receipt_code_;
    ReceiptSecretOptions receipt_secret_;
    ReceiptKeyOptions receipt_key_;
};

} // namespace

int main(int argc, char** argv) {
    return tally::cli::run_main("tally-verifier", [&] { return CommandLine().run(argc, argv); });
}
