#include "verifier/review/register.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tally::review {
namespace {

constexpr auto register_schema = R"(
CREATE TABLE IF NOT EXISTS finding_register(id TEXT PRIMARY KEY, code TEXT NOT NULL, severity TEXT NOT NULL,
  certainty TEXT NOT NULL, agreement TEXT NOT NULL, line TEXT NOT NULL, product TEXT NOT NULL, subject TEXT NOT NULL,
  unit TEXT NOT NULL, rule TEXT NOT NULL, text TEXT NOT NULL, remedy TEXT NOT NULL, lower INTEGER NOT NULL,
  upper INTEGER NOT NULL, currency TEXT NOT NULL, exposure TEXT NOT NULL, cure TEXT NOT NULL, saving TEXT NOT NULL,
  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, state TEXT NOT NULL, owner TEXT NOT NULL, note TEXT NOT NULL,
  due INTEGER, until INTEGER, remedied INTEGER, saved TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS finding_change(n INTEGER PRIMARY KEY, id TEXT NOT NULL REFERENCES finding_register,
  at INTEGER NOT NULL, who TEXT NOT NULL, field TEXT NOT NULL, was TEXT NOT NULL, became TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS finding_change_of ON finding_change(id);
)";
constexpr auto columns = "id, code, severity, certainty, agreement, line, product, subject, unit, rule, text, remedy, "
                         "lower, upper, currency, exposure, cure, saving, first_seen, last_seen, state, owner, note, "
                         "due, until, remedied, saved";

std::optional<std::int64_t> day_at(const sqlite::Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
}

Entry read(const sqlite::Statement& row) {
    Entry entry;
    int column = 0;
    for (auto* text : {&entry.id, &entry.code, &entry.severity, &entry.certainty, &entry.agreement, &entry.line,
                       &entry.product, &entry.subject, &entry.unit, &entry.rule, &entry.text, &entry.remedy}) {
        *text = row.text(column++);
    }
    entry.lower = row.integer(column++);
    entry.upper = row.integer(column++);
    for (auto* text : {&entry.currency, &entry.exposure, &entry.cure, &entry.saving}) {
        *text = row.text(column++);
    }
    entry.first_seen = row.integer(column++);
    entry.last_seen = row.integer(column++);
    const auto state = state_of(row.text(column++));
    if (!state) {
        throw Error("read", "the register of findings", "unknown state: the ledger is of a later version or damaged");
    }
    entry.state = *state;
    entry.owner = row.text(column++);
    entry.note = row.text(column++);
    for (auto* day : {&entry.due, &entry.until, &entry.remedied}) {
        *day = day_at(row, column++);
    }
    entry.saved = row.text(column);
    return entry;
}

std::map<std::string, Entry> all(const sqlite::Database& database) {
    std::map<std::string, Entry> entries;
    if (has_table(database, "finding_register")) {
        sqlite::Statement row(database, std::string("SELECT ") + columns + " FROM finding_register");
        while (row.step()) {
            auto entry = read(row);
            entries.emplace(entry.id, std::move(entry));
        }
    }
    return entries;
}

void write(sqlite::Statement& insert, const Entry& entry) {
    using View = std::string_view;
    insert
        .bind(View(entry.id), View(entry.code), View(entry.severity), View(entry.certainty), View(entry.agreement),
              View(entry.line), View(entry.product), View(entry.subject), View(entry.unit), View(entry.rule),
              View(entry.text), View(entry.remedy), entry.lower, entry.upper, View(entry.currency),
              View(entry.exposure), View(entry.cure), View(entry.saving), entry.first_seen, entry.last_seen,
              name(entry.state), View(entry.owner), View(entry.note), entry.due, entry.until, entry.remedied,
              View(entry.saved))
        .run();
}

// What people see of an entry's workflow, by column.
std::vector<std::pair<const char*, std::string>> workflow(const Entry& entry) {
    return {{"state", std::string(name(entry.state))},
            {"owner", entry.owner},
            {"due", shown(entry.due)},
            {"until", shown(entry.until)},
            {"note", entry.note},
            {"remedied", shown(entry.remedied)},
            {"saved", entry.saved}};
}

void note_changes(const Entry& before, const Entry& after, const Author& author, std::vector<Change>& changes) {
    const auto was = workflow(before);
    const auto is = workflow(after);
    for (std::size_t i = 0; i < is.size(); ++i) {
        if (was[i].second != is[i].second) {
            changes.push_back({after.id, author.at, author.who, is[i].first, was[i].second, is[i].second});
        }
    }
}

void keep(sqlite::Database& database, const std::vector<Entry>& entries, const std::vector<Change>& changes) {
    std::string places = "?";
    for (int i = 1; i < 27; ++i) {
        places += ",?";
    }
    sqlite::Statement insert(database, std::string("INSERT OR REPLACE INTO finding_register(") + columns + ") VALUES(" +
                                           places + ")");
    for (const auto& entry : entries) {
        write(insert, entry);
    }
    sqlite::Statement change(database,
                             "INSERT INTO finding_change(id, at, who, field, was, became) VALUES(?,?,?,?,?,?)");
    for (const auto& item : changes) {
        change
            .bind(std::string_view(item.id), item.at, std::string_view(item.who), std::string_view(item.field),
                  std::string_view(item.from), std::string_view(item.to))
            .run();
    }
}

// The state that follows when a run raises the finding with the judge's word for it.
State raised(const Entry& entry, std::string_view judged, std::int64_t day) {
    if (judged == "remedied") {
        return State::remedied; // it ended, the records show it
    }
    if (judged == "accepted") { // by a waiver that was handed in
        return entry.state == State::disputed ? State::disputed : State::accepted;
    }
    if (entry.state == State::remedied) {
        return State::reopened;
    }
    const bool waiver_gone = entry.state == State::accepted && !entry.until;
    return waiver_gone ? State::open : entry.on(day);
}

void set_state(Entry& entry, State state, std::int64_t day) {
    if (entry.state == state) {
        return;
    }
    if (state != State::accepted) {
        entry.until.reset();
    }
    entry.remedied = state == State::remedied ? std::optional(day) : std::nullopt;
    entry.saved.clear();
    entry.state = state;
}

// Brings the entry's fact up to the finding; what people said stays.
Entry updated(const Entry& known, const findings::Finding& finding, std::int64_t day) {
    Entry entry = entry_of(finding);
    entry.first_seen = known.first_seen;
    entry.last_seen = std::max(known.last_seen, day);
    entry.state = known.state;
    entry.owner = known.owner;
    entry.note = known.note;
    entry.due = known.due;
    entry.until = known.until;
    entry.remedied = known.remedied;
    entry.saved = known.saved;
    set_state(entry, raised(known, finding.state, day), day);
    return entry;
}

Entry added(const findings::Finding& finding, std::int64_t day) {
    Entry entry = entry_of(finding);
    entry.first_seen = entry.last_seen = day;
    set_state(entry, state_of(finding.state).value_or(State::open), day);
    return entry;
}

// By another rule pack nothing was saved: nobody did anything.
Entry gone(const Entry& known, std::int64_t day, bool other_rules) {
    Entry entry = known;
    set_state(entry, State::remedied, day);
    entry.saved = other_rules ? "" : entry.saving.empty() ? entry.cure : entry.saving;
    return entry;
}

std::int64_t last_day(const findings::Outcome& outcome) { return text::day_of(outcome.as_of - 1); }

void update_register(sqlite::Database& database, const findings::Outcome& outcome, bool other_rules,
                     const Author& author, std::vector<Change>& changes) {
    const std::int64_t day = last_day(outcome);
    const auto known = all(database);
    std::vector<Entry> entries;
    std::set<std::string> there;
    for (const auto& finding : outcome.findings) {
        if (!there.insert(finding.id).second) {
            continue;
        }
        const auto found = known.find(finding.id);
        entries.push_back(found == known.end() ? added(finding, day) : updated(found->second, finding, day));
        if (found != known.end()) {
            note_changes(found->second, entries.back(), author, changes);
        } else {
            changes.push_back(
                {finding.id, author.at, author.who, "state", "", std::string(name(entries.back().state))});
        }
    }
    for (const auto& finding : outcome.absorbed) {
        there.insert(finding.id); // still so, told by a stronger finding
    }
    for (const auto& [id, entry] : known) {
        if (!there.contains(id) && entry.state != State::remedied) {
            entries.push_back(gone(entry, day, other_rules));
            note_changes(entry, entries.back(), author, changes);
        }
    }
    keep(database, entries, changes);
}

} // namespace

RunRecord record_run(sqlite::Database& database, const findings::Outcome& outcome, const Author& author) {
    std::vector<StoredFinding> findings;
    findings.reserve(outcome.findings.size());
    for (const auto& finding : outcome.findings) {
        findings.push_back({finding.id, std::string(findings::name(finding.code)), findings::to_json(finding)});
    }
    RunRecord record;
    sqlite::Transaction transaction(database);
    database.run(register_schema);
    const auto latest = latest_run(database);
    record.looks_back = latest && outcome.as_of < latest->as_of;
    record.run = store_run(database, outcome.as_of, outcome.rules, findings);
    if (!record.looks_back) {
        update_register(database, outcome, latest && latest->rules != outcome.rules, author, record.changes);
    }
    transaction.commit();
    return record;
}

void show_states(const sqlite::Database& database, findings::Outcome& outcome) {
    const auto known = all(database);
    for (auto& finding : outcome.findings) {
        const auto found = known.find(finding.id);
        if (found != known.end() && finding.state != "remedied") {
            finding.state = name(found->second.on(last_day(outcome)));
        }
    }
}

std::vector<Entry> list(const sqlite::Database& database, const Filter& filter, std::int64_t day) {
    const auto fits = [](const std::string& wanted, const std::string& has) { return wanted.empty() || wanted == has; };
    std::vector<Entry> entries;
    for (auto& [id, entry] : all(database)) {
        entry.state = entry.on(day);
        const bool state = !filter.state || entry.state == *filter.state;
        const bool due = !filter.due_before || (entry.due && *entry.due < *filter.due_before);
        const bool since = !filter.remedied_since || (entry.remedied && *entry.remedied >= *filter.remedied_since);
        if (state && due && since && fits(filter.code, entry.code) && fits(filter.severity, entry.severity) &&
            fits(filter.line, entry.line) && fits(filter.subject, entry.subject) && fits(filter.owner, entry.owner)) {
            entries.push_back(std::move(entry));
        }
    }
    const auto rank = [](const Entry& entry) {
        constexpr std::string_view order = "breach signal waste note";
        return order.find(entry.severity);
    };
    std::stable_sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
        return std::tuple(rank(a), std::tie(a.code, a.line, a.subject, a.id)) <
               std::tuple(rank(b), std::tie(b.code, b.line, b.subject, b.id));
    });
    return entries;
}

std::vector<Entry> named(const sqlite::Database& database, std::string_view id, std::int64_t day) {
    std::vector<Entry> entries;
    for (auto& entry : list(database, {}, day)) {
        if (!id.empty() && entry.id.compare(0, id.size(), id) == 0) {
            entries.push_back(std::move(entry));
        }
    }
    return entries;
}

std::vector<Change> history(const sqlite::Database& database, std::string_view id) {
    std::vector<Change> changes;
    if (has_table(database, "finding_change")) {
        sqlite::Statement row(database,
                              "SELECT id, at, who, field, was, became FROM finding_change WHERE id = ? ORDER BY n");
        row.bind(id);
        while (row.step()) {
            changes.push_back({std::string(row.text(0)), row.integer(1), std::string(row.text(2)),
                               std::string(row.text(3)), std::string(row.text(4)), std::string(row.text(5))});
        }
    }
    return changes;
}

Result<std::vector<Change>> set(sqlite::Database& database, const Entry& entry, const Wish& wish, const Author& author,
                                Apply apply) {
    Entry after = entry;
    if (wish.state) {
        if (*wish.state == State::remedied || *wish.state == State::reopened) {
            return Fault{"only a run makes a finding " + std::string(name(*wish.state)), 0};
        }
        if (entry.state == State::remedied) {
            return Fault{"it is remedied; a run that raises it again reopens it", 0};
        }
        set_state(after, *wish.state, 0);
    }
    if (wish.until) {
        after.until = wish.until;
    }
    if (after.state == State::accepted && !after.until && wish.state) {
        return Fault{"an accepted finding needs a day until when", 0};
    }
    if (after.state == State::accepted && wish.until && *wish.until < text::day_of(author.at)) {
        return Fault{"the day until when it is accepted is over", 0};
    }
    if (after.state != State::accepted && wish.until) {
        return Fault{"only an accepted finding has a day until when", 0};
    }
    after.owner = wish.owner.value_or(entry.owner);
    after.note = wish.note.value_or(entry.note);
    after.due = wish.due.value_or(entry.due);
    std::vector<Change> changes;
    note_changes(entry, after, author, changes);
    if (apply == Apply::yes && !changes.empty()) {
        sqlite::Transaction transaction(database);
        keep(database, {after}, changes);
        transaction.commit();
    }
    return changes;
}

} // namespace tally::review
