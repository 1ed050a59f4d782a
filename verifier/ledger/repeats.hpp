// Which events of a source came in through another log already. Two hosts may import the same licence server's log:
// what both show is counted once. An event is its second, its verb and its names (docs/formats/record.md); a log that
// shows it n times has had it n times, so the larger number of two logs counts. Nothing is kept for a source that only
// one log tells of.
#pragma once

#include "tally/sqlite/database.hpp"
#include "verifier/ledger/usage.hpp"

#include <functional>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

namespace tally::ledger {

// Ids are those of the dimension tables; `at` the earliest instant, UTC seconds.
struct EventKey {
    enum class What : std::uint8_t { start, orphan, denied, unsupported, queued, dequeued, other };
    What what = What::start;
    std::int64_t at = 0, feature = 0, user = 0, client = 0;

    bool operator==(const EventKey&) const = default;
};
[[nodiscard]] EventKey::What what_of(Verb verb);

class Repeats {
public:
    using Waiting = std::function<void(const std::function<void(std::int64_t log, const EventKey& event)>& take)>;

    explicit Repeats(sqlite::Database& database);

    // Counts an event that `log` shows. True when another log of `source` has shown it at least as often. `waiting`
    // gives the events of the source that are counted and not in the database yet; it is asked at most once a source.
    bool counted_elsewhere(std::int64_t source, std::int64_t log, const EventKey& event, const Waiting& waiting);

private:
    struct Hash {
        std::size_t operator()(const EventKey& event) const;
    };
    using Counts = std::vector<std::pair<std::int64_t, std::uint64_t>>; // log → how often
    using Events = std::unordered_map<EventKey, Counts, Hash>;

    Events load(std::int64_t source);

    sqlite::Database& database_;
    sqlite::Statement insert_source_log_;
    std::set<std::pair<std::int64_t, std::int64_t>> source_logs_;
    std::map<std::int64_t, Events> events_; // of the sources that several logs tell of
    std::pair<std::int64_t, std::int64_t> last_{0, 0};
    bool last_is_only_ = false;
};

} // namespace tally::ledger
