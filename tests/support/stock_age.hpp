// The stock program age, for tests that put bundles into envelopes with it.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unistd.h>

namespace tally::test {

// Of a key that was made with age-keygen and thrown away.
inline constexpr std::string_view age_recipient = "age1u2x0z0qe7732f0f7dc7sp5japlymqqxnvvhrt8jufp2twkuwhu0shsay56";

inline bool stock_age_is_there() {
    const char* path = std::getenv("PATH");
    std::string rest = path == nullptr ? "" : path;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(':'), rest.size());
        if (::access((rest.substr(0, end) + "/age").c_str(), X_OK) == 0) {
            return true;
        }
        rest.erase(0, end + 1);
    }
    return false;
}

} // namespace tally::test
