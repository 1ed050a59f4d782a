#include "verifier/ledger/observed.hpp"

#include "tally/line/limits.hpp"

#include <algorithm>
#include <initializer_list>

namespace tally::ledger {
namespace {

std::string decoded(const line::Fields& fields, std::string_view key) {
    const auto text = fields.string(key);
    return text ? line::decode_text(*text) : "";
}

// check insists on what a type must have; what may be missing is 0 or empty.
std::uint64_t number(const line::Fields& fields, std::string_view key) { return fields.integer(key).value_or(0); }

Measure measure_of(std::string_view kind) {
    return kind == "startup" ? Measure::startup
           : kind == "open"  ? Measure::open
           : kind == "save"  ? Measure::save
                             : Measure::other;
}

// Sums stop at the largest number of a line, so that no host can make one that the ledger cannot hold.
std::string adding(std::string_view table, std::string_view keys, std::initializer_list<std::string_view> sums) {
    std::string columns(keys);
    std::string marks;
    std::string set;
    for (const auto& sum : sums) {
        columns += "," + std::string(sum);
        set += (set.empty() ? "" : ", ") + std::string(sum) + " = min(" + std::string(sum) + " + excluded." +
               std::string(sum) + ", " + std::to_string(line::max_integer) + ")";
    }
    for (std::size_t i = 0; i <= static_cast<std::size_t>(std::count(columns.begin(), columns.end(), ',')); ++i) {
        marks += i == 0 ? "?" : ",?";
    }
    return "INSERT INTO " + std::string(table) + " (" + columns + ") VALUES (" + marks +
           ") ON CONFLICT DO UPDATE SET " + set;
}

using sqlite::Statement;

template <class Row>
using ByStart = std::unordered_map<Place, std::vector<Row>, PlaceHash>;

ByStart<CommandUse> load_commands(const sqlite::Database& database, const Numbering& logs, Usage& usage) {
    const Numbering names = Numbering::of_texts(database, "command");
    usage.commands = names.texts();
    ByStart<CommandUse> uses;
    Statement row(database, "SELECT log, start, command_use.command, started, completed, cancelled, undone "
                            "FROM command_use JOIN command ON command.id = command_use.command "
                            "ORDER BY log, start, text");
    while (row.step()) {
        uses[{logs(row, 0), row.natural(1)}].push_back(
            {{}, names(row, 2), row.natural(3), row.natural(4), row.natural(5), row.natural(6)});
    }
    return uses;
}

ByStart<Timing> load_timings(const sqlite::Database& database, const Numbering& logs) {
    ByStart<Timing> timings;
    Statement row(database, "SELECT log, start, measure, day, samples, ms, documents, bytes FROM timing "
                            "ORDER BY log, start, measure, day");
    while (row.step()) {
        Timing timing;
        timing.measure = static_cast<Measure>(row.integer(2));
        timing.by.day = row.integer(3);
        timing.samples = row.natural(4);
        timing.ms = row.natural(5);
        timing.documents = row.natural(6);
        timing.bytes = row.natural(7);
        timings[{logs(row, 0), row.natural(1)}].push_back(timing);
    }
    return timings;
}

} // namespace

Observed::Observed(sqlite::Database& database, Dimension& sources, Dimension& features, Dimension& versions)
    : sources_(sources), features_(features), versions_(versions), modules_(database, "module"),
      commands_(database, "command"),
      insert_use_(database, "INSERT INTO module_use (log, seq, start, module, count) VALUES (?,?,?,?,?)"),
      insert_idle_(database, "INSERT INTO idle (log, seq, start, since, span) VALUES (?,?,?,?,?)"),
      insert_scan_(database, "INSERT INTO scanned (log, seq, feature, version, at, there) VALUES (?,?,?,?,?,?)"),
      insert_unobserved_(database, "INSERT INTO unobserved (log, seq, kind, source, since, until, count) "
                                   "VALUES (?,?,?,?,?,?,?)"),
      insert_identity_(database,
                       "INSERT INTO identity (log, seq, name, domain, address, os, at) VALUES (?,?,?,?,?,?,?)"),
      insert_clock_(database, "INSERT INTO clock_step (log, seq, was, became) VALUES (?,?,?,?)"),
      insert_declaration_(database, "INSERT INTO declaration (log, seq, kind, agreement, about, reason, since, until) "
                                    "VALUES (?,?,?,?,?,?,?,?)"),
      insert_follower_(database, "INSERT OR IGNORE INTO follows (log, host) VALUES (?,?)"),
      insert_machine_(database, "INSERT OR IGNORE INTO machine (station, host, machine) VALUES (?,?,?)"),
      add_commands_(database,
                    adding("command_use", "log,start,command", {"started", "completed", "cancelled", "undone"})),
      add_timing_(database, adding("timing", "log,start,measure,day", {"samples", "ms", "documents", "bytes"})) {}

void Observed::take(std::string_view type, const line::Fields& fields, const Place& place, Speaker speaker) {
    if (type == "used") {
        used(fields, place);
    } else if (type == "idle") {
        idle(fields, place);
    } else if (type == "commands") {
        commands(fields, place);
    } else if (type == "sample") {
        sample(fields, place);
    } else if (type == "installed" || type == "removed") {
        scanned(fields, place, type == "installed");
    } else if (type == "gap") {
        unobserved(fields, place, fields.string("kind") == "host_off" ? Darkness::host_off : Darkness::recorder_off);
    } else if (type == "loss") {
        unobserved(fields, place, Darkness::source_loss);
    } else if (type == "identity") {
        identity(fields, place);
    } else if (type == "clock") {
        clock(fields, place);
    } else if (type == "declare" && speaker == Speaker::station) {
        declare(fields, place);
    } else if (type == "retire" && speaker == Speaker::station) {
        retire(fields, place);
    } else if (type == "enrol" && speaker == Speaker::station) {
        enrol(fields, place);
    } else if (type == "genesis" && speaker == Speaker::recorder) {
        follow(fields, place);
    }
}

void Observed::used(const line::Fields& fields, const Place& place) {
    insert_use_
        .bind(place.log, place.seq, number(fields, "start"), modules_.id(*fields.string("name")),
              number(fields, "count"))
        .run();
}

void Observed::idle(const line::Fields& fields, const Place& place) {
    const std::uint64_t from = number(fields, "from");
    insert_idle_.bind(place.log, place.seq, number(fields, "start"), from, number(fields, "to") - from).run();
}

void Observed::commands(const line::Fields& fields, const Place& place) {
    add_commands_
        .bind(place.log, number(fields, "start"), commands_.id(*fields.string("name")), number(fields, "started"),
              number(fields, "completed"), number(fields, "cancelled"), number(fields, "undone"))
        .run();
}

void Observed::sample(const line::Fields& fields, const Place& place) {
    const auto bytes = fields.integer("bytes");
    add_timing_
        .bind(place.log, number(fields, "start"), static_cast<int>(measure_of(*fields.string("kind"))),
              static_cast<std::int64_t>(number(fields, "at")) / seconds_per_day, 1, number(fields, "ms"), bytes ? 1 : 0,
              bytes.value_or(0))
        .run();
}

void Observed::scanned(const line::Fields& fields, const Place& place, bool there) {
    insert_scan_
        .bind(place.log, place.seq, features_.id(*fields.string("feature")),
              versions_.id(fields.string("version").value_or("")), number(fields, "at"), there ? 1 : 0)
        .run();
}

void Observed::unobserved(const line::Fields& fields, const Place& place, Darkness kind) {
    insert_unobserved_
        .bind(place.log, place.seq, static_cast<int>(kind), sources_.id(fields.string("src").value_or("")),
              number(fields, "from"), number(fields, "to"), number(fields, "count"))
        .run();
}

void Observed::identity(const line::Fields& fields, const Place& place) {
    const std::string name = decoded(fields, "name");
    const std::string domain = decoded(fields, "domain");
    const std::string address = decoded(fields, "address");
    const std::string os = decoded(fields, "os");
    insert_identity_
        .bind(place.log, place.seq, std::string_view(name), std::string_view(domain), std::string_view(address),
              std::string_view(os), number(fields, "at"))
        .run();
}

void Observed::clock(const line::Fields& fields, const Place& place) {
    insert_clock_.bind(place.log, place.seq, number(fields, "from"), number(fields, "to")).run();
}

void Observed::declare(const line::Fields& fields, const Place& place) {
    const auto kind = fields.string("kind");
    const auto meant = kind == "nil"   ? DeclarationKind::nil
                       : kind == "gap" ? DeclarationKind::gap
                                       : DeclarationKind::justification;
    const std::string agreement = decoded(fields, "agreement");
    const std::string about = decoded(fields, "about");
    const std::string reason = decoded(fields, "reason");
    insert_declaration_
        .bind(place.log, place.seq, static_cast<int>(meant), std::string_view(agreement), std::string_view(about),
              std::string_view(reason), number(fields, "from"), fields.integer("to"))
        .run();
}

void Observed::retire(const line::Fields& fields, const Place& place) {
    const std::string about = decoded(fields, "log");
    const std::string reason = decoded(fields, "reason");
    insert_declaration_
        .bind(place.log, place.seq, static_cast<int>(DeclarationKind::retired), std::string_view(),
              std::string_view(about), std::string_view(reason), number(fields, "at"), std::optional<std::int64_t>())
        .run();
}

void Observed::follow(const line::Fields& fields, const Place& place) {
    line::Fields before;
    const auto replaces = fields.object("replaces");
    if (replaces && !before.parse(*replaces, line::max_record) && before.string("host")) {
        insert_follower_.bind(place.log, *before.string("host")).run();
    }
}

void Observed::enrol(const line::Fields& fields, const Place& place) {
    if (const auto machine = fields.string("machine"); machine && !machine->empty()) {
        insert_machine_.bind(place.log, *fields.string("log"), *machine).run();
    }
}

void load_followers(const sqlite::Database& database, const Numbering& logs, Usage& usage) {
    usage.log_replaces.assign(usage.logs.size(), 0);
    Statement known(database, "SELECT 1 FROM sqlite_schema WHERE name = 'machine'");
    if (!known.step()) {
        return; // a ledger that an earlier program wrote last
    }
    Statement row(database, "SELECT anew.id, old.id FROM follows JOIN log AS anew ON anew.id = follows.log "
                            "JOIN log AS old ON old.host = follows.host AND old.id <> anew.id "
                            "JOIN machine AS is_now ON is_now.host = anew.host "
                            "JOIN machine AS was ON was.host = old.host AND was.station = is_now.station "
                            "AND was.machine = is_now.machine "
                            "JOIN log AS station ON station.id = is_now.station "
                            "AND station.site = anew.site AND station.site = old.site "
                            "WHERE old.last_wall <= anew.first_wall AND EXISTS (SELECT 1 FROM declaration "
                            "WHERE declaration.log = station.id AND kind = ? AND about = old.host)");
    row.bind(static_cast<int>(DeclarationKind::retired));
    while (row.step()) {
        usage.log_replaces[logs(row, 0)] = logs(row, 1);
    }
}

void load_reported(const sqlite::Database& database, const Numbering& logs, Usage& usage) {
    usage.commands = {""};
    Statement known(database, "SELECT 1 FROM sqlite_schema WHERE name = 'timing'");
    if (!known.step()) {
        return; // a ledger that an earlier program wrote last
    }
    auto commands = load_commands(database, logs, usage);
    auto timings = load_timings(database, logs);
    if (commands.empty() && timings.empty()) {
        return;
    }
    const auto tell = [&](const SessionKind& session, std::uint64_t seq, std::int64_t start_to) {
        const Place start{session.log, seq};
        const Reported by{session.user, session.feature, session.version, start_to / seconds_per_day};
        if (const auto found = commands.find(start); found != commands.end()) {
            for (auto& use : found->second) {
                use.by = by;
                usage.command_uses.push_back(use);
            }
        }
        if (const auto found = timings.find(start); found != timings.end()) {
            for (auto& timing : found->second) {
                timing.by = {by.user, by.feature, by.version, timing.by.day};
                usage.timings.push_back(timing);
            }
        }
    };
    for (const auto& session : usage.sessions) {
        tell(session, session.start_seq, session.start_to);
    }
    const PackedSessions& packed = usage.packed;
    for (std::uint32_t i = 0; i < packed.size(); ++i) {
        if (packed.is_exact(i)) {
            tell(packed.kind(i), packed.start_seq(i), packed.start(i));
        } else {
            tell(packed.whole(i), packed.whole(i).start_seq, packed.whole(i).start_to);
        }
    }
}

} // namespace tally::ledger
