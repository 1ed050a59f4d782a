// One finding of the register: the fact as the last run told it, and what people said about it. Plain data.
#pragma once

#include "tally/text/date.hpp"
#include "verifier/findings/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::review {

// open: to be worked on. accepted: known and left so, until a day. disputed: somebody doubts it. remedied: a run no
// longer raises it, or the records show that it ended. reopened: raised again after that.
enum class State : std::uint8_t { open, accepted, disputed, remedied, reopened };
inline constexpr std::size_t states = 5;
[[nodiscard]] std::string_view name(State state);
[[nodiscard]] std::optional<State> state_of(std::string_view word);

struct Entry {
    std::string id, code, severity, certainty, agreement, line, product, subject, unit, rule, text, remedy;
    std::int64_t lower = 0, upper = 0; // quantity
    std::string currency, exposure, cure, saving;
    std::int64_t first_seen = 0, last_seen = 0; // days: the last day that counted, of the first and the last run
    State state = State::open;
    std::string owner, note;
    std::optional<std::int64_t> due, until; // days; `until`: the last one on which it is accepted
    std::optional<std::int64_t> remedied;   // day
    std::string saved;                      // money that the remedy saves, or else that needs not be spent

    // The state on a day: an acceptance that has run out is open again.
    [[nodiscard]] State on(std::int64_t day) const;
};

// What changed of an entry, when and by whom. `field` is a column's name; texts are as the register shows them.
struct Change {
    std::string id;
    std::int64_t at = 0; // UTC seconds
    std::string who, field, from, to;
};

// The fact of a finding, without a word of people's.
[[nodiscard]] Entry entry_of(const findings::Finding& finding);

[[nodiscard]] inline std::string shown(const std::optional<std::int64_t>& day) {
    return day ? text::format_day(*day) : "";
}

} // namespace tally::review
