#include "recorder/naming_in_force.hpp"

namespace tally::recorder {
namespace {

// Before the first policy: of an import, or of what the host saw itself.
bool holds_names(journal::Journal& journal, journal::ImportIndex& index) {
    bool found = !index.sources().empty();
    journal.store().for_each_line(0, found ? 0 : journal.size(), [&](std::uint64_t, std::string_view line) {
        found = found || line.find(R"("t":"identity")") != std::string_view::npos;
    });
    return found;
}

} // namespace

privacy::Naming naming_in_force(const os::fs::path& state, journal::Journal& journal, journal::ImportIndex& index,
                                const std::function<std::uint64_t(std::string_view)>& append) {
    auto privacy = pseudonym::load_privacy(state);
    privacy::History history = index.history();
    if (!privacy) {
        if (history.has_policy()) {
            throw Error("record", (state / std::string(pseudonym::privacy_name)).string(),
                        "is not there, and the names of this log are written under a policy",
                        {"take in the package of this host again: tally-recorder enrol"});
        }
        return {};
    }
    if (!history.is_in_force(*privacy)) {
        const bool was_clear = !history.has_policy() && holds_names(journal, index);
        const auto record =
            policy_line(*privacy, was_clear ? privacy::Before::names_in_clear : privacy::Before::nothing);
        history.see(record.str());
        const std::uint64_t seq = append(record.str());
        if (const auto line = journal.store().line(seq)) {
            index.tell(seq, *line);
        }
    }
    return {std::move(*privacy), history};
}

} // namespace tally::recorder
