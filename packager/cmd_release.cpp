#include "packager/release/release.hpp"
#include "packager/submission/station.hpp"
#include "packager/way_out_commands.hpp"
#include "tally/cli/key_files.hpp"
#include "tally/cli/output.hpp"
#include "tally/text/json.hpp"
#include "tally/text/utf8.hpp"

#include <algorithm>
#include <set>

namespace tally::packager {
namespace {

using cli::print;
using release::Inspection;
using release::Releasable;

// Whose bytes are all accounted for, and which this station's log says it made.
Inspection readable(const os::fs::path& path, const submission::Station& station) {
    auto seen = release::inspect(path);
    if (!seen.clean()) {
        throw Error("release", path.string(),
                    seen.bundle ? "not every byte of it is accounted for"
                                : "not a bundle: " + (seen.defects.empty() ? "" : seen.defects.front().what),
                    {"tally-packager inspect says what is wrong: do not sign or send this file"}, Exit::findings);
    }
    const auto& manifest = seen.bundle->manifest();
    if (manifest.site != station.site.current().site) {
        throw Error("release", path.string(),
                    "a bundle of site " + manifest.site.text() + ", this is " + station.site.current().site.text(), {},
                    Exit::findings);
    }
    const auto& exports = station.log.exports();
    const bool made = std::any_of(exports.begin(), exports.end(), [&](const auto& one) {
        return one.agreement == manifest.agreement.text() && one.n == manifest.n &&
               std::find(one.digests.begin(), one.digests.end(), seen.sha256) != one.digests.end();
    });
    if (!made) {
        throw Error("release", path.string(), "not a bundle that this station's log says it made",
                    {"make it once more: tally-packager pack --again " + std::to_string(manifest.n)}, Exit::findings);
    }
    return seen;
}

Releasable what_is_signed(const std::vector<Inspection>& volumes) {
    return volumes.size() == 1 ? release::single(volumes.front()) : release::whole_set(volumes);
}

struct Signing {
    std::string bytes, name; // of the signature file
};

Signing by_own_key(const ReleaseOptions& options, const Releasable& what, const site_file::Version& policy) {
    const auto key = cli::open_secret_key(options.key, options.passphrase_fd);
    const auto officer = std::find_if(policy.officers.begin(), policy.officers.end(),
                                      [&](const auto& one) { return one.key == key.public_key(); });
    if (officer == policy.officers.end()) {
        throw Error("release", options.key.string(),
                    "key " + minisig::printed_id(key.public_key().id) + " is not that of an officer",
                    {"tally-packager site show lists the officers; root, export and verifiers' keys release nothing",
                     "tally-packager site revise --add-officer " + minisig::to_text(key.public_key()) + "=PERSON"},
                    Exit::findings);
    }
    return {release::signature_of(what, key, officer->person), options.key.filename().string()};
}

// A signature that holds, made now or brought; nothing when none was asked for.
std::optional<Signing> signing_of(const ReleaseOptions& options, const Releasable& what, const Inspection& first,
                                  const site_file::Version& policy, std::string& person) {
    if (options.key.empty() && options.signature.empty()) {
        return std::nullopt;
    }
    Signing signing = options.signature.empty() ? by_own_key(options, what, policy)
                                                : Signing{os::read_file(options.signature, minisig::max_signature_file),
                                                          options.signature.filename().string()};
    const auto judged = judge_one(what, first, policy, {signing.name, signing.bytes});
    if (judged.flaw != releases::Flaw::none) {
        throw Error("release", what.path.string(), signing.name + " does not count: " + judged.what,
                    {"tally-packager release --print gives the whole command for stock minisign"}, Exit::findings);
    }
    person = judged.person;
    return signing;
}

struct Outcome {
    std::vector<const Inspection*> volumes;
    std::vector<release::Standing> standings; // of each volume
    std::set<std::string> persons;            // who have released all volumes
    bool enough = true;
};

Outcome outcome_of(const std::vector<Inspection>& volumes, const site_file::Version& policy) {
    Outcome outcome;
    for (const auto& seen : volumes) {
        auto standing = standing_of(seen, policy);
        std::set<std::string> persons(standing.persons.begin(), standing.persons.end());
        if (!outcome.volumes.empty()) {
            std::erase_if(persons, [&](const auto& person) { return !outcome.persons.contains(person); });
        }
        outcome.persons = std::move(persons);
        outcome.enough = outcome.enough && standing.enough();
        outcome.volumes.push_back(&seen);
        outcome.standings.push_back(std::move(standing));
    }
    return outcome;
}

// A line of the station's log for every release that holds and has none yet, whoever laid it there.
std::size_t note_all(submission::Station& station, const Outcome& outcome) {
    std::size_t noted = 0;
    for (std::size_t i = 0; i < outcome.volumes.size(); ++i) {
        const auto& manifest = outcome.volumes[i]->bundle->manifest();
        for (const auto& one : outcome.standings[i].holding) {
            const submission::Released act{manifest.agreement.text(), manifest.n, to_hex(one.digest), one.person,
                                           one.key};
            if (!station.log.holds(record_of(act))) {
                station.log.note(act);
                ++noted;
            }
        }
    }
    station.log.seal("release", station.archive);
    return noted;
}

struct Told {
    std::string person; // who released it by this command
    os::fs::path file;  // their signature; empty: none was made
    std::string command;
    std::size_t noted = 0;
    bool planned = false;
};

template <class Take>
void each_once(const Outcome& outcome, Take take) {
    std::set<std::string> told;
    for (const auto& standing : outcome.standings) {
        for (const auto& one : standing.judged) {
            if (told.insert(one.file).second) {
                take(one);
            }
        }
    }
}

void print_json(const Outcome& outcome, const Releasable& what, const Told& told, const site_file::Version& policy) {
    const auto& manifest = outcome.volumes.front()->bundle->manifest();
    text::Json json;
    json.object().member("agreement", manifest.agreement.text()).member("n", manifest.n);
    json.member("signs", what.path.string()).key("bundles").array();
    for (const auto* seen : outcome.volumes) {
        json.object().member("bundle", seen->path.string()).member("sha256", seen->sha256).end_object();
    }
    json.end_array().member("dry_run", told.planned).key("by");
    told.person.empty() ? json.null() : json.value(told.person);
    json.key("signature");
    told.file.empty() ? json.null() : json.value(told.file.string());
    json.key("command");
    told.command.empty() ? json.null() : json.value(told.command);
    json.member("noted", told.noted).key("released").array();
    each_once(outcome, [&](const releases::Judged& one) {
        if (one.flaw == releases::Flaw::none) {
            json.object().member("person", one.person).member("key", one.key).member("file", one.file).end_object();
        }
    });
    json.end_array().key("not_counted").array();
    each_once(outcome, [&](const releases::Judged& one) {
        if (one.flaw != releases::Flaw::none) {
            json.object().member("file", one.file).member("what", one.what).end_object();
        }
    });
    json.end_array().member("needed", policy.releases).member("enough", outcome.enough).key("may_release").array();
    for (const auto& person : releases::others_of(policy, {outcome.persons.begin(), outcome.persons.end()})) {
        json.value(person);
    }
    print(json.end_array().end_object().str() + "\n");
}

void print_text(const Outcome& outcome, const Releasable& what, const Told& told, const site_file::Version& policy) {
    std::string text;
    for (const auto* seen : outcome.volumes) {
        text += "bundle     " + seen->path.string() + "\nsha256     " + seen->sha256 + "\n";
    }
    text += what.list.empty() ? "" : "set        " + what.path.string() + "\n";
    each_once(outcome, [&](const releases::Judged& one) {
        text += one.flaw == releases::Flaw::none
                    ? "released   " + one.person + "  key " + one.key + "  " + one.file + "\n"
                    : "not counted " + text::shown(one.file) + ": " + text::shown(one.what) + "\n";
    });
    if (told.planned && !told.person.empty()) {
        text += "would sign " + told.file.string() + "  in the name of " + told.person + "\n";
    }
    std::string others;
    for (const auto& person : releases::others_of(policy, {outcome.persons.begin(), outcome.persons.end()})) {
        others += (others.empty() ? "" : ", ") + person;
    }
    text += "needed     " + std::to_string(policy.releases) + (policy.releases == 1 ? " person; " : " persons; ") +
            (outcome.enough ? "enough have released it: tally-packager write takes it"
                            : "still may: " + (others.empty() ? std::string("nobody") : others)) +
            "\n";
    print(text);
}

SiteId person_of(const ReleaseOptions& options, const site_file::Version& policy) {
    const auto all = releases::others_of(policy, {});
    const std::string name = options.person.empty() && all.size() == 1 ? all.front() : options.person;
    if (std::find(all.begin(), all.end(), name) == all.end()) {
        std::string known;
        for (const auto& person : all) {
            known += (known.empty() ? "" : ", ") + person;
        }
        throw Error("release", name.empty() ? "--print" : name, name.empty() ? "say whose" : "not an officer",
                    {known.empty() ? "the site file lists none: tally-packager site revise --add-officer KEY=PERSON"
                                   : "--person is one of: " + known},
                    Exit::usage);
    }
    return *SiteId::parse(name);
}

Exit print_command(const ReleaseOptions& options, const std::vector<Inspection>& volumes, const Releasable& what,
                   const site_file::Version& policy) {
    const SiteId person = person_of(options, policy);
    if (options.dry_run == DryRun::no) {
        lay_list(what); // it is what is signed
    }
    Told told;
    told.planned = options.dry_run == DryRun::yes;
    told.command = stock_command(what, person, person.text() + ".key");
    if (options.output == Output::json) {
        print_json(outcome_of(volumes, policy), what, told, policy);
    } else {
        print(told.command + "\n");
        std::fprintf(stderr,
                     "hint: it signs the bytes of %s; where the key is, only that file and stock minisign are "
                     "needed\nhint: then bring the signature: tally-packager release %s --signature FILE\n",
                     what.path.c_str(), options.bundles.front().c_str());
    }
    return Exit::ok;
}

} // namespace

Exit run_release(const ReleaseOptions& options) {
    submission::Station station(options.state, os::system_clock());
    const auto& policy = station.site.current();
    std::vector<Inspection> volumes;
    for (const auto& path : options.bundles) {
        volumes.push_back(readable(path, station));
    }
    const Releasable what = what_is_signed(volumes);
    if (options.print == PrintCommand::yes) {
        return print_command(options, volumes, what, policy);
    }
    Told told;
    told.planned = options.dry_run == DryRun::yes;
    auto outcome = outcome_of(volumes, policy);
    const auto signing = signing_of(options, what, volumes.front(), policy, told.person);
    const bool before = signing && outcome.persons.contains(told.person);
    if (before) {
        std::fprintf(stderr, "tally-packager: %s has released it before: two keys of one person are one person\n",
                     told.person.c_str());
    } else if (signing) {
        told.file = release::free_release_path(what.path);
        if (!told.planned) {
            lay_list(what);
            os::replace_file(told.file, signing->bytes);
            outcome = outcome_of(volumes, policy);
        }
    }
    told.noted = told.planned ? 0 : note_all(station, outcome);
    options.output == Output::json ? print_json(outcome, what, told, policy) : print_text(outcome, what, told, policy);
    return told.noted > 0 || (signing && !before) ? Exit::ok : Exit::nothing_to_do;
}

} // namespace tally::packager
