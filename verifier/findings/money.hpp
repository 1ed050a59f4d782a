// What a seat costs on a day, and what seats beyond what was bought cost by days (R-MONEY). A line's own list price
// stands before the price list. Amounts of different currencies never meet: then there is no amount.
#pragma once

#include "tally/text/decimal.hpp"
#include "verifier/count/facts.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tally::findings {

// Of one seat for a year; of tokens, of one token.
struct SeatPrice {
    text::Decimal price;
    std::string currency;
};
[[nodiscard]] std::optional<SeatPrice> price_on(const count::Facts& facts, const count::Pool& pool, inputs::Day day);
// From the price list alone.
[[nodiscard]] std::optional<SeatPrice> listed_price(const count::Facts& facts, std::uint32_t word, inputs::Day day);

// Excess seats of one day.
struct SeatsOfDay {
    inputs::Day day = 0;
    std::int64_t seats = 0;
};
// The most by which each day is exceeded; only days with excess, none after as_of.
[[nodiscard]] std::vector<SeatsOfDay> excess_by_day(const count::Facts& facts,
                                                    const std::vector<count::Episode>& episodes);
// Σ seats × price of the day / 365, rounded once.
[[nodiscard]] std::optional<SeatPrice> exposure_of(const count::Facts& facts, const count::Pool& pool,
                                                   const std::vector<SeatsOfDay>& days);

} // namespace tally::findings
