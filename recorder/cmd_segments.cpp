#include "recorder/journal/outbox.hpp"
#include "recorder/state.hpp"

namespace tally::recorder {
namespace {

Exit redrop(const SegmentsOptions& options) {
    journal::Journal journal(options.state, os::system_clock());
    tell_recovery(journal);
    const auto written = journal::redrop_segments(journal);
    for (const auto& segment : written) {
        print(options.output == Output::json ? line::Object().token("dropped", segment.file).str() + "\n"
                                             : "dropped " + segment.file + "\n");
    }
    if (written.empty() && options.output == Output::text) {
        print("nothing to drop: every segment is in the outbox\n");
    }
    return written.empty() ? Exit::nothing_to_do : Exit::ok;
}

} // namespace

Exit run_segments(const SegmentsOptions& options) {
    if (options.redrop == Redrop::yes) {
        return redrop(options);
    }
    auto store = open_to_read(options.state);
    for (const auto& segment : journal::list_segments(options.state, store)) {
        const auto& [first, next, file, range, written] = segment.dropped;
        const std::string where = segment.present ? "outbox" : written == journal::Written::yes ? "taken" : "pending";
        if (options.output == Output::json) {
            line::Object fields;
            print(fields.token("file", file).integer("first", first).integer("next", next).token("where", where).str() +
                  "\n");
        } else {
            print(file + "  " + std::to_string(next - first) + " lines  " + where + "\n");
        }
    }
    return Exit::ok;
}

} // namespace tally::recorder
