// tally-recorder: the command line. Fills plain options and calls one function per command (commands.hpp).
#include "recorder/commands.hpp"
#include "tally/cli/command_line.hpp"

namespace {

using namespace tally;
using namespace tally::recorder;

const cli::Program program{
    "tally-recorder",
    "Keeps a sealed log of licence use on one host.",
    R"(  tally-recorder init --state /var/lib/tally --site SITE1 --label LICSRV
  tally-recorder enrol answer/ --fingerprint lusab-babad-... --state /var/lib/tally
  tally-recorder import flexnet adskflex.log --zone Europe/Madrid --state /var/lib/tally
  tally-recorder import table usage.csv --mapping usage.mapping --state /var/lib/tally
  tally-recorder seal --state /var/lib/tally
The environment variable TALLY_STATE stands for --state.
TALLY_TRUST names users and groups besides oneself that may write where it lies (docs/SECURITY.md).
)",
    R"(  0 done   1 failure (disk, permission, input)   2 wrong command line   3 the log does not hold, a letter was refused
  5 nothing to do   10 another process holds the state   130 interrupted
)",
};

class CommandLine {
public:
    CommandLine() {
        add_init();
        add_enrol();
        add_import();
        add_catalogue();
        add_consent();
        add_seal();
        add_verify();
        add_status();
        add_log();
        add_segments();
        add_prune();
        add_run();
        add_session();
        add_doctor();
    }

    Exit run(int count, const char* const* words) { return line_.run(count, words); }

private:
    template <class Options>
    CLI::App* command(const std::string& name, const std::string& what, const std::string& example, Options& options,
                      Exit (*action)(const Options&)) {
        CLI::App* sub = line_.add(line_.app(), name, what, example, options, action);
        cli::add_path(*sub, "--state", options.state, "Directory of the log", "DIR")
            ->envname("TALLY_STATE")
            ->required();
        sub->add_flag_callback(
            "--json", [&options] { options.output = Output::json; }, "Print canonical JSON, one object a line");
        return sub;
    }

    void add_init() {
        CLI::App* sub = command("init", "Start the log of this host: keys, first line, enrolment request",
                                "init --state r --site SITE1 --label LICSRV", init_, run_init);
        sub->add_option("--site", init_.site, "Site id, A-Z 0-9 _ (at most 24)")->required();
        sub->add_option("--label", init_.label, "What people call this host, A-Z 0-9 _ (at most 24)")->required();
    }
    void add_enrol() {
        CLI::App* sub = command("enrol", "Take in what the station answers: the package of this host, later ones",
                                "enrol answer --state r --fingerprint lusab-babad-...", enrol_, run_enrol);
        sub->add_option("place", enrol_.places, "The file, or a folder in which the letters of many hosts lie")
            ->required()
            ->type_name("FILE|DIR");
        cli::add_path(*sub, "--site-file", enrol_.site_file, "The site file; else SITE.jsonl beside the letter",
                      "FILE");
        sub->add_option("--fingerprint", enrol_.fingerprint,
                        "Of the site file, as the station's people read it out; needed the first time")
            ->type_name("WORDS");
        sub->add_flag_callback(
            "--dry-run", [this] { enrol_.dry_run = true; }, "Say what would be taken, change nothing");
    }
    void add_import() {
        CLI::App* sub = command(
            "import",
            "Read the log of a licence server, of processes, or a table; what is known already is not written again",
            "import flexnet adskflex.log --zone Europe/Madrid --state r\n"
            "  tally-recorder import rlm simco.log --zone Europe/Berlin --state r\n"
            "  tally-recorder import table portal.csv --mapping portal.mapping --state r\n"
            "  tally-recorder import audit audit.log --source n04 --state r\n"
            "  tally-recorder import winevt security.xml --state r",
            import_, run_import);
        sub->add_option("format", import_.format, "Kind of log")
            ->required()
            ->check(CLI::IsMember(std::vector<std::string>(import_formats.begin(), import_formats.end())));
        sub->add_option("files", import_.files, "Logs, plain or .gz or .zst; - for standard input")->required();
        sub->add_option("--zone", import_.zone,
                        "Time zone in which the server wrote (IANA name); needed where the log does not tell it");
        sub->add_option("--source", import_.source, "Name of the server or computer, if the log does not tell it");
        cli::add_path(*sub, "--mapping", import_.mapping, "Of a table: which column means what", "FILE");
        cli::add_path(*sub, "--catalogue", import_.catalogue,
                      "Of a log of processes: which program is which product; else the catalogue in force", "FILE");
        sub->add_flag_callback(
            "--dry-run", [this] { import_.writing = Writing::no; }, "Tell what would be written, write nothing");
    }
    CLI::App* catalogue_command(CLI::App& parent, const std::string& name, const std::string& what,
                                const std::string& example, Exit (*action)(const CatalogueOptions&)) {
        CLI::App* sub = line_.add(parent, name, what, example, catalogue_, action);
        sub->add_flag_callback(
            "--json", [this] { catalogue_.output = Output::json; }, "Print canonical JSON, one object a line");
        return sub;
    }
    CLI::Option* add_catalogue_state(CLI::App& sub) {
        return cli::add_path(sub, "--state", catalogue_.state, "Directory of the log", "DIR")->envname("TALLY_STATE");
    }
    void add_catalogue() {
        CLI::App* parent = line_.app().add_subcommand("catalogue", "Which program and which code is which product");
        parent->require_subcommand(1);
        CLI::App* show =
            catalogue_command(*parent, "show", "Print the catalogue in force, or what it says of a program or a code",
                              "catalogue show --code 87545ACD_2022_0F", run_catalogue_show);
        cli::add_path(*show, "file", catalogue_.file, "A catalogue; else the one in force", "FILE");
        add_catalogue_state(*show);
        show->add_option("--program", catalogue_.program, "What is a program that lies here?")->type_name("PATH");
        show->add_option("--command-line", catalogue_.command_line, "And was started so?")->type_name("TEXT");
        show->add_option("--code", catalogue_.code, "What is this feature code of a licence server?");
        CLI::App* check =
            catalogue_command(*parent, "check", "Read a catalogue; say what is wrong with it, or its digest",
                              "catalogue check site.jsonl", run_catalogue_check);
        cli::add_path(*check, "file", catalogue_.file, "The catalogue", "FILE")->required();
        CLI::App* set = catalogue_command(*parent, "set", "Take in the catalogue that the package of this host names",
                                          "catalogue set site.jsonl --state r", run_catalogue_set);
        cli::add_path(*set, "file", catalogue_.file, "The catalogue", "FILE")->required();
        add_catalogue_state(*set)->required();
        CLI::App* codes =
            catalogue_command(*parent, "codes", "Count the features in the log, and say which are in no catalogue",
                              "catalogue codes --state r", run_catalogue_codes);
        cli::add_path(*codes, "file", catalogue_.file, "A catalogue; else the one in force", "FILE");
        add_catalogue_state(*codes)->required();
    }
    void add_consent() {
        CLI::App* sub = command("consent", "Record whether the people at this host agreed to having names recorded",
                                "consent given --basis 'works agreement 2026-04' --state r", consent_, run_consent);
        sub->add_option("consent", consent_.consent, "What they said")
            ->required()
            ->check(CLI::IsMember({"given", "refused", "withdrawn"}));
        sub->add_option("--basis", consent_.basis, "By what: a works agreement, a signed paper; goes into the log")
            ->required();
    }
    void add_seal() {
        command("seal", "Seal all lines, erase the key that sealed them, drop segments into the outbox",
                "seal --state r", seal_, run_seal);
    }
    void add_verify() {
        command("verify", "Prove the whole log from its lines alone", "verify --state r --json", verify_, run_verify);
    }
    void add_status() {
        command("status", "Size, seals, outbox, last import, room on the disk", "status --state r", status_,
                run_status);
    }
    void add_log() {
        CLI::App* sub = command("log", "Print lines; --json prints them as they are signed",
                                "log --state r --type start --user HIG --since 2022-05-01", log_, run_log);
        sub->add_option("--type", log_.types, "Only lines of this type (repeatable)");
        sub->add_option("--user", log_.user, "Only lines of this user");
        sub->add_option("--feature", log_.feature, "Only lines of this feature");
        sub->add_option("--since", log_.since, "Only what happened at or after this instant (UTC)");
        sub->add_option("--seq", log_.sequence, "Only these sequence numbers: a, a.., ..b or a..b");
        sub->add_flag_callback(
            "--follow", [this] { log_.follow = Follow::yes; }, "Wait for further lines until interrupted");
    }
    void add_segments() {
        CLI::App* sub = command("segments", "List the segments made for the packager's station", "segments --state r",
                                segments_, run_segments);
        sub->add_flag_callback(
            "--redrop", [this] { segments_.redrop = Redrop::yes; }, "Write again those that are missing in the outbox");
    }

    void add_prune() {
        CLI::App* sub = command("prune", "Remove lines that every verifier has, as the newest acknowledgement says",
                                "prune --state r --keep '90 days'", prune_, run_prune);
        sub->add_option("--keep", prune_.keep, "Let stay what was sealed in that time, or so many sealed epochs")
            ->type_name("'N days'|'N epochs'");
        sub->add_flag_callback(
            "--dry-run", [this] { prune_.dry_run = DryRun::yes; }, "Say what would be removed, change nothing");
    }

    void add_run() {
        CLI::App* sub = line_.add(line_.app(), "run",
                                  "Record what programs tell, and which run, until it is told to stop (SIGTERM)",
                                  "run --state r --watch --config recorder.conf", run_, run_service);
        cli::add_path(*sub, "--state", run_.state, "Directory of the log", "DIR")->envname("TALLY_STATE");
        cli::add_path(*sub, "--config", run_.configuration, "The configuration; read again on SIGHUP", "FILE");
        sub->add_option("--socket", run_.socket, "Where to listen, instead of the place in the configuration")
            ->type_name("PATH");
        sub->add_flag_callback(
            "--watch", [this] { run_.watch = Watch::yes; }, "Watch the programs of the catalogue too");
        cli::add_path(*sub, "--catalogue", run_.catalogue, "Which programs, instead of the catalogue in force", "FILE");
        sub->add_flag_callback(
            "--check-config", [this] { run_.show = RunOptions::Show::check; }, "Only say whether it is good");
        sub->add_flag_callback(
            "--print-config", [this] { run_.show = RunOptions::Show::configuration; },
            "Only print it whole, with the usual values");
    }

    CLI::App* session(CLI::App& parent, session_socket::Kind kind, const std::string& what,
                      const std::string& example) {
        const std::string name(session_socket::name_of(kind));
        CLI::App* sub = line_.add(parent, name, what, "session " + name + " " + example, session_, run_session);
        sub->preparse_callback([this, kind](std::size_t) { session_.kind = kind; });
        if (kind != session_socket::Kind::begin) {
            sub->add_option("session", session_.id, "The session, as begin printed it")->required()->type_name("ID");
        }
        sub->add_option("--socket", session_.socket, "Where the recorder listens")
            ->envname("TALLY_SOCKET")
            ->type_name("PATH");
        sub->add_flag_callback(
            "--json", [this] { session_.output = Output::json; }, "Print canonical JSON, one object a line");
        return sub;
    }
    void add_session() {
        using session_socket::Kind;
        CLI::App* all = line_.app().add_subcommand("session", "Tell the running recorder of a session, from a script");
        all->require_subcommand(1);
        CLI::App* begin = session(*all, Kind::begin, "Begin a session; prints its name", "--product matlab");
        begin->add_option("--product", session_.product, "The product's word in the catalogue")->required();
        begin->add_option("--product-version", session_.version, "Version of the program");
        begin->add_option("--pool", session_.pool, "What the site charges the use to");
        begin->add_flag("--automation", session_.automation, "Nobody sits before it");
        begin->add_option("--beat", session_.beat_s, "Seconds between two heartbeats at most; after three it is lost")
            ->check(CLI::Range(std::uint64_t{1}, session_socket::max_beat_s));
        session(*all, Kind::heartbeat, "It is alive", "5f0c…");
        CLI::App* feature = session(*all, Kind::feature, "A feature of it was used", "5f0c… NASTRAN");
        feature->add_option("name", session_.name, "The feature")->required();
        feature->add_option("--count", session_.count, "How often since the last time");
        CLI::App* commands = session(*all, Kind::commands, "How often a command was run in it altogether",
                                     "5f0c… TRIM --started 45 --completed 41");
        commands->add_option("name", session_.name, "The command, or a category of commands")->required();
        commands->add_option("--started", session_.totals.started, "So often altogether");
        commands->add_option("--completed", session_.totals.completed, "So often altogether");
        commands->add_option("--cancelled", session_.totals.cancelled, "So often altogether");
        commands->add_option("--undone", session_.totals.undone, "So often altogether");
        CLI::App* sample = session(*all, Kind::sample, "How long something took that ends now", "5f0c… open --ms 2310");
        sample->add_option("kind", session_.name, "What it was")
            ->required()
            ->check(CLI::IsMember({"startup", "open", "save"}));
        sample->add_option("--ms", session_.ms, "Milliseconds")->required();
        sample->add_option("--bytes", session_.bytes, "Size of the document");
        CLI::App* end = session(*all, Kind::end, "It has ended", "5f0c… --product matlab");
        end->add_option("--product", session_.product, "As at its begin")->required();
    }
    void add_doctor() {
        command("doctor", "Find out why nothing is recorded", "doctor --state r", doctor_, run_doctor);
    }

    cli::CommandLine line_{program};
    InitOptions init_;
    EnrolOptions enrol_;
    ImportOptions import_;
    CatalogueOptions catalogue_;
    ConsentOptions consent_;
    SealOptions seal_;
    VerifyOptions verify_;
    StatusOptions status_;
    LogOptions log_;
    SegmentsOptions segments_;
    PruneOptions prune_;
    RunOptions run_;
    SessionOptions session_;
    DoctorOptions doctor_;
};

} // namespace

int main(int argc, char** argv) {
    return tally::cli::run_main("tally-recorder", [&] { return CommandLine().run(argc, argv); });
}
