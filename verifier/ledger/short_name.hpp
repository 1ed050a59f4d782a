// The short stable name that a text has: what findings and files are called by.
#pragma once

#include <string>
#include <string_view>

namespace tally::ledger {

// First 12 hex digits of SHA-256.
[[nodiscard]] std::string short_name(std::string_view text);

} // namespace tally::ledger
