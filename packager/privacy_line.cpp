#include "packager/privacy_line.hpp"

#include "packager/line_options.hpp"

namespace tally::packager {

void PrivacyLine::add_to(cli::CommandLine& line) {
    CLI::App* privacy =
        line.app().add_subcommand("privacy", "Which names are recorded how; the same for tables of people");
    privacy->require_subcommand(1);
    CLI::App* set =
        line.add(*privacy, "set", "Make or change the policy; the first time also the pseudonym secret",
                 "privacy set --rule client=pseudonym --aliases accounts.csv --state p", set_, run_privacy_set);
    set->add_option("--rule", set_.rules, "clear, pseudonym, omit or (addresses) coarse for a field (repeatable)")
        ->type_name("FIELD=RULE");
    set->add_option("--consent", set_.consent, "Whether names of persons wait for the consent recorded at the host")
        ->check(CLI::IsMember({"required", "not-required"}));
    cli::add_path(*set, "--aliases", set_.aliases, "Other spellings of names: CSV with the columns account and user",
                  "FILE");
    CLI::App* rotate =
        line.add(*privacy, "rotate", "Begin a new epoch: a new secret, under which everybody has another pseudonym",
                 "privacy rotate --state p", rotate_, run_privacy_rotate);
    CLI::App* show = line.add(*privacy, "show", "Print the policy and the epochs, never the secrets",
                              "privacy show --state p", show_, run_privacy_show);
    CLI::App* apply =
        line.add(*privacy, "apply", "Put pseudonyms in the place of names in a CSV, as in the records",
                 "privacy apply roster.csv --out roster-p.csv --column user --state p", apply_, run_privacy_apply);
    cli::add_path(*apply, "in", apply_.in, "CSV with a heading: assignments, directory, hosts", "FILE")->required();
    cli::add_path(*apply, "--out", apply_.out, "The CSV to write", "FILE")->required();
    apply
        ->add_option("--column", apply_.columns,
                     "Column with names, and what they are when its heading does not say it (repeatable)")
        ->type_name("COLUMN[=FIELD]");
    CLI::App* disclose = line.app().add_subcommand("disclose", "Give out one person or one line, and nothing else");
    disclose->require_subcommand(1);
    CLI::App* person = line.add(*disclose, "person", "Write the proof that a pseudonym is this person's",
                                "disclose person upm --out given --state p", person_, run_disclose_person);
    person->add_option("name", person_.name, "In any spelling")->required();
    person->add_option("--field", person_.field, "What the name is: user, client, domain and others")
        ->capture_default_str();
    person->add_option("--epoch", person_.epoch, "Only of this epoch")->check(CLI::PositiveNumber);
    CLI::App* one = line.add(*disclose, "line", "Write the proof that a line stands under a seal of its log",
                             "disclose line LICSRV 41 --out given --state p", line_, run_disclose_line);
    one->add_option("log", line_.log, "Log, or label of the host")->required();
    one->add_option("seq", line_.seq, "Sequence number of the line")->required();
    const auto add_out = [](CLI::App& command, os::fs::path& out) {
        cli::add_path(command, "--out", out, "Directory for the file", "DIR")->required();
    };
    add_out(*person, person_.out);
    add_out(*one, line_.out);
    add_place(*set, set_);
    add_place(*rotate, rotate_);
    add_place(*show, show_);
    add_place(*apply, apply_);
    add_place(*person, person_);
    add_place(*one, line_);
    add_dry_run(*set, set_);
    add_dry_run(*rotate, rotate_);
    add_dry_run(*apply, apply_);
    add_dry_run(*person, person_);
    add_dry_run(*one, line_);
}

} // namespace tally::packager
