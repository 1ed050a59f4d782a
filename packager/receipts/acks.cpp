#include "packager/receipts/acks.hpp"

#include "tally/crypto/sha256.hpp"

namespace tally::receipts {
namespace {

os::fs::path kept_path(const submission::Station& station, const HostId& log) {
    return station.state / acks_folder / receipt::ack_name(log);
}

// The challenge of the receipt that was taken in last.
std::optional<receipt::Challenge> last_challenge(const Receipts& receipts) {
    if (receipts.lines().empty()) {
        return std::nullopt;
    }
    const auto newest = receipts.newest(receipts.lines().back().agreement);
    return newest ? std::optional(newest->receipt.challenge) : std::nullopt;
}

// Its bytes and those of its signature, when they are there and hold by a key that counts still.
bool is_kept(const submission::Station& station, Acknowledged& one) {
    const auto path = kept_path(station, one.ack.host);
    const os::fs::path signature = path.string() + ".minisig";
    if (!os::fs::exists(path) || !os::fs::exists(signature)) {
        return false;
    }
    one.file = os::read_file(path, line::max_record + 1);
    one.signature = os::read_file(signature, minisig::max_signature_file);
    return one.file == receipt::ack_file(one.ack) &&
           receipt::signer_of(one.file, one.signature, station.site.current().exports, receipt::ack_note,
                              receipt::ack_comment(one.ack))
               .ok();
}

} // namespace

std::vector<Acknowledged> acknowledgements(const submission::Station& station, const Receipts& receipts) {
    std::vector<Acknowledged> all;
    const auto challenge = last_challenge(receipts);
    for (const auto& log : station.archive.roster()) {
        const std::uint64_t next = station.archive.next(log.id);
        if (log.id == station.log.id() || next == 0) {
            continue;
        }
        Acknowledged one{{station.site.current().site, log.id, next, station.archive.position(log.id, next).root,
                          std::min(next, receipts.floor(log.id)), challenge},
                         log.label,
                         "",
                         "",
                         false};
        one.is_new = !is_kept(station, one);
        all.push_back(std::move(one));
    }
    return all;
}

void issue(submission::Station& station, std::vector<Acknowledged>& all, const minisig::SecretKey& key) {
    os::make_directories(station.state / acks_folder);
    for (auto& one : all) {
        if (!one.is_new) {
            continue;
        }
        one.file = receipt::ack_file(one.ack);
        one.signature = minisig::signature_file(minisig::sign(
            key, minisig::digest(as_bytes(one.file)), {std::string(receipt::ack_note), receipt::ack_comment(one.ack)}));
        station.log.note(submission::Issued{submission::Issue::ack, one.ack.host, crypto::sha256(one.file)});
    }
    station.log.seal("ack", station.archive);
    for (const auto& one : all) {
        if (one.is_new) {
            const auto path = kept_path(station, one.ack.host);
            os::replace_file(path, one.file);
            os::replace_file(path.string() + ".minisig", one.signature);
        }
    }
}

} // namespace tally::receipts
