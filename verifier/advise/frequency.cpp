// R-IDLEUSER: seats that are used so seldom that tokens or a shared pool would do.
#include "verifier/advise/roster.hpp"

#include "tally/text/date.hpp"
#include "verifier/count/windows.hpp"

#include <algorithm>
#include <map>

namespace tally::advise {
namespace {

using text::seconds_per_day;

// What a year of the same use would cost in tokens.
struct InTokens {
    std::int64_t windows = 0, projected = 0; // in the months looked at; in a year
    std::optional<std::int64_t> break_even;  // windows a year at which the seat is as cheap, of the only product
    std::optional<SeatPrice> cost;           // nothing: no rate or no price of a token is known
};

const inputs::TokenRate* rate_of(const Facts& facts, std::uint32_t word) {
    const Day today = facts.as_of_day() - 1;
    for (const auto& row : facts.inputs->token_rates) {
        if (row.feature.empty() && row.per != inputs::TokenUnit::result && row.from <= today && today <= row.to &&
            facts.word(row.product) == word) {
            return &row;
        }
    }
    return nullptr;
}

// Of the newest pack that says it, else of a line of tokens; of the same agreement.
std::optional<SeatPrice> token_price(const Facts& facts, const std::string& agreement) {
    const inputs::TokenPack* newest = nullptr;
    for (const auto& pack : facts.inputs->token_packs) {
        if (pack.price && pack.agreement == agreement && pack.start < facts.as_of_day() &&
            (newest == nullptr || newest->start <= pack.start)) {
            newest = &pack;
        }
    }
    if (newest != nullptr) {
        return SeatPrice{Decimal::of_units(newest->price->units), newest->price->currency, "pack " + newest->pack};
    }
    for (const auto& pool : facts.pools) {
        const auto price = price_on(facts, pool, facts.as_of_day() - 1);
        if (pool.first().metric == inputs::Metric::token && pool.first().agreement == agreement && price) {
            return price;
        }
    }
    return std::nullopt;
}

std::int64_t windows_in(const Facts& facts, std::uint32_t person, std::uint32_t word, const Span& span) {
    std::vector<Stay> stays = facts.stays_of(person, word);
    stays.erase(std::remove_if(stays.begin(), stays.end(),
                               [](const Stay& stay) { return !stay.is_use() || stay.session->automation; }),
                stays.end());
    const auto all = count::windows_of(facts, stays).windows;
    return std::count_if(all.begin(), all.end(), [&](const count::Window& window) { return span.has(window.at); });
}

InTokens in_tokens(const Roster& roster, const Seat& seat, const Span& months) {
    const Facts& facts = *roster.facts;
    const std::int64_t days =
        std::max<std::int64_t>(1, (months.to - std::max(months.from, facts.observed.from)) / seconds_per_day);
    const auto price = token_price(facts, roster.pool(seat).first().agreement);
    const auto used = roster.use.used(seat.person, roster.words[seat.pool], months);
    InTokens result;
    std::optional<std::int64_t> tokens = 0;
    for (const auto word : used) {
        const std::int64_t windows = windows_in(facts, seat.person, word, months);
        const std::int64_t projected = (windows * facts.rules->year_days + days - 1) / days;
        result.windows += windows;
        result.projected += projected;
        const auto* rate = rate_of(facts, word);
        tokens = tokens && rate != nullptr ? std::optional(*tokens + projected * rate->tokens) : std::nullopt;
        const auto year = roster.price(seat);
        if (rate != nullptr && price && year && used.size() == 1 && year->currency == price->currency) {
            const auto window = price->price.times(rate->tokens);
            result.break_even =
                window && window->units() > 0 ? std::optional(year->price.units() / window->units()) : std::nullopt;
        }
    }
    const auto cost = tokens && price ? price->price.times(*tokens) : std::nullopt;
    if (cost) {
        result.cost = SeatPrice{*cost, price->currency, price->priced_by};
    }
    return result;
}

// Tokens need a sign-in every so many hours on each computer that the person uses.
bool can_use_tokens(const Roster& roster, const Seat& seat, const Span& months) {
    const Facts& facts = *roster.facts;
    for (const auto word : roster.words[seat.pool]) {
        const auto [begin, end] = facts.days_of(seat.person, word);
        for (const auto* row = begin; row != end; ++row) {
            if (!months.has(row->day * seconds_per_day)) {
                continue;
            }
            const auto* host = facts.devices[row->device].row;
            if (host == nullptr || host->sign_in_hours.value_or(0) == 0 ||
                *host->sign_in_hours > facts.rules->token_sign_in_hours) {
                return false;
            }
        }
    }
    return true;
}

void advise(const Roster& roster, const Seat& seat, const Span& months, Finding& finding) {
    const InTokens tokens = in_tokens(roster, seat, months);
    const auto price = roster.price(seat);
    const bool reach = can_use_tokens(roster, seat, months);
    const bool comparable = price && tokens.cost && price->currency == tokens.cost->currency;
    const bool cheaper = comparable && tokens.cost->price <= price->price;
    std::string advice = "share a pool";
    finding.remedy = "Share a concurrent pool, or give the seat to somebody who needs it more";
    if (reach && comparable) {
        advice = cheaper ? "tokens" : "keep";
        finding.remedy = cheaper ? "Replace the seat by tokens at the next renewal" : "Keep the seat: tokens cost more";
    }
    if (tokens.break_even) {
        finding.details.emplace_back("break_even", std::to_string(*tokens.break_even));
    }
    finding.details.emplace_back("windows", std::to_string(tokens.windows));
    finding.details.emplace_back("projected", std::to_string(tokens.projected));
    if (tokens.cost) {
        finding.details.emplace_back("cost in tokens", tokens.cost->price.str() + " " + tokens.cost->currency);
    }
    finding.details.emplace_back("can sign in for tokens", reach ? "yes" : "no");
    finding.details.emplace_back("advice", advice);
    if (advice == "tokens") {
        finding.currency = price->currency;
        finding.saving = Decimal::of_units(price->price.units() - tokens.cost->price.units());
    }
}

// The export and the records of connected computers tell of the same use; that of others comes on top.
Bounds sessions_of(const Roster& roster, const Seat& seat, const Span& months, std::int64_t enough) {
    const auto& words = roster.words[seat.pool];
    const std::int64_t own = roster.sessions(seat.person, words, months, enough);
    std::int64_t exported = 0, inside = 0;
    for (const auto* row : roster.use.exports(seat.person, words)) {
        const bool touches = row->first < text::day_of(months.to) && row->last >= text::day_of(months.from);
        const bool lies = touches && row->first >= text::day_of(months.from) && row->last < text::day_of(months.to);
        exported += touches ? row->sessions.value_or(row->days) : 0;
        inside += lies ? row->sessions.value_or(row->days) : 0;
    }
    const std::int64_t connected = exported > 0 ? roster.sessions(seat.person, words, months, enough, true) : 0;
    return {std::max(own, inside), own - connected + std::max(connected, exported)};
}

void judge_seat(const Roster& roster, const Seat& seat, const Span& months, Outcome& outcome) {
    const auto& rules = *roster.facts->rules;
    const std::int64_t enough = rules.low_sessions_a_month * rules.low_months;
    const Bounds sessions = sessions_of(roster, seat, months, enough);
    const Sight sight = roster.use.sight(seat.person, months);
    if (sessions.lower >= enough || sessions.upper == 0 || sight == Sight::lost) {
        return;
    }
    Finding finding = finding_of(roster, seat, Code::low_freq);
    finding.quantity = sessions;
    finding.unit = "sessions";
    finding.when = months;
    finding.certainty = sessions.upper < enough && sight == Sight::clear ? Certainty::certain : Certainty::possible;
    finding.text = std::to_string(sessions.lower) + (sessions.lower == 1 ? " session in " : " sessions in ") +
                   std::to_string(rules.low_months) + " months, fewer than " +
                   std::to_string(rules.low_sessions_a_month) + " a month";
    finding.details = {{"sessions", std::to_string(sessions.lower)}, {"fewer than", std::to_string(enough)}};
    if (sight != Sight::clear) {
        finding.details.emplace_back("possible because", "a computer of the person was not watched all the time");
    }
    for (const auto word : roster.words[seat.pool]) {
        for (const auto& stay : roster.facts->stays_of(seat.person, word)) {
            if (stay.is_use() && months.has(stay.upper.from)) {
                finding.records.push_back(roster.facts->start_of(stay));
            }
        }
    }
    advise(roster, seat, months, finding);
    add_finding(outcome, std::move(finding));
}

} // namespace

void judge_frequency(const Roster& roster, Outcome& outcome) {
    const Span months = count::complete_months(*roster.facts, roster.facts->rules->low_months);
    if (!roster.reaches_back_to(text::day_of(months.from))) {
        return;
    }
    for (const auto& seat : roster.seats) {
        if (seat.row->assigned.from <= months.from) { // it was assigned throughout
            judge_seat(roster, seat, months, outcome);
        }
    }
}

} // namespace tally::advise
