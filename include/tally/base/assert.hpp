// TALLY_ASSERT: a broken invariant of our own. On in every build; aborts. Never for input or machine faults.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace tally {

[[noreturn]] inline void assertion_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "tally: internal fault: %s (%s:%d)\n", expression, file, line);
    std::abort();
}

} // namespace tally

#define TALLY_ASSERT(expression) \
    ((expression) ? static_cast<void>(0) : ::tally::assertion_failed(#expression, __FILE__, __LINE__))
