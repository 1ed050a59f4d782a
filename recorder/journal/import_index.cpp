#include "recorder/journal/import_index.hpp"

#include "tally/line/write.hpp"

#include <algorithm>
#include <unordered_map>

namespace tally::journal {
namespace {

using capture::EventId, capture::Instant, capture::Source;

constexpr int version = 3; // a later one has to take over what is there: pruned journals cannot make it again

constexpr std::string_view seen_by_host = "host"; // no import's, and every event of an import has another `src`

constexpr const char* tables = R"(
CREATE TABLE IF NOT EXISTS import_state(id INTEGER PRIMARY KEY CHECK(id = 1), version INTEGER NOT NULL, size INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS import_event(second INTEGER, id INTEGER, PRIMARY KEY(second, id)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS import_open(line INTEGER PRIMARY KEY, source TEXT, holder TEXT, start_from INTEGER, start_to INTEGER, still_open INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS import_orphan(line INTEGER PRIMARY KEY, source TEXT, holder TEXT, end_from INTEGER, end_to INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS import_daemon(n INTEGER PRIMARY KEY, source TEXT, daemon TEXT, UNIQUE(source, daemon)) STRICT;
CREATE TABLE IF NOT EXISTS import_stop(n INTEGER PRIMARY KEY, source TEXT, daemon TEXT, at INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS import_component(source TEXT, package TEXT, component TEXT, line INTEGER, PRIMARY KEY(source, package, component)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS import_file(n INTEGER PRIMARY KEY, source TEXT, digest TEXT, zone TEXT, first INTEGER, last INTEGER, complete INTEGER, UNIQUE(source, digest)) STRICT;
CREATE TABLE IF NOT EXISTS import_privacy(line INTEGER PRIMARY KEY, body TEXT) STRICT;
)";

constexpr std::array<const char*, 9> table_names{"import_state",     "import_event",  "import_open",
                                                 "import_orphan",    "import_daemon", "import_stop",
                                                 "import_component", "import_file",   "import_privacy"};

std::int64_t number(const line::Fields& fields, std::string_view key) {
    return static_cast<std::int64_t>(fields.integer(key).value_or(0));
}

Instant time_of(const line::Fields& fields) {
    const auto at = fields.find("at") != nullptr ? "at" : fields.find("at_from") != nullptr ? "at_from" : "from";
    return {number(fields, at), number(fields, at == std::string_view("at_from") ? "at_to" : at)};
}

std::string text_of(const line::Fields& fields, std::string_view key) {
    return std::string(fields.string(key).value_or(""));
}

} // namespace

// Tells the memory again what the lines say.
class ImportIndex::Replay {
public:
    explicit Replay(ImportIndex& index) : index_(&index) {}

    void see(std::uint64_t seq, std::string_view text) {
        if (fields_.parse(text, line::max_record) || fields_.string("src") == seen_by_host) {
            return;
        }
        const std::string_view type = fields_.string("t").value_or("");
        if (type == "start") {
            start(seq);
        } else if (type == "end") {
            end(seq);
        } else if (type == "open") {
            still_open();
        } else if (type == "denial" || type == "queue" || type == "notice") {
            remember(source(), text_of(fields_, "verb"), key());
            see_daemon();
        } else if (type == "server") {
            remember(source(), text_of(fields_, "verb"), text_of(fields_, "daemon"));
            see_daemon();
            index_->stop(source(), text_of(fields_, "daemon"), time_of(fields_).from);
        } else if (type == "packages") {
            packages(seq);
        } else if (type == "loss") {
            remember(source(), "LOST", capture::loss_name(number(fields_, "count"), number(fields_, "to")));
        } else if (type == "importing") {
            index_->begin_file(source(), text_of(fields_, "zone"),
                               {text_of(fields_, "digest"), number(fields_, "first"), number(fields_, "last"), false});
        } else if (type == "policy" || type == "consent") {
            index_->tell(seq, text);
        } else if (type == "import") {
            index_->complete_file(source(), text_of(fields_, "digest"));
        }
    }

private:
    Source& source() { return index_->source(text_of(fields_, "src")); }
    void see_daemon() { index_->daemon(source(), text_of(fields_, "daemon")); }
    capture::HolderKey key() const {
        return capture::holder_key(text_of(fields_, "daemon"), text_of(fields_, "feature"), text_of(fields_, "user"),
                                   text_of(fields_, "client"));
    }

    // Equal events of one second have the ordinals 0, 1, …
    void remember(const Source& of, std::string_view verb, std::string_view names) {
        const std::int64_t second = time_of(fields_).from;
        const std::string what = std::string(verb) + '\n' + std::string(names);
        EventId id = identity_.of(of.name, second, what, 0);
        for (std::uint32_t ordinal = 1; index_->seen(second, id); ++ordinal) {
            id = identity_.of(of.name, second, what, ordinal);
        }
        index_->remember(second, id);
    }

    void start(std::uint64_t seq) {
        remember(source(), capture::name_of(capture::Verb::out), key());
        index_->daemon(source(), text_of(fields_, "daemon"));
        const auto end = fields_.integer("end");
        if (fields_.string("fidelity") == capture::start_only) {
            return;
        }
        if (!end) {
            index_->open(source(), key(), {time_of(fields_), seq, -1, false});
            places_[seq] = {text_of(fields_, "src"), key()};
            return;
        }
        auto& holders = source().holders;
        if (const auto holder = holders.find(key()); holder != holders.end()) {
            const auto& orphans = holder->second.orphans;
            const auto mine =
                std::find_if(orphans.begin(), orphans.end(), [&](const auto& orphan) { return orphan.seq == *end; });
            if (mine != orphans.end()) {
                index_->adopt(source(), key(), static_cast<std::size_t>(mine - orphans.begin()));
            }
        }
    }

    void end(std::uint64_t seq) {
        const auto start = fields_.integer("start");
        if (!start) {
            remember(source(), capture::name_of(capture::Verb::in), key());
            see_daemon();
            index_->wait(source(), key(), {time_of(fields_), seq, false});
            return;
        }
        with_session(*start, [&](Source& of, const capture::HolderKey& key, std::size_t place) {
            if (fields_.find("inferred") == nullptr) {
                remember(of, capture::name_of(capture::Verb::in), key);
            }
            index_->close(of, key, place);
        });
        places_.erase(*start);
    }

    void still_open() {
        with_session(
            fields_.integer("start").value_or(0), [&](Source& of, const capture::HolderKey& key, std::size_t place) {
                index_->mark_still_open(of, key, of.holders.find(key)->second.open[place], time_of(fields_).from);
            });
    }

    template <class Do>
    void with_session(std::uint64_t start, Do action) {
        const auto place = places_.find(start);
        if (place == places_.end()) {
            return;
        }
        Source& of = index_->source(place->second.first);
        const auto holder = of.holders.find(place->second.second);
        if (holder == of.holders.end()) {
            return;
        }
        const auto& open = holder->second.open;
        const auto mine =
            std::find_if(open.begin(), open.end(), [&](const auto& session) { return session.seq == start; });
        if (mine != open.end()) {
            action(of, place->second.second, static_cast<std::size_t>(mine - open.begin()));
        }
    }

    void packages(std::uint64_t seq) {
        const auto list = fields_.array("components");
        if (!list) {
            return;
        }
        line::Items items(*list);
        for (line::Value item; items.next(item);) {
            index_->component(source(), text_of(fields_, "package"), std::string(item.text), seq);
        }
    }

    ImportIndex* index_;
    line::Fields fields_;
    std::unordered_map<std::uint64_t, Place> places_; // by the seq of the start
    capture::Identity identity_;
};

ImportIndex::ImportIndex(sqlite::Database& database, std::uint64_t size, const ReadLines& read_lines,
                         std::uint64_t begins)
    : database_(&database) {
    create_tables();
    bool goes_as_far = true;
    std::vector<std::pair<std::uint64_t, std::string>> told;
    {
        sqlite::Statement state(database, "SELECT version, size FROM import_state");
        const bool there = state.step();
        const auto covered = there ? static_cast<std::uint64_t>(state.integer(1)) : 0;
        goes_as_far = there && state.integer(0) == version && covered <= size;
        if (goes_as_far) { // lines after it are of others, unless an import wrote without its index
            line::Fields fields;
            read_lines(covered, size, [&](std::uint64_t seq, std::string_view text) {
                const bool parsed = !fields.parse(text, line::max_record);
                goes_as_far = goes_as_far && parsed && fields.string("src").value_or(seen_by_host) == seen_by_host;
                if (const auto type = fields.string("t"); type == "policy" || type == "consent") {
                    told.emplace_back(seq, text);
                }
            });
        }
    }
    if (goes_as_far) {
        load();
        for (const auto& [seq, text] : told) {
            tell(seq, text);
        }
    } else if (begins > 0) {
        throw Error("import", database.path(),
                    "what imports remember is lost or of another version, and the lines before " +
                        std::to_string(begins) + " that it was made from were removed",
                    {"nothing was written; start a new log in another directory: its events are counted once"});
    } else {
        rebuild(size, read_lines);
    }
}

void ImportIndex::create_tables() {
    database_->run(tables);
    find_event_.emplace(*database_, "SELECT 1 FROM import_event WHERE second = ? AND id = ?");
    add_event_.emplace(*database_, "INSERT OR IGNORE INTO import_event VALUES(?, ?)");
    add_open_.emplace(*database_, "INSERT OR REPLACE INTO import_open VALUES(?, ?, ?, ?, ?, ?)");
    add_orphan_.emplace(*database_, "INSERT OR REPLACE INTO import_orphan VALUES(?, ?, ?, ?, ?)");
}

void ImportIndex::rebuild(std::uint64_t size, const ReadLines& read_lines) {
    static constexpr std::uint64_t part_lines = 1U << 16U;
    for (auto* statement : {&find_event_, &add_event_, &add_open_, &add_orphan_}) {
        statement->reset();
    }
    for (const char* table : table_names) { // they may be those of an earlier version
        database_->run(std::string("DROP TABLE ") + table);
    }
    create_tables();
    Replay replay(*this);
    for (std::uint64_t first = 0; first < size; first += part_lines) {
        read_lines(first, std::min(size, first + part_lines),
                   [&](std::uint64_t seq, std::string_view text) { replay.see(seq, text); });
        flush(std::min(size, first + part_lines));
    }
    flush(size);
}

void ImportIndex::load() {
    sqlite::Statement latest(*database_, "SELECT max(second) FROM import_event");
    if (latest.step() && !latest.is_null(0)) {
        stored_until_ = latest.integer(0);
    }
    sqlite::Statement open(*database_, "SELECT line, source, holder, start_from, start_to, still_open FROM "
                                       "import_open ORDER BY start_from, line");
    while (open.step()) {
        source(std::string(open.text(1)))
            .holders[std::string(open.text(2))]
            .open.push_back({{open.integer(3), open.integer(4)},
                             static_cast<std::uint64_t>(open.integer(0)),
                             open.integer(5),
                             true});
        ++held_;
    }
    sqlite::Statement orphan(
        *database_, "SELECT line, source, holder, end_from, end_to FROM import_orphan ORDER BY end_from, line");
    while (orphan.step()) {
        source(std::string(orphan.text(1)))
            .holders[std::string(orphan.text(2))]
            .orphans.push_back(
                {{orphan.integer(3), orphan.integer(4)}, static_cast<std::uint64_t>(orphan.integer(0)), true});
        ++held_;
    }
    sqlite::Statement daemon(*database_, "SELECT source, daemon FROM import_daemon ORDER BY n");
    while (daemon.step()) {
        source(std::string(daemon.text(0))).add_daemon(std::string(daemon.text(1)));
    }
    sqlite::Statement stop(*database_, "SELECT source, daemon, at FROM import_stop ORDER BY n");
    while (stop.step()) {
        source(std::string(stop.text(0))).add_stop(std::string(stop.text(1)), stop.integer(2));
    }
    sqlite::Statement component(
        *database_, "SELECT source, package, component, line FROM import_component ORDER BY line, package, component");
    while (component.step()) {
        source(std::string(component.text(0)))
            .add_component(std::string(component.text(1)), std::string(component.text(2)),
                           static_cast<std::uint64_t>(component.integer(3)));
    }
    sqlite::Statement file(*database_,
                           "SELECT source, digest, zone, first, last, complete FROM import_file ORDER BY n");
    while (file.step()) {
        Source& of = source(std::string(file.text(0)));
        of.zone = std::string(file.text(2));
        of.files.push_back({std::string(file.text(1)), file.integer(3), file.integer(4), file.integer(5) != 0});
    }
    sqlite::Statement privacy(*database_, "SELECT body FROM import_privacy ORDER BY line");
    while (privacy.step()) {
        history_.see(privacy.text(0));
    }
}

void ImportIndex::tell(std::uint64_t seq, std::string_view line) {
    if (history_.see(line)) {
        sqlite::Statement add(*database_, "INSERT OR REPLACE INTO import_privacy VALUES(?, ?)");
        add.bind(seq, line).run();
    }
}

bool ImportIndex::seen(std::int64_t second, EventId event) {
    if (fresh_.find(event) != nullptr) {
        return true;
    }
    if (second > stored_until_) {
        return false;
    }
    return find_event_->bind(second, event).step();
}

void ImportIndex::remember(std::int64_t second, EventId event) {
    if (fresh_[event]++ == 0) {
        events_.emplace_back(second, event);
    }
}

void ImportIndex::flush(std::uint64_t size) {
    write_events();
    write_sessions();
    drop_empty_holders();
    sqlite::Statement state(*database_, "INSERT OR REPLACE INTO import_state VALUES(1, ?, ?)");
    state.bind(version, size).run();
}

void ImportIndex::write_events() {
    std::sort(events_.begin(), events_.end());
    for (const auto& [second, id] : events_) {
        add_event_->bind(second, id).run();
    }
    stored_until_ = events_.empty() ? stored_until_ : std::max(stored_until_, events_.back().first);
    events_.clear();
    fresh_.clear();
}

void ImportIndex::write_sessions() {
    sqlite::Statement drop_open(*database_, "DELETE FROM import_open WHERE line = ?");
    sqlite::Statement drop_orphan(*database_, "DELETE FROM import_orphan WHERE line = ?");
    for (const auto& change : changes_) {
        if (change.what == What::opened || change.what == What::marked) {
            insert_session(change);
        } else if (change.what == What::orphaned) {
            insert_orphan(change);
        } else if (change.was_stored) {
            (change.what == What::closed ? drop_open : drop_orphan).bind(change.seq).run();
        }
    }
    changes_.clear();
}

// Nothing when it has been closed again since.
void ImportIndex::insert_session(const Change& change) {
    auto& open = change.holder->open;
    const auto place =
        std::find_if(open.begin(), open.end(), [&](const auto& session) { return session.seq == change.seq; });
    if (place == open.end()) {
        return;
    }
    add_open_
        ->bind(place->seq, std::string_view(change.source->name), std::string_view(*change.key), place->start.from,
               place->start.to, place->still_open)
        .run();
    place->stored = true;
}

void ImportIndex::insert_orphan(const Change& change) {
    auto& orphans = change.holder->orphans;
    const auto place =
        std::find_if(orphans.begin(), orphans.end(), [&](const auto& orphan) { return orphan.seq == change.seq; });
    if (place == orphans.end()) {
        return;
    }
    add_orphan_
        ->bind(place->seq, std::string_view(change.source->name), std::string_view(*change.key), place->end.from,
               place->end.to)
        .run();
    place->stored = true;
}

// Keeps a walk over all holders as short as what is held. Only after changes_, which points at keys, is empty.
void ImportIndex::drop_empty_holders() {
    for (auto& [name, of] : sources_) {
        if (of.holders.size() > 2 * held_ + 1024) {
            std::erase_if(of.holders,
                          [](const auto& entry) { return entry.second.open.empty() && entry.second.orphans.empty(); });
        }
    }
}

void ImportIndex::keep_daemon(const Source& source, const std::string& daemon) {
    sqlite::Statement add(*database_, "INSERT OR IGNORE INTO import_daemon(source, daemon) VALUES(?, ?)");
    add.bind(std::string_view(source.name), std::string_view(daemon)).run();
}

void ImportIndex::keep_stop(const Source& source, const std::string& daemon, std::int64_t at) {
    sqlite::Statement add(*database_, "INSERT INTO import_stop(source, daemon, at) VALUES(?, ?, ?)");
    add.bind(std::string_view(source.name), std::string_view(daemon), at).run();
}

void ImportIndex::keep_component(const Source& source, const std::string& package, const std::string& component,
                                 std::uint64_t seq) {
    sqlite::Statement add(*database_, "INSERT OR IGNORE INTO import_component VALUES(?, ?, ?, ?)");
    add.bind(std::string_view(source.name), std::string_view(package), std::string_view(component), seq).run();
}

void ImportIndex::keep_file(const Source& source, const capture::ImportedFile& file) {
    sqlite::Statement add(
        *database_, "INSERT INTO import_file(source, digest, zone, first, last, complete) VALUES(?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT(source, digest) DO UPDATE SET complete = excluded.complete");
    add.bind(std::string_view(source.name), std::string_view(file.digest), std::string_view(source.zone), file.first,
             file.last, file.complete ? 1 : 0)
        .run();
}

std::string ImportIndex::dump() {
    static constexpr std::array<const char*, 8> queries{
        "SELECT second || ' ' || id FROM import_event ORDER BY second, id",
        "SELECT line || ' ' || source || ' ' || holder || ' ' || start_from || ' ' || start_to || ' ' || still_open "
        "FROM "
        "import_open ORDER BY line",
        "SELECT line || ' ' || source || ' ' || holder || ' ' || end_from || ' ' || end_to FROM import_orphan ORDER BY "
        "line",
        "SELECT source || ' ' || daemon FROM import_daemon ORDER BY source, daemon",
        "SELECT source || ' ' || daemon || ' ' || at FROM import_stop ORDER BY source, daemon, at",
        "SELECT source || ' ' || package || ' ' || component || ' ' || line FROM import_component ORDER BY source, "
        "package, component",
        "SELECT source || ' ' || digest || ' ' || zone || ' ' || first || ' ' || last || ' ' || complete FROM "
        "import_file ORDER BY source, digest",
        "SELECT line || ' ' || body FROM import_privacy ORDER BY line"};
    std::string text;
    for (const char* query : queries) {
        sqlite::Statement rows(*database_, query);
        while (rows.step()) {
            text.append(rows.text(0)).append(1, '\n');
        }
        text += "--\n";
    }
    return text;
}

} // namespace tally::journal
