// What a seat costs on a day, and what seats beyond what was bought cost by days (R-MONEY). A line's own list price
// stands before the price list. Amounts of different currencies never meet: then there is no amount.
#pragma once

#include "verifier/findings/outcome.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tally::findings {

// Of one seat for a year; of tokens, of one token.
struct SeatPrice {
    text::Decimal price;
    std::string currency;
    std::string priced_by; // as AmountPart has it
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
// Σ seats × price of the day / 365, rounded once, and its parts.
struct Exposure {
    text::Decimal amount;
    std::string currency;
    std::vector<AmountPart> parts;
};
[[nodiscard]] std::optional<Exposure> exposure_of(const count::Facts& facts, const count::Pool& pool,
                                                  const std::vector<SeatsOfDay>& days);
// All days at one price.
[[nodiscard]] std::optional<Exposure> exposure_at(const SeatPrice& price, const std::vector<SeatsOfDay>& days);

// Into the finding, with the parts; the exposure only in the currency that it has, if it has one.
void set_exposure(Finding& finding, const std::optional<Exposure>& exposure);
// `seats` at the price of that day.
void set_cure(Finding& finding, const SeatPrice& price, std::int64_t seats, inputs::Day day);

} // namespace tally::findings
