#include "recorder/sessions/gaps.hpp"

#include <algorithm>

namespace tally::sessions {

std::vector<Gap> gaps_between(std::int64_t from_s, std::int64_t to_s, std::vector<Off> off) {
    std::sort(off.begin(), off.end(), [](const Off& a, const Off& b) { return a.from_s < b.from_s; });
    std::vector<Gap> gaps;
    std::int64_t at = from_s;
    const auto add = [&](Darkness kind, std::int64_t until, const std::string& how) {
        if (until > at) {
            gaps.push_back({kind, at, until, how});
            at = until;
        }
    };
    for (const Off& span : off) {
        const std::int64_t begins = std::max(span.from_s, at);
        const std::int64_t ends = std::min(span.to_s, to_s);
        if (begins < ends) {
            add(Darkness::recorder_off, begins, "");
            add(Darkness::host_off, ends, span.how);
        }
    }
    add(Darkness::recorder_off, to_s, "");
    return gaps;
}

} // namespace tally::sessions
