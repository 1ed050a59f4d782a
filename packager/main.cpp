// tally-packager: the command line. Fills plain options and calls one function per command (commands.hpp).
#include "packager/commands.hpp"
#include "tally/cli/run_main.hpp"

#include <CLI/CLI.hpp>
#include <functional>

namespace {

using namespace tally;
using namespace tally::packager;

constexpr const char* exit_codes = R"(
Exit codes:
  0 done   1 failure (disk, permission, input)   2 wrong command line   3 something was refused, see the warnings
  5 nothing to do   10 another process holds the state   130 interrupted
)";

class CommandLine {
public:
    CommandLine()
        : app_("Collects sealed logs at a station inside the gap and packs them for the way out.", "tally-packager") {
        app_.set_version_flag("--version", "tally-packager " TALLY_VERSION);
        app_.require_subcommand(1);
        app_.footer(std::string(R"(
Examples:
  tally-packager site init --state p --site SITE1
  tally-packager site enrol --state p r/enrolment.json
  tally-packager collect --state p /media/stick
  tally-packager archive list --state p
  tally-packager pack --state p --out out
  tally-packager inspect out/SITE1_USAGE_000001_V1OF1.tally
The environment variable TALLY_STATE stands for --state.
)") + exit_codes);
        add_site();
        add_collect();
        add_archive();
        add_pack();
        add_inspect();
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
    template <class Options>
    CLI::App* command(CLI::App& parent, const std::string& name, const std::string& what, const std::string& example,
                      Options& options, Exit (*action)(const Options&)) {
        CLI::App* sub = parent.add_subcommand(name, what);
        sub->add_option_function<std::string>(
               "--state", [&options](const std::string& path) { options.state = path; }, "Directory of the station")
            ->envname("TALLY_STATE")
            ->required()
            ->type_name("DIR");
        sub->add_flag_callback(
            "--json", [&options] { options.output = Output::json; }, "Print JSON");
        sub->footer("\nExample:\n  tally-packager " + example + "\n" + exit_codes);
        sub->callback([this, &options, action] { run_ = [&options, action] { return action(options); }; });
        return sub;
    }

    template <class Options>
    static void add_passphrase(CLI::App* sub, Options& options) {
        sub->add_option_function<int>(
               "--passphrase-fd", [&options](int number) { options.passphrase_fd = number; },
               "Read the passphrase of the keys from this descriptor: --passphrase-fd 3 3<FILE")
            ->check(CLI::NonNegativeNumber)
            ->type_name("N");
    }

    void add_site() {
        CLI::App* site = app_.add_subcommand("site", "Keys of this site, and which logs belong to it");
        site->require_subcommand(1);
        CLI::App* init =
            command(*site, "init", "Set up a station: root and export key, its own log, the site file",
                    "site init --state p --site SITE1 --passphrase-fd 3 3<passphrase", site_init_, run_site_init);
        init->add_option("--site", site_init_.site, "Site id, A-Z 0-9 _ (at most 24)")->required();
        init->add_option("--label", site_init_.label, "What people call this station, A-Z 0-9 _ (at most 24)")
            ->capture_default_str();
        add_passphrase(init, site_init_);
        CLI::App* enrol = command(*site, "enrol", "Enrol the log of a host by its request (enrolment.json)",
                                  "site enrol --state p r/enrolment.json", site_enrol_, run_site_enrol);
        enrol
            ->add_option_function<std::string>(
                "request", [this](const std::string& path) { site_enrol_.request = path; }, "The host's enrolment.json")
            ->required()
            ->type_name("FILE");
        enrol->add_option("--label", site_enrol_.label, "What people call the host, instead of what the request says");
        enrol->add_option("--group", site_enrol_.group, "Department or room, for reports");
        command(*site, "show", "Print the site file: keys and fingerprint", "site show --state p --json", site_show_,
                run_site_show);
    }

    void add_collect() {
        CLI::App* sub = command(app_, "collect",
                                "Take in segments from outboxes, shares and sticks; what is known is not taken twice",
                                "collect --state p /media/stick r/outbox", collect_, run_collect);
        sub->add_option("path", collect_.paths, "Directories (with all below them) or single segment files")
            ->required();
    }

    void add_archive() {
        CLI::App* archive = app_.add_subcommand("archive", "What has arrived");
        archive->require_subcommand(1);
        command(*archive, "list", "Per log: lines held, missing and waiting, last seal, quarantine",
                "archive list --state p", archive_list_, run_archive_list);
    }

    void add_pack() {
        CLI::App* sub = command(app_, "pack", "Pack everything that has arrived into one signed bundle",
                                "pack --state p --out out", pack_, run_pack);
        sub->add_option_function<std::string>(
               "--out", [this](const std::string& path) { pack_.out = path; },
               "Directory for bundle, signature, key, site file and VERIFY.TXT")
            ->required()
            ->type_name("DIR");
        sub->add_option("--agreement", pack_.agreement, "Whom the bundle is for; each agreement is numbered by itself")
            ->capture_default_str();
        sub->add_option("--label", pack_.label, "Part of the bundle's name, A-Z 0-9 _ (at most 24)")
            ->capture_default_str();
        sub->add_option("--level", pack_.level, "Compression, 1 to 19")
            ->check(CLI::Range(1, 19))
            ->capture_default_str();
        sub->add_option("--again", pack_.again, "Make export N once more, to the same bytes")
            ->check(CLI::PositiveNumber)
            ->type_name("N");
        sub->add_flag_callback(
            "--force", [this] { pack_.force = Force::yes; }, "Also when nothing has arrived since the last export");
        sub->add_flag_callback(
            "--dry-run", [this] { pack_.dry_run = DryRun::yes; }, "Say what would be packed, write nothing");
        add_passphrase(sub, pack_);
    }

    void add_inspect() {
        CLI::App* sub = app_.add_subcommand(
            "inspect", "Print everything that a bundle carries out, and whether each of its bytes is accounted for");
        sub->add_option_function<std::string>(
               "bundle", [this](const std::string& path) { inspect_.bundle = path; }, "The .tally file")
            ->required()
            ->type_name("FILE");
        sub->add_flag_callback(
            "--lines", [this] { inspect_.lines = Lines::shown; }, "Also every line of every member");
        sub->add_flag_callback(
            "--all", [this] { inspect_.values = Values::all; }, "Every value of every field, however many");
        sub->add_flag_callback(
            "--json", [this] { inspect_.output = Output::json; }, "Print JSON");
        sub->footer(std::string("\nExample:\n  tally-packager inspect out/SITE1_USAGE_000001_V1OF1.tally --all\n") +
                    exit_codes);
        sub->callback([this] { run_ = [this] { return run_inspect(inspect_); }; });
    }

    CLI::App app_;
    SiteInitOptions site_init_;
    SiteEnrolOptions site_enrol_;
    SiteShowOptions site_show_;
    CollectOptions collect_;
    ArchiveListOptions archive_list_;
    PackOptions pack_;
    InspectOptions inspect_;
    std::function<Exit()> run_;
};

} // namespace

int main(int argc, char** argv) {
    return tally::cli::run_main("tally-packager", [&] { return CommandLine().run(argc, argv); });
}
