#include "recorder/journal/outbox.hpp"
#include "recorder/state.hpp"

namespace tally::recorder {

Exit run_seal(const SealOptions& options) {
    journal::Journal journal = open_to_write(options.state);
    tell_recovery(journal);
    const std::uint64_t sealed = journal.unsealed();
    journal.seal("request");
    const auto segments = journal::drop_segments(journal);

    const bool idle = sealed == 0 && segments.empty();
    if (options.output == Output::json) {
        std::vector<std::string> names;
        names.reserve(segments.size());
        for (const auto& segment : segments) {
            names.push_back(segment.file);
        }
        line::Object result;
        result.token("host", journal.host().text()).integer("sealed", sealed).integer("size", journal.size());
        print(result.tokens("segments", names).str() + "\n");
    } else if (idle) {
        print("nothing to seal: all " + std::to_string(journal.size()) + " lines are sealed and in the outbox\n");
    } else {
        print("sealed " + std::to_string(sealed) + " lines; the log has " + std::to_string(journal.size()) + "\n");
        for (const auto& segment : segments) {
            print("dropped " + (options.state / journal::outbox_name / segment.file).string() + "\n");
        }
    }
    return idle ? Exit::nothing_to_do : Exit::ok;
}

} // namespace tally::recorder
