// What the bill says beside what was bought, and renewals that come near (R-CALENDAR, R-MONEY).
#include "verifier/watch/watch.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tally::watch {
namespace {

// Lines of one order, or of one line under it when the bill names the line.
struct Bought {
    std::int64_t quantity = 0;
    const inputs::Entitlement* line = nullptr;
    std::vector<RowRef> rows;
};

Bought bought(const Facts& facts, const inputs::Bill& bill) {
    Bought sum;
    for (const auto& line : facts.inputs->entitlements) {
        const bool same =
            line.order == bill.order && (bill.line.empty() || line.line == bill.line) &&
            (!bill.line.empty() || bill.product.empty() || facts.word(line.product) == facts.word(bill.product));
        if (same) {
            sum.quantity += line.quantity;
            sum.line = sum.line == nullptr ? &line : sum.line;
            sum.rows.push_back(line.at);
        }
    }
    return sum;
}

struct Billed {
    const inputs::Bill* first = nullptr;
    std::int64_t quantity = 0;
    std::vector<RowRef> rows;
};

void raise(const Facts& facts, const Billed& billed, const Bought& line, Outcome& outcome) {
    const std::int64_t more = billed.quantity - line.quantity;
    if (more == 0) {
        return;
    }
    const auto& bill = *billed.first;
    Finding finding;
    finding.code = Code::billing_mismatch;
    finding.severity = severity_of(finding.code);
    finding.agreement = line.line == nullptr ? "" : line.line->agreement;
    finding.line = line.line == nullptr ? bill.line : line.line->line;
    const std::string product = line.line == nullptr ? bill.product : line.line->product;
    finding.product = facts.display_name(product);
    finding.subject = finding.line + (finding.line.empty() ? "" : "/") + bill.order;
    finding.unit = "seats";
    finding.quantity = {more, more};
    const std::int64_t day = bill.day.value_or(line.line == nullptr ? facts.as_of_day() : line.line->start_day);
    finding.when = {day * text::seconds_per_day, (day + 1) * text::seconds_per_day};
    finding.text = "order " + bill.order + " bills " + std::to_string(billed.quantity) + ", the entitlement has " +
                   std::to_string(line.quantity);
    finding.details = {{"billed", std::to_string(billed.quantity)}, {"entitled", std::to_string(line.quantity)}};
    finding.rows = billed.rows;
    finding.rows.insert(finding.rows.end(), line.rows.begin(), line.rows.end());
    finding.remedy = more > 0 ? "ask for the missing entitlement or for the money" : "ask for the bill before renewal";
    if (line.line != nullptr && line.line->list_price_units) {
        const auto price = text::Decimal::of_units(*line.line->list_price_units);
        finding.currency = line.line->currency;
        (more > 0 ? finding.saving : finding.cure) = price.times(std::abs(more));
    }
    add_finding(outcome, std::move(finding));
}

void judge_bills(const Facts& facts, Outcome& outcome) {
    std::map<std::tuple<std::string, std::string, std::string>, Billed> orders; // order, line, product when no line
    for (const auto& bill : facts.inputs->billing) {
        const bool counts =
            !bill.day || (*bill.day < facts.as_of_day() && facts.as_of_day() - *bill.day <= facts.rules->year_days);
        if (bill.order.empty() || !counts) {
            continue;
        }
        const std::string product = bill.line.empty() ? facts.words[facts.word(bill.product)] : "";
        Billed& sum = orders[{bill.order, bill.line, product}];
        sum.first = sum.first == nullptr ? &bill : sum.first;
        sum.quantity += bill.quantity;
        sum.rows.push_back(bill.at);
    }
    for (const auto& [key, billed] : orders) {
        raise(facts, billed, bought(facts, *billed.first), outcome);
    }
}

void raise_renewal(const Facts& facts, const inputs::Entitlement& line, std::int64_t renewal, Outcome& outcome) {
    const std::int64_t due = renewal - facts.rules->renewal_days;
    const std::int64_t left = renewal - facts.as_of_day();
    Finding finding;
    finding.code = Code::renewal_due;
    finding.severity = severity_of(finding.code);
    finding.agreement = line.agreement;
    finding.line = finding.subject = line.line;
    finding.product = facts.display_name(line.product);
    finding.unit = "days";
    finding.quantity = {left, left};
    finding.when = {due * text::seconds_per_day, renewal * text::seconds_per_day};
    finding.text = "renews on " + text::format_day(renewal) + ", in " + std::to_string(left) +
                   " days; entitlement and bill were to be compared by " + text::format_day(due);
    finding.details = {{"renewal", text::format_day(renewal)},
                       {"due", text::format_day(due)},
                       {"days after due", std::to_string(facts.as_of_day() - due)}};
    finding.remedy = "compare entitlement, bill and use, and write the brief for the renewal";
    finding.rows = {line.at};
    add_finding(outcome, std::move(finding));
}

void judge_renewals(const Facts& facts, Outcome& outcome) {
    std::set<std::tuple<std::string, std::string, std::int64_t>> seen;
    for (const auto& line : facts.inputs->entitlements) {
        std::optional<std::int64_t> renewal = line.renewal;
        for (const auto& bill : facts.inputs->billing) {
            const bool same =
                bill.line.empty() ? !bill.order.empty() && bill.order == line.order : bill.line == line.line;
            renewal = !renewal && same ? bill.renewal : renewal;
        }
        if (renewal && *renewal - facts.rules->renewal_days <= facts.as_of_day() && facts.as_of_day() <= *renewal &&
            seen.emplace(line.agreement, line.line, *renewal).second) {
            raise_renewal(facts, line, *renewal, outcome);
        }
    }
}

} // namespace

void judge_bought(const Facts& facts, Outcome& outcome) {
    judge_bills(facts, outcome);
    judge_renewals(facts, outcome);
}

} // namespace tally::watch
