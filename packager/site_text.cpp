#include "packager/site_text.hpp"

#include "tally/base/encoding.hpp"
#include "tally/line/seal.hpp"
#include "tally/text/json.hpp"

#include <algorithm>

namespace tally::packager {
namespace {

using Keys = std::vector<minisig::PublicKey>;

void add_keys(text::Json& json, std::string_view name, const Keys& list) {
    json.key(name).array();
    for (const auto& key : list) {
        json.value(minisig::to_text(key));
    }
    json.end_array();
}

void add_version(text::Json& json, const site_file::Version& version) {
    json.member("version", version.number);
    add_keys(json, "roots", version.roots);
    json.member("threshold", version.threshold);
    add_keys(json, "exports", version.exports);
    add_keys(json, "verifiers", version.verifiers);
    json.member("releases", version.releases);
    json.key("retired").array();
    for (const auto& retired : version.retired) {
        json.object().member("key", minisig::to_text(retired.key)).member("until", retired.until).end_object();
    }
    json.end_array().key("officers").array();
    for (const auto& officer : version.officers) {
        json.object().member("key", minisig::to_text(officer.key)).member("person", officer.person.text());
        officer.until ? json.member("until", *officer.until) : json.key("until").null();
        json.end_object();
    }
    json.end_array();
}

std::string officer_lines(const std::string& title, const std::vector<site_file::Officer>& officers) {
    std::string text;
    for (const auto& officer : officers) {
        text += title + minisig::printed_id(officer.key.id) + "  " + minisig::to_text(officer.key) + "  " +
                officer.person.text() +
                (officer.until ? ", left at line " + std::to_string(*officer.until) + " of the station's log" : "") +
                "\n";
    }
    return text;
}

std::vector<site_file::Officer> only_in(const std::vector<site_file::Officer>& these,
                                        const std::vector<site_file::Officer>& others) {
    std::vector<site_file::Officer> only;
    std::copy_if(these.begin(), these.end(), std::back_inserter(only),
                 [&](const auto& one) { return std::find(others.begin(), others.end(), one) == others.end(); });
    return only;
}

std::string key_lines(const std::string& title, const Keys& list) {
    std::string text;
    for (const auto& key : list) {
        text += title + minisig::printed_id(key.id) + "  " + minisig::to_text(key) + "\n";
    }
    return text;
}

Keys keys_of(const std::vector<site_file::RetiredKey>& retired) {
    Keys keys;
    std::transform(retired.begin(), retired.end(), std::back_inserter(keys), [](const auto& one) { return one.key; });
    return keys;
}

Keys only_in(const Keys& these, const Keys& others) {
    Keys only;
    std::copy_if(these.begin(), these.end(), std::back_inserter(only),
                 [&](const auto& key) { return std::find(others.begin(), others.end(), key) == others.end(); });
    return only;
}

std::string number_line(const char* title, std::uint64_t before, std::uint64_t after) {
    return before == after
               ? ""
               : "  " + std::string(title) + " " + std::to_string(before) + " -> " + std::to_string(after) + "\n";
}

std::string change_lines(const site_file::Version& before, const site_file::Version& after) {
    std::string text;
    const auto role = [&](const std::string& name, const Keys& was, const Keys& is) {
        text += key_lines("  - " + name, only_in(was, is)) + key_lines("  + " + name, only_in(is, was));
    };
    role("root key     ", before.roots, after.roots);
    role("export key   ", before.exports, after.exports);
    role("verifier key ", before.verifiers, after.verifiers);
    role("retired key  ", keys_of(before.retired), keys_of(after.retired));
    text += officer_lines("  - officer      ", only_in(before.officers, after.officers)) +
            officer_lines("  + officer      ", only_in(after.officers, before.officers));
    return text + number_line("signatures of root keys needed", before.threshold, after.threshold) +
           number_line("persons who must release a bundle", before.releases, after.releases);
}

std::string pending_text(const site_file::Chain& chain, const site_file::SignedVersion& pending) {
    const auto missing = wanting(chain, pending);
    const std::string now = std::to_string(chain.current().number);
    const std::string next = std::to_string(pending.version.number);
    std::string text = "version " + next + " is proposed and does not count yet:\n" +
                       change_lines(chain.current(), pending.version) + "  signed by";
    for (const auto& [key, signature] : pending.signatures) {
        text += " " + minisig::printed_id(key.id);
    }
    text += pending.signatures.empty() ? " nobody\n" : "\n";
    return text + "  still needed: " + std::to_string(missing.of_current) + " of the root keys of version " + now +
           ", " + std::to_string(missing.of_next) + " of those of version " + next + "\n";
}

} // namespace

std::string site_text(const site_file::Chain& chain, const Pending& pending) {
    const auto& now = chain.current();
    return "site         " + now.site.text() + ", site file version " + std::to_string(now.number) + "\n" +
           key_lines("root key     ", now.roots) + key_lines("export key   ", now.exports) +
           key_lines("verifier key ", now.verifiers) + key_lines("retired key  ", keys_of(now.retired)) +
           officer_lines("officer      ", now.officers) +
           (now.officers.empty() && now.releases == 0
                ? ""
                : "releases     " + std::to_string(now.releases) + " persons must release a bundle\n") +
           "station log  " + line::log_id(now.log).text() + "\n" + "fingerprint  " +
           site_file::fingerprint_words(chain.fingerprint()) + "\n             " + to_hex(chain.fingerprint()) + "\n" +
           (pending ? pending_text(chain, *pending) : "");
}

std::string site_json(const site_file::Chain& chain, const Pending& pending) {
    const auto& now = chain.current();
    text::Json json;
    json.object().member("site", now.site.text());
    add_version(json, now);
    json.member("fingerprint", to_hex(chain.fingerprint()))
        .member("words", site_file::fingerprint_words(chain.fingerprint()));
    json.key("log").object().member("id", line::log_id(now.log).text()).member("key", to_hex(now.log)).end_object();
    if (pending) {
        const auto missing = wanting(chain, *pending);
        json.key("pending").object();
        add_version(json, pending->version);
        Keys signers;
        for (const auto& [key, signature] : pending->signatures) {
            signers.push_back(key);
        }
        add_keys(json, "signed_by", signers);
        json.member("needed_of_current", missing.of_current).member("needed_of_next", missing.of_next).end_object();
    }
    return json.end_object().str() + "\n";
}

} // namespace tally::packager
