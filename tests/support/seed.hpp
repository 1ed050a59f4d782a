// The seed of a random test: another one in every run, printed when the test fails, repeated by TALLY_TEST_SEED.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace tally::test {

inline std::uint32_t fresh_seed() {
    const char* wanted = std::getenv("TALLY_TEST_SEED");
    return wanted != nullptr ? static_cast<std::uint32_t>(std::stoul(wanted)) : std::random_device{}();
}

} // namespace tally::test
