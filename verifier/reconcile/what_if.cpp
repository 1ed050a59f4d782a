#include "verifier/reconcile/what_if.hpp"

#include "tally/text/decimal.hpp"

#include <charconv>
#include <optional>

namespace tally::reconcile {
namespace {

struct Change {
    std::string_view what, line, to;
};

std::optional<Change> parse(std::string_view text) {
    const auto space = text.find(' ');
    const auto equals = text.rfind('=');
    if (space == std::string_view::npos || equals == std::string_view::npos || equals < space + 2) {
        return std::nullopt;
    }
    return Change{text.substr(0, space), text.substr(space + 1, equals - space - 1), text.substr(equals + 1)};
}

Result<void> seats(inputs::Entitlement& row, std::string_view to) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(to.data(), to.data() + to.size(), number);
    if (error != std::errc() || end != to.data() + to.size() || number < 0 || number > inputs::unlimited) {
        return Fault{"seats are a whole number from 0 on", 0};
    }
    row.quantity = number;
    return {};
}

Result<void> price(inputs::Entitlement& row, std::string_view to) {
    const auto amount = text::Decimal::parse(to);
    if (!amount) {
        return Fault{"a price is " + amount.fault().what, 0};
    }
    if (row.currency.empty()) {
        return Fault{"the line names no currency", 0};
    }
    row.list_price_units = amount->units();
    return {};
}

Result<void> metric(inputs::Entitlement& row, std::string_view to) {
    for (const auto known : {inputs::Metric::named, inputs::Metric::concurrent, inputs::Metric::device,
                             inputs::Metric::token, inputs::Metric::perpetual}) {
        if (to == inputs::name(known)) {
            row.metric = known;
            return {};
        }
    }
    return Fault{"a metric is named, concurrent, device, token or perpetual", 0};
}

} // namespace

Result<void> assume(inputs::Inputs& inputs, std::string_view change) {
    const auto parsed = parse(change);
    if (!parsed) {
        return Fault{"write it as 'seats LINE=14', 'price LINE=2500.00' or 'metric LINE=named'", 0};
    }
    const auto how = parsed->what == "seats"    ? &seats
                     : parsed->what == "price"  ? &price
                     : parsed->what == "metric" ? &metric
                                                : nullptr;
    if (how == nullptr) {
        return Fault{"only seats, price and metric of a line can be changed", 0};
    }
    auto rows = inputs.entitlements;
    bool found = false;
    for (auto& row : rows) {
        if (row.line == parsed->line) {
            found = true;
            if (auto done = how(row, parsed->to); !done) {
                return done.fault();
            }
        }
    }
    if (!found) {
        return Fault{"no line has the name '" + std::string(parsed->line) + "'", 0};
    }
    inputs.entitlements = std::move(rows);
    return {};
}

} // namespace tally::reconcile
