#include "packager/archive/collect.hpp"
#include "packager/commands.hpp"
#include "packager/submission/station.hpp"
#include "tally/cli/output.hpp"
#include "tally/text/json.hpp"
#include "tally/text/utf8.hpp"

namespace tally::packager {
namespace {

void complain(archive::Event event, const std::string& path, const std::string& reason) {
    const char* what = event == archive::Event::quarantined   ? "quarantined"
                       : event == archive::Event::unreadable  ? "not read"
                       : event == archive::Event::not_regular ? "skipped"
                                                              : nullptr;
    if (what != nullptr) {
        std::fprintf(stderr, "tally-packager: warning: %s %s: %s\n", what, text::shown(path).c_str(),
                     text::shown(reason).c_str());
    }
}

std::uint64_t still_waiting(const archive::Archive& archive) {
    std::uint64_t count = 0;
    for (const auto& log : archive.roster()) {
        count += archive.waiting(log.id).size();
    }
    return count;
}

void print(const archive::Counts& counts, std::uint64_t waiting, Output output) {
    if (output == Output::json) {
        text::Json json;
        json.object().member("added", counts.added).member("settled", counts.settled).member("known", counts.known);
        json.member("waiting", waiting)
            .member("quarantined", counts.quarantined)
            .member("refused_before", counts.refused_before);
        json.member("other_files", counts.other_files).member("not_regular", counts.not_regular);
        json.member("unreadable", counts.unreadable).end_object();
        cli::print(json.str() + "\n");
        return;
    }
    const auto row = [](const char* name, std::uint64_t count, const char* meaning) {
        if (count > 0) {
            std::printf("%-12s %8llu  %s\n", name, static_cast<unsigned long long>(count), meaning);
        }
    };
    std::printf("%-12s %8llu  segments, every line proved from the enrolled key\n", "added",
                static_cast<unsigned long long>(counts.added));
    row("known", counts.known, "here already");
    row("waiting", waiting, "until an earlier segment of their log arrives");
    row("quarantined", counts.quarantined, "refused; kept with the reason");
    row("refused", counts.refused_before, "in quarantine already");
    row("other", counts.other_files, "files that are no segments: left alone");
    row("skipped", counts.not_regular, "links, pipes, devices: not opened");
    row("not read", counts.unreadable, "files that could not be read");
}

} // namespace

Exit run_collect(const CollectOptions& options) {
    for (const auto& path : options.paths) {
        boost::system::error_code failed;
        if (!os::fs::exists(path, failed)) {
            throw Error("collect", path, failed ? failed.message() : "no such file or directory");
        }
    }
    submission::Station station(options.state, os::system_clock());
    archive::Collector collector(station.archive, station.quarantine, complain);
    collector.retry_unknown();
    for (const auto& path : options.paths) {
        collector.collect(path);
    }
    collector.finish();
    station.log.announce(station.archive);
    const bool noted = station.log.seal("collect", station.archive);

    const auto& counts = collector.counts();
    const std::uint64_t waiting = still_waiting(station.archive);
    print(counts, waiting, options.output);
    if (counts.quarantined > 0) {
        std::fprintf(stderr, "hint: see why, and what is missing: tally-packager archive list --state %s\n",
                     options.state.c_str());
        return Exit::findings;
    }
    if (counts.unreadable > 0) {
        return Exit::failure;
    }
    // An interrupted run may have left nothing to do but to note what it took in.
    return counts.added + counts.waiting > 0 || noted ? Exit::ok : Exit::nothing_to_do;
}

} // namespace tally::packager
