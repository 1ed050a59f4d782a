#include "verifier/ledger/dimension.hpp"
#include "verifier/ledger/event.hpp"
#include "verifier/ledger/observed.hpp"
#include "verifier/ledger/repeats.hpp"
#include "verifier/ledger/sessions.hpp"
#include "verifier/ledger/sheets.hpp"
#include "verifier/ledger/state.hpp"
#include "verifier/ledger/usage.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace tally::ledger {
namespace {

using line::Fields;
using sqlite::Statement;

constexpr std::int64_t ms_per_day = seconds_per_day * 1000;
constexpr std::string_view watched_by_host = "host"; // the `src` of what the recorder saw itself

class Rollup {
public:
    Rollup(sqlite::Database& database, const check::VerifiedBundle& bundle, const std::vector<std::int64_t>& logs);

    void take(const check::LineView& view);
    RolledUp conclude();

private:
    struct Day {
        std::uint64_t lines = 0, seals = 0, events = 0;
    };

    struct Recent {
        std::int64_t log = 0, number = 0;
        Day* day = nullptr;
    };

    void start(const Event& event, std::uint64_t seq);
    void end(const Event& event, std::uint64_t seq);
    void open(const Event& event);
    void refusal(const Event& event, std::uint64_t seq);
    void describe(const Event& event, std::int64_t source, Pending& session);
    Detail detail_of(const Event& event);
    void finish(const Event& event, std::uint64_t seq, Pending& session);
    void packages(const Fields& fields);
    void import(const Fields& fields, std::uint64_t seq);
    void enrol(const Fields& fields);

    Day& day_of(std::int64_t day);
    bool repeated(std::int64_t source, const EventKey& event);
    void note(std::string text, check::Severity severity, std::uint64_t seq);

    sqlite::Database& database_;
    const check::VerifiedBundle& bundle_;
    const std::vector<std::int64_t>& logs_;
    Dimension sources_, features_, users_, clients_, versions_, accounts_, addresses_, pools_;
    SessionTable sessions_;
    Sheets sheets_;
    Statement insert_refusal_, insert_package_, insert_import_;
    SessionTable::Waiting pending_;
    Repeats repeats_;
    Observed observed_;
    std::map<std::pair<std::int64_t, std::int64_t>, std::uint64_t> duplicates_; // (source, log) -> events dropped
    std::map<std::pair<std::int64_t, std::int64_t>, Day> days_;
    std::array<Recent, 16> recent_{};
    std::map<std::int64_t, std::pair<std::uint64_t, std::uint64_t>> walls_; // log -> first and last
    std::int64_t log_ = 0;
    std::string_view host_;
    RolledUp result_;
};

Rollup::Rollup(sqlite::Database& database, const check::VerifiedBundle& bundle, const std::vector<std::int64_t>& logs)
    : database_(database), bundle_(bundle), logs_(logs), sources_(database, "source"), features_(database, "feature"),
      users_(database, "user"), clients_(database, "client"), versions_(database, "version"),
      accounts_(database, "account"), addresses_(database, "address"), pools_(database, "pool"), sessions_(database),
      sheets_(database),
      insert_refusal_(database,
                      "INSERT INTO refusal (log, source, feature, user, client, count, verb, at_from, at_span, seq) "
                      "VALUES (?,?,?,?,?,?,?,?,?,?)"),
      insert_package_(database, "INSERT OR IGNORE INTO package (source, package, component) VALUES (?,?,?)"),
      insert_import_(
          database,
          "INSERT INTO import (log, seq, source, lines, first, last, name, digest, zone) VALUES (?,?,?,?,?,?,?,?,?)"),
      pending_(load_waiting(database)), repeats_(database), observed_(database, sources_, features_, versions_) {}

// Neighbouring lines mostly fall on the same days: the last few are kept at hand.
Rollup::Day& Rollup::day_of(std::int64_t day) {
    Recent& recent = recent_[static_cast<std::size_t>(day) % recent_.size()];
    if (recent.day == nullptr || recent.log != log_ || recent.number != day) {
        recent = {log_, day, &days_[{log_, day}]};
    }
    return *recent.day;
}

void Rollup::note(std::string text, check::Severity severity, std::uint64_t seq) {
    result_.findings.push_back({check::Code::import_duplicate, severity, std::string(host_), seq, "", std::nullopt,
                                std::nullopt, std::move(text)});
}

bool Rollup::repeated(std::int64_t source, const EventKey& event) {
    const bool is_repeated = repeats_.counted_elsewhere(source, log_, event, [&](const auto& take) {
        const auto see = [&](const Pending& session) {
            const auto what = session.start_from ? EventKey::What::start : EventKey::What::orphan;
            take(session.log,
                 {what, session.start_from.value_or(session.end_from), session.feature, session.user, session.client});
        };
        for (const auto& [place, session] : pending_) {
            if (session.source == source && session.row == 0) {
                see(session);
            }
        }
        for (const auto& session : sessions_.unwritten(source)) {
            see(session);
        }
    });
    duplicates_[{source, log_}] += is_repeated ? 1 : 0;
    return is_repeated;
}

// The fields that a start has, or the end of a session whose start was not seen.
void Rollup::describe(const Event& event, std::int64_t source, Pending& session) {
    session.log = log_;
    session.source = source;
    session.feature = features_.id(event.feature);
    session.user = users_.id(event.user);
    session.client = clients_.id(event.client);
    session.count = static_cast<std::int64_t>(event.count);
    session.layer = layer_of(event.layer);
}

Detail Rollup::detail_of(const Event& event) {
    return {versions_.id(event.version),
            accounts_.id(event.account),
            addresses_.id(event.address),
            pools_.id(event.pool),
            (event.user_class == "automation" ? Detail::automation : 0) | (event.idle_known ? Detail::idle_known : 0) |
                (event.src == watched_by_host ? Detail::by_host : 0),
            static_cast<std::int64_t>(event.borrow)};
}

void Rollup::start(const Event& event, std::uint64_t seq) {
    const std::int64_t source = sources_.id(event.src);
    const auto found = event.other ? pending_.find({log_, *event.other}) : pending_.end();
    const bool completes = found != pending_.end() && !found->second.start_from;
    Pending session = completes ? found->second : Pending();
    if (!completes) {
        describe(event, source, session);
        session.end_from = event.at.from;
        // What a host sees itself no other host can have seen.
        if (event.src != watched_by_host &&
            repeated(source, {EventKey::What::start, event.at.from, session.feature, session.user, session.client})) {
            return;
        }
    }
    session.start_from = event.at.from;
    session.start_span = event.at.span;
    session.start_seq = seq;
    session.package = features_.id(event.package);
    session.detail = detail_of(event);
    ++day_of(event.at.from / seconds_per_day).events;
    if (completes) {
        sessions_.put(session);
        sheets_.add(session);
        pending_.erase(found);
    } else {
        pending_.emplace(Place{log_, seq}, session);
    }
}

void Rollup::end(const Event& event, std::uint64_t seq) {
    if (event.other) {
        const auto found = pending_.find({log_, *event.other});
        if (found != pending_.end() && found->second.start_from) { // else its start was counted from another log
            finish(event, seq, found->second);
            sessions_.put(found->second);
            sheets_.add(found->second);
            pending_.erase(found);
        }
        return;
    }
    if (event.src.empty() || event.feature.empty()) {
        return;
    }
    const std::int64_t source = sources_.id(event.src);
    Pending session;
    describe(event, source, session);
    if (event.src == watched_by_host ||
        !repeated(source, {EventKey::What::orphan, event.at.from, session.feature, session.user, session.client})) {
        finish(event, seq, session);
        pending_.emplace(Place{log_, seq}, session);
    }
}

void Rollup::finish(const Event& event, std::uint64_t seq, Pending& session) {
    session.kind = kind_of(event.kind);
    session.end_from = event.at.from;
    session.end_span = event.at.span;
    session.end_seq = seq;
    ++day_of(event.at.from / seconds_per_day).events;
}

void Rollup::open(const Event& event) {
    const auto found = pending_.find({log_, event.other.value_or(0)});
    if (found != pending_.end() && !found->second.end_span) {
        found->second.end_from = std::max(found->second.end_from, event.at.from);
    }
}

void Rollup::refusal(const Event& event, std::uint64_t seq) {
    const std::int64_t source = sources_.id(event.src);
    const Verb verb = verb_of(event.verb);
    const EventKey key{what_of(verb), event.at.from, features_.id(event.feature), users_.id(event.user),
                       clients_.id(event.client)};
    if (repeated(source, key)) {
        return;
    }
    insert_refusal_
        .bind(log_, source, key.feature, key.user, key.client, event.count, static_cast<int>(verb), event.at.from,
              event.at.span, seq)
        .run();
    ++day_of(event.at.from / seconds_per_day).events;
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
    Statement same(database_,
                   "SELECT host FROM import JOIN log ON log.id = import.log WHERE source = ? AND log <> ? AND "
                   "(digest = ? OR (first <= ? AND last >= ?)) LIMIT 1");
    if (same.bind(source, log_, *fields.string("digest"), last, first).step()) {
        const std::string file(*fields.string("name"));
        note((file.empty() ? "a file" : "file " + file) + " of source " + std::string(*fields.string("src")) +
                 " covers a time that log " + std::string(same.text(0)) +
                 " imported too: events that both show are counted once",
             check::Severity::warn, seq);
    }
    insert_import_
        .bind(log_, seq, source, *fields.integer("lines"), first, last,
              std::string_view(line::decode_text(*fields.string("name"))), *fields.string("digest"),
              *fields.string("zone"))
        .run();
}

void Rollup::enrol(const Fields& fields) {
    Statement insert(
        database_,
        "INSERT OR IGNORE INTO log (host, site, label, role, first_key, size, seals, range, epoch, key, first_wall, "
        "last_wall) VALUES (?,?,?,'recorder',?,0,0,x'',0,?,0,0)");
    Hash key{};
    if (from_hex(*fields.string("key"), key)) {
        insert
            .bind(*fields.string("log"), std::string_view(bundle_.report().site), *fields.string("label"), Bytes(key),
                  Bytes(key))
            .run();
    }
}

void Rollup::take(const check::LineView& view) {
    const Event event = gather(*view.fields);
    if (log_ != logs_[view.log] || result_.lines == 0) {
        log_ = logs_[view.log];
        host_ = bundle_.logs()[view.log].host;
        walls_.try_emplace(log_, event.wall, event.wall);
    }
    ++result_.lines;
    walls_[log_].second = event.wall;
    Day& day = day_of(static_cast<std::int64_t>(event.wall) / ms_per_day);
    ++day.lines;
    if (event.type == "start") {
        start(event, view.seq);
    } else if (event.type == "end") {
        end(event, view.seq);
    } else if (event.type == "open") {
        open(event);
    } else if (event.type == "seal") {
        ++day.seals;
        result_.seal_walls.push_back(event.wall);
    } else if (event.type == "denial" || event.type == "queue") {
        refusal(event, view.seq);
    } else if (event.type == "packages") {
        packages(*view.fields);
    } else if (event.type == "import") {
        import(*view.fields, view.seq);
    } else if (event.type == "enrol" && view.log == 0) {
        enrol(*view.fields);
        observed_.take(event.type, *view.fields, {log_, view.seq}, Speaker::station);
    } else {
        observed_.take(event.type, *view.fields, {log_, view.seq},
                       view.log == 0 ? Speaker::station : Speaker::recorder);
    }
}

RolledUp Rollup::conclude() {
    for (const auto& [place, session] : pending_) {
        sessions_.put(session);
    }
    sessions_.flush();
    result_.sessions = sessions_.added();
    sheets_.flush();
    Statement day(
        database_,
        "INSERT INTO day (log, day, lines, seals, events) VALUES (?,?,?,?,?) ON CONFLICT (log, day) DO UPDATE SET "
        "lines = lines + excluded.lines, seals = seals + excluded.seals, events = events + excluded.events");
    for (const auto& [key, counts] : days_) {
        day.bind(key.first, key.second, counts.lines, counts.seals, counts.events).run();
    }
    Statement wall(
        database_,
        "UPDATE log SET first_wall = CASE size WHEN 0 THEN ? ELSE first_wall END, last_wall = ? WHERE id = ?");
    for (const auto& [log, walls] : walls_) {
        wall.bind(walls.first, walls.second, log).run();
    }
    for (const auto& [key, count] : duplicates_) {
        if (count == 0) {
            continue;
        }
        Statement name(database_, "SELECT source.text, log.host FROM source, log WHERE source.id = ? AND log.id = ?");
        name.bind(key.first, key.second).step();
        result_.findings.push_back({check::Code::import_duplicate, check::Severity::note, std::string(name.text(1)),
                                    std::nullopt, "", std::nullopt, std::nullopt,
                                    std::to_string(count) + " events of source " + line::encode_text(name.text(0)) +
                                        " had come in before through another import: counted once"});
    }
    return std::move(result_);
}

} // namespace

RolledUp roll_up(sqlite::Database& database, const check::VerifiedBundle& bundle,
                 const std::vector<std::int64_t>& log_ids) {
    Rollup rollup(database, bundle, log_ids);
    bundle.for_each_line([&](const check::LineView& view) { rollup.take(view); });
    return rollup.conclude();
}

} // namespace tally::ledger
