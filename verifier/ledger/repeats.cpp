#include "verifier/ledger/repeats.hpp"

#include "verifier/ledger/sessions.hpp"

#include <algorithm>

namespace tally::ledger {
namespace {

using What = EventKey::What;

std::uint64_t& count_of(std::vector<std::pair<std::int64_t, std::uint64_t>>& counts, std::int64_t log) {
    const auto found = std::find_if(counts.begin(), counts.end(), [&](const auto& one) { return one.first == log; });
    return found == counts.end() ? counts.emplace_back(log, 0).second : found->second;
}

} // namespace

What what_of(Verb verb) {
    switch (verb) {
    case Verb::denied:
        return What::denied;
    case Verb::unsupported:
        return What::unsupported;
    case Verb::queued:
        return What::queued;
    case Verb::dequeued:
        return What::dequeued;
    case Verb::other:
        break;
    }
    return What::other;
}

std::size_t Repeats::Hash::operator()(const EventKey& event) const {
    auto mixed = static_cast<std::uint64_t>(event.what);
    for (const std::int64_t part : {event.at, event.feature, event.user, event.client}) {
        mixed = (mixed ^ static_cast<std::uint64_t>(part)) * 0x9E3779B97F4A7C15U;
        mixed ^= mixed >> 29U;
    }
    return mixed;
}

Repeats::Repeats(sqlite::Database& database)
    : database_(database), insert_source_log_(database, "INSERT INTO source_log (source, log) VALUES (?,?)") {
    sqlite::Statement row(database, "SELECT source, log FROM source_log");
    while (row.step()) {
        source_logs_.emplace(row.integer(0), row.integer(1));
    }
}

bool Repeats::counted_elsewhere(std::int64_t source, std::int64_t log, const EventKey& event, const Waiting& waiting) {
    if (last_ != std::pair(source, log)) {
        last_ = {source, log};
        if (source_logs_.insert(last_).second) {
            insert_source_log_.bind(source, log).run();
        }
        const auto first = source_logs_.lower_bound({source, INT64_MIN});
        const auto next = std::next(first);
        last_is_only_ = next == source_logs_.end() || next->first != source;
    }
    if (last_is_only_) {
        return false;
    }
    const auto place = events_.try_emplace(source);
    Events& events = place.first->second;
    if (place.second) {
        events = load(source);
        waiting([&](std::int64_t of, const EventKey& waits) { ++count_of(events[waits], of); });
    }
    Counts& counts = events[event];
    const std::uint64_t own = ++count_of(counts, log);
    return std::any_of(counts.begin(), counts.end(),
                       [&](const auto& one) { return one.first != log && one.second >= own; });
}

Repeats::Events Repeats::load(std::int64_t source) {
    Events events;
    sqlite::Statement session(database_,
                              "SELECT log, feature, user, client, start_from, end_from FROM session WHERE source = ?");
    session.bind(source);
    while (session.step()) {
        const bool orphan = session.is_null(4);
        const EventKey key{orphan ? What::orphan : What::start, session.integer(orphan ? 5 : 4), session.integer(1),
                           session.integer(2), session.integer(3)};
        ++count_of(events[key], session.integer(0));
    }
    const auto kinds = load_kinds(database_);
    sqlite::Statement pages(database_, "SELECT sessions FROM page WHERE source = ?");
    pages.bind(source);
    while (pages.step()) {
        PageReader page(pages.text(0), kinds);
        for (PageSession one; page.next(one);) {
            const auto& kind = kinds[one.kind];
            const EventKey key{What::start, one.start_from, kind.feature, kind.user, one.client};
            ++count_of(events[key], kind.log);
        }
    }
    sqlite::Statement refusal(database_,
                              "SELECT log, feature, user, client, at_from, verb FROM refusal WHERE source = ?");
    refusal.bind(source);
    while (refusal.step()) {
        const EventKey key{what_of(static_cast<Verb>(refusal.integer(5))), refusal.integer(4), refusal.integer(1),
                           refusal.integer(2), refusal.integer(3)};
        ++count_of(events[key], refusal.integer(0));
    }
    return events;
}

} // namespace tally::ledger
