// Counts the calls by which this process writes to and reads from a medium, and does something at the n-th of them: the
// program stands in front of the C library. What happens then happens before the call, as when a hand is quicker.
#pragma once

#include <cstdint>
#include <functional>

namespace tally::media_test {

inline constexpr std::uint64_t never = ~std::uint64_t{0};

void arm(std::uint64_t at, std::function<void()> then); // counted from 0
std::uint64_t disarm();                                 // how many there were

} // namespace tally::media_test
