// R-VERSION: which releases a line covers on a day, and since when a release is there on a host.
// Made once from the facts; judges nothing.
#pragma once

#include "verifier/findings/judge.hpp"

#include <map>
#include <tuple>
#include <vector>

namespace tally::comply {

using namespace findings; // NOLINT(google-build-using-namespace): the judges' vocabulary

enum class Fit : std::uint8_t { inside, newer, older };

class Versions {
public:
    explicit Versions(const Facts& facts);
    // Against the line's range on that day. A release that is not known, or that no table knows yet, is inside: nothing
    // can be said against it.
    [[nodiscard]] Fit fit_of(const inputs::Entitlement& line, std::uint32_t word, unsigned release,
                             inputs::Day day) const;
    // Inside when any line of the pool that is valid on the day covers it.
    [[nodiscard]] Fit fit_of(const Pool& pool, std::uint32_t word, unsigned release, inputs::Day day) const;
    // The first day on which the line no longer covered an older `release`; the day it began if it never did.
    [[nodiscard]] inputs::Day left_range(const inputs::Entitlement& line, std::uint32_t word, unsigned release) const;
    [[nodiscard]] std::vector<inputs::Day> release_days(std::uint32_t word) const;

private:
    [[nodiscard]] std::int64_t oldest(const inputs::Versions& range, std::uint32_t word, inputs::Day day) const;

    struct Release {
        std::int64_t version = 0;
        inputs::Day released = 0;
    };
    std::map<std::uint32_t, std::vector<Release>> releases_; // of each product, by version
};

// When releases were first seen on hosts, and hosts at all: by use, by a scan, by a row of installations.
class FirstSeen {
public:
    explicit FirstSeen(const Facts& facts);
    // inputs::for_ever when it was not.
    [[nodiscard]] inputs::Day of(std::uint32_t device, std::uint32_t word, unsigned release) const;
    [[nodiscard]] inputs::Day of(std::uint32_t device) const;
    // Releases of the product seen on that host up to that day.
    [[nodiscard]] std::vector<unsigned> releases(std::uint32_t device, std::uint32_t word, inputs::Day day) const;

private:
    void see(std::uint32_t device, std::uint32_t word, unsigned release, inputs::Day day);
    std::map<std::tuple<std::uint32_t, std::uint32_t, unsigned>, inputs::Day> releases_;
    std::map<std::uint32_t, inputs::Day> devices_;
};

} // namespace tally::comply
