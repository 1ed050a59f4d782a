// The page's one style sheet and one script. The page's policy names them by their SHA-256, so a browser runs and
// applies nothing else, whatever stands in the data; unit_report recomputes both.
#pragma once

#include <string_view>

namespace tally::report {

extern const std::string_view style;
extern const std::string_view script;
extern const std::string_view style_hash; // base64 of SHA-256
extern const std::string_view script_hash;

} // namespace tally::report
