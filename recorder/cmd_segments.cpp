#include "recorder/journal/outbox.hpp"
#include "recorder/state.hpp"

namespace tally::recorder {
namespace {

Exit redrop(const SegmentsOptions& options) {
    journal::Journal journal = open_to_write(options.state);
    tell_recovery(journal);
    const auto written = journal::redrop_segments(journal);
    if (const std::uint64_t begins = journal.store().begins(); begins > 0) {
        std::fprintf(stderr,
                     "tally-recorder: lines before %s were removed from this journal: their segments are not written "
                     "again\n",
                     std::to_string(begins).c_str());
    }
    for (const auto& segment : written) {
        print(options.output == Output::json ? line::Object().token("dropped", segment.file).str() + "\n"
                                             : "dropped " + segment.file + "\n");
    }
    if (written.empty() && options.output == Output::text) {
        print("nothing to drop: every segment whose lines are here is in the outbox\n");
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
        const std::string where = segment.present                    ? "outbox"
                                  : segment.removed                  ? "removed"
                                  : written == journal::Written::yes ? "taken"
                                                                     : "pending";
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
