// The seed of a random test, printed when the test fails and repeated by TALLY_TEST_SEED; and how much of it is run.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace tally::test {

// Another one in every run.
inline std::uint32_t fresh_seed() {
    const char* wanted = std::getenv("TALLY_TEST_SEED");
    return wanted != nullptr ? static_cast<std::uint32_t>(std::stoul(wanted)) : std::random_device{}();
}

// The same in every run, unless TALLY_TEST_SEED asks for another.
inline std::uint32_t usual_seed() {
    const char* wanted = std::getenv("TALLY_TEST_SEED");
    return wanted != nullptr ? static_cast<std::uint32_t>(std::stoul(wanted)) : 20'000U;
}

// Tests that otherwise take a sample run in full.
inline bool full_size() {
    const char* wanted = std::getenv("TALLY_FULL");
    return wanted != nullptr && std::string(wanted) == "1";
}

} // namespace tally::test
