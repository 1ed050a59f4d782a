#include "packager/commands.hpp"
#include "packager/secret_keys.hpp"
#include "packager/site_text.hpp"
#include "packager/submission/station.hpp"
#include "tally/cli/output.hpp"
#include "tally/text/json.hpp"

namespace tally::packager {
namespace {

constexpr std::size_t max_enrolment = line::max_record + 1;

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

Exit run_site_enrol(const SiteEnrolOptions& options) {
    const std::string bytes = os::read_file(options.request, max_enrolment);
    auto request = journal::read_enrolment(bytes);
    if (!request || journal::enrolment_request(*request) != bytes) {
        throw Error("read", options.request.string(),
                    "not an enrolment request: " + (request ? "not its one spelling" : request.fault().what),
                    {"tally-recorder init makes it: enrolment.json in the recorder's state directory"});
    }
    submission::Station station(options.state, os::system_clock());
    if (request->log.site != station.site.current().site) {
        throw Error("enrol", options.request.string(),
                    "made for site " + request->log.site.text() + ", this is the station of " +
                        station.site.current().site.text());
    }
    if (request->log.role != journal::Role::recorder) {
        throw Error("enrol", options.request.string(), "not the log of a recorder");
    }
    const std::string label = options.label.empty() ? request->log.label : site_named(options.label).text();
    const auto enrolled = station.log.enrol(*request, label, options.group);
    station.log.seal("enrol", station.archive);

    const bool now = enrolled == submission::Enrolled::now;
    if (options.output == Output::json) {
        text::Json json;
        json.object().member("log", request->host.text()).member("label", label).member("enrolled", now);
        json.member("fingerprint", journal::fingerprint(bytes));
        print(json.end_object().str() + "\n");
    } else {
        print(std::string(now ? "enrolled     " : "enrolled before: ") + request->host.text() + " (" + label + ")\n" +
              "fingerprint  " + journal::fingerprint(bytes) + "\n" +
              "Compare it with the one that tally-recorder init printed on the host: what is enrolled is believed.\n");
    }
    return now ? Exit::ok : Exit::nothing_to_do;
}

} // namespace tally::packager
