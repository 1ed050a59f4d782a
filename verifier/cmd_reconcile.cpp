#include "verifier/counted.hpp"
#include "verifier/outputs/reconciliation.hpp"
#include "verifier/produced_by.hpp"
#include "verifier/review/produced.hpp"
#include "verifier/review/register.hpp"

#include "tally/cli/output.hpp"
#include "tally/text/date.hpp"
#include "tally/text/utf8.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace tally::verifier {
namespace {

using count::Bounds;
using findings::Position;

std::string bounds(const Bounds& value) {
    return value.lower == value.upper ? std::to_string(value.lower)
                                      : std::to_string(value.lower) + "-" + std::to_string(value.upper);
}

std::string judgement(const Position& position) {
    const bool named = position.metric == inputs::Metric::named;
    if (position.excess.lower > 0) {
        return named ? "over, certain" : "over, certain, " + std::string(findings::name(position.persistence));
    }
    if (position.excess.upper > 0) {
        return "over, possible";
    }
    if (position.quantity == 0) {
        return "no line valid";
    }
    return !named && position.claims == 0 ? "no claim recorded; programs in use " + bounds(position.use_peak)
                                          : "within";
}

// Columns as wide as their widest cell, counted in characters; the numbers right-aligned.
std::string table(const std::vector<std::vector<std::string>>& rows, const std::vector<bool>& right) {
    const auto width_of = [](const std::string& cell) {
        return static_cast<std::size_t>(
            std::count_if(cell.begin(), cell.end(), [](char c) { return (c & 0xC0) != 0x80; }));
    };
    std::vector<std::size_t> widths(right.size(), 0);
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width_of(row[i]));
        }
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string pad(widths[i] - width_of(row[i]), ' ');
            line += (i == 0 ? "" : "  ") + (right[i] ? pad + row[i] : row[i] + pad);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

std::string to_text(const findings::Outcome& outcome) {
    std::vector<std::vector<std::string>> rows = {
        {"line", "product", "metric", "bought", "peak", "above", "seconds", "judgement"}};
    for (const auto& row : outcome.positions) {
        rows.push_back({text::shown(row.line), text::shown(row.name), std::string(findings::name(row.metric)),
                        std::to_string(row.quantity), bounds(row.peak), bounds(row.excess),
                        std::to_string(row.seconds_above), judgement(row)});
    }
    std::string text = "observed " + text::format_instant(outcome.observed.from) + " to " +
                       text::format_instant(outcome.observed.to) + ", " + std::to_string(outcome.sessions) +
                       " sessions, rules " + std::string(outcome.rules) + "\n\n";
    text += table(rows, {false, false, false, true, true, true, true, false}) + "\n";
    rows.clear();
    for (const auto& row : outcome.findings) {
        rows.push_back({row.id, std::string(findings::name(row.severity)), std::string(findings::name(row.code)),
                        std::string(findings::name(row.certainty)), row.state, text::shown(row.subject),
                        bounds(row.quantity) + " " + row.unit, text::shown(row.text)});
    }
    text += rows.empty() ? "no finding\n" : table(rows, std::vector<bool>(8, false));
    return text;
}

// What was remedied since the quarter before the one of the last day that counts, and what that saves.
std::string remedied(const sqlite::Database& database, const findings::Outcome& outcome) {
    const std::int64_t day = text::day_of(outcome.as_of - 1);
    review::Filter filter;
    filter.remedied_since = review::quarter_before(day);
    filter.state = review::State::remedied;
    const auto entries = review::list(database, filter, day);
    if (entries.empty()) {
        return "";
    }
    std::string text = "\nremedied since " + text::format_day(*filter.remedied_since) + ": " +
                       std::to_string(entries.size()) + (entries.size() == 1 ? " finding" : " findings");
    for (const auto& [currency, amount] : review::saved_by(entries)) {
        text += ", " + amount.str() + " " + currency + " saved";
    }
    return text + "\n";
}

} // namespace

Exit run_reconcile(const ReconcileOptions& options) {
    const bool stored = !options.assumptions.any();
    const ledger::Ledger ledger(options.ledger, stored ? sqlite::Mode::read_write : sqlite::Mode::read_only);
    auto counted = count(ledger, options.as_of, options.fold_case, options.assumptions);
    if (counted.inputs.entitlements.empty()) {
        throw Error("reconcile", options.ledger.string(), "no entitlements have been imported",
                    {"hand them in first: tally-verifier import entitlements FILE --ledger " + options.ledger.string()},
                    Exit::nothing_to_do);
    }
    if (stored) {
        review::record_run(ledger.database(), counted.outcome,
                           {"reconcile", static_cast<std::int64_t>(std::time(nullptr))});
    }
    review::show_states(ledger.database(), counted.outcome);
    const std::string text = options.output == Output::json
                                 ? outputs::to_json(counted.outcome) + "\n"
                                 : to_text(counted.outcome) + remedied(ledger.database(), counted.outcome);
    if (stored) {
        review::keep_produced(ledger.database(), outputs_of(counted.outcome, "tally-verifier reconcile", text,
                                                            {review::Activity::assignment_check}));
    }
    cli::print(text);
    return counted.outcome.over_entitlement ? Exit::over_entitlement : Exit::ok;
}

} // namespace tally::verifier
