#include "verifier/receipt/issue.hpp"

#include "tally/crypto/blake2b.hpp"
#include "tally/crypto/sha256.hpp"
#include "tally/site_file/chain.hpp"
#include "tally/sqlite/database.hpp"
#include "verifier/ledger/reenrolment.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::receipt {
namespace {

using ledger::AcceptedBundle;
using sqlite::Statement;

std::vector<std::string> codes_of(const std::vector<check::Finding>& findings) {
    std::set<std::string> codes;
    for (const auto& finding : findings) {
        codes.emplace(check::name(finding.code));
    }
    std::vector<std::string> sorted(codes.begin(), codes.end());
    sorted.resize(std::min(sorted.size(), max_findings));
    return sorted;
}

Hash digest_of(const std::string& hex) {
    Hash digest{};
    TALLY_ASSERT(from_hex(hex, digest));
    return digest;
}

// Bundles up to this id came from a station that was lost: the one that took its place has another log, and began to
// number anew. 0: none did.
std::int64_t last_of_lost_station(const ledger::Ledger& ledger, const std::string& site) {
    std::optional<crypto::PublicKey> log;
    for (const auto& trusted : ledger.trusted()) {
        if (const auto chain = site_file::read_chain(trusted.chain); chain && trusted.site == site) {
            log = chain->first().log;
        }
    }
    std::int64_t last = 0;
    for (const auto& former : ledger::former_sites(ledger.database())) {
        const auto chain = site_file::read_chain(former.chain);
        if (former.site == site && chain && chain->first().log != log) {
            last = std::max(last, former.last_bundle);
        }
    }
    return last;
}

// The volumes of the newest bundle of the channel, by number.
std::map<std::uint64_t, AcceptedBundle> newest_volumes(const ledger::Ledger& ledger, const Wish& wish) {
    std::map<std::uint64_t, AcceptedBundle> volumes;
    std::uint64_t newest = 0;
    const std::int64_t lost = last_of_lost_station(ledger, wish.site.text());
    for (auto& bundle : ledger.bundles()) {
        if (bundle.site != wish.site.text() || bundle.agreement != wish.agreement.text() || bundle.n < newest ||
            bundle.id <= lost) {
            continue;
        }
        if (bundle.n > newest) {
            volumes.clear();
            newest = bundle.n;
        }
        volumes.emplace(bundle.volume, std::move(bundle)); // of two with one number, the one accepted first
    }
    return volumes;
}

// Where the newest bundle says that each log ends.
std::map<std::string, std::uint64_t> ends_of(const ledger::Ledger& ledger,
                                             const std::map<std::uint64_t, AcceptedBundle>& volumes) {
    std::map<std::string, std::uint64_t> ends;
    Statement row(ledger.database(), "SELECT host, next FROM bundle_log JOIN log ON log.id = log WHERE bundle = ?");
    for (const auto& [volume, bundle] : volumes) {
        row.bind(bundle.id);
        while (row.step()) {
            std::uint64_t& end = ends[std::string(row.text(0))];
            end = std::max(end, static_cast<std::uint64_t>(row.integer(1)));
        }
    }
    return ends;
}

void answer_accepted(const ledger::Ledger& ledger, const std::map<std::uint64_t, AcceptedBundle>& volumes,
                     Drafted& drafted) {
    Receipt& receipt = drafted.receipt;
    std::vector<check::Finding> findings;
    receipt.bundle = volumes.begin()->second.n;
    const std::uint64_t of = volumes.begin()->second.volumes;
    for (std::uint64_t k = 1; k <= of; ++k) {
        const auto volume = volumes.find(k);
        if (volume == volumes.end()) {
            receipt.missing.push_back(k);
            continue;
        }
        receipt.bundles.push_back(digest_of(volume->second.digest));
        const auto found = ledger.findings(volume->second.id);
        findings.insert(findings.end(), found.begin(), found.end());
    }
    receipt.findings = codes_of(findings);
    const auto verdict = check::verdict_of(findings);
    receipt.status = verdict == check::Verdict::ok ? Status::ok : Status::ok_with_findings;
    if (!receipt.missing.empty()) { // the site cannot know how far the lines of some volumes go
        receipt.beside = Beside::yes;
        return;
    }
    auto ends = ends_of(ledger, volumes);
    for (const auto& [host, mark] : drafted.positions) {
        const auto end = ends.find(host.text());
        if (end == ends.end() || end->second != mark.next) {
            receipt.except.emplace(host, mark);
        }
        ends.erase(host.text());
    }
    for (const auto& [host, next] : ends) {
        const auto id = HostId::parse(host);
        TALLY_ASSERT(id.has_value());
        line::TreeHasher hasher;
        receipt.except.emplace(*id, Mark{0, line::CompactRange().root(hasher)});
    }
}

// The fields that make two receipts answers to the same state.
bool same_answer(const Receipt& a, const Receipt& b) {
    return a.verifier == b.verifier && a.bundle == b.bundle && a.bundles == b.bundles && a.missing == b.missing &&
           a.status == b.status && a.findings == b.findings && a.positions == b.positions;
}

} // namespace

Refused refused_of(const check::Report& report) { return {report.n, report.digest, codes_of(report.findings)}; }

Positions positions_of(const ledger::Ledger& ledger, const std::string& site, const std::string& agreement) {
    Positions positions;
    Statement row(ledger.database(), "SELECT log.id, host, min(max(bundle_log.next), log.size) FROM bundle_log "
                                     "JOIN bundle ON bundle.id = bundle JOIN log ON log.id = log "
                                     "WHERE bundle.site = ? AND agreement = ? AND bundle.id > ? GROUP BY log.id");
    Statement seal(ledger.database(),
                   "SELECT seq + 1, root_after FROM seal WHERE log = ? AND seq < ? ORDER BY seq DESC LIMIT 1");
    row.bind(std::string_view(site), std::string_view(agreement), last_of_lost_station(ledger, site));
    while (row.step()) {
        const auto host = HostId::parse(row.text(1));
        if (!host) {
            throw Error("read", "the ledger", "a log whose name is none: the file is damaged");
        }
        if (seal.bind(row.integer(0), row.integer(2)).step()) {
            Mark mark{static_cast<std::uint64_t>(seal.integer(0)), {}};
            const auto root = seal.text(1);
            if (root.size() != mark.root.size()) {
                throw Error("read", "the ledger", "a root of the wrong length: the file is damaged");
            }
            std::copy(root.begin(), root.end(), mark.root.begin());
            positions.emplace(*host, mark);
        }
    }
    return positions;
}

Drafted draft(const ledger::Ledger& ledger, const Answers& answers, const Wish& wish) {
    const auto volumes = newest_volumes(ledger, wish);
    if (volumes.empty() && !wish.refused) {
        throw Error("issue a receipt", wish.site.text() + " " + wish.agreement.text(), "nothing of it was accepted yet",
                    {"tally-verifier ledger shows what was; --agreement names another agreement"}, Exit::nothing_to_do);
    }
    Drafted drafted{{wish.site, wish.agreement, fingerprint_of(wish.verifier)},
                    positions_of(ledger, wish.site.text(), wish.agreement.text()),
                    std::nullopt};
    Receipt& receipt = drafted.receipt;
    receipt.positions = hash_of(drafted.positions);
    receipt.logs = drafted.positions.size();
    if (wish.refused) {
        receipt.bundle = wish.refused->n;
        receipt.bundles = {wish.refused->digest};
        receipt.findings = wish.refused->findings;
        receipt.status = Status::rejected;
        receipt.beside = Beside::yes;
    } else {
        answer_accepted(ledger, volumes, drafted);
    }
    const auto newest = answers.newest(wish.site.text(), wish.agreement.text());
    if (newest && same_answer(newest->receipt, receipt)) {
        receipt = newest->receipt;
        drafted.sent = newest;
        return drafted;
    }
    const auto named = answers.named(wish.site.text(), wish.agreement.text());
    const std::uint64_t own = newest ? newest->receipt.n : 0;
    const std::uint64_t told = named ? named->n : 0;
    receipt.n = std::max(own, told) + 1;
    if (receipt.n > max_number) {
        throw Error("issue a receipt", wish.site.text(), "the numbers of this agreement are used up");
    }
    if (own + 1 == receipt.n && newest) {
        receipt.previous = crypto::sha256(newest->file);
    } else if (named) {
        receipt.previous = named->hash;
    }
    receipt.due = wish.due;
    receipt.issued = wish.now;
    receipt.challenge = crypto::random_bytes<16>();
    return drafted;
}

Sent issue(Answers& answers, Drafted drafted, const minisig::SecretKey& key) {
    TALLY_ASSERT(!drafted.sent && fingerprint_of(key.public_key()) == drafted.receipt.verifier);
    Sent sent{std::move(drafted.receipt), "", "", positions_file(drafted.positions)};
    sent.file = receipt_file(sent.receipt);
    sent.signature = minisig::signature_file(minisig::sign(key, minisig::digest(as_bytes(sent.file)),
                                                           {std::string(receipt_note), receipt_comment(sent.receipt)}));
    answers.note(key.public_key());
    answers.keep(sent);
    return sent;
}

} // namespace tally::receipt
