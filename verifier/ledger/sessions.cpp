#include "verifier/ledger/sessions.hpp"

#include "verifier/ledger/in_parallel.hpp"
#include "verifier/ledger/numbers.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace tally::ledger {
namespace {

using sqlite::Statement;

std::optional<std::int64_t> maybe(const Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
}

std::optional<std::uint64_t> maybe_seq(const Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(static_cast<std::uint64_t>(row.integer(column)));
}

Pending pending_of(const Statement& row) {
    Pending session;
    session.row = row.integer(0);
    session.log = row.integer(1);
    session.source = row.integer(2);
    session.feature = row.integer(3);
    session.package = row.integer(4);
    session.user = row.integer(5);
    session.client = row.integer(6);
    session.count = row.integer(7);
    session.layer = static_cast<Layer>(row.integer(8));
    session.kind = static_cast<EndKind>(row.integer(9));
    session.start_from = maybe(row, 10);
    session.start_span = row.integer(11);
    session.end_from = row.integer(12);
    session.end_span = maybe(row, 13);
    session.start_seq = maybe_seq(row, 14);
    session.end_seq = maybe_seq(row, 15);
    session.detail = {row.integer(16), row.integer(17), row.integer(18),
                      row.integer(19), row.integer(20), row.integer(21)};
    return session;
}

constexpr std::size_t sessions_a_page = 4096;
constexpr unsigned uncertain = 1; // low bit of a session's first number

PageKind page_kind_of(const Pending& session) {
    const Detail& detail = session.detail;
    return {session.source,
            session.log,
            session.feature,
            session.package,
            session.user,
            session.count,
            session.layer,
            session.kind,
            detail.version,
            detail.account,
            detail.address,
            detail.pool,
            detail.flags | (detail.borrow != 0 ? PageKind::borrowed : 0)};
}

} // namespace

std::vector<PageKind> load_kinds(const sqlite::Database& database) {
    std::vector<PageKind> kinds(1);
    Statement row(database, "SELECT id, source, log, feature, package, user, count, layer, kind, version, account, "
                            "address, pool, flags FROM kind ORDER BY id");
    while (row.step()) {
        if (row.integer(0) != static_cast<std::int64_t>(kinds.size())) {
            throw Error("read", database.path(), "a kind of session is missing: the file is damaged");
        }
        kinds.push_back({row.integer(1), row.integer(2), row.integer(3), row.integer(4), row.integer(5), row.integer(6),
                         static_cast<Layer>(row.integer(7)), static_cast<EndKind>(row.integer(8)), row.integer(9),
                         row.integer(10), row.integer(11), row.integer(12), row.integer(13)});
    }
    return kinds;
}

std::size_t Kinds::Hash::operator()(const PageKind& kind) const {
    std::uint64_t mixed = static_cast<std::uint64_t>(kind.layer) << 8U | static_cast<std::uint64_t>(kind.kind);
    for (const auto part : {kind.source, kind.log, kind.feature, kind.package, kind.user, kind.count, kind.version,
                            kind.account, kind.address, kind.pool, kind.flags}) {
        mixed = (mixed ^ static_cast<std::uint64_t>(part)) * 0x9E3779B97F4A7C15U;
        mixed ^= mixed >> 29U;
    }
    return mixed;
}

Kinds::Kinds(sqlite::Database& database)
    : insert_(database, "INSERT INTO kind (id, source, log, feature, package, user, count, layer, kind, version, "
                        "account, address, pool, flags) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)") {
    const auto known = load_kinds(database);
    for (std::size_t id = 1; id < known.size(); ++id) {
        ids_.emplace(known[id], static_cast<std::int64_t>(id));
    }
}

std::int64_t Kinds::id(const Pending& session) {
    const PageKind kind = page_kind_of(session);
    const auto [place, is_new] = ids_.try_emplace(kind, static_cast<std::int64_t>(ids_.size()) + 1);
    if (is_new) {
        insert_
            .bind(place->second, kind.source, kind.log, kind.feature, kind.package, kind.user, kind.count,
                  static_cast<int>(kind.layer), static_cast<int>(kind.kind), kind.version, kind.account, kind.address,
                  kind.pool, kind.flags)
            .run();
    }
    return place->second;
}

std::string encode_page(std::vector<Pending>& sessions, Kinds& kinds) {
    std::sort(sessions.begin(), sessions.end(), [](const Pending& a, const Pending& b) {
        return std::tie(a.start_from, a.log, a.start_seq, a.end_seq) <
               std::tie(b.start_from, b.log, b.start_seq, b.end_seq);
    });
    std::string bytes;
    std::int64_t start = 0;
    std::uint64_t seq = 0;
    for (const auto& session : sessions) {
        const bool exact = session.start_span == 0 && *session.end_span == 0;
        put_number(bytes, static_cast<std::uint64_t>(kinds.id(session)) << 1U | (exact ? 0 : uncertain));
        put_number(bytes, static_cast<std::uint64_t>(session.client));
        put_number(bytes, folded(*session.start_from - start));
        put_number(bytes, folded(session.end_from - *session.start_from));
        if (!exact) {
            put_number(bytes, static_cast<std::uint64_t>(session.start_span));
            put_number(bytes, static_cast<std::uint64_t>(*session.end_span));
        }
        if (session.detail.borrow != 0) {
            put_number(bytes, static_cast<std::uint64_t>(session.detail.borrow));
        }
        put_number(bytes, folded(static_cast<std::int64_t>(session.start_seq.value_or(0) - seq)));
        put_number(bytes,
                   folded(static_cast<std::int64_t>(session.end_seq.value_or(0) - session.start_seq.value_or(0))));
        start = *session.start_from;
        seq = session.start_seq.value_or(0);
    }
    return bytes;
}

bool PageReader::next(PageSession& session) {
    if (bytes_.empty()) {
        return false;
    }
    const auto signed_number = [this] { return static_cast<std::int64_t>(take_number(bytes_)); };
    const std::uint64_t head = take_number(bytes_);
    session.kind = head >> 1U;
    if (session.kind == 0 || session.kind >= kinds_.size()) {
        throw Error("read", "the ledger", "a packed session of no kind: the file is damaged");
    }
    session.client = signed_number();
    session.start_from = start_ += unfolded(take_number(bytes_));
    session.end_from = start_ + unfolded(take_number(bytes_));
    const bool uncertain_ends = (head & uncertain) != 0;
    session.start_span = uncertain_ends ? signed_number() : 0;
    session.end_span = uncertain_ends ? signed_number() : 0;
    session.borrow = (kinds_[session.kind].flags & PageKind::borrowed) != 0 ? signed_number() : 0;
    session.start_seq = seq_ += static_cast<std::uint64_t>(unfolded(take_number(bytes_)));
    session.end_seq = seq_ + static_cast<std::uint64_t>(unfolded(take_number(bytes_)));
    return true;
}

SessionTable::SessionTable(sqlite::Database& database)
    : database_(database),
      insert_(database, "INSERT INTO session (log, source, feature, package, user, client, count, layer, kind, "
                        "start_from, start_span, end_from, end_span, start_seq, end_seq) "
                        "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"),
      update_(database,
              "UPDATE session SET package = ?, kind = ?, start_from = ?, start_span = ?, end_from = ?, end_span = ?, "
              "start_seq = ?, end_seq = ? WHERE id = ?"),
      detail_(database,
              "INSERT OR REPLACE INTO session_detail (session, version, account, address, pool, flags, borrow) "
              "VALUES (?,?,?,?,?,?,?)"),
      remove_(database, "DELETE FROM session WHERE id = ?"),
      remove_detail_(database, "DELETE FROM session_detail WHERE session = ?"),
      page_(database, "INSERT INTO page (source, count, sessions) VALUES (?,?,?)"), kinds_(database) {}

void SessionTable::write(std::int64_t source, std::vector<Pending>& sessions) {
    if (!sessions.empty()) {
        const std::string bytes = encode_page(sessions, kinds_);
        page_.bind(source, sessions.size(), as_bytes(bytes)).run();
        sessions.clear();
    }
}

void SessionTable::flush() {
    for (auto& [source, sessions] : filling_) {
        write(source, sessions);
    }
}

void SessionTable::put(const Pending& session) {
    if (!session.waits()) {
        if (session.row != 0) {
            remove_detail_.bind(session.row).run();
            remove_.bind(session.row).run();
        } else {
            ++added_;
        }
        auto& sessions = filling_[session.source];
        sessions.push_back(session);
        if (sessions.size() == sessions_a_page) {
            write(session.source, sessions);
        }
        return;
    }
    if (session.row != 0) {
        update_
            .bind(session.package, static_cast<int>(session.kind), session.start_from, session.start_span,
                  session.end_from, session.end_span, session.start_seq, session.end_seq, session.row)
            .run();
    } else {
        insert_
            .bind(session.log, session.source, session.feature, session.package, session.user, session.client,
                  session.count, static_cast<int>(session.layer), static_cast<int>(session.kind), session.start_from,
                  session.start_span, session.end_from, session.end_span, session.start_seq, session.end_seq)
            .run();
        ++added_;
    }
    if (session.detail.any()) {
        const Detail& detail = session.detail;
        detail_
            .bind(session.row != 0 ? session.row : database_.last_row(), detail.version, detail.account, detail.address,
                  detail.pool, detail.flags, detail.borrow)
            .run();
    }
}

SessionTable::Waiting load_waiting(const sqlite::Database& database) {
    SessionTable::Waiting waiting;
    Statement row(database,
                  "SELECT id, log, source, feature, package, user, client, count, layer, kind, start_from, start_span, "
                  "end_from, end_span, start_seq, end_seq, version, account, address, pool, flags, borrow "
                  "FROM session LEFT JOIN session_detail ON session_detail.session = session.id");
    while (row.step()) {
        const Pending session = pending_of(row);
        waiting.emplace(Place{session.log, session.start_seq ? *session.start_seq : session.end_seq.value_or(0)},
                        session);
    }
    return waiting;
}

namespace {

template <unsigned bits>
constexpr std::uint64_t low_bits = (std::uint64_t{1} << bits) - 1;

auto order_of(const Session& session) {
    return std::tie(session.start_from, session.log, session.start_seq, session.end_seq);
}

} // namespace

std::size_t PackedSessions::Hash::operator()(const SessionKind& kind) const {
    std::uint64_t mixed = 0;
    const auto mix = [&mixed](std::uint64_t a, std::uint64_t b) {
        mixed = (mixed ^ (a << 32U | b)) * 0x9E3779B97F4A7C15U;
        mixed ^= mixed >> 29U;
    };
    mix(kind.log, kind.source);
    mix(kind.feature, kind.package);
    mix(kind.user, kind.version);
    mix(kind.account, kind.address);
    mix(kind.pool, kind.count);
    mix(static_cast<std::uint64_t>(kind.layer) << 8U | static_cast<std::uint64_t>(kind.kind),
        static_cast<std::uint64_t>(kind.watched) << 3U | (kind.automation ? 4U : 0U) | (kind.idle_known ? 2U : 0U) |
            (kind.borrowed ? 1U : 0U));
    return mixed;
}

std::uint32_t PackedSessions::number_of(const SessionKind& kind) {
    const auto [place, is_new] = numbers_.try_emplace(kind, static_cast<std::uint32_t>(kinds_.size()));
    if (is_new) {
        kinds_.push_back(kind);
    }
    return place->second;
}

PackedSessions::Index PackedSessions::grow(std::size_t sessions) {
    const auto first = static_cast<Index>(rows_.size());
    rows_.resize(rows_.size() + sessions);
    return first;
}

bool PackedSessions::set_exact(Index at, std::uint32_t kind, std::uint32_t client, std::int64_t start, std::int64_t end,
                               std::uint64_t seq) {
    const auto length = static_cast<std::uint64_t>(end - start);
    if (start < 0 || static_cast<std::uint64_t>(start) > low_bits<32> || length >= odd || seq > low_bits<seq_bits> ||
        kind > low_bits<kind_bits> || client > low_bits<client_bits>) {
        return false;
    }
    Row row{};
    row.from = static_cast<std::uint64_t>(start) & low_bits<32>;
    row.length = length & low_bits<length_bits>;
    row.kind = kind & low_bits<kind_bits>;
    row.client = client & low_bits<client_bits>;
    row.seq_high = (seq >> 20U) & low_bits<seq_bits - 20>;
    row.seq_low = seq & low_bits<20>;
    rows_[at] = row;
    return true;
}

void PackedSessions::set(Index at, const Session& session) {
    const std::uint32_t kind = number_of(session);
    const bool exact = session.start_from == session.start_to && session.end_from == session.end_to;
    if (exact && session.end_seq != no_seq &&
        set_exact(at, kind, session.client, session.start_from, session.end_from, session.start_seq)) {
        return;
    }
    constexpr auto last = static_cast<std::int64_t>(low_bits<32>);
    const std::uint64_t number = odd_.size();
    Row row{};
    row.from = static_cast<std::uint64_t>(std::clamp<std::int64_t>(session.start_from, 0, last)) & low_bits<32>;
    row.length = odd;
    row.seq_high = (number >> 20U) & low_bits<seq_bits - 20>;
    row.seq_low = number & low_bits<20>;
    rows_[at] = row;
    odd_.push_back({session, kind});
}

bool PackedSessions::is_before(const Row& a, const Row& b) const {
    if (a.from != b.from) {
        return a.from < b.from;
    }
    const auto number = [](const Row& row) { return static_cast<std::uint64_t>(row.seq_high) << 20U | row.seq_low; };
    if (a.length != odd && b.length != odd) {
        return std::tuple(kinds_[a.kind].log, number(a)) < std::tuple(kinds_[b.kind].log, number(b));
    }
    const auto whole = [&](const Row& row) {
        if (row.length == odd) {
            return odd_[number(row)].session;
        }
        Session session;
        session.log = kinds_[row.kind].log;
        session.start_from = static_cast<std::int64_t>(row.from);
        session.start_seq = number(row);
        return session;
    };
    const Session left = whole(a);
    const Session right = whole(b);
    return order_of(left) < order_of(right);
}

// In place, since there are millions: first into stretches of time of a few sessions, then each of those by itself.
void PackedSessions::sort() {
    numbers_.clear();
    const auto earlier = [this](const Row& a, const Row& b) { return is_before(a, b); };
    if (rows_.size() < 4096) {
        std::sort(rows_.begin(), rows_.end(), earlier);
        return;
    }
    const auto [least, most] =
        std::minmax_element(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.from < b.from; });
    const std::uint64_t base = least->from;
    const std::uint64_t range = most->from - base;
    unsigned bits = 0; // of the seconds of a stretch
    while (range >> bits > rows_.size() / 8) {
        ++bits;
    }
    const auto stretch = [&](const Row& row) { return static_cast<std::size_t>((row.from - base) >> bits); };
    std::vector<Index> next((range >> bits) + 2);
    for (const auto& row : rows_) {
        ++next[stretch(row) + 1];
    }
    std::partial_sum(next.begin(), next.end(), next.begin());
    const auto bounds = next;
    for (std::size_t at = 0; at + 1 < next.size(); ++at) {
        while (next[at] < bounds[at + 1]) {
            Row& row = rows_[next[at]];
            if (stretch(row) == at) {
                ++next[at];
            } else {
                std::swap(row, rows_[next[stretch(row)]++]);
            }
        }
    }
    constexpr std::size_t shares = 64;
    in_parallel(shares, [&](std::size_t share) {
        const std::size_t end = (bounds.size() - 1) * (share + 1) / shares;
        for (std::size_t at = (bounds.size() - 1) * share / shares; at < end; ++at) {
            std::sort(rows_.begin() + bounds[at], rows_.begin() + bounds[at + 1], earlier);
        }
    });
}

} // namespace tally::ledger
