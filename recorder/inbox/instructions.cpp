#include "recorder/inbox/instructions.hpp"

#include "recorder/journal/box_key.hpp"
#include "tally/crypto/sha256.hpp"

#include <algorithm>

namespace tally::inbox {
namespace {

constexpr std::size_t max_site_file = site_file::max_versions * (line::max_roster + 1);

std::string lines_of(const site_file::Chain& chain) {
    std::string bytes;
    for (const auto& text : chain.lines()) {
        bytes += text + "\n";
    }
    return bytes;
}

std::string words(const site_file::Chain& chain) { return site_file::fingerprint_words(chain.fingerprint()); }

// The secrets of the package, opened; nothing when one does not open.
std::optional<pseudonym::Privacy> opened(const host_package::Names& names, const crypto::BoxKey& key) {
    pseudonym::Privacy privacy{names.policy, {}};
    for (const auto& sealed : names.secrets) {
        auto secret = host_package::open_secret(sealed, key);
        if (!secret) {
            return std::nullopt;
        }
        privacy.secrets.push_back(std::move(*secret));
    }
    return privacy;
}

// What the last line of its kind tells. It outlives package.json, which somebody may remove.
struct Told {
    std::uint64_t n = 0;
    std::string digest;
    std::string fingerprint; // of the site file
};
std::optional<Told> last_told(journal::Journal& journal) {
    sqlite::Statement last(journal.database(), "SELECT body FROM line WHERE instr(body, CAST('\"t\":\"instructed\"' AS "
                                               "BLOB)) > 0 ORDER BY seq DESC LIMIT 1");
    line::Fields fields;
    if (!last.bind().step() || fields.parse(last.text(0), line::max_record)) {
        return std::nullopt;
    }
    return Told{fields.integer("n").value_or(0), std::string(fields.string("digest").value_or("")),
                std::string(fields.string("fingerprint").value_or(""))};
}

void write_line(journal::Journal& journal, const host_package::Package& package, const std::string& digest) {
    line::Object record;
    record.token("t", "instructed").integer("n", package.n).token("digest", digest);
    record.integer("version", package.version).token("fingerprint", to_hex(package.fingerprint));
    if (package.names) {
        record.token("policy", pseudonym::policy_digest(package.names->policy));
        record.integer("epoch", package.names->secrets.back().epoch);
    }
    if (package.catalogue) {
        record.token("catalogue", to_hex(*package.catalogue));
    }
    journal.append(record);
    journal.commit();
}

} // namespace

std::optional<site_file::Chain> kept_site(const os::fs::path& state) {
    const auto path = state / site_file_name;
    if (!os::fs::exists(path)) {
        return std::nullopt;
    }
    auto chain = site_file::read_chain(os::read_file(path, max_site_file));
    if (!chain) {
        throw Error("read", path.string(), "line " + std::to_string(chain.fault().at) + ": " + chain.fault().what,
                    {"remove it and enrol this host again, with --site-file and --fingerprint"});
    }
    return std::move(*chain);
}

void keep_site(const os::fs::path& state, const site_file::Chain& chain) {
    os::replace_file(state / site_file_name, lines_of(chain));
}

std::optional<host_package::Package> kept_package(const os::fs::path& state) {
    const auto path = state / package_file;
    if (!os::fs::exists(path)) {
        return std::nullopt;
    }
    auto package = host_package::read_package(os::read_file(path, host_package::max_package));
    if (!package) {
        throw Error("read", path.string(), package.fault().what, {"remove it and apply the host's package again"});
    }
    return std::move(*package);
}

Result<site_file::Chain> settle_site(const std::optional<site_file::Chain>& kept,
                                     const std::optional<site_file::Chain>& shown, const std::string& said) {
    if (!kept && !shown) {
        return Fault{"there is no site file: put SITE.jsonl beside the package, or give it with --site-file"};
    }
    const bool continues = kept && (!shown || site_file::relate(*kept, *shown) != site_file::Relation::different);
    const bool longer = continues && shown && shown->versions().size() > kept->versions().size();
    const site_file::Chain& chain = continues && !longer ? *kept : *shown;
    if (!said.empty() && !site_file::fingerprint_is(chain.fingerprint(), said)) {
        return Fault{"the fingerprint of the site file is " + words(chain) + ", not the one given"};
    }
    if (!continues && said.empty()) {
        return Fault{std::string(kept ? "it does not continue the site file that is known here; "
                                      : "the site file is not known here yet; ") +
                     "its fingerprint is " + words(chain) +
                     ": compare it over another channel and give it with --fingerprint"};
    }
    return chain;
}

namespace {

// Who made it, under which site file, and for which log.
Result<host_package::Package> read_addressed(const journal::Journal& journal, const Letter& letter,
                                             const site_file::Chain& chain) {
    auto package = host_package::read_package(letter.bytes);
    if (!package) {
        return Fault{"not a host package: " + package.fault().what, package.fault().at};
    }
    if (package->site != chain.current().site || package->site != journal.genesis().log.site) {
        return Fault{"made for site " + package->site.text() + ", this log is one of site " +
                     journal.genesis().log.site.text()};
    }
    if (const auto good = check_signature(letter, chain, host_package::package_comment(*package)); !good) {
        return good.fault();
    }
    if (package->fingerprint != chain.fingerprint() || package->station != chain.current().log) {
        return Fault{"made under another site file"};
    }
    if (package->version > chain.versions().size()) {
        return Fault{"made under version " + std::to_string(package->version) +
                     " of the site file, known here is version " + std::to_string(chain.versions().size()) +
                     ": bring the newer SITE.jsonl with it"};
    }
    if (package->host != journal.host()) {
        return Fault{"made for log " + package->host.text() + ", this one is " + journal.host().text()};
    }
    return package;
}

} // namespace

Result<Instruction> read_for(journal::Journal& journal, const Letter& letter, const site_file::Chain& chain) {
    auto package = read_addressed(journal, letter, chain);
    if (!package) {
        return package.fault();
    }
    Instruction read{std::move(*package), std::nullopt, to_hex(crypto::sha256(letter.bytes))};
    const auto told = last_told(journal);
    read.told = told && told->digest == read.digest;
    if (told && !read.told && told->fingerprint == to_hex(read.package.fingerprint) && read.package.n <= told->n) {
        return Fault{"it is number " + std::to_string(read.package.n) + ", in force is number " +
                     std::to_string(told->n)};
    }
    const auto key = journal::open_box_key(journal.directory());
    read.privacy = read.package.names ? opened(*read.package.names, key) : std::nullopt;
    if (read.package.box != key.public_key() || (read.package.names && !read.privacy)) {
        return Fault{"sealed to another box key than the one that this host has: enrol it again with its " +
                     std::string(journal::enrolment_name)};
    }
    const auto kept = kept_package(journal.directory());
    read.applied = read.told && kept && *kept == read.package ? Applied::before : Applied::now;
    return read;
}

Result<Applied> apply(journal::Journal& journal, const Letter& letter, const site_file::Chain& chain) {
    const auto read = read_for(journal, letter, chain);
    if (!read) {
        return read.fault();
    }
    if (!read->told) {
        write_line(journal, read->package, read->digest);
    }
    const os::fs::path& state = journal.directory();
    keep_site(state, chain);
    if (read->privacy) {
        pseudonym::save_privacy(state, *read->privacy);
    }
    os::replace_file(state / (std::string(package_file) + ".minisig"), letter.signature);
    os::replace_file(state / package_file, letter.bytes); // last: from now on it is in force
    return read->applied;
}

} // namespace tally::inbox
