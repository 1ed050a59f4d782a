#include "packager/commands.hpp"
#include "packager/receipts/ladder.hpp"
#include "packager/receipts/take.hpp"
#include "tally/cli/output.hpp"
#include "tally/receipt/telephone.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "tally/text/utf8.hpp"

#include <algorithm>
#include <cstdio>

namespace tally::packager {
namespace {

using cli::print;
using receipts::Given;
using receipts::Outcome;
using receipts::Taken;

constexpr std::size_t max_brought = 64U << 10U; // of a file that claims to be a receipt

std::string bytes_if_there(const os::fs::path& path, std::size_t limit) {
    return os::fs::exists(path) ? os::read_file(path, limit) : "";
}

Given given_in(const os::fs::path& path) {
    Given given{path.filename().string(), os::read_file(path, max_brought),
                bytes_if_there(path.string() + ".minisig", minisig::max_signature_file), std::nullopt};
    os::fs::path beside = path;
    beside.replace_extension();
    beside += "_POS.jsonl";
    if (os::fs::exists(beside)) {
        given.positions = os::read_file(beside, receipt::max_positions_file);
    }
    return given;
}

// The receipts in a folder, by name; a file as it is.
std::vector<os::fs::path> files_at(const os::fs::path& place) {
    if (!os::fs::is_directory(place)) {
        return {place};
    }
    std::vector<os::fs::path> files;
    for (const auto& entry : os::fs::directory_iterator(place)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("RCPT_") && name.ends_with(".json")) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

const char* word_of(const Outcome& outcome, DryRun dry_run) {
    return outcome.taken == Taken::refused  ? "refused"
           : outcome.taken == Taken::before ? "known"
           : dry_run == DryRun::yes         ? "would be taken in"
                                            : "taken in";
}

void write_json(text::Json& json, const os::fs::path& file, const Outcome& outcome, DryRun dry_run) {
    json.object().member("file", file.string()).member("outcome", word_of(outcome, dry_run));
    json.member("code", receipts::code_of(outcome.refusal)).member("reason", outcome.text);
    json.key("receipt");
    if (outcome.receipt) {
        json.object().member("agreement", outcome.receipt->agreement.text()).member("n", outcome.receipt->n);
        json.member("bundle", outcome.receipt->bundle).member("verdict", receipt::name(outcome.receipt->status));
        json.end_object();
    } else {
        json.null();
    }
    json.key("remarks").array();
    for (const auto& remark : outcome.remarks) {
        json.value(remark);
    }
    json.end_array().end_object();
}

void tell(const os::fs::path& file, const Outcome& outcome, const ReceiptImportOptions& options) {
    if (outcome.taken == Taken::refused) {
        std::fprintf(stderr, "tally-packager: warning: refused %s: %s: %s\n", text::shown(file.string()).c_str(),
                     receipts::code_of(outcome.refusal), text::shown(outcome.text).c_str());
    } else if (options.output == Output::text) {
        const auto& receipt = *outcome.receipt;
        std::string text = std::string(word_of(outcome, options.dry_run)) + "  receipt " + std::to_string(receipt.n) +
                           " of " + receipt.agreement.text() + ": bundle " + std::to_string(receipt.bundle) + " " +
                           std::string(receipt::name(receipt.status)) + "\n";
        for (const auto& remark : outcome.remarks) {
            text += "          " + remark + "\n";
        }
        print(text);
    }
}

// What the code would be of, if a verifier read it out.
struct Heard {
    receipt::Receipt receipt;
    bool found = false;
};

Heard compare_code(const submission::Station& station, const receipts::Receipts& receipts,
                   const ReceiptCodeOptions& options, const receipt::Secret& secret, const receipt::Code& code) {
    constexpr std::uint64_t numbers_ahead = 16; // receipts that may have been issued and not come
    const auto newest = receipts.newest(options.agreement);
    const std::uint64_t known = newest ? newest->receipt.n : 0;
    const auto agreement = SiteId::parse(options.agreement);
    if (!agreement) {
        throw Error("compare", options.agreement, "not the name of an agreement",
                    {"1 to 24 characters of A-Z, 0-9 and _"}, Exit::usage);
    }
    for (auto bundle = station.log.exports().rbegin(); bundle != station.log.exports().rend(); ++bundle) {
        if (bundle->agreement != options.agreement || bundle->digests.empty()) {
            continue;
        }
        receipt::Receipt receipt{station.site.current().site, *agreement};
        receipt.bundle = bundle->n;
        receipt.positions = receipt::hash_of(receipts::positions_after(station, *bundle));
        for (const auto& digest : bundle->digests) {
            if (!from_hex(digest, receipt.bundles.emplace_back())) {
                throw Error("compare", options.agreement, "the station's log names a digest that is none");
            }
        }
        for (const auto& key : station.site.current().verifiers) {
            receipt.verifier = receipt::fingerprint_of(key);
            for (const auto status : receipt::all_statuses) {
                receipt.status = status;
                for (receipt.n = std::max<std::uint64_t>(known, 1); receipt.n <= known + numbers_ahead; ++receipt.n) {
                    if (receipt::code_of(secret, receipt) == code) {
                        return {receipt, true};
                    }
                }
            }
        }
    }
    return {{station.site.current().site, *agreement}, false};
}

} // namespace

Exit run_receipt_import(const ReceiptImportOptions& options) {
    submission::Station station(options.state, os::system_clock());
    std::size_t taken = 0;
    std::size_t refused = 0;
    text::Json json;
    json.object().member("format", "tally-receipt-import-1").key("files").array();
    for (const auto& place : options.places) {
        for (const auto& file : files_at(place)) {
            const receipts::Receipts known(station);
            const Given given = given_in(file);
            const Outcome outcome =
                options.dry_run == DryRun::yes ? look_at(station, known, given) : take(station, known, given);
            taken += outcome.taken == Taken::now ? 1U : 0U;
            refused += outcome.taken == Taken::refused ? 1U : 0U;
            write_json(json, file, outcome, options.dry_run);
            tell(file, outcome, options);
        }
    }
    json.end_array().end_object();
    if (options.output == Output::json) {
        print(json.str() + "\n");
    }
    if (refused > 0) {
        std::fprintf(stderr, "hint: what was refused lies in %s with the reason, and counts for nothing\n",
                     (options.state / receipts::receipts_folder / receipts::refused_folder).c_str());
    }
    return refused > 0 ? Exit::findings : taken > 0 ? Exit::ok : Exit::nothing_to_do;
}

Exit run_receipt_code(const ReceiptCodeOptions& options) {
    const auto code = receipt::read_spoken(options.code);
    if (!code) {
        throw Error("read", "the code", code.fault().what, {"ask for it to be read again, character by character"},
                    Exit::usage);
    }
    const submission::Station station(options.state, os::system_clock());
    const receipts::Receipts known(station);
    std::string file = os::read_file(options.secret, receipt::max_secret_file);
    auto secret = receipt::read_secret(file);
    ::explicit_bzero(file.data(), file.size());
    if (!secret) {
        throw Error("read", options.secret.string(), secret.fault().what);
    }
    const Heard heard = compare_code(station, known, options, *secret, *code);
    ::explicit_bzero(secret->data(), secret->size());
    if (options.output == Output::json) {
        text::Json json;
        json.object().member("fits", heard.found).member("agreement", options.agreement);
        json.member("bundle", heard.receipt.bundle).member("n", heard.receipt.n);
        json.member("verdict", heard.found ? receipt::name(heard.receipt.status) : "");
        print(json.end_object().str() + "\n");
    } else if (heard.found) {
        print("the code fits: receipt " + std::to_string(heard.receipt.n) + ", bundle " +
              std::to_string(heard.receipt.bundle) + " " + std::string(receipt::name(heard.receipt.status)) +
              ", nothing missing\n");
    }
    if (!heard.found) {
        std::fprintf(stderr,
                     "tally-packager: the code fits no bundle of %s that this station made\n"
                     "hint: ask for it to be read again; if it does not fit then either, the verifier holds something "
                     "else: have the receipt itself brought\n",
                     options.agreement.c_str());
    }
    return heard.found ? Exit::ok : Exit::findings;
}

Exit run_ladder(const LadderOptions& options) {
    submission::Station station(options.state, os::system_clock());
    const receipts::Receipts known(station);
    const auto ladder = ladder_of(station, known, options.agreement);
    if (!options.page.empty()) {
        os::replace_file(options.page, receipts::to_page(ladder));
    }
    print(options.output == Output::json ? receipts::to_json(ladder) : receipts::to_text(ladder));
    return ladder.rungs.empty() ? Exit::nothing_to_do : Exit::ok;
}

} // namespace tally::packager
