// What a command made, as the calendar keeps it (verifier/review/calendar.hpp): this user, now, from this outcome.
#pragma once

#include "verifier/findings/outcome.hpp"
#include "verifier/review/calendar.hpp"

#include <string_view>
#include <vector>

namespace tally::verifier {

// `bytes`: of the output, all its files one behind the other.
[[nodiscard]] std::vector<review::Produced> outputs_of(const findings::Outcome& outcome, std::string_view command,
                                                       std::string_view bytes,
                                                       const std::vector<review::Activity>& activities);

} // namespace tally::verifier
