#include "tally/cli/output.hpp"
#include "tally/site_file/chain.hpp"
#include "tally/text/json.hpp"
#include "verifier/commands.hpp"
#include "verifier/ledger/reenrolment.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <optional>

namespace tally::verifier {
namespace {

constexpr std::size_t max_site_file = site_file::max_versions * (line::max_roster + 1);

using cli::print;

std::string both(const line::Hash& fingerprint) {
    return site_file::fingerprint_words(fingerprint) + " (" + to_hex(fingerprint) + ")";
}

void compare_fingerprint(const site_file::Chain& chain, const TrustAddOptions& options) {
    const std::string has = "this file's fingerprint is " + both(chain.fingerprint());
    const std::string how = "compare it by telephone or on paper with the people of site " +
                            chain.current().site.text() +
                            ", never from what came with the file; then give it with --fingerprint";
    if (options.fingerprint.empty()) {
        throw Error("trust", options.site_file.string(), "no fingerprint given", {has, how}, Exit::usage);
    }
    if (!site_file::fingerprint_is(chain.fingerprint(), options.fingerprint)) {
        throw Error("trust", options.site_file.string(), "its fingerprint is not the one given", {has, how});
    }
}

// The version that is enrolled, when this file is it or continues it. What continues it is signed by the root keys whose
// fingerprint was compared then.
std::optional<std::uint64_t> enrolled_version(const site_file::Chain& chain, const os::fs::path& path) {
    if (!os::fs::exists(path)) {
        return std::nullopt;
    }
    const ledger::Ledger ledger(path, sqlite::Mode::read_only);
    for (const auto& site : ledger.trusted()) {
        const auto known = site_file::read_chain(site.chain);
        if (known && site.site == chain.current().site.text() &&
            site_file::relate(*known, chain) != site_file::Relation::different) {
            return site.version;
        }
    }
    return std::nullopt;
}

std::size_t first_difference(const site_file::Chain& known, const site_file::Chain& shown) {
    const auto ends =
        std::mismatch(known.lines().begin(), known.lines().end(), shown.lines().begin(), shown.lines().end());
    return static_cast<std::size_t>(ends.first - known.lines().begin()) + 1;
}

// What is enrolled for the site may only be continued, unless the operator says why it is enrolled anew.
site_file::Relation to_enrolled(const site_file::Chain& chain, const ledger::Ledger& ledger,
                                const TrustAddOptions& options) {
    for (const auto& site : ledger.trusted()) {
        const auto known = site_file::read_chain(site.chain);
        if (!known || site.site != chain.current().site.text()) {
            continue;
        }
        const auto relation = site_file::relate(*known, chain);
        if (relation == site_file::Relation::different && known->fingerprint() == chain.fingerprint()) {
            throw Error(
                "trust", options.site_file.string(),
                "it has another version " + std::to_string(first_difference(*known, chain)) +
                    " than the site file that is enrolled, under the same fingerprint",
                {"somebody signed two of them with the root keys: ask the site which, and whether its root keys "
                 "were stolen; it then begins a new site file: tally-packager site restart"});
        }
        if (relation == site_file::Relation::different && options.reenrol.empty()) {
            throw Error("trust", options.site_file.string(), "another site file is enrolled for site " + site.site,
                        {"enrolled is " + both(known->fingerprint()) + ", version " + std::to_string(site.version),
                         "if the site lost its root keys and you were told so: --reenrol 'why'; every later check says "
                         "SITE_REENROLLED"});
        }
        return relation;
    }
    return site_file::Relation::newer;
}

// `follows`: the enrolled version that spoke for this one, where nobody was asked to compare.
void print_site(const ledger::TrustedSite& site, Output output, const char* status,
                std::optional<std::uint64_t> follows = std::nullopt) {
    const auto chain = site_file::read_chain(site.chain);
    if (!chain) {
        throw Error("read", "the enrolled site file of " + site.site, chain.fault().what);
    }
    if (output == Output::json) {
        text::Json json;
        json.object().member("site", site.site).member("version", site.version).member("fingerprint", site.fingerprint);
        json.member("words", site_file::fingerprint_words(chain->fingerprint())).member("status", status);
        if (follows) {
            json.member("follows", *follows);
        }
        json.key("export_keys").array();
        for (const auto& key : chain->current().exports) {
            json.value(minisig::to_text(key));
        }
        print(json.end_array().end_object().str() + "\n");
        return;
    }
    std::string text = "site         " + site.site + " (" + status + "), version " + std::to_string(site.version) +
                       "\nfingerprint  " + both(chain->fingerprint()) + "\n";
    if (follows) {
        text += "no fingerprint was asked for: the root keys of version " + std::to_string(*follows) +
                ", which is enrolled, have signed what follows it\n";
    }
    for (const auto& key : chain->current().exports) {
        text += "export key   " + minisig::to_text(key) + "\n";
    }
    print(text);
}

} // namespace

Exit run_trust_add(const TrustAddOptions& options) {
    const std::string bytes = os::read_file(options.site_file, max_site_file);
    const auto chain = site_file::read_chain(bytes);
    if (!chain) {
        throw Error("read", options.site_file.string(),
                    "line " + std::to_string(chain.fault().at) + ": " + chain.fault().what,
                    {"a site file is the SITE.jsonl that tally-packager keeps in its state directory"});
    }
    std::optional<std::uint64_t> follows;
    if (options.fingerprint.empty()) {
        follows = enrolled_version(*chain, options.ledger);
    }
    if (!follows) {
        compare_fingerprint(*chain, options);
    }
    ledger::Ledger ledger(options.ledger, sqlite::Mode::create);
    const auto relation = to_enrolled(*chain, ledger, options);
    const ledger::TrustedSite site{chain->current().site.text(), to_hex(chain->fingerprint()), chain->current().number,
                                   static_cast<std::int64_t>(::time(nullptr)), bytes};
    if (relation == site_file::Relation::different) {
        ledger::replace_trust(ledger, site, options.reenrol);
        print_site(site, options.output, "enrolled again");
        return Exit::ok;
    }
    if (relation != site_file::Relation::newer) {
        print_site(site, options.output, "enrolled before");
        return Exit::nothing_to_do;
    }
    ledger.add_trust(site);
    print_site(site, options.output, "enrolled", follows);
    return Exit::ok;
}

Exit run_trust_list(const TrustListOptions& options) {
    const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_only);
    const auto sites = ledger.trusted();
    for (const auto& site : sites) {
        print_site(site, options.output, "enrolled");
    }
    return sites.empty() ? Exit::nothing_to_do : Exit::ok;
}

} // namespace tally::verifier
