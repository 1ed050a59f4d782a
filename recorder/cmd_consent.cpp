#include "recorder/privacy/history.hpp"
#include "recorder/state.hpp"

#include <algorithm>

namespace tally::recorder {
namespace {

privacy::ConsentState state_named(const std::string& word) {
    for (const auto state : {privacy::ConsentState::given, privacy::ConsentState::refused}) {
        if (privacy::name_of(state) == word) {
            return state;
        }
    }
    return privacy::ConsentState::withdrawn;
}

} // namespace

// Counts for the imports after it; what is in the log already stays there.
Exit run_consent(const ConsentOptions& options) {
    const auto clock = os::system_clock();
    journal::Journal journal(options.state, clock);
    tell_recovery(journal);
    const std::string basis = line::encode_text(options.basis);
    const std::uint64_t seq =
        journal.append(privacy::consent_line(state_named(options.consent), options.basis, clock().wall_ms / 1000));
    journal.commit();
    if (options.output == Output::json) {
        line::Object result;
        result.integer("seq", seq).token("state", options.consent).token("basis", basis);
        print(result.str() + "\n");
    } else {
        print("consent " + options.consent + " (" + basis + "), line " + std::to_string(seq) + "\n");
    }
    return Exit::ok;
}

} // namespace tally::recorder
