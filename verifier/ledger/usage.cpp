#include "verifier/ledger/usage.hpp"

#include "verifier/ledger/ledger.hpp"

#include <algorithm>
#include <tuple>

namespace tally::ledger {
namespace {

using sqlite::Statement;

std::uint32_t index(const Statement& row, int column) { return static_cast<std::uint32_t>(row.integer(column)); }
std::uint64_t natural(const Statement& row, int column) { return static_cast<std::uint64_t>(row.integer(column)); }

std::vector<std::string> texts(const sqlite::Database& database, const std::string& query) {
    std::vector<std::string> table{""};
    Statement row(database, query);
    while (row.step()) {
        table.resize(static_cast<std::size_t>(row.integer(0)) + 1);
        table.back() = row.text(1);
    }
    return table;
}

Session session_of(const Statement& row) {
    Session session;
    session.log = index(row, 0);
    session.source = index(row, 1);
    session.feature = index(row, 2);
    session.package = index(row, 3);
    session.user = index(row, 4);
    session.client = index(row, 5);
    session.count = index(row, 6);
    session.layer = static_cast<Layer>(row.integer(7));
    session.kind = static_cast<EndKind>(row.integer(8));
    session.end_from = row.integer(11);
    session.end_to = row.is_null(12) ? unknown : session.end_from + row.integer(12);
    const bool started = !row.is_null(9);
    session.start_from = started ? row.integer(9) : 0;
    session.start_to = started ? session.start_from + row.integer(10) : session.end_from;
    session.start_seq = row.is_null(13) ? no_seq : natural(row, 13);
    session.end_seq = row.is_null(14) ? no_seq : natural(row, 14);
    return session;
}

} // namespace

Usage load_usage(const Ledger& ledger) {
    const sqlite::Database& database = ledger.database();
    Usage usage;
    usage.logs = texts(database, "SELECT id, host FROM log ORDER BY id");
    usage.sources = texts(database, "SELECT id, text FROM source ORDER BY id");
    usage.features = texts(database, "SELECT id, text FROM feature ORDER BY id");
    usage.users = texts(database, "SELECT id, text FROM user ORDER BY id");
    usage.clients = texts(database, "SELECT id, text FROM client ORDER BY id");
    Statement count(database, "SELECT (SELECT count(*) FROM session), (SELECT count(*) FROM refusal)");
    count.step();
    usage.sessions.reserve(static_cast<std::size_t>(count.integer(0)));
    usage.refusals.reserve(static_cast<std::size_t>(count.integer(1)));
    Statement row(
        database,
        "SELECT log, source, feature, package, user, client, count, layer, kind, start_from, start_span, end_from, "
        "end_span, start_seq, end_seq FROM session");
    while (row.step()) {
        usage.sessions.push_back(session_of(row));
    }
    std::sort(usage.sessions.begin(), usage.sessions.end(), [](const Session& a, const Session& b) {
        return std::tie(a.start_from, a.log, a.start_seq, a.end_seq) <
               std::tie(b.start_from, b.log, b.start_seq, b.end_seq);
    });
    Statement refused(database,
                      "SELECT log, source, feature, user, client, count, verb, at_from, at_span, seq FROM refusal "
                      "ORDER BY at_from, log, seq");
    while (refused.step()) {
        usage.refusals.push_back({index(refused, 0), index(refused, 1), index(refused, 2), index(refused, 3),
                                  index(refused, 4), index(refused, 5), static_cast<Verb>(refused.integer(6)),
                                  refused.integer(7), refused.integer(7) + refused.integer(8), natural(refused, 9)});
    }
    usage.coverage = load_coverage(ledger);
    return usage;
}

Coverage load_coverage(const Ledger& ledger) {
    const sqlite::Database& database = ledger.database();
    Coverage coverage;
    Statement log(database, "SELECT id, label, site, role, size, seals, first_wall, last_wall FROM log ORDER BY id");
    while (log.step()) {
        coverage.logs.push_back({index(log, 0), std::string(log.text(1)), std::string(log.text(2)),
                                 std::string(log.text(3)), natural(log, 4), natural(log, 5), log.integer(6),
                                 log.integer(7)});
    }
    Statement day(database, "SELECT log, day, lines, seals, events FROM day ORDER BY log, day");
    while (day.step()) {
        coverage.days.push_back({index(day, 0), day.integer(1), natural(day, 2), natural(day, 3), natural(day, 4)});
    }
    Statement span(database,
                   "SELECT log, source, seq, lines, first, last, name, digest, zone FROM import ORDER BY log, seq");
    while (span.step()) {
        coverage.imports.push_back({index(span, 0), index(span, 1), natural(span, 2), natural(span, 3), span.integer(4),
                                    span.integer(5), std::string(span.text(6)), std::string(span.text(7)),
                                    std::string(span.text(8))});
    }
    return coverage;
}

} // namespace tally::ledger
