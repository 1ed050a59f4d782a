#include "verifier/ledger/sessions.hpp"

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

} // namespace

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
              "VALUES (?,?,?,?,?,?,?)") {}

void SessionTable::put(const Pending& session) {
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
                  "FROM session LEFT JOIN session_detail ON session_detail.session = session.id "
                  "WHERE end_span IS NULL OR start_from IS NULL");
    while (row.step()) {
        const Pending session = pending_of(row);
        waiting.emplace(Place{session.log, session.start_seq ? *session.start_seq : session.end_seq.value_or(0)},
                        session);
    }
    return waiting;
}

} // namespace tally::ledger
