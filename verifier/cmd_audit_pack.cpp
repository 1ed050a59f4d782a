#include "verifier/audit/pack_folder.hpp"
#include "verifier/counted.hpp"
#include "verifier/produced_by.hpp"
#include "verifier/report/page.hpp"
#include "verifier/review/produced.hpp"
#include "verifier/review/register.hpp"

#include "tally/base/encoding.hpp"
#include "tally/cli/key_files.hpp"
#include "tally/cli/output.hpp"
#include "tally/site_file/chain.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"

#include <algorithm>
#include <cstdio>
#include <sys/random.h>

namespace tally::verifier {
namespace {

minisig::SecretKey open_key(const os::fs::path& path, std::optional<int> passphrase_fd) {
    if (!os::fs::exists(path)) {
        throw Error("open", path.string(), "there is no such key",
                    {"make one for audit packs alone: minisign -G -s " + path.string() + " -p audit.pub"});
    }
    return cli::open_secret_key(path, passphrase_fd);
}

// One role a key: what signs evidence or the keys of a site must not sign packs.
void demand_own_role(const minisig::PublicKey& key, const ledger::Ledger& ledger) {
    for (const auto& site : ledger.trusted()) {
        const auto chain = site_file::read_chain(site.chain);
        for (const auto& version : chain ? chain->versions() : std::vector<site_file::Version>()) {
            for (const auto* keys : {&version.roots, &version.exports, &version.verifiers}) {
                if (std::find(keys->begin(), keys->end(), key) != keys->end() || key.point == version.log) {
                    throw Error("sign", "the pack", "this key has another role at site " + site.site,
                                {"make one for audit packs alone: minisign -G -s audit.key -p audit.pub"}, Exit::usage);
                }
            }
        }
    }
}

// 64 hex digits and LF; made when there is none.
audit::PseudonymKey pseudonym_key(const os::fs::path& path) {
    audit::PseudonymKey key{};
    if (!os::fs::exists(path)) {
        if (::getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size())) {
            throw Error::system("make", path.string());
        }
        os::replace_file(path, to_hex(key) + "\n", 0600);
        return key;
    }
    const std::string text = os::read_file(path, cli::max_key_file);
    if (text.size() != 2 * key.size() + 1 || text.back() != '\n' || !from_hex(text.substr(0, 2 * key.size()), key)) {
        throw Error("read", path.string(), "this is no key for pseudonyms: 64 hex digits and a line feed");
    }
    return key;
}

struct Told {
    std::string status, folder, comment, key, sums;
    std::size_t files = 0;
    std::vector<std::string> faults;
};

void print(const AuditPackOptions& options, const Told& told) {
    text::Json json;
    json.object().member("format", "tally-audit-pack-status-1").member("folder", told.folder);
    json.member("status", told.status).member("signed_as", told.comment).member("key", told.key);
    json.member("files", told.files).member("sums", told.sums).key("faults").array();
    std::string text = told.folder + ": " + told.status + ", " + std::to_string(told.files) + " files\n" +
                       (told.comment.empty() ? "  UNSIGNED: nobody answers for this pack\n"
                                             : "  signed as " + told.comment + " by key " + told.key + "\n") +
                       "  SHA256SUMS has the SHA-256 " + told.sums + "\n";
    for (const auto& fault : told.faults) {
        json.value(fault);
        text += "  " + text::shown(fault) + "\n";
    }
    json.end_array().end_object();
    cli::print(options.output == Output::json ? json.str() + "\n" : text);
}

Exit check(const AuditPackOptions& options) {
    std::optional<minisig::PublicKey> key;
    if (!options.public_key.empty()) {
        key = cli::public_key_given("--public-key", options.public_key);
    }
    const auto verdict = audit::check_pack(options.check, key);
    const bool good = verdict.faults.empty() && verdict.told;
    const std::string status = !verdict.faults.empty() ? "not good"
                               : good                  ? "good"
                               : verdict.comment.empty()
                                   ? "of one piece, and unsigned"
                                   : "of one piece; whose key signed it is not known: give --public-key";
    const std::string sums = os::read_file(options.check / "SHA256SUMS", audit::max_sums);
    print(options, {status, options.check.string(), verdict.comment, verdict.key, to_hex(crypto::sha256(sums)),
                    verdict.files, verdict.faults});
    return good ? Exit::ok : Exit::findings;
}

void demand_sense(const AuditPackOptions& options) {
    const auto refuse = [](const std::string& what, const std::string& hint) {
        throw Error("audit-pack", "", what, {hint}, Exit::usage);
    };
    if (options.ledger.empty() || options.out.empty()) {
        refuse("--ledger and --out are needed", "or --check DIRECTORY to look at a pack that is there");
    }
    if (options.key.empty() != options.without_signature) {
        refuse(options.key.empty() ? "nobody would answer for this pack" : "--key and --unsigned exclude each other",
               "give --key audit.key, or --unsigned if that is what is meant");
    }
    if (options.assumptions.any()) {
        refuse("a pack holds what is so, not what if", "leave --set, --what-if and --known-on away");
    }
    if (!options.redact && (options.redact_computers || !options.pseudonym_key.empty())) {
        refuse("--computers and --pseudonym-key are of --redact", "give --redact as well");
    }
}

audit::Pack pack_of(const AuditPackOptions& options, const audit::PackSource& source) {
    audit::Pack full = audit::full_pack(source);
    if (!options.redact) {
        return full;
    }
    const os::fs::path place =
        options.pseudonym_key.empty() ? os::fs::path(options.out.string() + ".pseudonym-key") : options.pseudonym_key;
    const auto whole = [](const os::fs::path& path) { return os::fs::absolute(path).lexically_normal().string(); };
    if (whole(place).starts_with(whole(options.out) + "/")) {
        throw Error("audit-pack", "--pseudonym-key", "it would travel with the pack", {"name a file elsewhere"},
                    Exit::usage);
    }
    audit::Redactor redactor(pseudonym_key(place));
    const auto scope = options.redact_computers ? audit::Scope::computers : audit::Scope::persons;
    audit::tell_names(source, scope, redactor);
    return audit::redacted_pack(source, full, scope, redactor);
}

// The pack stands whether or not the calendar may be told of it.
void tell_calendar(const AuditPackOptions& options, const findings::Outcome& outcome, const std::string& sums) {
    try {
        const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_write);
        review::keep_produced(ledger.database(),
                              outputs_of(outcome, "tally-verifier audit-pack", sums, {review::Activity::pre_audit}));
    } catch (const Error& error) {
        std::fprintf(stderr, "tally-verifier: note: the calendar was not told of this pack: %s\n", error.what());
    }
}

} // namespace

Exit run_audit_pack(const AuditPackOptions& options) {
    if (!options.check.empty()) {
        return check(options);
    }
    demand_sense(options);
    const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_only);
    std::optional<minisig::SecretKey> key;
    if (!options.key.empty()) {
        key = open_key(options.key, options.passphrase_fd);
        demand_own_role(key->public_key(), ledger);
    }
    auto counted = count(ledger, options.as_of, options.fold_case, options.assumptions);
    review::show_states(ledger.database(), counted.outcome);
    const auto basis = basis_of(ledger, counted.usage);
    const outputs::Subject subject{counted.outcome, counted.inputs, basis};
    const std::string rules = options.assumptions.rules.empty()
                                  ? std::string(rules::standard_bytes())
                                  : os::read_file(options.assumptions.rules, rules::max_pack);
    const audit::PackSource source{ledger,
                                   counted.usage,
                                   subject,
                                   report::to_html(subject),
                                   review::list(ledger.database(), {}, text::day_of(counted.outcome.as_of - 1)),
                                   rules,
                                   options.fold_case == FoldCase::yes};
    const audit::Pack pack = pack_of(options, source);
    const auto written = audit::write_pack(pack, options.out, key ? &*key : nullptr);
    const std::string sums = pack.sums();
    print(options, {written == audit::Written::written ? "written" : "already there",
                    options.out.string(),
                    key ? pack.comment : "",
                    key ? minisig::printed_id(key->public_key().id) : "",
                    to_hex(crypto::sha256(sums)),
                    pack.files.size() + pack.bundles.size(),
                    {}});
    tell_calendar(options, counted.outcome, sums);
    return written == audit::Written::written ? Exit::ok : Exit::nothing_to_do;
}

} // namespace tally::verifier
