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
    return newest == nullptr ? std::nullopt
                             : std::optional(SeatPrice{text::Decimal::of_units(newest->price.units),
                                                       newest->price.currency, "price list"});
}

std::optional<SeatPrice> price_on(const count::Facts& facts, const count::Pool& pool, inputs::Day day) {
    const auto& line = pool.priced_on(day);
    if (line.list_price_units) {
        return SeatPrice{text::Decimal::of_units(*line.list_price_units), line.currency, "line " + line.line};
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

namespace {

// Adds up days of different prices.
class Reckoning {
public:
    // False: an amount of another currency.
    bool add(const SeatsOfDay& seats, const SeatPrice& price) {
        if (!exposure_.currency.empty() && exposure_.currency != price.currency) {
            return false;
        }
        exposure_.currency = price.currency;
        total_ += static_cast<text::Wide>(price.price.units()) * seats.seats;
        const AmountPart part{AmountOf::exposure, seats.day, seats.day, 1, seats.seats, price.price, price.priced_by};
        auto& parts = exposure_.parts;
        if (!parts.empty() && parts.back().is_like(part) && parts.back().until + 1 == part.from) {
            parts.back().until = part.until;
            ++parts.back().days;
        } else {
            parts.push_back(part);
        }
        return true;
    }
    [[nodiscard]] std::optional<Exposure> take() {
        if (exposure_.parts.empty() || total_ > std::numeric_limits<std::int64_t>::max()) {
            return std::nullopt;
        }
        const auto amount = text::Decimal::of_units(static_cast<std::int64_t>(total_)).prorated(1, 1);
        exposure_.amount = amount.value_or(text::Decimal());
        return amount ? std::optional(std::move(exposure_)) : std::nullopt;
    }

private:
    text::Wide total_ = 0;
    Exposure exposure_;
};

} // namespace

std::optional<Exposure> exposure_of(const count::Facts& facts, const count::Pool& pool,
                                    const std::vector<SeatsOfDay>& days) {
    Reckoning reckoning;
    for (const auto& day : days) {
        const auto price = price_on(facts, pool, day.day);
        if (!price || !reckoning.add(day, *price)) {
            return std::nullopt;
        }
    }
    return reckoning.take();
}

std::optional<Exposure> exposure_at(const SeatPrice& price, const std::vector<SeatsOfDay>& days) {
    Reckoning reckoning;
    for (const auto& day : days) {
        reckoning.add(day, price);
    }
    return reckoning.take();
}

void set_exposure(Finding& finding, const std::optional<Exposure>& exposure) {
    if (exposure && (finding.currency.empty() || finding.currency == exposure->currency)) {
        finding.currency = exposure->currency;
        finding.exposure = exposure->amount;
        finding.parts.insert(finding.parts.begin(), exposure->parts.begin(), exposure->parts.end());
    }
}

void set_cure(Finding& finding, const SeatPrice& price, std::int64_t seats, inputs::Day day) {
    if (finding.exposure && finding.currency != price.currency) {
        finding.exposure.reset();
        finding.parts.clear();
    }
    finding.currency = price.currency;
    finding.cure = price.price.times(seats);
    if (finding.cure && seats > 0) {
        finding.parts.push_back({AmountOf::cure, day, day, 1, seats, price.price, price.priced_by});
    }
}

} // namespace tally::findings
