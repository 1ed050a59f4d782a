#include "verifier/ledger/usage.hpp"

#include "verifier/ledger/ledger.hpp"
#include "verifier/ledger/numbering.hpp"
#include "verifier/ledger/observed.hpp"
#include "verifier/ledger/sessions.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tally::ledger {
namespace {

using sqlite::Statement;

std::uint32_t index(const Statement& row, int column) { return static_cast<std::uint32_t>(row.integer(column)); }
std::uint64_t natural(const Statement& row, int column) { return static_cast<std::uint64_t>(row.integer(column)); }
std::string text(const Statement& row, int column) { return std::string(row.text(column)); }

// The tables of the ledger as those of Usage.
struct Reader {
    const sqlite::Database& database;
    Numbering logs = Numbering::of_logs(database);
    Numbering sources = Numbering::of_texts(database, "source");
    Numbering features = Numbering::of_texts(database, "feature");
    Numbering users = Numbering::of_texts(database, "user");
    Numbering clients = Numbering::of_texts(database, "client");
    Numbering versions = Numbering::of_texts(database, "version");
    Numbering accounts = Numbering::of_texts(database, "account");
    Numbering addresses = Numbering::of_texts(database, "address");
    Numbering pools = Numbering::of_texts(database, "pool");

    // `sessions` and `rows` go through the same ids in the same order.
    void sessions(Usage& usage) const;
    [[nodiscard]] Session session(const Statement& row) const;
    void detail(const Statement& row, Session& session) const;
    void refusals(Usage& usage) const;
    void inside_sessions(Usage& usage) const;
    void installations(Usage& usage) const;
    void unobserved(Usage& usage) const;
    void identities(Usage& usage) const;
    void clock_steps(Usage& usage) const;
    void declarations(Usage& usage) const;
    void log_names(Usage& usage) const;
};

Session Reader::session(const Statement& row) const {
    Session session;
    session.log = logs(row, 0);
    session.source = sources(row, 1);
    session.feature = features(row, 2);
    session.package = features(row, 3);
    session.user = users(row, 4);
    session.client = clients(row, 5);
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

void Reader::detail(const Statement& row, Session& session) const {
    session.version = versions(row, 1);
    session.account = accounts(row, 2);
    session.address = addresses(row, 3);
    session.pool = pools(row, 4);
    Detail detail;
    detail.flags = row.integer(5);
    session.automation = detail.has(Detail::automation);
    session.idle_known = detail.has(Detail::idle_known);
    session.watched = detail.has(Detail::by_host) ? Watched::host : Watched::server;
    const std::int64_t until = row.integer(6);
    session.borrowed = until != 0;
    if (session.borrowed) { // what is not returned comes back by itself
        const std::int64_t last = std::max(until, session.start_to);
        session.end_from = std::min(session.end_from, last);
        session.end_to = std::min(session.end_to, last);
    }
}

// Few sessions have details: both tables are walked side by side, by id.
void Reader::sessions(Usage& usage) const {
    Statement count(database, "SELECT count(*) FROM session");
    count.step();
    usage.sessions.reserve(static_cast<std::size_t>(count.integer(0)));
    Statement row(
        database,
        "SELECT log, source, feature, package, user, client, count, layer, kind, start_from, start_span, end_from, "
        "end_span, start_seq, end_seq, id FROM session ORDER BY id");
    Statement more(database, "SELECT session, version, account, address, pool, flags, borrow FROM session_detail "
                             "ORDER BY session");
    bool has_more = more.step();
    while (row.step()) {
        usage.sessions.push_back(session(row));
        if (has_more && more.integer(0) == row.integer(15)) {
            detail(more, usage.sessions.back());
            has_more = more.step();
        }
    }
    std::sort(usage.sessions.begin(), usage.sessions.end(), [](const Session& a, const Session& b) {
        return std::tie(a.start_from, a.log, a.start_seq, a.end_seq) <
               std::tie(b.start_from, b.log, b.start_seq, b.end_seq);
    });
}

void Reader::refusals(Usage& usage) const {
    Statement row(database,
                  "SELECT log, source, feature, user, client, count, verb, at_from, at_span, seq FROM refusal");
    while (row.step()) {
        usage.refusals.push_back({logs(row, 0), sources(row, 1), features(row, 2), users(row, 3), clients(row, 4),
                                  index(row, 5), static_cast<Verb>(row.integer(6)), row.integer(7),
                                  row.integer(7) + row.integer(8), natural(row, 9)});
    }
    std::sort(usage.refusals.begin(), usage.refusals.end(), [](const Refusal& a, const Refusal& b) {
        return std::tie(a.at_from, a.log, a.seq) < std::tie(b.at_from, b.log, b.seq);
    });
}

// Lines about a session name its start line. Of a session that was counted from another log they say nothing.
void Reader::inside_sessions(Usage& usage) const {
    std::unordered_map<Place, std::vector<FeatureUse>, PlaceHash> uses;
    Statement use(database, "SELECT log, start, text, count, seq FROM module_use JOIN module ON module.id = module "
                            "ORDER BY log, seq");
    while (use.step()) {
        uses[{logs(use, 0), natural(use, 1)}].push_back({0, text(use, 2), natural(use, 3), natural(use, 4)});
    }
    std::unordered_map<Place, std::vector<IdleSpan>, PlaceHash> idle;
    Statement span(database, "SELECT log, start, since, span FROM idle ORDER BY log, since, seq");
    while (span.step()) {
        idle[{logs(span, 0), natural(span, 1)}].push_back({0, span.integer(2), span.integer(2) + span.integer(3)});
    }
    if (uses.empty() && idle.empty()) {
        return;
    }
    const auto move_to = [](auto& waiting, const Place& start, std::uint32_t session, auto& rows) {
        const auto found = waiting.find(start);
        if (found != waiting.end()) {
            for (auto& one : found->second) {
                one.session = session;
                rows.push_back(std::move(one));
            }
        }
    };
    for (std::uint32_t i = 0; i < usage.sessions.size(); ++i) {
        const Place start{usage.sessions[i].log, usage.sessions[i].start_seq};
        move_to(uses, start, i, usage.feature_uses);
        move_to(idle, start, i, usage.idle);
    }
}

// From the scan that found a product to the one that found it missing; found again in between says nothing new.
void Reader::installations(Usage& usage) const {
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::optional<Installation>> there;
    Statement row(database, "SELECT log, feature, version, at, seq, there FROM scanned ORDER BY log, at, seq");
    while (row.step()) {
        auto& known = there[{logs(row, 0), features(row, 1), versions(row, 2)}];
        if (row.integer(5) != 0) {
            if (!known) {
                known = Installation{logs(row, 0),   features(row, 1), versions(row, 2),
                                     row.integer(3), unknown,          natural(row, 4)};
            }
        } else if (known) {
            known->to = row.integer(3);
            usage.installations.push_back(*known);
            known.reset();
        }
    }
    for (const auto& [place, known] : there) {
        if (known) {
            usage.installations.push_back(*known);
        }
    }
    std::sort(usage.installations.begin(), usage.installations.end(), [](const auto& a, const auto& b) {
        return std::tie(a.log, a.from, a.seq) < std::tie(b.log, b.from, b.seq);
    });
}

void Reader::unobserved(Usage& usage) const {
    Statement row(database, "SELECT log, kind, since, until, count, seq, source FROM unobserved");
    while (row.step()) {
        usage.unobserved.push_back({logs(row, 0), static_cast<Darkness>(row.integer(1)), row.integer(2), row.integer(3),
                                    natural(row, 4), natural(row, 5), sources(row, 6)});
    }
    std::sort(usage.unobserved.begin(), usage.unobserved.end(), [](const auto& a, const auto& b) {
        return std::tie(a.log, a.from, a.seq) < std::tie(b.log, b.from, b.seq);
    });
}

// A recorder's log that never said how its host is called has the label it was enrolled with.
void Reader::identities(Usage& usage) const {
    std::set<std::uint32_t> named;
    Statement row(database, "SELECT log, name, domain, address, os, at, seq FROM identity");
    while (row.step()) {
        usage.identities.push_back(
            {logs(row, 0), text(row, 1), text(row, 2), text(row, 3), text(row, 4), row.integer(5), natural(row, 6)});
        named.insert(logs(row, 0));
    }
    Statement log(database, "SELECT id, label FROM log WHERE role <> 'station'");
    while (log.step()) {
        if (named.count(logs(log, 0)) == 0) {
            usage.identities.push_back({logs(log, 0), text(log, 1), "", "", "", 0, no_seq});
        }
    }
    std::sort(usage.identities.begin(), usage.identities.end(), [](const auto& a, const auto& b) {
        return std::tie(a.log, a.since, a.seq) < std::tie(b.log, b.since, b.seq);
    });
}

void Reader::clock_steps(Usage& usage) const {
    Statement row(database, "SELECT log, was, became, seq FROM clock_step");
    while (row.step()) {
        usage.clock_steps.push_back(
            {logs(row, 0), row.integer(1) / 1000, row.integer(2) - row.integer(1), natural(row, 3)});
    }
    std::sort(usage.clock_steps.begin(), usage.clock_steps.end(),
              [](const auto& a, const auto& b) { return std::tie(a.log, a.seq) < std::tie(b.log, b.seq); });
}

void Reader::declarations(Usage& usage) const {
    Statement row(database, "SELECT declaration.log, kind, site, agreement, about, reason, since, until, seq "
                            "FROM declaration JOIN log ON log.id = declaration.log");
    while (row.step()) {
        usage.declarations.push_back({logs(row, 0), static_cast<DeclarationKind>(row.integer(1)), text(row, 2),
                                      text(row, 3), text(row, 4), text(row, 5), row.integer(6),
                                      row.is_null(7) ? unknown : row.integer(7), natural(row, 8)});
    }
    std::sort(usage.declarations.begin(), usage.declarations.end(),
              [](const auto& a, const auto& b) { return std::tie(a.log, a.seq) < std::tie(b.log, b.seq); });
}

void Reader::log_names(Usage& usage) const {
    usage.log_sites.resize(usage.logs.size());
    usage.log_labels.resize(usage.logs.size());
    Statement row(database, "SELECT id, site, label FROM log");
    while (row.step()) {
        usage.log_sites[logs(row, 0)] = text(row, 1);
        usage.log_labels[logs(row, 0)] = text(row, 2);
    }
}

constexpr std::int64_t ms_per_second = 1000;

// Where one log ends in a bundle.
struct End {
    std::int64_t log = 0, next = 0, sealed = 0; // `sealed` UTC seconds
    std::string host;
};

struct Made {
    Delivery delivery;
    std::int64_t volumes_wanted = 1, volumes_there = 0;
    std::map<std::int64_t, End> ends; // of recorders, by log
};

std::vector<Made> load_made(const sqlite::Database& database) {
    std::vector<Made> all;
    Statement bundle(database, "SELECT site, agreement, n, volumes, created_ms, received, id FROM bundle "
                               "ORDER BY site, agreement, n, volume, id");
    Statement end(database,
                  "SELECT bundle_log.log, next, wall, host FROM bundle_log JOIN log ON log.id = bundle_log.log "
                  "JOIN seal ON seal.log = bundle_log.log AND seal.seq = next - 1 "
                  "WHERE bundle_log.bundle = ? AND role <> 'station'");
    while (bundle.step()) {
        Delivery one{std::string(bundle.text(0)),
                     std::string(bundle.text(1)),
                     static_cast<std::uint64_t>(bundle.integer(2)),
                     bundle.integer(4) / ms_per_second,
                     bundle.integer(5),
                     0,
                     0};
        if (all.empty() || std::tie(all.back().delivery.site, all.back().delivery.agreement, all.back().delivery.n) !=
                               std::tie(one.site, one.agreement, one.n)) {
            all.push_back({one, bundle.integer(3), 0, {}});
        }
        Made& made = all.back();
        ++made.volumes_there;
        made.delivery.received = std::max(made.delivery.received, one.received);
        end.bind(bundle.integer(6));
        while (end.step()) {
            End& known = made.ends[end.integer(0)];
            if (end.integer(1) > known.next) {
                known = {end.integer(0), end.integer(1), end.integer(2) / ms_per_second, std::string(end.text(3))};
            }
        }
    }
    return all;
}

class Reach {
public:
    explicit Reach(const sqlite::Database& database)
        : off_(database, "SELECT max(until) FROM unobserved WHERE log = ?1 AND kind = ?3 AND seq >= ?2 AND seq < "
                         "coalesce((SELECT min(seq) FROM seal WHERE log = ?1 AND seq >= ?2), ?2)"),
          excused_(database, "SELECT 1 FROM declaration WHERE about = ?1 AND ((kind = ?2 AND since <= ?5) OR "
                             "(kind = ?3 AND since <= ?5 AND (until IS NULL OR until > ?4)))") {}

    // Until when the log is known to be without gap, when a bundle of that time ends with it.
    std::int64_t sealed(const End& end) {
        off_.bind(end.log, end.next, static_cast<int>(Darkness::host_off)).step();
        const std::int64_t until = off_.is_null(0) ? end.sealed : std::max(end.sealed, off_.integer(0));
        return until;
    }
    bool excused(const End& end, std::int64_t made) {
        return excused_
            .bind(std::string_view(end.host), static_cast<int>(DeclarationKind::retired),
                  static_cast<int>(DeclarationKind::gap), end.sealed, made)
            .step();
    }

private:
    Statement off_, excused_;
};

} // namespace

Usage load_usage(const Ledger& ledger) {
    const Reader reader{ledger.database()};
    Usage usage;
    usage.logs = reader.logs.texts();
    usage.sources = reader.sources.texts();
    usage.features = reader.features.texts();
    usage.users = reader.users.texts();
    usage.clients = reader.clients.texts();
    usage.versions = reader.versions.texts();
    usage.accounts = reader.accounts.texts();
    usage.addresses = reader.addresses.texts();
    usage.pools = reader.pools.texts();
    reader.log_names(usage);
    reader.sessions(usage);
    reader.refusals(usage);
    reader.inside_sessions(usage);
    load_reported(reader.database, reader.logs, usage);
    reader.installations(usage);
    reader.unobserved(usage);
    reader.identities(usage);
    reader.clock_steps(usage);
    reader.declarations(usage);
    usage.deliveries = load_deliveries(ledger);
    usage.coverage = load_coverage(ledger);
    return usage;
}

Coverage load_coverage(const Ledger& ledger) {
    const sqlite::Database& database = ledger.database();
    const Numbering logs = Numbering::of_logs(database);
    const Numbering sources = Numbering::of_texts(database, "source");
    Coverage coverage;
    Statement log(database, "SELECT id, label, site, role, size, seals, first_wall, last_wall FROM log");
    while (log.step()) {
        coverage.logs.push_back({logs(log, 0), text(log, 1), text(log, 2), text(log, 3), natural(log, 4),
                                 natural(log, 5), log.integer(6), log.integer(7)});
    }
    std::sort(coverage.logs.begin(), coverage.logs.end(), [](const auto& a, const auto& b) { return a.log < b.log; });
    Statement day(database, "SELECT log, day, lines, seals, events FROM day");
    while (day.step()) {
        coverage.days.push_back({logs(day, 0), day.integer(1), natural(day, 2), natural(day, 3), natural(day, 4)});
    }
    std::sort(coverage.days.begin(), coverage.days.end(),
              [](const auto& a, const auto& b) { return std::tie(a.log, a.day) < std::tie(b.log, b.day); });
    Statement span(database, "SELECT log, source, seq, lines, first, last, name, digest, zone FROM import");
    while (span.step()) {
        coverage.imports.push_back({logs(span, 0), sources(span, 1), natural(span, 2), natural(span, 3),
                                    span.integer(4), span.integer(5), text(span, 6), text(span, 7), text(span, 8)});
    }
    std::sort(coverage.imports.begin(), coverage.imports.end(),
              [](const auto& a, const auto& b) { return std::tie(a.log, a.seq) < std::tie(b.log, b.seq); });
    return coverage;
}

std::vector<Delivery> load_deliveries(const Ledger& ledger) {
    Reach reach(ledger.database());
    std::vector<Delivery> deliveries;
    std::map<std::int64_t, std::int64_t> before; // of the channel: log → how far it went
    for (auto& made : load_made(ledger.database())) {
        Delivery& one = made.delivery;
        if (made.volumes_there < made.volumes_wanted) {
            continue;
        }
        if (deliveries.empty() ||
            std::tie(deliveries.back().site, deliveries.back().agreement) != std::tie(one.site, one.agreement)) {
            before.clear();
        }
        one.through = unknown;
        for (const auto& [log, end] : made.ends) {
            const bool went_on = end.next > before[log];
            before[log] = std::max(before[log], end.next);
            if (went_on && !reach.excused(end, one.made)) {
                const std::int64_t sealed = reach.sealed(end);
                one.through = std::min(one.through, sealed);
                one.reach = std::max(one.reach, sealed);
            }
        }
        if (one.through == unknown) {
            one.through = one.reach = one.made;
        }
        deliveries.push_back(one);
    }
    return deliveries;
}

} // namespace tally::ledger
