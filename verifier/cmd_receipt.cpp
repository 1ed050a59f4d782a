#include "tally/cli/key_files.hpp"
#include "tally/cli/output.hpp"
#include "tally/crypto/blake2b.hpp"
#include "tally/receipt/telephone.hpp"
#include "tally/site_file/chain.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "verifier/commands.hpp"
#include "verifier/receipt/issue.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <set>

namespace tally::verifier {
namespace {

using cli::print;
using receipt::Receipt;

SiteId id_given(const std::string& option, const std::string& text) {
    const auto id = SiteId::parse(text);
    if (!id) {
        throw Error("read", option, "'" + text + "' is no name", {"1 to 24 characters of A-Z, 0-9 and _"}, Exit::usage);
    }
    return *id;
}

// The site that was asked for; without that the only one that is trusted.
SiteId site_of(const std::string& asked, const ledger::Ledger& ledger) {
    if (!asked.empty()) {
        return id_given("--site", asked);
    }
    const auto sites = ledger.trusted();
    if (sites.size() != 1) {
        throw Error("choose", "a site", std::to_string(sites.size()) + " sites are trusted here",
                    {"say which with --site; tally-verifier trust list shows them"}, Exit::usage);
    }
    return id_given("--site", sites.front().site);
}

// The agreement that was asked for; without that the only one of which bundles of the site were accepted.
std::string agreement_of(const std::string& asked, const SiteId& site, const ledger::Ledger& ledger) {
    if (!asked.empty()) {
        return id_given("--agreement", asked).text();
    }
    std::set<std::string> known;
    for (const auto& bundle : ledger.bundles()) {
        if (bundle.site == site.text()) {
            known.insert(bundle.agreement);
        }
    }
    if (known.size() < 2) {
        return known.empty() ? "DEFAULT" : *known.begin();
    }
    std::string list;
    for (const auto& one : known) {
        list += (list.empty() ? "" : ", ") + one;
    }
    throw Error("choose", "an agreement", "bundles of " + std::to_string(known.size()) + " were accepted",
                {"say which with --agreement: " + list}, Exit::usage);
}

std::optional<std::uint64_t> due_of(const std::string& text) {
    if (text.empty()) {
        return std::nullopt;
    }
    const auto day = text::parse_day(text);
    if (!day || *day < 0) {
        throw Error("read", "--due", "'" + text + "' is no day", {"write it as 2026-10-31"}, Exit::usage);
    }
    return static_cast<std::uint64_t>(*day * text::seconds_per_day);
}

std::string day_text(std::uint64_t seconds) {
    return text::format_day(text::day_of(static_cast<std::int64_t>(seconds)));
}

// Refused by check with the ledger's trust, and of that site and agreement as far as it says; "": its own.
receipt::Refused look_at(const ReceiptIssueOptions& options, const SiteId& site, const receipt::Answers& answers,
                         std::string& agreement) {
    check::Options wanted;
    wanted.bundle = options.refused;
    wanted.wanted = check::Wanted::verdict;
    const auto report = check::check_confined(wanted, answers.trust()).report;
    if (report.verdict != check::Verdict::rejected) {
        throw Error("issue a receipt", options.refused.string(), "this bundle is not refused",
                    {"take it: tally-verifier accept " + options.refused.string()}, Exit::usage);
    }
    if (agreement.empty()) {
        agreement = report.agreement;
    }
    if (report.site != site.text() || report.agreement != agreement || report.n == 0) {
        throw Error("issue a receipt", options.refused.string(),
                    "it does not read as a bundle of " + site.text() + " " + agreement,
                    {"tell the site by other means; --site and --agreement name another channel"}, Exit::usage);
    }
    return receipt::refused_of(report);
}

// A site takes receipts of keys that its site file lists.
void warn_if_unlisted(const minisig::PublicKey& key, const SiteId& site, const ledger::Ledger& ledger) {
    for (const auto& trusted : ledger.trusted()) {
        const auto chain = site_file::read_chain(trusted.chain);
        if (!chain || trusted.site != site.text()) {
            continue;
        }
        const auto& listed = chain->current().verifiers;
        if (std::find(listed.begin(), listed.end(), key) == listed.end()) {
            std::fprintf(stderr,
                         "tally-verifier: warning: the site file of %s that is trusted here does not list this key: "
                         "its station will refuse the receipt\nhint: the site lists it with: tally-packager site "
                         "revise --add-verifier %s\n",
                         site.text().c_str(), minisig::to_text(key).c_str());
        }
    }
}

std::vector<os::fs::path> write_files(const receipt::Sent& sent, const ReceiptIssueOptions& options) {
    os::make_directories(options.out);
    const std::string name = receipt::receipt_name(sent.receipt.site, sent.receipt.n);
    std::vector<os::fs::path> files{options.out / (name + ".json"), options.out / (name + ".json.minisig")};
    os::replace_file(files[0], sent.file);
    if (sent.receipt.beside == receipt::Beside::yes || options.positions) {
        files.insert(files.begin() + 1, options.out / (name + "_POS.jsonl"));
        os::replace_file(files[1], sent.positions);
    }
    os::replace_file(files.back(), sent.signature);
    return files;
}

void write_json(text::Json& json, const Receipt& receipt, const char* status, const std::vector<os::fs::path>& files) {
    json.object().member("status", status).member("site", receipt.site.text());
    json.member("agreement", receipt.agreement.text()).member("verifier", to_hex(receipt.verifier));
    json.member("n", receipt.n).member("bundle", receipt.bundle).key("bundles").array();
    for (const auto& digest : receipt.bundles) {
        json.value(to_hex(digest));
    }
    json.end_array().key("missing").array();
    for (const auto volume : receipt.missing) {
        json.value(volume);
    }
    json.end_array().member("verdict", receipt::name(receipt.status)).key("findings").array();
    for (const auto& code : receipt.findings) {
        json.value(code);
    }
    json.end_array().member("positions", to_hex(receipt.positions)).member("logs", receipt.logs);
    json.member("issued", receipt.issued).key("due");
    receipt.due ? json.value(*receipt.due) : json.null();
    json.key("files").array();
    for (const auto& file : files) {
        json.value(file.string());
    }
    json.end_array().end_object();
}

std::string to_text(const Receipt& receipt, const char* status) {
    std::string text = "receipt    " + std::to_string(receipt.n) + " of " + receipt.site.text() + " " +
                       receipt.agreement.text() + ", " + status + "\nanswers    bundle " +
                       std::to_string(receipt.bundle) + ": " + std::string(receipt::name(receipt.status));
    for (const auto& code : receipt.findings) {
        text += (&code == &receipt.findings.front() ? " (" : ", ") + code;
    }
    text += receipt.findings.empty() ? "" : ")";
    for (const auto volume : receipt.missing) {
        text += ", without volume " + std::to_string(volume);
    }
    text += "\npositions  " + to_hex(receipt.positions) + " of " + std::to_string(receipt.logs) + " logs\n";
    return text + (receipt.due ? "due        " + day_text(*receipt.due) + "\n" : "");
}

} // namespace

Exit run_receipt_issue(const ReceiptIssueOptions& options) {
    const bool dry = options.dry_run == DryRun::yes;
    const ledger::Ledger ledger(options.ledger, dry ? sqlite::Mode::read_only : sqlite::Mode::read_write);
    receipt::Answers answers(ledger);
    const SiteId site = site_of(options.site, ledger);
    const auto due = due_of(options.due);
    std::optional<receipt::Refused> refused;
    std::string agreement = options.agreement;
    if (!options.refused.empty()) {
        refused = look_at(options, site, answers, agreement);
    }
    agreement = agreement_of(agreement, site, ledger);
    const auto key = cli::open_secret_key(options.key, options.passphrase_fd);
    auto drafted = receipt::draft(ledger, answers,
                                  {site, id_given("--agreement", agreement), key.public_key(),
                                   static_cast<std::uint64_t>(::time(nullptr)), due, std::move(refused)});
    warn_if_unlisted(key.public_key(), site, ledger);
    const bool fresh = !drafted.sent;
    const char* status = dry ? fresh ? "would be issued" : "issued before" : fresh ? "issued" : "issued before";
    const Receipt receipt = drafted.receipt;
    std::vector<os::fs::path> files;
    if (!dry) {
        files = write_files(fresh ? receipt::issue(answers, std::move(drafted), key) : *drafted.sent, options);
    }
    if (options.output == Output::json) {
        text::Json json;
        json.object().member("format", "tally-receipts-1").key("receipts").array();
        write_json(json, receipt, status, files);
        print(json.end_array().end_object().str() + "\n");
    } else {
        std::string text = to_text(receipt, status);
        for (const auto& file : files) {
            text += "file       " + file.string() + "\n";
        }
        print(text);
    }
    return fresh ? Exit::ok : Exit::nothing_to_do;
}

Exit run_receipt_list(const ReceiptListOptions& options) {
    const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_only);
    const receipt::Answers answers(ledger);
    const SiteId site = site_of(options.site, ledger);
    const auto sent = answers.sent(site.text(), agreement_of(options.agreement, site, ledger));
    text::Json json;
    json.object().member("format", "tally-receipts-1").key("receipts").array();
    for (const auto& one : sent) {
        write_json(json, one.receipt, "issued before", {});
        if (options.output == Output::text) {
            print(to_text(one.receipt, ("issued " + day_text(one.receipt.issued)).c_str()));
        }
    }
    json.end_array().end_object();
    if (options.output == Output::json) {
        print(json.str() + "\n");
    }
    return sent.empty() ? Exit::nothing_to_do : Exit::ok;
}

Exit run_receipt_code(const ReceiptCodeOptions& options) {
    const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_only);
    const receipt::Answers answers(ledger);
    const SiteId site = site_of(options.site, ledger);
    const std::string agreement = agreement_of(options.agreement, site, ledger);
    const auto newest = answers.newest(site.text(), agreement);
    if (!newest) {
        throw Error("tell a code", site.text() + " " + agreement, "no receipt was issued yet",
                    {"issue one: tally-verifier receipt issue"}, Exit::nothing_to_do);
    }
    std::string file = os::read_file(options.secret, receipt::max_secret_file);
    auto secret = receipt::read_secret(file);
    ::explicit_bzero(file.data(), file.size());
    if (!secret) {
        throw Error("read", options.secret.string(), secret.fault().what);
    }
    const std::string code = receipt::spoken(receipt::code_of(*secret, newest->receipt));
    ::explicit_bzero(secret->data(), secret->size());
    if (options.output == Output::json) {
        text::Json json;
        json.object().member("site", site.text()).member("agreement", agreement);
        json.member("n", newest->receipt.n).member("bundle", newest->receipt.bundle).member("code", code);
        print(json.end_object().str() + "\n");
    } else {
        print(code + "\n");
    }
    return Exit::ok;
}

Exit run_receipt_secret(const ReceiptSecretOptions& options) {
    if (os::fs::exists(options.secret)) {
        throw Error("make a secret", options.secret.string(), "there is a file already; nothing was changed", {},
                    Exit::nothing_to_do);
    }
    auto secret = crypto::random_bytes<32>();
    std::string file = receipt::secret_file(secret);
    os::replace_file(options.secret, file, 0600);
    ::explicit_bzero(file.data(), file.size());
    ::explicit_bzero(secret.data(), secret.size());
    print("made " + options.secret.string() +
          ": take the same file to the station by the road on which keys are enrolled\n");
    return Exit::ok;
}

Exit run_receipt_key(const ReceiptKeyOptions& options) {
    const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_write);
    receipt::Answers answers(ledger);
    const auto known = answers.keys();
    const auto key = cli::public_key_given("KEY", options.key);
    answers.note(key);
    print("bundles made for key " + minisig::printed_id(key.id) + " are taken as ours\n");
    return std::find(known.begin(), known.end(), key) == known.end() ? Exit::ok : Exit::nothing_to_do;
}

} // namespace tally::verifier
