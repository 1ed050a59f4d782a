#include "packager/way_out_line.hpp"

#include "packager/line_options.hpp"

namespace tally::packager {
namespace {

template <class Options>
CLI::App* add_at_station(cli::CommandLine& line, const std::string& name, const std::string& what,
                         const std::string& example, Options& options, Exit (*action)(const Options&)) {
    CLI::App* sub = line.add(line.app(), name, what, example, options, action);
    add_place(*sub, options);
    return sub;
}

} // namespace

void WayOutLine::add_to(cli::CommandLine& line) {
    add_inspect(line);
    add_release(line);
    add_encrypt(line);
    add_write(line);
    add_verify_media(line);
}

void WayOutLine::add_inspect(cli::CommandLine& line) {
    CLI::App* sub =
        line.add(line.app(), "inspect",
                 "Print everything that a bundle carries out, and whether each of its bytes is accounted for",
                 "inspect out/SITE1_USAGE_000001_V1OF1.tally --all", inspect_, run_inspect);
    cli::add_path(*sub, "bundle", inspect_.bundle, "The .tally file", "FILE")->required();
    sub->add_option("--against", inspect_.against, "A bundle from before, to show what is new (repeatable)")
        ->type_name("FILE");
    cli::add_path(*sub, "--words", inspect_.words, "Words that must not leave: a list, one a line", "FILE");
    sub->add_option("--marking", inspect_.marking, "The marking under which it leaves; any other one is told")
        ->type_name("TEXT");
    cli::add_path(*sub, "--state", inspect_.state, "Directory of the station: the words also as its pseudonyms", "DIR")
        ->envname("TALLY_STATE");
    cli::add_path(*sub, "--page", inspect_.page, "Also write a page to read and to print (HTML)", "FILE");
    sub->add_flag_callback(
        "--lines", [this] { inspect_.lines = Lines::shown; }, "Also every line of every member");
    sub->add_flag_callback(
        "--all", [this] { inspect_.values = Values::all; }, "Every value of every field, however many");
    add_json(*sub, inspect_);
}

void WayOutLine::add_release(cli::CommandLine& line) {
    CLI::App* sub = add_at_station(
        line, "release",
        "Release a bundle, or all volumes of a set, in the name of an officer; without a key: who has released it",
        "release --state p out/SITE1_USAGE_000001_V1OF1.tally --key anna.key", release_, run_release);
    sub->add_option("bundle", release_.bundles, "The .tally file; of a set all of them")->required()->type_name("FILE");
    CLI::Option* key = cli::add_path(*sub, "--key", release_.key, "Secret key of an officer", "FILE");
    CLI::Option* signature =
        cli::add_path(*sub, "--signature", release_.signature, "Signature made elsewhere by stock minisign", "FILE")
            ->excludes(key);
    CLI::Option* print = sub->add_flag_callback(
                                "--print", [this] { release_.print = PrintCommand::yes; },
                                "Print the complete command for stock minisign, sign nothing")
                             ->excludes(key)
                             ->excludes(signature);
    sub->add_option("--person", release_.person, "Whose command, where there are several officers")->needs(print);
    cli::add_passphrase(*sub, release_);
    add_dry_run(*sub, release_, "Say what would be signed, write nothing");
}

void WayOutLine::add_encrypt(cli::CommandLine& line) {
    CLI::App* sub = add_at_station(
        line, "encrypt", "Encrypt released bundles with their signatures for those who may read them (age)",
        "encrypt --state p out/SITE1_USAGE_000001_V1OF1.tally --recipients verifier.txt", encrypt_, run_encrypt);
    sub->add_option("bundle", encrypt_.bundles, "The .tally files; the envelope lies beside as .tally.age")
        ->required()
        ->type_name("FILE");
    cli::add_path(*sub, "--recipients", encrypt_.recipients, "Public recipients of age, one a line", "FILE")
        ->required();
    cli::add_passphrase(*sub, encrypt_);
    add_dry_run(*sub, encrypt_, "Say what would be encrypted, write nothing");
}

void WayOutLine::add_write(cli::CommandLine& line) {
    CLI::App* sub = add_at_station(
        line, "write",
        "Write bundles with all that belongs to them onto a medium, read them back, and log the transfer",
        "write --state p out/SITE1_USAGE_000001_V1OF1.tally --to /media/stick", write_, run_write);
    sub->add_option("bundle", write_.bundles,
                    "The .tally files, or the .tally.age ones; their signatures lie beside them")
        ->required()
        ->type_name("FILE");
    CLI::Option* to = cli::add_path(*sub, "--to", write_.to, "Where the medium is mounted", "DIR");
    cli::add_path(*sub, "--iso", write_.iso, "Make an image to be burned instead (xorriso)", "FILE")->excludes(to);
    sub->add_option("--preset", write_.preset, "What the medium holds: none, fat32, cd, dvd")
        ->check(CLI::IsMember({"none", "fat32", "cd", "dvd"}))
        ->capture_default_str();
    sub->add_option("--medium", write_.medium, "What people call the medium, for the log")->type_name("NAME");
    sub->add_option("--by", write_.by, "Who writes it, for the delivery note")->type_name("NAME");
    cli::add_path(*sub, "--paper", write_.paper, "Write a delivery note to be signed by hand", "FILE");
    sub->add_flag_callback(
        "--staging", [this] { write_.staging = Staging::yes; },
        "The folder is not the medium: it is carried further by other means");
    add_dry_run(*sub, write_);
}

void WayOutLine::add_verify_media(cli::CommandLine& line) {
    CLI::App* sub = line.add(line.app(), "verify-media",
                             "Prove a medium that was put in again: every bundle, and that none is missing",
                             "verify-media --state p /media/stick", verify_media_, run_verify_media);
    cli::add_path(*sub, "medium", verify_media_.medium, "Where the medium is mounted", "DIR")->required();
    CLI::Option* site =
        cli::add_path(*sub, "--site", verify_media_.site, "Site file, on a machine that is not the station", "FILE");
    add_state(*sub, verify_media_)->excludes(site);
    sub->add_option("--medium-name", verify_media_.label, "What people call the medium, as it was written")
        ->type_name("NAME");
    add_json(*sub, verify_media_);
}

} // namespace tally::packager
