// One usage line as the ledger reads it: the fields that a row needs, gathered in one pass over the parsed line.
// Absent texts are empty, numbers have their defaults. Says nothing about what the line means for a session.
#pragma once

#include "tally/line/parse.hpp"
#include "verifier/ledger/usage.hpp"

namespace tally::ledger {

struct Span {
    std::int64_t from = 0, span = 0;
};

struct Event {
    std::string_view type, src, feature, package, user, client, layer, kind, verb;
    std::string_view version, account, address, pool, user_class;
    std::uint64_t wall = 0, count = 1, borrow = 0;
    bool idle_known = false;
    std::optional<std::uint64_t> other; // `start` or `end`: the seq of another line of the session
    Span at;
};

[[nodiscard]] Event gather(const line::Fields& fields);

// Words of docs/formats/record.md; what this version does not know is `feature` or `other`.
[[nodiscard]] Layer layer_of(std::string_view text);
[[nodiscard]] EndKind kind_of(std::string_view text);
[[nodiscard]] Verb verb_of(std::string_view text);

} // namespace tally::ledger
