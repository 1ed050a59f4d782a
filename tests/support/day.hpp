// A day as tests write it, "2026-03-31", as days since 1970-01-01.
#pragma once

#include "tally/text/date.hpp"

#include <string>

namespace tally::test {

inline std::int64_t day(const std::string& text) { return text::parse_day(text).value(); }

} // namespace tally::test
