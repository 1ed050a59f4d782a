#include "packager/commands.hpp"
#include "packager/secret_keys.hpp"
#include "packager/site_text.hpp"
#include "packager/submission/site_revision.hpp"
#include "packager/submission/station.hpp"
#include "tally/cli/output.hpp"
#include "tally/crypto/sha256.hpp"

#include <algorithm>

namespace tally::packager {
namespace {

using cli::print;

constexpr std::size_t max_site_file = site_file::max_versions * (line::max_roster + 1);

void print_site(const site_file::Chain& chain, const Pending& pending, Output output) {
    print(output == Output::json ? site_json(chain, pending) : site_text(chain, pending));
}

std::vector<minisig::PublicKey> keys_given(const std::string& option, const std::vector<std::string>& texts) {
    std::vector<minisig::PublicKey> keys;
    std::transform(texts.begin(), texts.end(), std::back_inserter(keys),
                   [&](const auto& text) { return cli::public_key_given(option, text); });
    return keys;
}

// KEY=PERSON; a key may end in "=" itself.
std::vector<site_file::Officer> officers_given(const std::vector<std::string>& texts) {
    std::vector<site_file::Officer> officers;
    for (const auto& text : texts) {
        const std::size_t at = text.rfind('=');
        const auto person = SiteId::parse(at == std::string::npos ? "" : text.substr(at + 1));
        if (!person) {
            throw Error("read", "--add-officer", text + " does not end in = and a person",
                        {"a person is 1 to 24 characters of A-Z, 0-9 and _: --add-officer anna.pub=ANNA"}, Exit::usage);
        }
        officers.push_back({cli::public_key_given("--add-officer", text.substr(0, at)), *person, std::nullopt});
    }
    return officers;
}

submission::Revision revision_of(const SiteReviseOptions& options) {
    submission::Revision revision;
    revision.add_roots = keys_given("--add-root", options.add_roots);
    revision.add_exports = keys_given("--add-export", options.add_exports);
    revision.add_verifiers = keys_given("--add-verifier", options.add_verifiers);
    revision.add_officers = officers_given(options.add_officers);
    revision.drop = options.drop;
    revision.revoke = options.revoke;
    revision.threshold = options.threshold;
    revision.releases = options.releases;
    return revision;
}

// A new key takes the place of the one that this station has signed with.
void replace_export_key(const SiteReviseOptions& options, const site_file::Version& current,
                        submission::Revision& revision) {
    const auto passphrase = cli::new_passphrase(options.passphrase_fd);
    const std::string name = std::string(export_key) + "-" + std::to_string(current.number + 1);
    const auto before = name_of_listed(options.state, current.exports);
    const auto key = make_secret_key(options.state, name, passphrase);
    revision.add_exports.push_back(key.public_key());
    if (before) {
        const auto path = public_key_path(options.state, *before);
        revision.drop.push_back(minisig::to_text(cli::public_key_given("the key in use", path.string())));
    }
    if (!passphrase) {
        warn_unprotected(options.state);
    }
}

line::Hash digest_of(const site_file::Version& version) { return crypto::sha256(site_file::signed_text(version)); }

// A line of the station's log for every version that has none yet; the first one is that of the beginning.
void note_versions(submission::Station& station) {
    const auto site = submission::read_site(station.state);
    const auto& versions = site.versions();
    std::uint64_t noted = 1;
    bool is_of_this_file = true;
    station.log.for_each("site", [&](const line::Fields& fields) {
        noted = fields.integer("version").value_or(0);
        is_of_this_file =
            noted >= 1 && noted <= versions.size() && fields.string("digest") == to_hex(digest_of(versions[noted - 1]));
    });
    for (std::uint64_t number = is_of_this_file ? noted + 1 : 1; number <= versions.size(); ++number) {
        station.log.note(submission::SiteChanged{number, digest_of(versions[number - 1])});
    }
    station.log.seal("site", station.archive);
}

// Version 1 with the log and the keys of `last`, but for its root keys and for what was dropped.
site_file::Version restarted(const site_file::Version& last, const minisig::PublicKey& root) {
    site_file::Version version = last;
    version.number = 1;
    version.roots = {root};
    version.threshold = 1;
    version.retired.clear();
    std::erase_if(version.officers, [](const auto& officer) { return officer.until.has_value(); });
    return version;
}

Exit print_settled(const os::fs::path& state, const site_file::SignedVersion& proposal, submission::Settled settled,
                   Output output) {
    const bool complete = settled == submission::Settled::complete;
    const auto chain = submission::read_site(state);
    print_site(chain, complete ? Pending() : Pending(proposal), output);
    if (output == Output::text) {
        const auto text = state / submission::proposal_text_name;
        print(complete
                  ? "\nVersion " + std::to_string(chain.current().number) +
                        " counts from now on. It travels in every bundle; those who verify take it with "
                        "`tally-verifier trust add`.\n"
                  : "\nSign it with `tally-packager site sign`, or elsewhere with stock minisign:\n  minisign -S -s "
                    "ROOT.key -m " +
                        text.filename().string() + " -c 'site file' -t '" +
                        site_file::signature_comment(proposal.version) + "'\nand bring " + text.filename().string() +
                        ".minisig back: `tally-packager site sign --signature FILE`.\n");
    }
    return Exit::ok;
}

} // namespace

Exit run_site_show(const SiteShowOptions& options) {
    const auto chain = submission::read_site(options.state);
    print_site(chain, submission::read_proposal(options.state, chain), options.output);
    return Exit::ok;
}

Exit run_site_revise(const SiteReviseOptions& options) {
    submission::Station station(options.state, os::system_clock()); // nobody else changes it meanwhile
    if (options.withdraw) {
        const bool there = submission::withdraw(options.state);
        print_site(station.site, std::nullopt, options.output);
        return there ? Exit::ok : Exit::nothing_to_do;
    }
    if (submission::read_proposal(options.state, station.site)) {
        throw Error("site revise", options.state.string(), "another version is proposed already",
                    {"see it with `tally-packager site show`, take it back with --withdraw"});
    }
    auto revision = revision_of(options);
    if (options.new_export) {
        replace_export_key(options, station.site.current(), revision);
    }
    const auto next = submission::revised(station.site.current(), revision, station.log.size());
    const auto proposal =
        next ? site_file::propose(station.site, *next) : Result<site_file::SignedVersion>(next.fault());
    if (!proposal) {
        throw Error("site revise", options.state.string(), proposal.fault().what,
                    {"tally-packager site show lists the keys"}, Exit::usage);
    }
    const auto settled = submission::settle(options.state, station.site, *proposal);
    note_versions(station);
    return print_settled(options.state, *proposal, settled, options.output);
}

Exit run_site_sign(const SiteSignOptions& options) {
    submission::Station station(options.state, os::system_clock());
    note_versions(station); // what an interrupted run has left
    auto proposal = submission::read_proposal(options.state, station.site);
    if (!proposal) {
        std::fprintf(stderr, "tally-packager: no version is proposed\nhint: tally-packager site revise proposes one\n");
        return Exit::nothing_to_do;
    }
    Result<void> added;
    if (options.signature.empty()) {
        const auto path = options.key.empty() ? secret_key_path(options.state, root_key) : options.key;
        added = site_file::sign(station.site, *proposal, cli::open_secret_key(path, options.passphrase_fd));
    } else {
        const auto signature =
            minisig::read_signature_file(os::read_file(options.signature, minisig::max_signature_file));
        added = signature ? site_file::add_signature(station.site, *proposal, *signature) : signature.fault();
    }
    if (!added) {
        throw Error("site sign", options.signature.empty() ? options.key.string() : options.signature.string(),
                    added.fault().what);
    }
    const auto settled = submission::settle(options.state, station.site, *proposal);
    note_versions(station);
    return print_settled(options.state, *proposal, settled, options.output);
}

// The old file and the old root key are kept beside the new ones, under names that no command reads.
Exit run_site_restart(const SiteRestartOptions& options) {
    submission::Station station(options.state, os::system_clock());
    if (options.dry_run == DryRun::yes) {
        print("would begin a new site file for " + station.site.current().site.text() +
              " with a new root key; fingerprint so far " + site_file::fingerprint_words(station.site.fingerprint()) +
              "\n");
        return Exit::ok;
    }
    const auto passphrase = cli::new_passphrase(options.passphrase_fd);
    const std::string kept = ".before-" + to_hex(station.site.fingerprint()).substr(0, 8);
    const auto site_path = options.state / submission::site_file_name;
    os::replace_file(site_path.string() + kept, os::read_file(site_path, max_site_file));
    for (const auto& path : {secret_key_path(options.state, root_key), public_key_path(options.state, root_key)}) {
        if (os::fs::exists(path) && !os::fs::exists(path.string() + kept)) {
            os::fs::rename(path, path.string() + kept);
        }
    }
    submission::withdraw(options.state);
    const auto root = make_secret_key(options.state, root_key, passphrase);
    const auto version = restarted(station.site.current(), root.public_key());
    const std::vector<const minisig::SecretKey*> signers{&root};
    const std::string line = site_file::signed_line(version, signers) + "\n";
    if (const auto chain = site_file::read_chain(line); !chain) {
        throw Error("site restart", site_path.string(), chain.fault().what);
    }
    station.log.note(submission::SiteChanged{1, digest_of(version)});
    station.log.seal("site", station.archive);
    os::replace_file(site_path, line); // last: from now on the new file counts
    if (!passphrase) {
        warn_unprotected(options.state);
    }
    print_site(submission::read_site(options.state), std::nullopt, options.output);
    if (options.output == Output::text) {
        print("\nThis is a new site file: read the words of its fingerprint to everybody over another channel.\n"
              "Those who verify: tally-verifier trust add SITE.jsonl --fingerprint WORDS --reenrol REASON\n"
              "Hosts: tally-packager site policy --out DIR, then tally-recorder enrol DIR --fingerprint WORDS\n");
    }
    return Exit::ok;
}

} // namespace tally::packager
