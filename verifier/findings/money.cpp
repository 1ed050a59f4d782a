#include "verifier/findings/money.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace tally::findings {

std::optional<SeatPrice> listed_price(const count::Facts& facts, std::uint32_t word, inputs::Day day) {
    const inputs::Price* newest = nullptr;
    for (const auto& row : facts.inputs->prices) {
        if (row.from <= day && facts.word(row.product) == word && (newest == nullptr || newest->from <= row.from)) {
            newest = &row;
        }
    }
    return newest == nullptr
               ? std::nullopt
               : std::optional(SeatPrice{text::Decimal::of_units(newest->price.units), newest->price.currency});
}

std::optional<SeatPrice> price_on(const count::Facts& facts, const count::Pool& pool, inputs::Day day) {
    const auto& line = pool.priced_on(day);
    if (line.list_price_units) {
        return SeatPrice{text::Decimal::of_units(*line.list_price_units), line.currency};
    }
    return listed_price(facts, facts.word(line.product), day);
}

std::vector<SeatsOfDay> excess_by_day(const count::Facts& facts, const std::vector<count::Episode>& episodes) {
    std::map<inputs::Day, std::int64_t> most;
    for (const auto& episode : episodes) {
        const inputs::Day last = text::day_of(std::min(episode.to, facts.as_of) - 1);
        for (inputs::Day day = text::day_of(episode.from); day <= last; ++day) {
            most[day] = std::max(most[day], episode.excess);
        }
    }
    std::vector<SeatsOfDay> days;
    days.reserve(most.size());
    for (const auto& [day, seats] : most) {
        days.push_back({day, seats});
    }
    return days;
}

std::optional<SeatPrice> exposure_of(const count::Facts& facts, const count::Pool& pool,
                                     const std::vector<SeatsOfDay>& days) {
    text::Wide total = 0;
    std::string currency;
    for (const auto& [day, seats] : days) {
        const auto price = price_on(facts, pool, day);
        if (!price || (!currency.empty() && currency != price->currency)) {
            return std::nullopt;
        }
        currency = price->currency;
        total += static_cast<text::Wide>(price->price.units()) * seats;
    }
    if (days.empty() || total > std::numeric_limits<std::int64_t>::max()) {
        return std::nullopt;
    }
    const auto amount = text::Decimal::of_units(static_cast<std::int64_t>(total)).prorated(1, 1);
    return amount ? std::optional(SeatPrice{*amount, currency}) : std::nullopt;
}

} // namespace tally::findings
