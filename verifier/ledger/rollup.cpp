#include "verifier/ledger/dimension.hpp"
#include "verifier/ledger/state.hpp"
#include "verifier/ledger/usage.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace tally::ledger {
namespace {

using line::Fields;
using sqlite::Statement;

constexpr std::uint64_t max_count = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t ms_per_day = seconds_per_day * 1000;

// A sid (checked to be 32 hex digits) folded to 64 bits. Nobody outside can predict the 128, so folds do not meet.
std::uint64_t short_sid(std::string_view sid) {
    std::uint64_t halves[2] = {0, 0};
    for (std::size_t i = 0; i < 32; ++i) {
        halves[i / 16] = halves[i / 16] * 16 + static_cast<std::uint64_t>(hex_digit(sid[i]));
    }
    return halves[0] * 0x9E3779B97F4A7C15U ^ halves[1];
}

Layer layer_of(std::optional<std::string_view> text) {
    return text == "package" ? Layer::package : text == "component" ? Layer::component : Layer::feature;
}

EndKind kind_of(std::string_view text) {
    return text == "returned"          ? EndKind::returned
           : text == "server_shutdown" ? EndKind::server_shutdown
           : text == "superseded"      ? EndKind::superseded
                                       : EndKind::other;
}

Verb verb_of(std::string_view text) {
    return text == "DENIED"        ? Verb::denied
           : text == "UNSUPPORTED" ? Verb::unsupported
           : text == "QUEUED"      ? Verb::queued
           : text == "DEQUEUED"    ? Verb::dequeued
                                   : Verb::other;
}

struct Span {
    std::int64_t from = 0, span = 0;
};

Span span_of(const Fields& fields) {
    if (const auto exact = fields.integer("at")) {
        return {static_cast<std::int64_t>(*exact), 0};
    }
    const auto from = static_cast<std::int64_t>(fields.integer("at_from").value_or(0));
    const auto to = static_cast<std::int64_t>(fields.integer("at_to").value_or(0));
    return {from, std::max<std::int64_t>(0, to - from)};
}

// A session that waits for its other half. `row` is set when it lies in the table already.
struct Pending {
    std::int64_t row = 0;
    std::int64_t log = 0, source = 0, feature = 0, package = 0, user = 0, client = 0, count = 1;
    Layer layer = Layer::feature;
    EndKind kind = EndKind::open;
    std::optional<std::int64_t> start_from;
    std::int64_t start_span = 0, end_from = 0;
    std::optional<std::int64_t> end_span;
    std::optional<std::uint64_t> start_seq, end_seq;
};

class Rollup {
public:
    Rollup(sqlite::Database& database, const check::VerifiedBundle& bundle, const std::vector<std::int64_t>& logs);

    void take(const check::LineView& view);
    RolledUp finish();

private:
    struct Day {
        std::uint64_t lines = 0, seals = 0, events = 0;
    };

    void start(const Fields& fields, std::uint64_t seq);
    void end(const Fields& fields, std::uint64_t seq);
    void open(const Fields& fields);
    void refusal(const Fields& fields, std::uint64_t seq);
    void packages(const Fields& fields);
    void import(const Fields& fields, std::uint64_t seq);
    void enrol(const Fields& fields);

    void load_waiting();
    void put(std::uint64_t sid, const Pending& session);
    Day& day_of(std::int64_t day) { return days_[{log_, day}]; }
    bool counted_elsewhere(std::int64_t source, std::uint64_t sid);
    void report_overlap(std::int64_t source, std::int64_t first, std::int64_t last);
    void note(std::string text, check::Severity severity, std::uint64_t seq);

    sqlite::Database& database_;
    const check::VerifiedBundle& bundle_;
    const std::vector<std::int64_t>& logs_;
    Dimension sources_, features_, users_, clients_;
    Statement insert_session_, update_session_, insert_refusal_, insert_package_, insert_import_, insert_source_log_;
    std::unordered_map<std::uint64_t, Pending> pending_;
    std::unordered_set<std::uint64_t> dropped_;                     // counted from another log
    std::map<std::int64_t, std::unordered_set<std::uint64_t>> seen_; // per source that came from several logs
    std::map<std::pair<std::int64_t, std::int64_t>, std::uint64_t> duplicates_; // (source, log) -> sessions dropped
    std::set<std::pair<std::int64_t, std::int64_t>> source_logs_;
    std::map<std::pair<std::int64_t, std::int64_t>, Day> days_;
    std::map<std::int64_t, std::pair<std::uint64_t, std::uint64_t>> walls_; // log -> first and last
    std::int64_t log_ = 0;
    std::string_view host_;
    RolledUp result_;
};

Rollup::Rollup(sqlite::Database& database, const check::VerifiedBundle& bundle, const std::vector<std::int64_t>& logs)
    : database_(database), bundle_(bundle), logs_(logs), sources_(database, "source"), features_(database, "feature"),
      users_(database, "user"), clients_(database, "client"),
      insert_session_(database, "INSERT INTO session (log, source, feature, package, user, client, count, layer, kind, start_from, "
                                "start_span, end_from, end_span, start_seq, end_seq, sid) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"),
      update_session_(database, "UPDATE session SET package = ?, kind = ?, start_from = ?, start_span = ?, end_from = ?, end_span = ?, "
                                "start_seq = ?, end_seq = ? WHERE id = ?"),
      insert_refusal_(database, "INSERT INTO refusal (log, source, feature, user, client, count, verb, at_from, at_span, seq, "
                                "sid) VALUES (?,?,?,?,?,?,?,?,?,?,?)"),
      insert_package_(database, "INSERT OR IGNORE INTO package (source, package, component) VALUES (?,?,?)"),
      insert_import_(database, "INSERT INTO import (log, seq, source, lines, first, last, name, digest, zone) VALUES (?,?,?,?,?,?,?,?,?)"),
      insert_source_log_(database, "INSERT INTO source_log (source, log) VALUES (?,?)") {
    load_waiting();
    Statement row(database, "SELECT source, log FROM source_log");
    while (row.step()) {
        source_logs_.emplace(row.integer(0), row.integer(1));
    }
}

void Rollup::load_waiting() {
    Statement row(database_, "SELECT id, log, source, feature, package, user, client, count, layer, kind, start_from, start_span, end_from, "
                             "end_span, start_seq, end_seq, sid FROM session WHERE end_span IS NULL OR start_from IS NULL");
    while (row.step()) {
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
        session.start_from = row.is_null(10) ? std::nullopt : std::optional(row.integer(10));
        session.start_span = row.integer(11);
        session.end_from = row.integer(12);
        session.end_span = row.is_null(13) ? std::nullopt : std::optional(row.integer(13));
        session.start_seq = row.is_null(14) ? std::nullopt : std::optional(static_cast<std::uint64_t>(row.integer(14)));
        session.end_seq = row.is_null(15) ? std::nullopt : std::optional(static_cast<std::uint64_t>(row.integer(15)));
        pending_.emplace(static_cast<std::uint64_t>(row.integer(16)), session);
    }
}

void Rollup::put(std::uint64_t sid, const Pending& session) {
    if (session.row != 0) {
        update_session_
            .bind(session.package, static_cast<int>(session.kind), session.start_from, session.start_span, session.end_from,
                  session.end_span, session.start_seq, session.end_seq, session.row)
            .run();
        return;
    }
    insert_session_
        .bind(session.log, session.source, session.feature, session.package, session.user, session.client, session.count,
              static_cast<int>(session.layer), static_cast<int>(session.kind), session.start_from, session.start_span, session.end_from,
              session.end_span, session.start_seq, session.end_seq, sid)
        .run();
    ++result_.sessions;
}

void Rollup::note(std::string text, check::Severity severity, std::uint64_t seq) {
    result_.findings.push_back({check::Code::import_duplicate, severity, std::string(host_), seq, "", std::nullopt, std::nullopt,
                                std::move(text)});
}

// Whether a session of that id came in through another log. Looked up only for sources that several logs tell of.
bool Rollup::counted_elsewhere(std::int64_t source, std::uint64_t sid) {
    if (source_logs_.emplace(source, log_).second) {
        insert_source_log_.bind(source, log_).run();
    }
    const auto first = source_logs_.lower_bound({source, 0});
    const auto next = std::next(first);
    if (next == source_logs_.end() || next->first != source) {
        return false;
    }
    auto [seen, fresh] = seen_.try_emplace(source);
    if (fresh) {
        Statement row(database_, "SELECT sid FROM session WHERE source = ? UNION ALL SELECT sid FROM refusal WHERE source = ?");
        row.bind(source, source);
        while (row.step()) {
            seen->second.insert(static_cast<std::uint64_t>(row.integer(0)));
        }
        for (const auto& [other, session] : pending_) {
            if (session.source == source) {
                seen->second.insert(other);
            }
        }
    }
    return !seen->second.insert(sid).second;
}

void Rollup::start(const Fields& fields, std::uint64_t seq) {
    const std::uint64_t sid = short_sid(*fields.string("sid"));
    const std::int64_t source = sources_.id(*fields.string("src"));
    const auto found = pending_.find(sid);
    const bool orphan = found != pending_.end() && !found->second.start_from && found->second.log == log_;
    if (found != pending_.end() && !orphan && found->second.log == log_) {
        ++duplicates_[{source, log_}];
        return;
    }
    if (!orphan && counted_elsewhere(source, sid)) {
        dropped_.insert(sid);
        ++duplicates_[{source, log_}];
        return;
    }
    const Span at = span_of(fields);
    Pending& session = orphan ? found->second : pending_[sid];
    session.start_from = at.from;
    session.start_span = at.span;
    session.start_seq = seq;
    session.package = features_.id(fields.string("package").value_or(""));
    ++day_of(at.from / seconds_per_day).events;
    if (orphan) {
        put(sid, session);
        pending_.erase(found);
        return;
    }
    session.log = log_;
    session.source = source;
    session.feature = features_.id(*fields.string("feature"));
    session.user = users_.id(*fields.string("user"));
    session.client = clients_.id(*fields.string("client"));
    session.count = static_cast<std::int64_t>(std::min(fields.integer("count").value_or(1), max_count));
    session.layer = layer_of(fields.string("layer"));
    session.end_from = at.from;
}

void Rollup::end(const Fields& fields, std::uint64_t seq) {
    const std::uint64_t sid = short_sid(*fields.string("sid"));
    const Span at = span_of(fields);
    const auto found = pending_.find(sid);
    if (found != pending_.end() && found->second.log == log_ && found->second.start_from && dropped_.count(sid) == 0) {
        Pending& session = found->second;
        session.kind = kind_of(*fields.string("kind"));
        session.end_from = at.from;
        session.end_span = at.span;
        session.end_seq = seq;
        ++day_of(at.from / seconds_per_day).events;
        put(sid, session);
        pending_.erase(found);
        return;
    }
    const auto source = fields.string("src");
    if (found != pending_.end() || dropped_.count(sid) > 0 || !source || !fields.string("feature")) {
        return;
    }
    const std::int64_t source_id = sources_.id(*source);
    if (counted_elsewhere(source_id, sid)) {
        ++duplicates_[{source_id, log_}];
        return;
    }
    Pending& session = pending_[sid];
    session.log = log_;
    session.source = source_id;
    session.feature = features_.id(*fields.string("feature"));
    session.user = users_.id(fields.string("user").value_or(""));
    session.client = clients_.id(fields.string("client").value_or(""));
    session.count = static_cast<std::int64_t>(std::min(fields.integer("count").value_or(1), max_count));
    session.layer = layer_of(fields.string("layer"));
    session.kind = kind_of(*fields.string("kind"));
    session.end_from = at.from;
    session.end_span = at.span;
    session.end_seq = seq;
    ++day_of(at.from / seconds_per_day).events;
}

void Rollup::open(const Fields& fields) {
    const auto found = pending_.find(short_sid(*fields.string("sid")));
    if (found != pending_.end() && !found->second.end_span && found->second.log == log_) {
        found->second.end_from = std::max(found->second.end_from, static_cast<std::int64_t>(*fields.integer("at")));
    }
}

void Rollup::refusal(const Fields& fields, std::uint64_t seq) {
    const std::int64_t source = sources_.id(*fields.string("src"));
    const std::uint64_t sid = short_sid(*fields.string("sid"));
    if (counted_elsewhere(source, sid)) {
        ++duplicates_[{source, log_}];
        return;
    }
    const Span at = span_of(fields);
    insert_refusal_
        .bind(log_, source, features_.id(*fields.string("feature")), users_.id(*fields.string("user")), clients_.id(*fields.string("client")),
              std::min(fields.integer("count").value_or(1), max_count), static_cast<int>(verb_of(*fields.string("verb"))), at.from, at.span,
              seq, sid)
        .run();
    ++day_of(at.from / seconds_per_day).events;
    ++result_.refusals;
}

void Rollup::packages(const Fields& fields) {
    const std::int64_t source = sources_.id(*fields.string("src"));
    const std::int64_t package = features_.id(*fields.string("package"));
    line::Items items(*fields.array("components"));
    for (line::Value item; items.next(item);) {
        if (item.kind == line::Kind::string) {
            insert_package_.bind(source, package, features_.id(item.text)).run();
        }
    }
}

void Rollup::import(const Fields& fields, std::uint64_t seq) {
    const std::int64_t source = sources_.id(*fields.string("src"));
    const auto first = static_cast<std::int64_t>(fields.integer("first").value_or(0));
    const auto last = static_cast<std::int64_t>(fields.integer("last").value_or(0));
    Statement same(database_, "SELECT host FROM import JOIN log ON log.id = import.log WHERE source = ? AND log <> ? AND "
                              "(digest = ? OR (first <= ? AND last >= ?)) LIMIT 1");
    if (same.bind(source, log_, *fields.string("digest"), last, first).step()) {
        note("file " + std::string(*fields.string("name")) + " of source " + std::string(*fields.string("src")) +
                 " covers a time that log " + std::string(same.text(0)) +
                 " imported too: sessions with equal ids are counted once, others twice",
             check::Severity::warn, seq);
    }
    insert_import_
        .bind(log_, seq, source, *fields.integer("lines"), first, last, std::string_view(line::decode_text(*fields.string("name"))),
              *fields.string("digest"), *fields.string("zone"))
        .run();
}

void Rollup::enrol(const Fields& fields) {
    Statement insert(database_, "INSERT OR IGNORE INTO log (host, site, label, role, first_key, size, seals, range, epoch, key, first_wall, "
                                "last_wall) VALUES (?,?,?,'recorder',?,0,0,x'',0,?,0,0)");
    Hash key{};
    if (from_hex(*fields.string("key"), key)) {
        insert.bind(*fields.string("log"), std::string_view(bundle_.report().site), *fields.string("label"), Bytes(key), Bytes(key)).run();
    }
}

void Rollup::take(const check::LineView& view) {
    const Fields& fields = *view.fields;
    log_ = logs_[view.log];
    host_ = bundle_.logs()[view.log].host;
    ++result_.lines;
    const std::uint64_t wall = *fields.integer("wall");
    auto& walls = walls_.try_emplace(log_, wall, wall).first->second;
    walls.second = wall;
    Day& day = day_of(static_cast<std::int64_t>(wall) / ms_per_day);
    ++day.lines;
    const std::string_view type = *fields.string("t");
    if (type == "start") {
        start(fields, view.seq);
    } else if (type == "end") {
        end(fields, view.seq);
    } else if (type == "open") {
        open(fields);
    } else if (type == "seal") {
        ++day.seals;
    } else if (type == "denial" || type == "queue") {
        refusal(fields, view.seq);
    } else if (type == "packages") {
        packages(fields);
    } else if (type == "import") {
        import(fields, view.seq);
    } else if (type == "enrol" && view.log == 0) {
        enrol(fields);
    }
}

RolledUp Rollup::finish() {
    for (const auto& [sid, session] : pending_) {
        put(sid, session);
    }
    Statement day(database_, "INSERT INTO day (log, day, lines, seals, events) VALUES (?,?,?,?,?) ON CONFLICT (log, day) DO UPDATE SET "
                             "lines = lines + excluded.lines, seals = seals + excluded.seals, events = events + excluded.events");
    for (const auto& [key, counts] : days_) {
        day.bind(key.first, key.second, counts.lines, counts.seals, counts.events).run();
    }
    Statement wall(database_, "UPDATE log SET first_wall = CASE size WHEN 0 THEN ? ELSE first_wall END, last_wall = ? WHERE id = ?");
    for (const auto& [log, walls] : walls_) {
        wall.bind(walls.first, walls.second, log).run();
    }
    for (const auto& [key, count] : duplicates_) {
        Statement name(database_, "SELECT source.text, log.host FROM source, log WHERE source.id = ? AND log.id = ?");
        name.bind(key.first, key.second).step();
        result_.findings.push_back({check::Code::import_duplicate, check::Severity::note, std::string(name.text(1)), std::nullopt, "",
                                    std::nullopt, std::nullopt,
                                    std::to_string(count) + " events of source " + line::encode_text(name.text(0)) +
                                        " had come in before through another import: counted once"});
    }
    return std::move(result_);
}

} // namespace

RolledUp roll_up(sqlite::Database& database, const check::VerifiedBundle& bundle, const std::vector<std::int64_t>& log_ids) {
    Rollup rollup(database, bundle, log_ids);
    bundle.for_each_line([&](const check::LineView& view) { rollup.take(view); });
    return rollup.finish();
}

} // namespace tally::ledger
