// Sessions as the ledger keeps them: those that wait for their other half as rows, those that have both packed in pages of
// a few thousand. Ids are those of the dimension tables. Does not decide what completes a session.
#pragma once

#include "tally/sqlite/database.hpp"
#include "verifier/ledger/usage.hpp"

#include <map>
#include <optional>
#include <string>
#include <tuple>
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

// `row` is 0 until it lies in the table of those that wait.
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
    [[nodiscard]] bool waits() const { return !start_from || !end_span; }
};

// What many sessions share: a row of the table kind, told apart by all of it. `flags` as in Detail, and whether they
// were borrowed.
struct PageKind {
    static constexpr std::int64_t borrowed = 8;
    std::int64_t source = 0, log = 0, feature = 0, package = 0, user = 0, count = 1;
    Layer layer = Layer::feature;
    EndKind kind = EndKind::open;
    std::int64_t version = 0, account = 0, address = 0, pool = 0, flags = 0;

    bool operator==(const PageKind&) const = default;
};
// By id; there is none of id 0.
[[nodiscard]] std::vector<PageKind> load_kinds(const sqlite::Database& database);

// The number that each of them has in the ledger; a new one is entered.
class Kinds {
public:
    explicit Kinds(sqlite::Database& database);
    std::int64_t id(const Pending& session);

private:
    struct Hash {
        std::size_t operator()(const PageKind& kind) const;
    };
    sqlite::Statement insert_;
    std::unordered_map<PageKind, std::int64_t, Hash> ids_;
};

struct PageSession {
    std::size_t kind = 0;                // id
    std::int64_t client = 0, borrow = 0; // borrowed until
    std::int64_t start_from = 0, start_span = 0, end_from = 0, end_span = 0;
    std::uint64_t start_seq = no_seq, end_seq = no_seq;

    // Known to the second.
    [[nodiscard]] bool is_exact() const { return start_span == 0 && end_span == 0 && borrow == 0; }
};

// `sessions` have both halves; they lie in the page by start and line.
[[nodiscard]] std::string encode_page(std::vector<Pending>& sessions, Kinds& kinds);

// Gives `take` each session of a page. Error when the bytes are no page: the ledger was damaged.
class PageReader {
public:
    PageReader(std::string_view bytes, const std::vector<PageKind>& kinds) : bytes_(bytes), kinds_(kinds) {}
    bool next(PageSession& session);

private:
    std::string_view bytes_;
    const std::vector<PageKind>& kinds_;
    std::int64_t start_ = 0;
    std::uint64_t seq_ = 0;
};

class SessionTable {
public:
    using Waiting = std::unordered_map<Place, Pending, PlaceHash>; // by its start line, or the end that waits for one

    explicit SessionTable(sqlite::Database& database);

    void put(const Pending& session);
    // Writes the pages that are not full yet.
    void flush();
    // Those of a source that lie in no page yet.
    [[nodiscard]] const std::vector<Pending>& unwritten(std::int64_t source) { return filling_[source]; }
    [[nodiscard]] std::uint64_t added() const { return added_; }

private:
    void write(std::int64_t source, std::vector<Pending>& sessions);

    sqlite::Database& database_;
    sqlite::Statement insert_, update_, detail_, remove_, remove_detail_, page_;
    Kinds kinds_;
    std::map<std::int64_t, std::vector<Pending>> filling_; // by source
    std::uint64_t added_ = 0;
};

[[nodiscard]] SessionTable::Waiting load_waiting(const sqlite::Database& database);

} // namespace tally::ledger
