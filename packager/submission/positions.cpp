#include "packager/submission/positions.hpp"

#include <algorithm>
#include <set>

namespace tally::submission {
namespace {

// Each `receipt` line of the agreement (as the log spells it) among the first `size` lines of the station.
template <class Each>
void for_each_receipt(const archive::Archive& archive, const std::string& agreement, std::uint64_t size, Each each) {
    const HostId station = archive.roster().front().id;
    line::Fields fields;
    archive.for_each_line(station, 0, size, [&](std::uint64_t, std::string_view text) {
        if (!fields.parse(text, line::max_record) && fields.string("t") == "receipt" &&
            fields.string("agreement") == agreement) {
            each(fields);
        }
    });
}

} // namespace

Positions ends_of(const archive::Archive& archive, const Export& wanted) {
    const HostId station = archive.roster().front().id;
    const auto seals = archive.seals(station, wanted.seq, archive.next(station));
    TALLY_ASSERT(!seals.empty());
    Positions ends;
    line::Fields fields;
    archive.for_each_line(station, 0, wanted.seq, [&](std::uint64_t, std::string_view text) {
        const auto problem = fields.parse(text, line::max_record);
        const auto type = fields.string("t");
        const auto log = HostId::parse(fields.string("log").value_or(""));
        if (problem || !log || (type != "enrol" && type != "arrived")) {
            return;
        }
        // An enrolled log that has sent nothing yet stands in the roster with no lines.
        std::uint64_t& next = ends[*log];
        next = std::max(next, fields.integer("next").value_or(0));
    });
    for (auto& [log, next] : ends) {
        const auto of_log = wanted.until_ms ? archive.seals(log, 0, next) : std::vector<std::uint64_t>();
        const auto late = std::find_if(of_log.begin(), of_log.end(), [&, id = log](std::uint64_t size) {
            return archive.position(id, size).wall_ms >= *wanted.until_ms;
        });
        next = late == of_log.end() ? next : *late;
    }
    ends[station] = seals.front();
    return ends;
}

std::uint64_t last_receipt(const archive::Archive& archive, const std::string& agreement) {
    std::uint64_t last = 0;
    const std::uint64_t size = archive.next(archive.roster().front().id);
    for_each_receipt(archive, line::encode_text(agreement), size,
                     [&](const line::Fields& fields) { last = std::max(last, fields.integer("n").value_or(0)); });
    return last;
}

namespace {

// The newest export all of whose files are named by receipts up to that of `wanted`, taken in before it.
const Export* received_whole(const archive::Archive& archive, const std::vector<Export>& exports,
                             const Export& wanted) {
    std::set<std::string> received;
    for_each_receipt(archive, wanted.agreement, wanted.seq, [&](const line::Fields& fields) {
        const auto bundles = fields.array("bundles");
        if (fields.integer("n").value_or(0) > wanted.receipt || !bundles || fields.string("status") == "REJECTED") {
            return;
        }
        line::Items items(*bundles);
        for (line::Value item; items.next(item);) {
            received.insert(std::string(item.text));
        }
    });
    const Export* newest = nullptr;
    for (const auto& entry : exports) {
        const bool whole =
            !entry.digests.empty() && std::all_of(entry.digests.begin(), entry.digests.end(),
                                                  [&](const auto& digest) { return received.contains(digest); });
        if (whole && entry.agreement == wanted.agreement && (newest == nullptr || entry.n > newest->n)) {
            newest = &entry;
        }
    }
    return newest;
}

// Where the first bundle of an agreement begins: behind the lines that were removed before it was first mentioned. Nothing
// that is removed later is owed to it still.
Positions first_of(const archive::Archive& archive, const Export& wanted) {
    const HostId station = archive.roster().front().id;
    Positions positions;
    bool mentioned = false;
    line::Fields fields;
    archive.for_each_line(station, 0, wanted.seq, [&](std::uint64_t, std::string_view text) {
        const auto type = mentioned || fields.parse(text, line::max_record) ? std::nullopt : fields.string("t");
        mentioned =
            mentioned || ((type == "agreement" || type == "export") && fields.string("agreement") == wanted.agreement);
        const auto log = HostId::parse(type == "pruned" ? fields.string("log").value_or("") : "");
        if (log) {
            positions[*log] = fields.integer("below").value_or(0);
        }
    });
    return positions;
}

} // namespace

std::uint64_t newest_received(const archive::Archive& archive, const std::vector<Export>& exports,
                              const Export& wanted) {
    const Export* newest = received_whole(archive, exports, wanted);
    return newest == nullptr ? 0 : newest->n;
}

Positions begins_of(const archive::Archive& archive, const std::vector<Export>& exports, const Export& wanted) {
    const Export* newest = received_whole(archive, exports, wanted);
    return newest == nullptr ? first_of(archive, wanted) : ends_of(archive, *newest);
}

void demand_lines(const archive::Archive& archive, const Positions& begins, const std::string& agreement) {
    for (const auto& log : archive.roster()) {
        const auto place = begins.find(log.id);
        const std::uint64_t first = place == begins.end() ? 0 : place->second;
        if (const std::uint64_t here = archive.begins(log.id); first < here) {
            throw Error(
                "pack", agreement,
                "it would begin at line " + std::to_string(first) + " of log " + log.id.text() + " (" + log.label +
                    "), and the lines before " + std::to_string(here) + " were removed here",
                {"nothing was packed or noted; they went when every agreement of that time had receipts for them",
                 "what was in them is on the other side: accept the copies of the earlier bundles there again"});
        }
    }
}

} // namespace tally::submission
