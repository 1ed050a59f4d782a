#include "packager/commands.hpp"
#include "packager/secret_keys.hpp"
#include "packager/site_text.hpp"
#include "packager/submission/station.hpp"
#include "tally/cli/output.hpp"
#include "tally/os/guarded.hpp"
#include "tally/text/json.hpp"

namespace tally::packager {
namespace {

using cli::print;

SiteId site_named(const std::string& text) {
    const auto site = SiteId::parse(text);
    if (!site) {
        throw Error("site", text, "not a site id", {"1 to 24 characters A-Z, 0-9 and _"}, Exit::usage);
    }
    return *site;
}

void make_folder(const os::fs::path& path) {
    const bool there = os::fs::exists(path);
    os::make_directories(path);
    if (!there) {
        os::fs::permissions(path, os::fs::owner_all);
    }
}

// The first key of the station's log, which is started unless an interrupted run has done so.
crypto::PublicKey start_log(const os::fs::path& folder, const SiteId& site, const std::string& label) {
    if (journal::Store::is_blank(folder)) {
        submission::StationLog::create(folder, site, label, os::system_clock());
    }
    journal::Store store(folder, journal::Access::read);
    const auto genesis = journal::read_genesis(store.line(0).value_or(""));
    if (!genesis || genesis->log.site != site || genesis->log.role != journal::Role::station) {
        throw Error("open", folder.string(), "a log that is not this station's lies here",
                    {"use an empty state directory"});
    }
    return genesis->key;
}

} // namespace

Exit run_site_init(const SiteInitOptions& options) {
    const SiteId site = site_named(options.site);
    const auto site_path = options.state / submission::site_file_name;
    if (os::fs::exists(site_path)) {
        const auto chain = submission::read_site(options.state);
        if (chain.first().site != site) {
            throw Error("site init", options.state.string(),
                        "the station of site " + chain.first().site.text() + " is here already",
                        {"use another state directory for another site"});
        }
        print(options.output == Output::json ? site_json(chain) : "already set up\n" + site_text(chain));
        return Exit::nothing_to_do;
    }
    site_named(options.label);
    const auto passphrase = cli::new_passphrase(options.passphrase_fd);
    os::refuse_other_hands(options.state);
    make_folder(options.state);
    make_folder(options.state / submission::keys_folder);
    const auto log = start_log(options.state / submission::log_folder, site, options.label);
    // Before there is a site file a key has signed nothing.
    const auto root = make_secret_key(options.state, root_key, passphrase);
    const auto exporter = make_secret_key(options.state, export_key, passphrase);
    const site_file::Version version{site, 1, {root.public_key()}, 1, log, {exporter.public_key()}, {}, 0};
    const std::vector<const minisig::SecretKey*> signers{&root};
    os::replace_file(site_path,
                     site_file::signed_line(version, signers) + "\n"); // last: from now on there is a station

    if (!passphrase) {
        warn_unprotected(options.state);
    }
    const auto chain = submission::read_site(options.state);
    print(options.output == Output::json
              ? site_json(chain)
              : site_text(chain) + "site file    " + site_path.string() + "\n\n" +
                    "Give the site file to those who verify, and read them the words of the fingerprint over another "
                    "channel\n"
                    "(telephone, letter, in person): they compare them in `tally-verifier trust add`.\n");
    return Exit::ok;
}

} // namespace tally::packager
