#include "packager/commands.hpp"
#include "packager/receipts/retention.hpp"
#include "tally/cli/output.hpp"
#include "tally/text/json.hpp"

namespace tally::packager {
namespace {

using cli::print;

// What becomes of one log.
struct Row {
    const archive::EnrolledLog* log = nullptr;
    receipts::Limit limit;
    std::uint64_t began = 0, begins = 0, next = 0;
    archive::Archive::Removed removed = {};
};

std::vector<Row> rows_of(const submission::Station& station) {
    const receipts::Receipts known(station);
    const auto limits = receipts::limits(station, known);
    std::vector<Row> rows;
    for (const auto& log : station.archive.roster()) {
        const auto limit = limits.find(log.id);
        if (limit == limits.end()) {
            continue;
        }
        Row row{&log, limit->second, station.archive.begins(log.id)};
        row.next = station.archive.next(log.id);
        row.begins = station.archive.prunable(log.id, row.limit.below);
        row.removed = station.archive.removable(log.id, row.begins);
        rows.push_back(std::move(row));
    }
    return rows;
}

// The lines of the station's log come first, sealed; an interrupted run has noted them and is finished here.
void remove(submission::Station& station, std::vector<Row>& rows) {
    std::map<HostId, std::uint64_t> noted;
    station.log.for_each("pruned", [&](const line::Fields& fields) {
        if (const auto log = HostId::parse(fields.string("log").value_or(""))) {
            noted[*log] = std::max(noted[*log], fields.integer("below").value_or(0));
        }
    });
    for (const auto& row : rows) {
        if (row.begins > row.began && noted[row.log->id] < row.begins) {
            station.log.note(submission::Pruned{row.log->id, row.begins});
        }
    }
    station.log.seal("prune", station.archive);
    for (auto& row : rows) {
        if (row.begins > row.began || row.removed.files > 0) {
            row.removed = station.archive.remove_before(row.log->id, row.begins);
        }
    }
}

void print_json(const std::vector<Row>& rows, DryRun dry_run) {
    text::Json json;
    json.object().member("format", "tally-prune-1").member("dry_run", dry_run == DryRun::yes).key("logs").array();
    for (const auto& row : rows) {
        json.object().member("log", row.log->id.text()).member("label", line::decode_text(row.log->label));
        json.member("began", row.began).member("begins", row.begins).member("next", row.next);
        json.member("floor", row.limit.below).member("held_by", line::decode_text(row.limit.agreement));
        json.member("files", row.removed.files).member("bytes", row.removed.bytes).end_object();
    }
    print(json.end_array().end_object().str() + "\n");
}

void print_text(const std::vector<Row>& rows, DryRun dry_run) {
    const std::string verb = dry_run == DryRun::yes ? "would remove " : "removed ";
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    for (const auto& row : rows) {
        files += row.removed.files;
        bytes += row.removed.bytes;
        const std::string lines = row.begins > row.began ? verb + "lines " + std::to_string(row.began) + " to " +
                                                               std::to_string(row.begins - 1) + ", "
                                                         : "nothing to remove, ";
        print("log        " + row.log->id.text() + "  " + row.log->label + "  " + lines +
              std::to_string(row.removed.files) + " files; floor " + std::to_string(row.limit.below) + " by " +
              row.limit.agreement + ", here " + std::to_string(row.next) + " lines\n");
    }
    print(rows.empty() ? "nothing to remove: there is no agreement whose verifier has receipted anything\n"
                       : verb + std::to_string(files) + " files of " + std::to_string(bytes) + " bytes\n");
}

} // namespace

Exit run_prune(const PruneOptions& options) {
    submission::Station station(options.state, os::system_clock());
    auto rows = rows_of(station);
    const bool some = std::any_of(rows.begin(), rows.end(),
                                  [](const Row& row) { return row.begins > row.began || row.removed.files > 0; });
    if (options.dry_run == DryRun::no && some) {
        remove(station, rows);
    }
    options.output == Output::json ? print_json(rows, options.dry_run) : print_text(rows, options.dry_run);
    return some ? Exit::ok : Exit::nothing_to_do;
}

} // namespace tally::packager
