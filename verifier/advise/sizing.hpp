// The nearest-rank percentile of R-SIZING.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace tally::advise {

// The ceil(percent × n / 100)-th smallest of n values; nothing of none.
[[nodiscard]] std::optional<std::int64_t> nearest_rank(std::vector<std::int64_t> values, std::int64_t percent);

} // namespace tally::advise
