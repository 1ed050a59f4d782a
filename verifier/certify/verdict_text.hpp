// The verdict on a bundle for people and for programs (docs/reference/check-json.md). Decides nothing.
#pragma once

#include "tally/text/json.hpp"
#include "verifier/check/check.hpp"

namespace tally::certify {

// Several lines, each ended by LF.
[[nodiscard]] std::string to_text(const check::Report& report);
// One object.
void write_json(text::Json& json, const check::Report& report);

} // namespace tally::certify
