// Sessions as rows: the ones that wait for their other half, and how one is put into the tables, new or completed.
// Ids are those of the dimension tables. Does not decide what completes a session.
#pragma once

#include "tally/sqlite/database.hpp"
#include "verifier/ledger/usage.hpp"

#include <optional>
#include <unordered_map>

namespace tally::ledger {

// One line of one log.
struct Place {
    std::int64_t log = 0;
    std::uint64_t seq = 0;

    bool operator==(const Place&) const = default;
};
struct PlaceHash {
    std::size_t operator()(const Place& place) const {
        return (static_cast<std::uint64_t>(place.log) << 48U ^ place.seq) * 0x9E3779B97F4A7C15U;
    }
};

// What few sessions have: a row of its own when there is any of it.
struct Detail {
    std::int64_t version = 0, account = 0, address = 0, pool = 0, flags = 0;
    std::int64_t borrow = 0; // until when, 0: not borrowed

    static constexpr std::int64_t automation = 1, idle_known = 2, by_host = 4;
    [[nodiscard]] bool any() const { return (version | account | address | pool | flags | borrow) != 0; }
    [[nodiscard]] bool has(std::int64_t flag) const { return (flags & flag) != 0; }
};

// `row` is 0 until it lies in the table.
struct Pending {
    std::int64_t row = 0;
    std::int64_t log = 0, source = 0, feature = 0, package = 0, user = 0, client = 0, count = 1;
    Layer layer = Layer::feature;
    EndKind kind = EndKind::open;
    std::optional<std::int64_t> start_from;
    std::int64_t start_span = 0, end_from = 0;
    std::optional<std::int64_t> end_span;
    std::optional<std::uint64_t> start_seq, end_seq;
    Detail detail;
};

class SessionTable {
public:
    using Waiting = std::unordered_map<Place, Pending, PlaceHash>; // by its start line, or the end that waits for one

    explicit SessionTable(sqlite::Database& database);

    void put(const Pending& session);
    [[nodiscard]] std::uint64_t added() const { return added_; }

private:
    sqlite::Database& database_;
    sqlite::Statement insert_, update_, detail_;
    std::uint64_t added_ = 0;
};

[[nodiscard]] SessionTable::Waiting load_waiting(const sqlite::Database& database);

} // namespace tally::ledger
