// What programs report, as small numbers; and for each product whether that is enough to say something. Not for other
// stages.
#pragma once

#include "verifier/insight/insight.hpp"

#include <map>
#include <set>
#include <vector>

namespace tally::insight {

struct Reporter {
    std::uint32_t word = 0, person = 0;
    unsigned release = 0;
};

// Who reported: each name of the records is looked up once.
class Reporters {
public:
    explicit Reporters(const Facts& facts);
    [[nodiscard]] Reporter of(const ledger::Reported& by) const;

private:
    const Facts& facts_;
    std::vector<std::uint32_t> persons_, words_; // of Usage::users and ::features
    std::vector<unsigned> releases_;             // of features, where the version does not say
};

// Of one product: since when its programs report, and of how many persons in the review period.
struct Reports {
    std::int64_t first_day = 0, persons = 0;
};

// One state for each product that is used in the review period or reports: available when it is `told`, else why not.
void say_states(const Facts& facts, InsightKind kind, const std::map<std::uint32_t, Reports>& reports,
                const std::set<std::uint32_t>& told, Insights& insights);

} // namespace tally::insight
