// Parts that every JSON of a result spells the same way: pairs, spans of time, lists of words, rows of inputs.
#pragma once

#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "verifier/findings/outcome.hpp"

namespace tally::findings {

inline void put(text::Json& json, std::string_view key, const Bounds& bounds) {
    json.key(key).array().value(bounds.lower).value(bounds.upper).end_array();
}
inline void put(text::Json& json, std::string_view key, const Span& span) {
    json.key(key).array().value(text::format_instant(span.from)).value(text::format_instant(span.to)).end_array();
}
inline void put(text::Json& json, std::string_view key, const std::vector<std::string>& items) {
    json.key(key).array();
    for (const auto& item : items) {
        json.value(item);
    }
    json.end_array();
}
inline void put(text::Json& json, const std::vector<RowRef>& rows) {
    json.key("rows").array();
    for (const auto& row : rows) {
        json.object().member("input", name(row.kind));
        json.member("line", row.row).end_object();
    }
    json.end_array();
}

} // namespace tally::findings
