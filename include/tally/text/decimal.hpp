// Amounts of money: whole ten-thousandths of a currency unit in 64 bits, never binary floating point.
// Parsing is strict: digits, at most one point, at most four decimals; no sign, thousands mark or exponent.
// Holds no currency: amounts of different currencies must not meet (docs/reference/rules.md, R-MONEY).
#pragma once

#include "tally/base/result.hpp"

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace tally::text {

// GNU C: holds the product of two 64-bit numbers before the one division.
__extension__ typedef __int128 Wide; // NOLINT(modernize-use-using): the marker is not allowed before `using`

// a × b / c rounded once, half to even. Nothing when c is not positive or the result does not fit.
inline std::optional<std::int64_t> scaled_half_even(std::int64_t a, std::int64_t b, std::int64_t c) {
    if (c <= 0) {
        return std::nullopt;
    }
    const Wide product = static_cast<Wide>(a) * b;
    Wide quotient = product / c;
    Wide rest = product % c;
    if (rest < 0) {
        rest += c;
        quotient -= 1;
    }
    const Wide twice = rest * 2;
    if (twice > c || (twice == c && quotient % 2 != 0)) {
        quotient += 1;
    }
    constexpr Wide limit = std::numeric_limits<std::int64_t>::max();
    if (quotient > limit || quotient < -limit) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(quotient);
}

class Decimal {
public:
    static constexpr std::int64_t units_per_one = 10'000;

    Decimal() = default;
    static Decimal of_units(std::int64_t units) { return Decimal(units); }

    // `at` of a fault is the byte offset.
    static Result<Decimal> parse(std::string_view text) {
        constexpr std::int64_t most = 900'000'000'000;
        std::int64_t whole = 0;
        std::int64_t part = 0;
        int decimals = -1;
        for (std::size_t at = 0; at < text.size(); ++at) {
            const char c = text[at];
            if (c == '.' && decimals < 0 && at > 0) {
                decimals = 0;
            } else if (c < '0' || c > '9') {
                return Fault{"not an amount: write digits and a point, such as 1940.00", at};
            } else if (decimals < 0) {
                whole = whole * 10 + (c - '0');
                if (whole > most) {
                    return Fault{"amount is larger than " + std::to_string(most), at};
                }
            } else if (++decimals > 4) {
                return Fault{"more than four decimals", at};
            } else {
                part = part * 10 + (c - '0');
            }
        }
        if (text.empty() || decimals == 0) {
            return Fault{"not an amount: digits are missing", text.size()};
        }
        for (int i = decimals < 0 ? 0 : decimals; i < 4; ++i) {
            part *= 10;
        }
        return Decimal(whole * units_per_one + part);
    }

    [[nodiscard]] std::int64_t units() const { return units_; }
    auto operator<=>(const Decimal&) const = default;

    // This × count × days / 365, rounded once to a hundredth, half to even (R-MONEY). Nothing when it does not fit.
    [[nodiscard]] std::optional<Decimal> prorated(std::int64_t count, std::int64_t days) const {
        const auto many = scaled_half_even(count, days, 1);
        const auto hundredths = many ? scaled_half_even(units_, *many, std::int64_t{36'500}) : std::nullopt;
        const auto back = hundredths ? scaled_half_even(*hundredths, 100, 1) : std::nullopt;
        return back ? std::optional(Decimal(*back)) : std::nullopt;
    }
    [[nodiscard]] std::optional<Decimal> times(std::int64_t count) const {
        const auto product = scaled_half_even(units_, count, 1);
        return product ? std::optional(Decimal(*product)) : std::nullopt;
    }

    // "1940.00"; more decimals only when they are there.
    [[nodiscard]] std::string str() const {
        const std::int64_t size = units_ < 0 ? -units_ : units_;
        std::string part = std::to_string(size % units_per_one + units_per_one).substr(1);
        while (part.size() > 2 && part.back() == '0') {
            part.pop_back();
        }
        return (units_ < 0 ? "-" : "") + std::to_string(size / units_per_one) + "." + part;
    }

private:
    explicit Decimal(std::int64_t units) : units_(units) {}
    std::int64_t units_ = 0;
};

} // namespace tally::text
