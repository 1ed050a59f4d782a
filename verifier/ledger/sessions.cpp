#include "verifier/ledger/sessions.hpp"

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

PageKind kind_of(const Pending& session) {
    const Detail& detail = session.detail;
    return {session.log,    session.feature, session.package,
            session.user,   session.count,   session.layer,
            session.kind,   detail.version,  detail.account,
            detail.address, detail.pool,     detail.flags | (detail.borrow != 0 ? PageKind::borrowed : 0)};
}

template <unsigned bits>
constexpr std::uint64_t low_bits = (std::uint64_t{1} << bits) - 1;

auto order_of(const Session& session) {
    return std::tie(session.start_from, session.log, session.start_seq, session.end_seq);
}

} // namespace

std::string encode_page(const std::vector<Pending>& sessions) {
    const auto before = [](const PageKind& a, const PageKind& b) { return a.key() < b.key(); };
    std::map<PageKind, std::size_t, decltype(before)> numbers(before);
    std::string kinds, bytes;
    std::int64_t start = 0;
    std::uint64_t seq = 0;
    for (const auto& session : sessions) {
        const PageKind kind = kind_of(session);
        const auto [place, is_new] = numbers.try_emplace(kind, numbers.size());
        if (is_new) {
            for (const auto part : {kind.log, kind.feature, kind.package, kind.user, kind.count,
                                    static_cast<std::int64_t>(kind.layer), static_cast<std::int64_t>(kind.kind),
                                    kind.version, kind.account, kind.address, kind.pool, kind.flags}) {
                put_number(kinds, static_cast<std::uint64_t>(part));
            }
        }
        const bool exact = session.start_span == 0 && *session.end_span == 0;
        put_number(bytes, place->second << 1U | (exact ? 0 : uncertain));
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
    std::string page;
    put_number(page, numbers.size());
    return page + kinds + bytes;
}

void decode_page(std::string_view bytes, Page& page) {
    page.kinds.clear();
    page.sessions.clear();
    const auto signed_number = [&bytes] { return static_cast<std::int64_t>(take_number(bytes)); };
    for (std::uint64_t left = take_number(bytes); left > 0; --left) {
        PageKind& kind = page.kinds.emplace_back();
        for (auto* part : {&kind.log, &kind.feature, &kind.package, &kind.user, &kind.count}) {
            *part = signed_number();
        }
        kind.layer = static_cast<Layer>(take_number(bytes));
        kind.kind = static_cast<EndKind>(take_number(bytes));
        for (auto* part : {&kind.version, &kind.account, &kind.address, &kind.pool, &kind.flags}) {
            *part = signed_number();
        }
    }
    std::int64_t start = 0;
    std::uint64_t seq = 0;
    while (!bytes.empty()) {
        PageSession& session = page.sessions.emplace_back();
        const std::uint64_t head = take_number(bytes);
        session.kind = head >> 1U;
        if (session.kind >= page.kinds.size()) {
            throw Error("read", "the ledger", "a packed session of no kind: the file is damaged");
        }
        session.client = signed_number();
        session.start_from = start += unfolded(take_number(bytes));
        session.end_from = start + unfolded(take_number(bytes));
        if ((head & uncertain) != 0) {
            session.start_span = signed_number();
            session.end_span = signed_number();
        }
        if ((page.kinds[session.kind].flags & PageKind::borrowed) != 0) {
            session.borrow = signed_number();
        }
        session.start_seq = seq += static_cast<std::uint64_t>(unfolded(take_number(bytes)));
        session.end_seq = seq + static_cast<std::uint64_t>(unfolded(take_number(bytes)));
    }
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
      page_(database, "INSERT INTO page (source, count, sessions) VALUES (?,?,?)") {}

void SessionTable::write(std::int64_t source, std::vector<Pending>& sessions) {
    if (!sessions.empty()) {
        const std::string bytes = encode_page(sessions);
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

bool PackedSessions::add_exact(std::uint32_t kind, std::uint32_t client, std::int64_t start, std::int64_t end,
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
    rows_.push_back(row);
    return true;
}

void PackedSessions::add(const Session& session) {
    const std::uint32_t kind = number_of(session);
    const bool exact = session.start_from == session.start_to && session.end_from == session.end_to;
    if (exact && session.end_seq != no_seq &&
        add_exact(kind, session.client, session.start_from, session.end_from, session.start_seq)) {
        return;
    }
    constexpr auto last = static_cast<std::int64_t>(low_bits<32>);
    const std::uint64_t number = odd_.size();
    Row row{};
    row.from = static_cast<std::uint64_t>(std::clamp<std::int64_t>(session.start_from, 0, last)) & low_bits<32>;
    row.length = odd;
    row.seq_high = (number >> 20U) & low_bits<seq_bits - 20>;
    row.seq_low = number & low_bits<20>;
    rows_.push_back(row);
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

// In place, since there are millions: first into stretches of time, then each of those by itself.
void PackedSessions::sort() {
    numbers_.clear();
    const auto earlier = [this](const Row& a, const Row& b) { return is_before(a, b); };
    if (rows_.size() < 4096) {
        std::sort(rows_.begin(), rows_.end(), earlier);
        return;
    }
    constexpr unsigned stretch_bits = 14; // of seconds: four and a half hours
    const auto stretch = [](const Row& row) { return static_cast<std::size_t>(row.from >> stretch_bits); };
    std::vector<std::size_t> next((std::size_t{1} << (32 - stretch_bits)) + 1);
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
        const auto first = rows_.begin() + static_cast<std::ptrdiff_t>(bounds[at]);
        std::sort(first, rows_.begin() + static_cast<std::ptrdiff_t>(bounds[at + 1]), earlier);
    }
}

} // namespace tally::ledger
