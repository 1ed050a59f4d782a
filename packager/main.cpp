// tally-packager: the command line. Fills plain options and calls one function per command (commands.hpp).
#include "packager/commands.hpp"
#include "packager/duties.hpp"
#include "packager/line_options.hpp"
#include "packager/privacy_line.hpp"
#include "packager/way_out_line.hpp"
#include "tally/cli/command_line.hpp"

namespace {

using namespace tally;
using namespace tally::packager;

const cli::Program program{
    "tally-packager",
    "Collects sealed logs at a station inside the gap and packs them for the way out.",
    R"(  tally-packager site init --state p --site SITE1
  tally-packager site enrol --state p r/enrolment.json
  tally-packager collect --state p /media/stick
  tally-packager archive list --state p
  tally-packager pack --state p --out out
  tally-packager inspect out/SITE1_USAGE_000001_V1OF1.tally
  tally-packager release --state p out/SITE1_USAGE_000001_V1OF1.tally --key anna.key
  tally-packager write --state p out/SITE1_USAGE_000001_V1OF1.tally --to /media/stick
The environment variable TALLY_STATE stands for --state.
TALLY_TRUST names users and groups besides oneself that may write where it lies (docs/SECURITY.md).
)",
    R"(  0 done   1 failure (disk, permission, input)   2 wrong command line   3 something was refused, see the warnings
  5 nothing to do   6 a report is due   10 another process holds the state   130 interrupted
)",
};

class CommandLine {
public:
    CommandLine() {
        add_site();
        add_collect();
        add_archive();
        add_pack();
        add_agreement();
        add_declare();
        add_status();
        add_procedure();
        way_out_.add_to(line_);
        privacy_.add_to(line_);
        add_receipt();
        add_ack();
        add_prune();
        add_ladder();
    }

    Exit run(int count, const char* const* words) { return line_.run(count, words); }

private:
    template <class Options>
    CLI::App* command(CLI::App& parent, const std::string& name, const std::string& what, const std::string& example,
                      Options& options, Exit (*action)(const Options&)) {
        CLI::App* sub = line_.add(parent, name, what, example, options, action);
        add_place(*sub, options);
        return sub;
    }

    void add_site() {
        CLI::App* site = line_.app().add_subcommand("site", "Keys of this site, and which logs belong to it");
        site->require_subcommand(1);
        CLI::App* init =
            command(*site, "init", "Set up a station: root and export key, its own log, the site file",
                    "site init --state p --site SITE1 --passphrase-fd 3 3<passphrase", site_init_, run_site_init);
        init->add_option("--site", site_init_.site, "Site id, A-Z 0-9 _ (at most 24)")->required();
        init->add_option("--label", site_init_.label, "What people call this station, A-Z 0-9 _ (at most 24)")
            ->capture_default_str();
        cli::add_passphrase(*init, site_init_);
        CLI::App* enrol = command(*site, "enrol", "Enrol the log of a host by its request (enrolment.json)",
                                  "site enrol --state p r/enrolment.json", site_enrol_, run_site_enrol);
        cli::add_path(*enrol, "request", site_enrol_.request, "The host's enrolment.json", "FILE")->required();
        enrol->add_option("--label", site_enrol_.label, "What people call the host, instead of what the request says");
        enrol->add_option("--group", site_enrol_.group, "Department or room, for reports");
        enrol->add_option("--fingerprint", site_enrol_.fingerprint,
                          "The request's fingerprint as read out on the host; another one is refused");
        add_package(enrol, site_enrol_);
        add_hosts(*site);
        command(*site, "show", "Print the site file: keys, fingerprint, and what is proposed",
                "site show --state p --json", site_show_, run_site_show);
        add_site_file(*site);
    }

    template <class Options>
    static void add_package(CLI::App* sub, Options& options) {
        cli::add_path(*sub, "--out", options.out, "Folder for the host package, its signature and the site file",
                      "DIR");
        cli::add_path(*sub, "--catalogue", options.catalogue, "Catalogue of products whose digest the package names",
                      "FILE");
        cli::add_passphrase(*sub, options);
    }

    void add_hosts(CLI::App& site) {
        CLI::App* policy = command(
            site, "policy", "Make the next package for hosts whose last one does not say what the station says now",
            "site policy --state p --out packages --group Design", site_policy_, run_site_policy);
        policy->add_option("--group", site_policy_.group, "Only the hosts of this group");
        policy->add_option("--host", site_policy_.host, "Only this host, by its log or label");
        add_dry_run(*policy, site_policy_, "Say which hosts get one, write nothing");
        add_package(policy, site_policy_);
        policy->get_option("--out")->required();
        CLI::App* retire = command(site, "retire", "Expect nothing of a host any more; its lines stay",
                                   "site retire --state p LICSRV --reason replaced", site_retire_, run_site_retire);
        retire->add_option("host", site_retire_.host, "The log's name or its label")->required()->type_name("HOST");
        retire->add_option("--reason", site_retire_.reason, "Why, for reports")->required();
        CLI::App* hosts = command(site, "hosts", "List the hosts: group, lines that arrived, last package, retired",
                                  "site hosts --state p --json", site_hosts_, run_site_hosts);
        hosts->add_option("--group", site_hosts_.group, "Only the hosts of this group");
    }

    void add_site_file(CLI::App& site) {
        CLI::App* revise =
            command(site, "revise",
                    "Propose the next version of the site file: other keys, other numbers; the root keys sign it",
                    "site revise --state p --new-export", site_revise_, run_site_revise);
        revise->add_flag("--new-export", site_revise_.new_export,
                         "Make a new export key here; the one used so far is dropped");
        const auto keys = [&](const char* option, std::vector<std::string>& list, const char* what) {
            revise->add_option(option, list, what)->type_name("KEY|FILE");
        };
        keys("--add-root", site_revise_.add_roots, "Public key that may sign the versions after");
        keys("--add-export", site_revise_.add_exports, "Public key that signs bundles");
        keys("--add-verifier", site_revise_.add_verifiers, "Public key that signs receipts");
        revise
            ->add_option("--add-officer", site_revise_.add_officers,
                         "Public key with which a person may release bundles; a person (A-Z 0-9 _) may have several")
            ->type_name("KEY=PERSON");
        revise
            ->add_option("--drop", site_revise_.drop,
                         "A listed key, by its id or text; what an export key or an officer has signed stays good")
            ->type_name("KEY");
        revise
            ->add_option("--revoke", site_revise_.revoke,
                         "An export key or an officer's, by its id or text: what it signed is not believed any more")
            ->type_name("KEY");
        revise->add_option("--threshold", site_revise_.threshold, "How many root keys must sign a version")
            ->check(CLI::PositiveNumber);
        revise->add_option("--releases", site_revise_.releases, "How many persons must release a bundle")
            ->check(CLI::NonNegativeNumber);
        revise->add_flag("--withdraw", site_revise_.withdraw, "Take back what is proposed");
        cli::add_passphrase(*revise, site_revise_);
        CLI::App* restart =
            command(site, "restart",
                    "Begin a new site file after the root keys were lost: other fingerprint, everybody enrols it anew",
                    "site restart --state p --passphrase-fd 3 3<passphrase", site_restart_, run_site_restart);
        add_dry_run(*restart, site_restart_, "Say what would be done, change nothing");
        cli::add_passphrase(*restart, site_restart_);
        CLI::App* sign = command(site, "sign", "Sign the proposed version with a root key; complete, it counts at once",
                                 "site sign --state p --passphrase-fd 3 3<passphrase", site_sign_, run_site_sign);
        CLI::Option* key =
            cli::add_path(*sign, "--key", site_sign_.key, "Secret root key, instead of the station's own", "FILE");
        cli::add_path(*sign, "--signature", site_sign_.signature,
                      "Signature of SITE.next.text made elsewhere by stock minisign", "FILE")
            ->excludes(key);
        cli::add_passphrase(*sign, site_sign_);
    }

    void add_collect() {
        CLI::App* sub = command(line_.app(), "collect",
                                "Take in segments from outboxes, shares and sticks; what is known is not taken twice",
                                "collect --state p /media/stick r/outbox", collect_, run_collect);
        sub->add_option("path", collect_.paths, "Directories (with all below them) or single segment files")
            ->required();
    }

    void add_archive() {
        CLI::App* archive = line_.app().add_subcommand("archive", "What has arrived");
        archive->require_subcommand(1);
        command(*archive, "list", "Per log: lines held, missing and waiting, last seal, quarantine",
                "archive list --state p", archive_list_, run_archive_list);
    }

    void add_pack() {
        CLI::App* sub = command(line_.app(), "pack", "Pack everything that has arrived into one signed bundle",
                                "pack --state p --out out", pack_, run_pack);
        cli::add_path(*sub, "--out", pack_.out, "Directory for bundle, signature, key, site file and VERIFY.TXT", "DIR")
            ->required();
        sub->add_option("--agreement", pack_.agreement, "Whom the bundle is for; each agreement is numbered by itself")
            ->capture_default_str();
        sub->add_option("--label", pack_.label, "Part of the bundle's name, A-Z 0-9 _ (at most 24)")
            ->capture_default_str();
        sub->add_option("--level", pack_.level, "Compression, 1 to 19")
            ->check(CLI::Range(1, 19))
            ->capture_default_str();
        sub->add_flag_callback(
            "--store", [this] { pack_.store = Store::yes; }, "Do not compress: every line stands in the file as it is");
        sub->add_option("--volume-size", pack_.volume_size,
                        "Cut into files of at most so many bytes; fat32 (4 000 000 000), dvd, cd, none")
            ->type_name("SIZE");
        sub->add_option("--until", pack_.until, "Only up to each host's first seal from this day or instant (UTC) on")
            ->type_name("DAY");
        sub->add_option_function<std::uint64_t>(
               "--from-receipt", [this](std::uint64_t number) { pack_.from_receipt = number; },
               "Begin where receipt N left the logs, for a verifier that was restored; 0: from the beginning")
            ->type_name("N");
        sub->add_option("--again", pack_.again, "Make export N once more, to the same bytes")
            ->check(CLI::PositiveNumber)
            ->type_name("N");
        sub->add_flag_callback(
            "--force", [this] { pack_.force = Force::yes; }, "Also when nothing has arrived since the last export");
        add_dry_run(*sub, pack_, "Say what would be packed, write nothing");
        cli::add_passphrase(*sub, pack_);
    }

    void add_agreement() {
        CLI::App* agreement = line_.app().add_subcommand("agreement", "What the site owes to whom, and when");
        agreement->require_subcommand(1);
        CLI::App* add =
            command(*agreement, "add", "Note an agreement, or its new terms, as a line of the station's log",
                    "agreement add --state p --agreement NORD --licensee 'Nordwerk AG' --start 2026-01-01 "
                    "--due 10 --zone Europe/Berlin",
                    agreement_add_, run_agreement_add);
        add->add_option("--agreement", agreement_add_.agreement, "Its name, the --agreement of its bundles")
            ->required();
        add->add_option("--licensee", agreement_add_.licensee, "Who owes the reports")->required();
        add->add_option("--cadence", agreement_add_.cadence,
                        "monthly, quarterly, half-yearly, yearly, 'N days', 'N months' or none")
            ->capture_default_str();
        add->add_option("--due", agreement_add_.due_days, "Days after a period's end on which its report is due")
            ->capture_default_str();
        add->add_option("--grace", agreement_add_.grace_days, "Days after that until it is overdue")
            ->capture_default_str();
        add->add_option("--start", agreement_add_.start, "First day")->required()->type_name("DAY");
        add->add_option("--end", agreement_add_.end, "Last day, if it ends")->type_name("DAY");
        add->add_option("--zone", agreement_add_.zone, "Time zone of the site: whose midnight ends a day")
            ->capture_default_str();
        add_dry_run(*add, agreement_add_);
        command(*agreement, "list", "The terms as they are noted", "agreement list --state p", agreement_list_,
                run_agreement_list);
    }

    CLI::App* add_word(CLI::App& declare, const std::string& name, const std::string& what, const std::string& example,
                       DeclareOptions& options, Exit (*action)(const DeclareOptions&)) {
        CLI::App* sub = command(declare, name, what, example, options, action);
        sub->add_option("--agreement", options.agreement, "For which agreement; without it for all");
        CLI::Option* period =
            sub->add_option("--period", options.period, "Of the agreement: 2026-Q1, 2026-03, or a day in it")
                ->needs("--agreement");
        CLI::Option* from = sub->add_option("--from", options.from, "First day, or an instant: 2026-01-31T14:00Z")
                                ->type_name("DAY")
                                ->excludes(period);
        sub->add_option("--to", options.to, "Last day, or an instant")->type_name("DAY")->needs(from);
        sub->add_option("--reason", options.reason, "Why, in words for those who verify")->required();
        add_dry_run(*sub, options);
        return sub;
    }

    void add_declare() {
        CLI::App* declare = line_.app().add_subcommand(
            "declare", "The site's word to those who verify, as a line of the station's log");
        declare->require_subcommand(1);
        CLI::App* nil = add_word(*declare, "nil", "Nothing was used in a period",
                                 "declare nil --state p --agreement NORD --period 2026-Q1 --reason 'works holidays'",
                                 declare_nil_, run_declare_nil);
        nil->add_option("--product", declare_nil_.products, "Only of this product, by the word in the records")
            ->type_name("WORD");
        nil->add_flag_callback(
            "--force", [this] { declare_nil_.force = Force::yes; }, "Also against what the archive holds");
        CLI::App* gap =
            add_word(*declare, "gap", "A host, or the site, is silent on purpose",
                     "declare gap --state p --host LICSRV --from 2026-02-01 --to 2026-02-14 --reason repair",
                     declare_gap_, run_declare_gap);
        gap->add_option("--host", declare_gap_.host, "Which host, by label or log; without it the whole site");
        CLI::App* amendment =
            add_word(*declare, "amendment", "What was reported of an earlier period is corrected",
                     "declare amendment --state p --agreement NORD --period 2026-Q1 --reason 'server 2 was left out'",
                     declare_amendment_, run_declare_amendment);
        CLI::Option* host = amendment->add_option("--host", declare_amendment_.host, "Whose line is meant");
        amendment->add_option("--line", declare_amendment_.line, "The number (seq) of that line")->needs(host);
        add_word(*declare, "justification", "Why nothing is sent by itself: no network, a rule, a contract",
                 "declare justification --state p --from 2026-01-01 --reason 'no line out, rule 7'",
                 declare_justification_, run_declare_justification);
    }

    void add_status() {
        CLI::App* sub = command(line_.app(), "status", "What is owed and when, what came of it, and what waits",
                                "status --state p --json", status_, run_status);
        sub->add_option("--as-of", status_.as_of, "As if today were that day")->type_name("DAY");
    }

    void add_procedure() {
        CLI::App* sub =
            line_.add(line_.app(), "procedure",
                      "Print this site's own procedure, with its keys, persons, hosts and agreements (Markdown)",
                      "procedure --state p >procedure.md", procedure_, run_procedure);
        add_state(*sub, procedure_)->required();
    }

    void add_receipt() {
        CLI::App* receipt = line_.app().add_subcommand("receipt", "What the verifier answered");
        receipt->require_subcommand(1);
        CLI::App* import = command(
            *receipt, "import", "Take receipts in, in any order: signature, site, number and positions must hold",
            "receipt import --state p /media/stick/RCPT_SITE1_000001.json", receipt_import_, run_receipt_import);
        import->add_option("place", receipt_import_.places, "Receipts, or folders with them; signatures lie beside")
            ->required()
            ->type_name("FILE|DIR");
        add_dry_run(*import, receipt_import_, "Say what would be taken, change nothing");
        CLI::App* code =
            command(*receipt, "code", "Compare the code that the verifier's people read over the telephone",
                    "receipt code 4V7K-0M2Q-9XTR-C3HE-8 --state p --secret SITE1.tel", receipt_code_, run_receipt_code);
        code->add_option("code", receipt_code_.code, "As it was heard")->required();
        cli::add_path(*code, "--secret", receipt_code_.secret, "Secret that the verifier has too", "FILE")->required();
        code->add_option("--agreement", receipt_code_.agreement, "Which agreement")->capture_default_str();
    }

    void add_ack() {
        CLI::App* sub =
            command(line_.app(), "ack", "Write acknowledgements for hosts: what arrived, what was receipted",
                    "ack --state p --out acks", ack_, run_ack);
        sub->add_option("host", ack_.hosts, "Only these, by log or label");
        cli::add_path(*sub, "--out", ack_.out, "Folder for acknowledgements, signatures and the site file", "DIR")
            ->required();
        add_dry_run(*sub, ack_, "Say what would be made, write nothing");
        cli::add_passphrase(*sub, ack_);
    }

    void add_prune() {
        CLI::App* sub = command(line_.app(), "prune",
                                "Remove lines of hosts from the archive that every agreement has receipts for",
                                "prune --state p --dry-run", prune_, run_prune);
        add_dry_run(*sub, prune_, "Say what would be removed, change nothing");
    }

    void add_ladder() {
        CLI::App* sub = command(line_.app(), "ladder",
                                "Print every bundle of an agreement with its releases, its media and its receipts",
                                "ladder --state p --page ladder.html", ladder_, run_ladder);
        sub->add_option("--agreement", ladder_.agreement, "Which agreement")->capture_default_str();
        cli::add_path(*sub, "--page", ladder_.page, "Also write it as a page to print (HTML)", "FILE");
    }

    cli::CommandLine line_{program};
    PrivacyLine privacy_;
    WayOutLine way_out_;
    SiteInitOptions site_init_;
    SiteEnrolOptions site_enrol_;
    SitePolicyOptions site_policy_;
    SiteRetireOptions site_retire_;
    SiteHostsOptions site_hosts_;
    SiteShowOptions site_show_;
    SiteReviseOptions site_revise_;
    SiteRestartOptions site_restart_;
    SiteSignOptions site_sign_;
    CollectOptions collect_;
    ArchiveListOptions archive_list_;
    PackOptions pack_;
    AgreementAddOptions agreement_add_;
    AgreementListOptions agreement_list_;
    DeclareOptions declare_nil_, declare_gap_, declare_amendment_, declare_justification_;
    StatusOptions status_;
    ProcedureOptions procedure_;
    ReceiptImportOptions receipt_import_;
    ReceiptCodeOptions receipt_code_;
    AckOptions ack_;
    PruneOptions prune_;
    LadderOptions ladder_;
};

} // namespace

int main(int argc, char** argv) {
    return tally::cli::run_main("tally-packager", [&] { return CommandLine().run(argc, argv); });
}
