// What of the logs is there, and how far each accepted bundle goes.
#include "verifier/ledger/ledger.hpp"
#include "verifier/ledger/numbering.hpp"
#include "verifier/ledger/usage.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace tally::ledger {
namespace {

using sqlite::Statement;

std::string words(const Statement& row, int column) { return std::string(row.text(column)); }

constexpr std::int64_t ms_per_second = 1000;
constexpr std::int64_t going_off_s = 600; // a host that is off so soon after a seal told everything before it

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
        : off_(database, "SELECT max(until) FROM unobserved WHERE log = ?1 AND kind = ?3 AND since <= ?4 AND seq >= ?2 "
                         "AND seq < coalesce((SELECT min(seq) FROM seal WHERE log = ?1 AND seq >= ?2), ?2)"),
          excused_(database, "SELECT 1 FROM declaration WHERE about = ?1 AND ((kind = ?2 AND since <= ?5) OR "
                             "(kind = ?3 AND since <= ?5 AND (until IS NULL OR until > ?4)))") {}

    // Until when the log is known to be without gap, when a bundle of that time ends with it.
    std::int64_t sealed(const End& end) {
        off_.bind(end.log, end.next, static_cast<int>(Darkness::host_off), end.sealed + going_off_s).step();
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

Coverage load_coverage(const Ledger& ledger) {
    const sqlite::Database& database = ledger.database();
    const Numbering logs = Numbering::of_logs(database);
    const Numbering sources = Numbering::of_texts(database, "source");
    Coverage coverage;
    Statement log(database, "SELECT id, label, site, role, size, seals, first_wall, last_wall FROM log");
    while (log.step()) {
        coverage.logs.push_back({logs(log, 0), words(log, 1), words(log, 2), words(log, 3), log.natural(4),
                                 log.natural(5), log.integer(6), log.integer(7)});
    }
    std::sort(coverage.logs.begin(), coverage.logs.end(), [](const auto& a, const auto& b) { return a.log < b.log; });
    Statement day(database, "SELECT log, day, lines, seals, events FROM day");
    while (day.step()) {
        coverage.days.push_back({logs(day, 0), day.integer(1), day.natural(2), day.natural(3), day.natural(4)});
    }
    std::sort(coverage.days.begin(), coverage.days.end(),
              [](const auto& a, const auto& b) { return std::tie(a.log, a.day) < std::tie(b.log, b.day); });
    Statement span(database, "SELECT log, source, seq, lines, first, last, name, digest, zone FROM import");
    while (span.step()) {
        coverage.imports.push_back({logs(span, 0), sources(span, 1), span.natural(2), span.natural(3), span.integer(4),
                                    span.integer(5), words(span, 6), words(span, 7), words(span, 8)});
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
