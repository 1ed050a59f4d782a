#include "verifier/ledger/usage.hpp"

#include "verifier/ledger/in_parallel.hpp"
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
std::string text(const Statement& row, int column) { return std::string(row.text(column)); }

// What is not returned comes back by itself.
void come_back(Session& session, std::int64_t until) {
    const std::int64_t last = std::max(until, session.start_to);
    session.end_from = std::min(session.end_from, last);
    session.end_to = std::min(session.end_to, last);
}

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

    std::vector<PageKind> page_kinds = load_kinds(database); // by id
    std::vector<SessionKind> kinds = session_kinds();        // the same

    // Those that wait for their other half.
    template <class Take>
    void each_waiting(const Take& take) const;
    struct Page {
        std::string bytes;
        PackedSessions::Index first = 0, count = 0;
        std::vector<std::pair<PackedSessions::Index, Session>> whole;
    };
    void unpack(Page& page, const std::vector<std::uint32_t>& numbers, PackedSessions& packed) const;
    void load_pages(PackedSessions& packed) const;
    [[nodiscard]] std::vector<SessionKind> session_kinds() const;
    [[nodiscard]] SessionKind kind(const PageKind& packed) const;
    [[nodiscard]] Session session(const SessionKind& kind, const PageSession& packed) const;
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
    session.start_seq = row.is_null(13) ? no_seq : row.natural(13);
    session.end_seq = row.is_null(14) ? no_seq : row.natural(14);
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
    session.borrowed = row.integer(6) != 0;
    if (session.borrowed) {
        come_back(session, row.integer(6));
    }
}

std::vector<SessionKind> Reader::session_kinds() const {
    std::vector<SessionKind> result;
    result.reserve(page_kinds.size());
    for (const auto& one : page_kinds) {
        result.push_back(kind(one));
    }
    return result;
}

SessionKind Reader::kind(const PageKind& packed) const {
    SessionKind kind;
    Detail detail;
    detail.flags = packed.flags;
    kind.log = logs(packed.log);
    kind.source = sources(packed.source);
    kind.feature = features(packed.feature);
    kind.package = features(packed.package);
    kind.user = users(packed.user);
    kind.count = static_cast<std::uint32_t>(packed.count);
    kind.layer = packed.layer;
    kind.kind = packed.kind;
    kind.version = versions(packed.version);
    kind.account = accounts(packed.account);
    kind.address = addresses(packed.address);
    kind.pool = pools(packed.pool);
    kind.automation = detail.has(Detail::automation);
    kind.idle_known = detail.has(Detail::idle_known);
    kind.watched = detail.has(Detail::by_host) ? Watched::host : Watched::server;
    kind.borrowed = detail.has(PageKind::borrowed);
    return kind;
}

Session Reader::session(const SessionKind& kind, const PageSession& packed) const {
    Session session;
    static_cast<SessionKind&>(session) = kind;
    session.client = clients(packed.client);
    session.start_from = packed.start_from;
    session.start_to = packed.start_from + packed.start_span;
    session.end_from = packed.end_from;
    session.end_to = packed.end_from + packed.end_span;
    session.start_seq = packed.start_seq;
    session.end_seq = packed.end_seq;
    if (session.borrowed) {
        come_back(session, packed.borrow);
    }
    return session;
}

// Into the places kept for them; those that are not exact are left in `page.whole`.
void Reader::unpack(Page& page, const std::vector<std::uint32_t>& numbers, PackedSessions& packed) const {
    PageReader reader(page.bytes, page_kinds);
    PackedSessions::Index at = page.first;
    for (PageSession one; reader.next(one); ++at) {
        if (at - page.first == page.count) {
            throw Error("read", database.path(), "a page of more sessions than it says: the file is damaged");
        }
        if (!one.is_exact() || !packed.set_exact(at, numbers[one.kind], clients(one.client), one.start_from,
                                                 one.end_from, one.start_seq)) {
            page.whole.emplace_back(at, session(kinds[one.kind], one));
        }
    }
    if (at - page.first != page.count) {
        throw Error("read", database.path(), "a page of fewer sessions than it says: the file is damaged");
    }
}

// Pages as they lie in the file, a few at a time, unpacked two at a time into places of their own.
void Reader::load_pages(PackedSessions& packed) const {
    std::vector<std::uint32_t> numbers(1);
    for (std::size_t id = 1; id < kinds.size(); ++id) {
        numbers.push_back(packed.number_of(kinds[id]));
    }
    constexpr std::size_t pages_at_once = 128;
    std::vector<Page> pages(pages_at_once);
    Statement row(database, "SELECT count, sessions FROM page ORDER BY id");
    for (std::size_t filled = pages_at_once; filled == pages_at_once;) {
        for (filled = 0; filled < pages_at_once && row.step(); ++filled) {
            Page& page = pages[filled];
            page.bytes.assign(row.text(1));
            page.count = index(row, 0);
            if (page.count > page.bytes.size()) { // a session takes several bytes
                throw Error("read", database.path(), "a page of more sessions than it has bytes: the file is damaged");
            }
            page.first = packed.grow(page.count);
            page.whole.clear();
        }
        in_parallel(filled, [&](std::size_t i) { unpack(pages[i], numbers, packed); });
        for (std::size_t i = 0; i < filled; ++i) {
            for (const auto& [at, whole] : pages[i].whole) {
                packed.set(at, whole);
            }
        }
    }
}

// Few sessions have details: both tables are walked side by side, by id.
template <class Take>
void Reader::each_waiting(const Take& take) const {
    Statement row(
        database,
        "SELECT log, source, feature, package, user, client, count, layer, kind, start_from, start_span, end_from, "
        "end_span, start_seq, end_seq, id FROM session ORDER BY id");
    Statement more(database, "SELECT session, version, account, address, pool, flags, borrow FROM session_detail "
                             "ORDER BY session");
    bool has_more = more.step();
    while (row.step()) {
        Session one = session(row);
        if (has_more && more.integer(0) == row.integer(15)) {
            detail(more, one);
            has_more = more.step();
        }
        take(one);
    }
}

void Reader::refusals(Usage& usage) const {
    Statement row(database,
                  "SELECT log, source, feature, user, client, count, verb, at_from, at_span, seq FROM refusal");
    while (row.step()) {
        usage.refusals.push_back({logs(row, 0), sources(row, 1), features(row, 2), users(row, 3), clients(row, 4),
                                  index(row, 5), static_cast<Verb>(row.integer(6)), row.integer(7),
                                  row.integer(7) + row.integer(8), row.natural(9)});
    }
    std::sort(usage.refusals.begin(), usage.refusals.end(), [](const Refusal& a, const Refusal& b) {
        return std::tie(a.at_from, a.log, a.seq) < std::tie(b.at_from, b.log, b.seq);
    });
}

// The line at which a session began, as lines about it name it.
Place start_of(const Usage& usage, std::uint32_t i) {
    if (usage.packed.empty()) {
        return {usage.sessions[i].log, usage.sessions[i].start_seq};
    }
    const auto& packed = usage.packed;
    return {packed.kind(i).log, packed.is_exact(i) ? packed.start_seq(i) : packed.whole(i).start_seq};
}

// Lines about a session name its start line. Of a session that was counted from another log they say nothing.
void Reader::inside_sessions(Usage& usage) const {
    std::unordered_map<Place, std::vector<FeatureUse>, PlaceHash> uses;
    Statement use(database, "SELECT log, start, text, count, seq FROM module_use JOIN module ON module.id = module "
                            "ORDER BY log, seq");
    while (use.step()) {
        uses[{logs(use, 0), use.natural(1)}].push_back({0, text(use, 2), use.natural(3), use.natural(4)});
    }
    std::unordered_map<Place, std::vector<IdleSpan>, PlaceHash> idle;
    Statement span(database, "SELECT log, start, since, span FROM idle ORDER BY log, since, seq");
    while (span.step()) {
        idle[{logs(span, 0), span.natural(1)}].push_back({0, span.integer(2), span.integer(2) + span.integer(3)});
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
    for (std::uint32_t i = 0; i < std::max(usage.sessions.size(), usage.packed.size()); ++i) {
        const Place start = start_of(usage, i);
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
                                     row.integer(3), unknown,          row.natural(4)};
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
                                    row.natural(4), row.natural(5), sources(row, 6)});
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
            {logs(row, 0), text(row, 1), text(row, 2), text(row, 3), text(row, 4), row.integer(5), row.natural(6)});
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
            {logs(row, 0), row.integer(1) / 1000, row.integer(2) - row.integer(1), row.natural(3)});
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
                                      row.is_null(7) ? unknown : row.integer(7), row.natural(8)});
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

std::size_t session_count(const sqlite::Database& database) {
    Statement count(database, "SELECT (SELECT count(*) FROM session) + (SELECT coalesce(sum(count), 0) FROM page)");
    count.step();
    return static_cast<std::size_t>(count.integer(0));
}

// Everything but the sessions, which `load` brings.
template <class Load>
Usage usage_of(const Ledger& ledger, const Load& load) {
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
    load(reader, usage);
    reader.refusals(usage);
    reader.inside_sessions(usage);
    load_reported(reader.database, reader.logs, usage);
    load_followers(reader.database, reader.logs, usage);
    reader.installations(usage);
    reader.unobserved(usage);
    reader.identities(usage);
    reader.clock_steps(usage);
    reader.declarations(usage);
    usage.deliveries = load_deliveries(ledger);
    usage.coverage = load_coverage(ledger);
    return usage;
}

} // namespace

Usage load_usage(const Ledger& ledger) {
    return usage_of(ledger, [&](const Reader& reader, Usage& usage) {
        usage.sessions.reserve(session_count(ledger.database()));
        reader.each_waiting([&](const Session& session) { usage.sessions.push_back(session); });
        Statement row(reader.database, "SELECT sessions FROM page ORDER BY id");
        while (row.step()) {
            PageReader page(row.text(0), reader.page_kinds);
            for (PageSession one; page.next(one);) {
                usage.sessions.push_back(reader.session(reader.kinds[one.kind], one));
            }
        }
        std::sort(usage.sessions.begin(), usage.sessions.end(), [](const Session& a, const Session& b) {
            return std::tie(a.start_from, a.log, a.start_seq, a.end_seq) <
                   std::tie(b.start_from, b.log, b.start_seq, b.end_seq);
        });
    });
}

Usage load_packed_usage(const Ledger& ledger) {
    return usage_of(ledger, [&](const Reader& reader, Usage& usage) {
        usage.packed.reserve(session_count(ledger.database()));
        reader.each_waiting([&](const Session& session) { usage.packed.add(session); });
        reader.load_pages(usage.packed);
        usage.packed.sort();
    });
}

} // namespace tally::ledger
