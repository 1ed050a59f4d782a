// Days in a row, rules::site_silent_days or more, of which nothing is known of a host although it was there before
// (R-COVERAGE): a bundle that never came, a log that was not imported. Time that the host itself calls unwatched is not
// among them.
#pragma once

#include "verifier/count/facts.hpp"

namespace tally::count {

class Holes {
public:
    explicit Holes(const Facts& facts);

    // Between two signs of life of a log; what follows the last one is its silence.
    [[nodiscard]] bool touches(std::uint32_t log, const Span& span) const;
    // Of any log that ever saw one of the products, its silence too.
    [[nodiscard]] bool touches_use_of(const std::vector<std::uint32_t>& words, const Span& span) const;

private:
    const Facts* facts_;
    std::vector<std::vector<Span>> of_log_;
    std::vector<Span> silence_;                                    // of each log, at the end; empty where there is none
    mutable std::vector<std::vector<std::uint32_t>> logs_of_word_; // made when first asked for
};

} // namespace tally::count
