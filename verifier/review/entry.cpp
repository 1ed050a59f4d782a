#include "verifier/review/entry.hpp"

#include <array>

namespace tally::review {
namespace {

constexpr std::array<std::string_view, states> names = {"open", "accepted", "disputed", "remedied", "reopened"};

std::string amount(const std::optional<text::Decimal>& value) { return value ? value->str() : ""; }

} // namespace

std::string_view name(State state) { return names[static_cast<std::size_t>(state)]; }

std::optional<State> state_of(std::string_view word) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == word) {
            return static_cast<State>(i);
        }
    }
    return std::nullopt;
}

State Entry::on(std::int64_t day) const {
    return state == State::accepted && until && *until < day ? State::open : state;
}

Entry entry_of(const findings::Finding& finding) {
    Entry entry;
    entry.id = finding.id;
    entry.code = findings::name(finding.code);
    entry.severity = findings::name(finding.severity);
    entry.certainty = findings::name(finding.certainty);
    entry.agreement = finding.agreement;
    entry.line = finding.line;
    entry.product = finding.product;
    entry.subject = finding.subject;
    entry.unit = finding.unit;
    entry.rule = finding.rule;
    entry.text = finding.text;
    entry.remedy = finding.remedy;
    entry.lower = finding.quantity.lower;
    entry.upper = finding.quantity.upper;
    entry.currency = finding.currency;
    entry.exposure = amount(finding.exposure);
    entry.cure = amount(finding.cure);
    entry.saving = amount(finding.saving);
    return entry;
}

} // namespace tally::review
