// The table of value names: rule, unit and kind of each, and where it lies in Values. A rule pack may give other numbers,
// never other names (docs/formats/rule-pack.md); a test holds the table to the struct.
#pragma once

#include "verifier/rules/values.hpp"

#include <optional>
#include <vector>

namespace tally::rules {

// threshold: one step of it decides whether something is found, so it needs a pair of examples.
enum class Use : std::uint8_t { threshold, definition };
[[nodiscard]] std::string_view name(Use use);

struct ValueName {
    std::string_view rule, name, unit;
    Use use = Use::threshold;
    std::int64_t Values::*field = nullptr;
};

[[nodiscard]] const std::vector<ValueName>& value_names(); // in the order of Values
[[nodiscard]] const ValueName* find_value(std::string_view name);
[[nodiscard]] bool is_rule(std::string_view id);

} // namespace tally::rules
