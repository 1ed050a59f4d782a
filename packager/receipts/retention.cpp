#include "packager/receipts/retention.hpp"

#include "packager/submission/positions.hpp"

#include <algorithm>

namespace tally::receipts {
namespace {

using submission::Export;

std::uint64_t at(const submission::Positions& positions, const HostId& log) {
    const auto place = positions.find(log);
    return place == positions.end() ? 0 : place->second;
}

// Where the bundles of an agreement begin that may still have to be made: the next one, and those made since the last
// one that was received whole, which may have to be made again.
std::vector<submission::Positions> beginnings(const submission::Station& station, const std::string& agreement) {
    const auto& exports = station.log.exports();
    Export next{};
    next.agreement = agreement;
    next.seq = station.archive.next(station.log.id());
    next.receipt = submission::last_receipt(station.archive, line::decode_text(agreement));
    const std::uint64_t settled = submission::newest_received(station.archive, exports, next);
    std::vector<submission::Positions> all{submission::begins_of(station.archive, exports, next)};
    for (const auto& entry : exports) {
        if (entry.agreement == agreement && entry.n > settled) {
            Export again = entry;
            again.seq = std::min(entry.seq, next.seq); // an interrupted run may not have sealed its line
            all.push_back(submission::begins_of(station.archive, exports, again));
        }
    }
    return all;
}

} // namespace

std::map<HostId, Limit> limits(const submission::Station& station, const Receipts& receipts) {
    std::map<HostId, Limit> limits;
    const auto lower = [&](const HostId& log, std::uint64_t below, const std::string& agreement) {
        const auto [place, is_new] = limits.emplace(log, Limit{below, agreement});
        if (!is_new && below < place->second.below) {
            place->second = {below, agreement};
        }
    };
    for (const auto& agreement : agreements_of(station)) {
        const auto newest = receipts.newest(agreement);
        const auto received = newest ? receipts.positions(*newest) : receipt::Positions();
        const auto begun = beginnings(station, agreement);
        for (const auto& log : station.archive.roster()) {
            if (log.id == station.log.id()) {
                continue;
            }
            const auto mark = received.find(log.id);
            lower(log.id, mark == received.end() ? 0 : mark->second.next, agreement);
            for (const auto& positions : begun) {
                lower(log.id, at(positions, log.id), agreement);
            }
        }
    }
    return limits;
}

} // namespace tally::receipts
