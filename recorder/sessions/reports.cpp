// The part of the book that programs write: reports, their counts, idle time.
#include "recorder/sessions/book.hpp"

#include <algorithm>

namespace tally::sessions {
namespace {

constexpr std::size_t most_word = 192;
constexpr std::uint64_t missed_beats = 3;

std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
    return std::min(a, line::max_integer) + std::min(b, line::max_integer) > line::max_integer ? line::max_integer
                                                                                               : a + b;
}

// What is new since the program told `before`; a program that counts from zero again has a smaller number.
std::uint64_t grown(std::uint64_t before, std::uint64_t told) { return told < before ? told : told - before; }

bool is_zero(const CommandCounts& counts) { return counts == CommandCounts(); }

std::int64_t ms_of(const Session& session, const When& when) {
    return static_cast<std::int64_t>(when.from_ms) + (when.scale == When::Scale::since_boot ? session.clock_ms : 0);
}

} // namespace

const Report* Book::report(const std::string& id) const {
    const auto place = reports_.find(id);
    return place == reports_.end() ? nullptr : &place->second;
}

Report* Book::addressed(const std::string& id, std::uint64_t n, Taken& taken) {
    const auto place = reports_.find(id);
    if (place == reports_.end()) {
        taken = Taken::not_open;
        return nullptr;
    }
    taken = n != 0 && n <= place->second.n ? Taken::known : Taken::taken;
    return taken == Taken::known ? nullptr : &place->second;
}

void Book::heard(const std::string& id, Report& report, std::uint64_t n) {
    report.heard_ms = now().stamp.up_ms;
    report.n = std::max(report.n, n);
    report.rejoining = false;
    rows_.put(id, report);
    changed_ = true;
}

Taken Book::begin(const Begun& begun) {
    if (const auto place = reports_.find(begun.id); place != reports_.end() || ended_.contains(begun.id)) {
        if (place != reports_.end()) {
            heard(begun.id, place->second, begun.n);
        }
        return Taken::known;
    }
    const auto watched = processes_.find(begun.process);
    if (watched != processes_.end()) {
        joins(sessions_.at(watched->second), begun.when);
    }
    Session& session = watched != processes_.end() ? sessions_.at(watched->second)
                                                   : session_for(begun.subject, begun.when, begun.idle_known, "exact");
    session.reports.insert(begun.id);
    Report report;
    report.session = session.seq;
    report.owner = begun.owner;
    report.process = begun.process;
    report.bound = begun.bound;
    report.beat_ms = begun.beat_ms;
    report.idle_known = begun.idle_known;
    Report& kept = reports_[begun.id] = report;
    heard(begun.id, kept, begun.n);
    return Taken::taken;
}

Taken Book::heartbeat(const std::string& id, std::uint64_t n) {
    Taken taken{};
    if (Report* const report = addressed(id, n, taken)) {
        heard(id, *report, n);
    }
    return taken;
}

Taken Book::feature(const std::string& id, std::uint64_t n, const std::string& name, std::uint64_t count) {
    Taken taken{};
    Report* const report = addressed(id, n, taken);
    if (report == nullptr) {
        return taken;
    }
    const std::string word = encoded(name, most_word);
    if (!report->features.contains(word) && report->features.size() >= rules_.most_names) {
        return Taken::too_many_names;
    }
    std::uint64_t& unwritten = report->features[word];
    unwritten = sum(unwritten, count);
    rows_.put_feature(id, word, unwritten);
    heard(id, *report, n);
    return taken;
}

Taken Book::commands(const std::string& id, std::uint64_t n, const std::string& name, const CommandCounts& altogether) {
    Taken taken{};
    Report* const report = addressed(id, n, taken);
    if (report == nullptr) {
        return taken;
    }
    const std::string word = encoded(name, most_word);
    if (!report->commands.contains(word) && report->commands.size() >= rules_.most_names) {
        return Taken::too_many_names;
    }
    Told& told = report->commands[word];
    for (const auto count :
         {&CommandCounts::started, &CommandCounts::completed, &CommandCounts::cancelled, &CommandCounts::undone}) {
        told.unwritten.*count = sum(told.unwritten.*count, grown(told.altogether.*count, altogether.*count));
    }
    told.altogether = altogether;
    rows_.put_command(id, word, told);
    heard(id, *report, n);
    return taken;
}

Taken Book::sample(const std::string& id, std::uint64_t n, const Sample& sample) {
    Taken taken{};
    if (Report* const report = addressed(id, n, taken)) {
        records_.sample(report->session, sample, ms_of(sessions_.at(report->session), sample.when) / 1000);
        heard(id, *report, n);
    }
    return taken;
}

Taken Book::idle(const std::string& id, std::uint64_t n, const When& since) {
    Taken taken{};
    if (Report* const report = addressed(id, n, taken)) {
        if (report->idle_known && !report->idle_since_ms) {
            report->idle_since_ms = ms_of(sessions_.at(report->session), since);
        }
        heard(id, *report, n);
    }
    return taken;
}

Taken Book::active(const std::string& id, std::uint64_t n, const When& since) {
    Taken taken{};
    if (Report* const report = addressed(id, n, taken)) {
        Session& session = sessions_.at(report->session);
        if (const auto idle_from = idle_since(session)) {
            write_idle(session, *idle_from, ms_of(session, since));
        }
        report->idle_since_ms.reset();
        heard(id, *report, n);
    }
    return taken;
}

Taken Book::end(const std::string& id, std::uint64_t n, const When& when, const Subject& subject) {
    Taken taken{};
    Report* const report = addressed(id, n, taken);
    const std::string kind(name_of(Ending::exit));
    if (report != nullptr) {
        const std::int64_t at = ms_of(sessions_.at(report->session), when);
        release(id, {{at, at}, kind});
    } else if (taken == Taken::not_open && ended_.contains(id)) {
        return Taken::known;
    } else if (taken == Taken::not_open) {
        const Moment moment = now();
        const auto clock = static_cast<std::int64_t>(moment.stamp.wall_ms - moment.stamp.up_ms);
        const std::int64_t at =
            static_cast<std::int64_t>(when.from_ms) + (when.scale == When::Scale::since_boot ? clock : 0);
        records_.orphan_end(key_of(subject, false), {{at, at}, kind}, client_);
        ended_[id] = static_cast<std::int64_t>(moment.stamp.wall_ms / 1000);
        rows_.put_ended(id, ended_[id]);
        changed_ = true;
        return Taken::taken;
    }
    return taken;
}

Taken Book::abandon(const std::string& id, const When& between) {
    Taken taken{};
    if (Report* const report = addressed(id, 0, taken)) {
        const Session& session = sessions_.at(report->session);
        const std::int64_t from = ms_of(session, between);
        const std::int64_t to = from + static_cast<std::int64_t>(between.to_ms - between.from_ms);
        release(id, {{from, to}, "lost_heartbeat"});
    }
    return taken;
}

void Book::bind(const std::string& id, const ProcessId& process) {
    if (const auto place = reports_.find(id); place != reports_.end()) {
        place->second.process = process;
        heard(id, place->second, 0);
    }
}

// By value: the caller may name it by what is erased here.
void Book::release(std::string id, End end) { // NOLINT(performance-unnecessary-value-param)
    const auto place = reports_.find(id);
    Report& report = place->second;
    Session& session = sessions_.at(report.session);
    const auto idle_before = idle_since(session);
    write_counts(id, report);
    session.reports.erase(id);
    rows_.drop(id, report);
    ended_[id] = static_cast<std::int64_t>(now().stamp.wall_ms / 1000);
    rows_.put_ended(id, ended_[id]);
    reports_.erase(place);
    leaves(session, std::move(end), idle_before);
}

void Book::write_counts(const std::string& id, Report& report) {
    for (const auto& [name, count] : report.features) {
        records_.used(report.session, name, count);
        rows_.put_feature(id, name, 0);
    }
    report.features.clear();
    for (auto& [name, told] : report.commands) {
        if (!is_zero(told.unwritten)) {
            records_.commands(report.session, name, told.unwritten);
            told.unwritten = {};
            rows_.put_command(id, name, told);
        }
    }
}

void Book::write_due_counts(const Moment& moment) {
    if (moment.stamp.up_ms - counts_written_ms_ < rules_.report_ms) {
        return;
    }
    counts_written_ms_ = moment.stamp.up_ms;
    for (auto& [id, report] : reports_) {
        write_counts(id, report);
    }
}

// When its silence ends it; a program that an earlier run of the recorder knew has time to come back.
std::optional<std::uint64_t> Book::silent_at(const Report& report) const {
    const bool stray = report.rejoining && report.process.pid == 0;
    if (report.beat_ms == 0 && !stray) {
        return std::nullopt;
    }
    const std::uint64_t patience = report.beat_ms == 0 ? rules_.rejoin_ms : missed_beats * report.beat_ms;
    return std::max(report.heard_ms, resumed_ms_) + patience + 1;
}

void Book::end_silent(const Moment& moment) {
    std::vector<std::string> silent;
    for (const auto& [id, report] : reports_) {
        if (silent_at(report).value_or(UINT64_MAX) <= moment.stamp.up_ms) {
            silent.push_back(id);
        }
    }
    for (const std::string& id : silent) {
        const Report& report = reports_.at(id);
        abandon(id, When::between(std::min(report.heard_ms, moment.stamp.up_ms), moment.stamp.up_ms));
    }
}

// A session is idle when all that hold it are: a process whose program does not tell counts as at work.
std::optional<std::int64_t> Book::idle_since(const Session& session) const {
    std::optional<std::int64_t> since;
    std::set<ProcessId> telling;
    for (const std::string& id : session.reports) {
        const Report& report = reports_.at(id);
        if (!report.idle_since_ms) {
            return std::nullopt;
        }
        since = std::max(since.value_or(INT64_MIN), *report.idle_since_ms);
        telling.insert(report.process);
    }
    const bool all = std::includes(telling.begin(), telling.end(), session.processes.begin(), session.processes.end());
    return all ? since : std::nullopt;
}

// What is certain: whole seconds inside the span, after what was told before.
void Book::write_idle(Session& session, std::int64_t from_ms, std::int64_t to_ms) {
    from_ms = std::max({from_ms, session.idle_until_ms, session.start.from_ms});
    const std::int64_t from_s = (from_ms + 999) / 1000;
    const std::int64_t to_s = to_ms / 1000;
    if (from_s < to_s) {
        records_.idle(session.seq, from_s, to_s);
    }
    session.idle_until_ms = std::max(session.idle_until_ms, to_ms);
    rows_.put(session);
    changed_ = true;
}

} // namespace tally::sessions
