#include "verifier/findings/calculation.hpp"

#include <algorithm>

namespace tally::findings {

std::string_view name(AmountOf of) { return of == AmountOf::exposure ? "exposure" : "cure"; }

std::int64_t divisor_of(AmountOf of) { return of == AmountOf::exposure ? 365 : 1; }

std::optional<text::Decimal> AmountPart::product() const {
    const auto seat_days = text::scaled_half_even(seats, days, 1);
    return seat_days ? price.times(*seat_days) : std::nullopt;
}

std::vector<AmountPart> summed_up(const std::vector<AmountPart>& parts) {
    std::vector<AmountPart> sums;
    for (const auto& part : parts) {
        const auto found =
            std::find_if(sums.begin(), sums.end(), [&](const AmountPart& sum) { return sum.is_like(part); });
        if (found == sums.end()) {
            sums.push_back(part);
        } else {
            found->from = std::min(found->from, part.from);
            found->until = std::max(found->until, part.until);
            found->days += part.days;
        }
    }
    return sums;
}

} // namespace tally::findings
