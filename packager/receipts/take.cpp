#include "packager/receipts/take.hpp"

#include "packager/submission/positions.hpp"
#include "tally/crypto/sha256.hpp"

#include <algorithm>

namespace tally::receipts {
namespace {

using receipt::Mark;
using receipt::Positions;
using receipt::Receipt;
using receipt::Status;
using submission::Export;

// A refusal on its way out of the steps below.
struct Refused {
    Refusal refusal = Refusal::none;
    std::string text;
};

[[noreturn]] void refuse(Refusal refusal, std::string text) { throw Refused{refusal, std::move(text)}; }

std::string number(std::uint64_t value) { return std::to_string(value); }

// The root that the archive has at that size; nothing when no seal stands there.
std::optional<receipt::Hash> root_here(const archive::Archive& archive, const HostId& log, std::uint64_t next) {
    if (archive.find(log) == nullptr || next > archive.next(log)) {
        return std::nullopt;
    }
    const auto seals = archive.seals(log, next == 0 ? 0 : next - 1, next);
    return next == 0 || !seals.empty() ? std::optional(archive.position(log, next).root) : std::nullopt;
}

constexpr const char* keep_both =
    ". Either these lines or those that the verifier got were altered: delete nothing, and find out which";

// Rows that the receipt spells out: each must be an end that the log has had here, with the root of here.
Positions compared(const archive::Archive& archive, const Positions& said) {
    Positions here;
    for (const auto& [log, mark] : said) {
        const auto root = root_here(archive, log, mark.next);
        const std::string held = "the verifier holds " + number(mark.next) + " lines of log " + log.text();
        if (!root) {
            refuse(Refusal::fork, held + ", which is no end that this log has had here" + keep_both);
        }
        if (*root != mark.root) {
            refuse(Refusal::fork, held + ", and they are not those of this archive" + keep_both);
        }
        here.emplace(log, Mark{mark.next, *root});
    }
    return here;
}

const Export& export_of(const submission::Station& station, const Receipt& receipt) {
    const auto& exports = station.log.exports();
    const auto found = std::find_if(exports.begin(), exports.end(), [&](const Export& entry) {
        return entry.agreement == receipt.agreement.text() && entry.n == receipt.bundle && !entry.digests.empty();
    });
    if (found == exports.end()) {
        refuse(Refusal::unknown_bundle, "it answers bundle " + number(receipt.bundle) + " of " +
                                            receipt.agreement.text() + ", which this station never made");
    }
    for (const auto& digest : receipt.status == Status::rejected ? std::vector<receipt::Hash>() : receipt.bundles) {
        if (std::find(found->digests.begin(), found->digests.end(), to_hex(digest)) == found->digests.end()) {
            refuse(Refusal::unknown_bundle, "the bundle " + number(receipt.bundle) + " that it answers (" +
                                                to_hex(digest) + ") is not the one that this station made");
        }
    }
    return *found;
}

Positions positions_here(const submission::Station& station, const Receipt& receipt, const Given& given) {
    const Export& bundle = export_of(station, receipt);
    Positions positions;
    if (receipt.beside == receipt::Beside::yes || given.positions) {
        if (!given.positions) {
            refuse(Refusal::malformed, "its positions travel beside it, and " +
                                           receipt::receipt_name(receipt.site, receipt.n) + "_POS.jsonl is not there");
        }
        const auto said = receipt::read_positions(*given.positions);
        if (!said || receipt::hash_of(*said) != receipt.positions) {
            refuse(Refusal::malformed, "the positions beside it are not those that it signs");
        }
        positions = compared(station.archive, *said);
    } else {
        positions = positions_after(station, bundle);
        for (const auto& [log, mark] : compared(station.archive, receipt.except)) {
            positions.erase(log);
            if (mark.next > 0) {
                positions.emplace(log, mark);
            }
        }
        if (receipt::hash_of(positions) != receipt.positions) {
            refuse(Refusal::fork, "the verifier does not hold the lines that this archive has up to bundle " +
                                      number(receipt.bundle) + keep_both +
                                      "; tally-verifier receipt issue --positions tells of which log");
        }
    }
    if (positions.size() != receipt.logs) {
        refuse(Refusal::malformed, "it tells of another number of logs than its positions");
    }
    return positions;
}

// The line of a receipt with that number, if one was taken in before.
const Line* line_of(const Receipts& receipts, const Receipt& receipt) {
    const auto& lines = receipts.lines();
    const auto found = std::find_if(lines.begin(), lines.end(), [&](const Line& line) {
        return line.agreement == receipt.agreement.text() && line.n == receipt.n;
    });
    return found == lines.end() ? nullptr : &*found;
}

Receipt read_receipt(const submission::Station& station, const Given& given) {
    auto read = receipt::read_receipt(given.file);
    if (!read) {
        refuse(Refusal::malformed, "not a receipt: " + read.fault().what);
    }
    if (read->site != station.site.current().site) {
        refuse(Refusal::other_site, "it is for site " + read->site.text());
    }
    return std::move(*read);
}

// Fault: no verifier of the newest site file signed it.
Result<void> check_signed(const submission::Station& station, const Given& given, const Receipt& receipt) {
    if (given.signature.empty()) {
        return Fault{"there is no " + given.name + ".minisig beside it"};
    }
    const auto signer = receipt::signer_of(given.file, given.signature, station.site.current().verifiers,
                                           receipt::receipt_note, receipt::receipt_comment(receipt));
    if (!signer) {
        return signer.fault();
    }
    return receipt::fingerprint_of(*signer) == receipt.verifier
               ? Result<void>()
               : Fault{"it names another verifier than the one who signed it"};
}

void remark(const Receipts& receipts, Outcome& outcome) {
    const Receipt& receipt = *outcome.receipt;
    std::uint64_t newest = 0;
    const Line* before = nullptr;
    for (const auto& line : receipts.lines()) {
        if (line.agreement == receipt.agreement.text()) {
            newest = std::max(newest, line.n);
            before = line.n + 1 == receipt.n ? &line : before;
        }
    }
    if (newest > receipt.n) {
        outcome.remarks.push_back("it is older than receipt " + number(newest) +
                                  ", which is here: kept for the history");
    } else if (receipt.n > 1 && (before == nullptr || receipt.previous != before->digest)) {
        outcome.remarks.push_back("RECEIPT_MISSING: the receipt before it is not here, or is another one");
    }
    for (const auto volume : receipt.missing) {
        outcome.remarks.push_back("VOLUME_MISSING: the verifier has not got volume " + number(volume) + " of bundle " +
                                  number(receipt.bundle));
    }
    if (receipt.status == Status::rejected) {
        outcome.remarks.push_back("REJECTED: the verifier took nothing of bundle " + number(receipt.bundle));
    }
}

// As the station's log names keys.
std::string key_id(const submission::Station& station, const Receipt& receipt) {
    for (const auto& key : station.site.current().verifiers) {
        if (receipt::fingerprint_of(key) == receipt.verifier) {
            return minisig::printed_id(key.id);
        }
    }
    return "";
}

struct Looked {
    Outcome outcome;
    Positions positions;
    bool vouched = false; // by a key that counts now
};

Looked look(const submission::Station& station, const Receipts& receipts, const Given& given) {
    Looked looked;
    try {
        looked.outcome.receipt = read_receipt(station, given);
        const Receipt& receipt = *looked.outcome.receipt;
        const Line* line = line_of(receipts, receipt);
        const auto signed_well = check_signed(station, given, receipt);
        looked.vouched = signed_well.ok();
        // What the station's log names was signed well when it came; its key may have been dropped since.
        if (!signed_well && (line == nullptr || line->digest != crypto::sha256(given.file))) {
            refuse(Refusal::bad_signature, signed_well.fault().what);
        }
        if (line != nullptr && line->digest != crypto::sha256(given.file)) {
            refuse(Refusal::other_receipt, "another receipt " + number(receipt.n) +
                                               " was taken in before: the verifier gave one number to two receipts");
        }
        looked.positions = positions_here(station, receipt, given);
        looked.outcome.taken = line == nullptr ? Taken::now : Taken::before;
        remark(receipts, looked.outcome);
    } catch (Refused& refused) {
        looked.outcome.taken = Taken::refused;
        looked.outcome.refusal = refused.refusal;
        looked.outcome.text = std::move(refused.text);
    }
    return looked;
}

} // namespace

const char* code_of(Refusal refusal) {
    switch (refusal) {
    case Refusal::none:
        break;
    case Refusal::malformed:
        return "BAD_RECEIPT";
    case Refusal::bad_signature:
        return "BAD_SIGNATURE";
    case Refusal::other_site:
        return "OTHER_SITE";
    case Refusal::unknown_bundle:
        return "UNKNOWN_BUNDLE";
    case Refusal::other_receipt:
        return "OTHER_RECEIPT";
    case Refusal::fork:
        return "FORK";
    }
    return "";
}

Positions positions_after(const submission::Station& station, const Export& bundle) {
    Positions positions;
    for (const auto& [log, next] : submission::ends_of(station.archive, bundle)) {
        if (next > 0) {
            positions.emplace(log, Mark{next, station.archive.position(log, next).root});
        }
    }
    return positions;
}

Outcome look_at(const submission::Station& station, const Receipts& receipts, const Given& given) {
    return look(station, receipts, given).outcome;
}

Outcome take(submission::Station& station, const Receipts& receipts, const Given& given) {
    auto [outcome, positions, vouched] = look(station, receipts, given);
    if (outcome.taken == Taken::refused) {
        receipts.refuse(given, std::string(code_of(outcome.refusal)) + " " + outcome.text);
        return outcome;
    }
    const Receipt& receipt = *outcome.receipt;
    if (vouched) {
        receipts.keep(receipt, given, positions); // also when it is known: its files may be gone
    }
    if (outcome.taken == Taken::now) {
        submission::ReceiptTaken act{receipt.agreement.text(),   receipt.n,
                                     crypto::sha256(given.file), std::string(receipt::name(receipt.status)),
                                     key_id(station, receipt),   {}};
        for (const auto& digest : receipt.bundles) {
            if (act.bundles.size() < submission::digests_per_line) {
                act.bundles.push_back(to_hex(digest));
            }
        }
        station.log.note(act);
    }
    station.log.seal("receipt", station.archive);
    return outcome;
}

} // namespace tally::receipts
