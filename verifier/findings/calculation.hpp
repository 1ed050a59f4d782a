// How an amount was reckoned (R-MONEY), for whoever wants to reckon it again: seats × days × price of each stretch of days,
// added up; what is past is then divided by the days of a year and rounded once, half to even, to a hundredth.
#pragma once

#include "tally/text/decimal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::findings {

enum class AmountOf : std::uint8_t { exposure, cure };
[[nodiscard]] std::string_view name(AmountOf of);
// By what the sum of the parts is divided.
[[nodiscard]] std::int64_t divisor_of(AmountOf of);

struct AmountPart {
    AmountOf of = AmountOf::exposure;
    std::int64_t from = 0, until = 0; // first and last day, counted from 1970-01-01
    std::int64_t days = 1;            // of them; of what has to be bought now, 1
    std::int64_t seats = 0;           // on each of the days; of tokens, tokens
    text::Decimal price;              // of one seat for a year, of one token
    std::string priced_by;            // "line L1", "pack P1", or "price list"

    // seats × days × price; nothing when it does not fit.
    [[nodiscard]] std::optional<text::Decimal> product() const;
    [[nodiscard]] bool is_like(const AmountPart& other) const {
        return of == other.of && seats == other.seats && price == other.price && priced_by == other.priced_by;
    }
};

// One part for each number of seats at each price, however its days are spread: `from` and `until` hold all of them.
[[nodiscard]] std::vector<AmountPart> summed_up(const std::vector<AmountPart>& parts);

} // namespace tally::findings
