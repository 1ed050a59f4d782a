// How a command writes one act as a line of the station's log and says so: the same words and JSON for all of them. What
// holds `before` is not written twice.
#pragma once

#include "packager/commands.hpp"
#include "packager/submission/station.hpp"
#include "tally/cli/output.hpp"
#include "tally/text/json.hpp"

namespace tally::packager {

// nothing_to_do when the line was there before.
template <class Act>
Exit write_act(submission::Station& station, const Act& act, bool before, DryRun dry_run, Output output) {
    const line::Object record = record_of(act);
    const bool writes = !before && dry_run == DryRun::no;
    std::optional<std::uint64_t> seq;
    if (writes) {
        seq = station.log.note(act);
    }
    if (dry_run == DryRun::no) {
        station.log.seal("declare", station.archive); // also what an interrupted run has left
    }
    if (output == Output::json) {
        text::Json json;
        json.object().member("written", writes).member("before", before).key("seq");
        seq ? json.value(*seq) : json.null();
        cli::print(json.member("record", record.str()).end_object().str() + "\n");
    } else {
        cli::print(std::string(before   ? "there before  "
                               : writes ? "written       "
                                        : "would write   ") +
                   record.str() + "\n" + (writes ? "It is sealed, and leaves with the next bundle.\n" : ""));
    }
    return before ? Exit::nothing_to_do : Exit::ok;
}

} // namespace tally::packager
