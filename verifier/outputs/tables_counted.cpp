// What was counted: lines, products, days, people, requests, tokens.
#include "verifier/outputs/tables.hpp"

#include <algorithm>

namespace tally::outputs {
namespace {

using findings::Outcome;

Table position(const Outcome& outcome) {
    Table table{"position",
                {"agreement",   "line",         "product",      "name",           "metric",         "quantity",
                 "peak_lower",  "peak_upper",   "peak_at",      "excess_lower",   "excess_upper",   "seconds_above",
                 "episodes",    "persistence",  "claims",       "use_peak_lower", "use_peak_upper", "users_lower",
                 "users_upper", "at_end_lower", "at_end_upper", "held_unused_s",  "list_price",     "currency"},
                {}};
    for (const auto& row : outcome.positions) {
        table.add({row.agreement,
                   row.line,
                   row.product,
                   row.name,
                   findings::name(row.metric),
                   row.quantity,
                   row.peak.lower,
                   row.peak.upper,
                   row.peak.lower > 0 ? instant(row.peak_at) : Cell(),
                   row.excess.lower,
                   row.excess.upper,
                   row.seconds_above,
                   row.episodes.size(),
                   findings::name(row.persistence),
                   row.claims,
                   row.use_peak.lower,
                   row.use_peak.upper,
                   row.users.lower,
                   row.users.upper,
                   row.at_end.lower,
                   row.at_end.upper,
                   row.held_unused_s,
                   row.list_price,
                   row.currency});
    }
    return table;
}

Table episodes(const Outcome& outcome) {
    Table table{"episodes", {"agreement", "line", "from", "until", "excess", "excess_at"}, {}};
    for (const auto& row : outcome.positions) {
        for (const auto& episode : row.episodes) {
            table.add({row.agreement, row.line, instant(episode.from), instant(episode.to), episode.excess,
                       instant(episode.excess_at)});
        }
    }
    return table;
}

// The most of each day, so that no peak is lost; what was bought is the least of the day.
Table line_days(const Outcome& outcome) {
    Table table{"line_days", {"agreement", "line", "day", "bought", "peak_lower", "peak_upper"}, {}};
    if (outcome.observed.from >= outcome.observed.to) {
        return table;
    }
    const std::int64_t last = text::day_of(outcome.observed.to - 1);
    for (const auto& row : outcome.positions) {
        for (std::int64_t number = text::day_of(outcome.observed.from); number <= last; ++number) {
            const std::int64_t from = number * text::seconds_per_day;
            const std::int64_t to = from + text::seconds_per_day;
            std::int64_t bought = count::value_at(row.allowed, from);
            for (auto step = std::lower_bound(row.allowed.begin(), row.allowed.end(), from,
                                              [](const auto& a, std::int64_t at) { return a.at < at; });
                 step != row.allowed.end() && step->at < to; ++step) {
                bought = std::min(bought, step->value);
            }
            const std::int64_t lower = count::peak_in(row.lower, from, to).value;
            table.add({row.agreement, row.line, day(number), bought, lower,
                       std::max(lower, count::peak_in(row.upper, from, to).value)});
        }
    }
    return table;
}

Table four_ways(const Outcome& outcome) {
    Table table{"four_ways",
                {"product", "name", "all_lines", "package_lines", "person_on_computer", "persons", "persons_as_written",
                 "sessions", "person_on_computer_lower"},
                {}};
    for (const auto& row : outcome.four_ways) {
        table.add({row.product, row.name, row.all_lines, row.package_lines, row.clients, row.users,
                   row.users_as_written, row.sessions, row.clients_least});
    }
    return table;
}

Table products(const Outcome& outcome) {
    Table table{"products",
                {"product", "name", "sessions", "claims_peak_lower", "claims_peak_upper", "use_peak_lower",
                 "use_peak_upper", "use_peak_at", "users_lower", "users_upper", "computers", "computers_lower"},
                {}};
    for (const auto& row : outcome.products) {
        table.add({row.product, row.name, row.sessions, row.claims_peak.lower, row.claims_peak.upper,
                   row.use_peak.lower, row.use_peak.upper, row.use_peak.lower > 0 ? instant(row.use_peak_at) : Cell(),
                   row.users.lower, row.users.upper, row.clients, row.clients_least});
    }
    return table;
}

Table concurrency_daily(const Outcome& outcome) {
    Table table{
        "concurrency_daily", {"product", "day", "claims_peak", "use_peak", "users", "starts", "users_lower"}, {}};
    for (const auto& row : outcome.days) {
        table.add({row.product, day(row.day), row.claims_peak, row.use_peak, row.users, row.starts, row.users_least});
    }
    return table;
}

Table users(const Outcome& outcome) {
    Table table{"users",
                {"user", "product", "sessions", "computers", "days_lower", "days_upper", "seconds", "first", "last",
                 "computers_lower"},
                {}};
    for (const auto& row : outcome.users) {
        table.add({row.user, row.product, row.sessions, row.clients, row.days.lower, row.days.upper, row.seconds,
                   instant(row.first), instant(row.last), row.clients_least});
    }
    return table;
}

Table requests(const Outcome& outcome) {
    Table table{"requests",
                {"at", "event", "product", "user", "computer", "licences", "outcome", "waited_seconds", "log", "seq"},
                {}};
    for (const auto& row : outcome.requests) {
        table.add({instant(row.at), row.verb, row.product, row.user, row.client, row.count, findings::name(row.end),
                   row.waited_s, row.record.log, row.record.seq});
    }
    return table;
}

Table token_packs(const Outcome& outcome) {
    Table table{
        "token_packs",
        {"agreement", "pool", "pack", "tokens", "start", "end", "used_lower", "used_upper", "left_lower", "left_upper"},
        {}};
    for (const auto& row : outcome.packs) {
        table.add({row.agreement, row.pool, row.pack, row.tokens, day(row.start_day), day(row.end_day), row.used.lower,
                   row.used.upper, row.left.lower, row.left.upper});
    }
    return table;
}

Table token_charges(const Outcome& outcome) {
    Table table{
        "token_charges", {"at", "user", "product", "tokens_lower", "tokens_upper", "pool", "pack", "log", "seq"}, {}};
    for (const auto& row : outcome.charges) {
        table.add({instant(row.at), row.person, row.product, row.tokens.lower, row.tokens.upper, row.pool, row.pack,
                   row.record.log, row.record.seq});
    }
    return table;
}

} // namespace

void add_counted(const Subject& subject, std::vector<Table>& tables) {
    const auto& outcome = subject.outcome;
    for (auto make : {position, episodes, line_days, four_ways, products, concurrency_daily, users, requests,
                      token_packs, token_charges}) {
        tables.push_back(make(outcome));
    }
}

} // namespace tally::outputs
