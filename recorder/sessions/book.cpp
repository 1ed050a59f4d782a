#include "recorder/sessions/book.hpp"

#include <algorithm>

namespace tally::sessions {
namespace {

constexpr std::uint64_t least_suspension_ms = 2000;
// Bytes of a text before it is encoded, so that the longest line of all fits.
constexpr std::size_t most_product = 64;
constexpr std::size_t most_version = 32;
constexpr std::size_t most_pool = 64;
constexpr std::size_t most_name = 256;
constexpr std::size_t most_address = 64;

std::int64_t clock_of(const Moment& moment) {
    return static_cast<std::int64_t>(moment.stamp.wall_ms) - static_cast<std::int64_t>(moment.stamp.up_ms);
}

Span span_of(const When& when, std::int64_t clock_ms) {
    const std::int64_t add = when.scale == When::Scale::since_boot ? clock_ms : 0;
    const auto from = static_cast<std::int64_t>(when.from_ms) + add;
    return {from, std::max(from, static_cast<std::int64_t>(when.to_ms) + add)};
}

} // namespace

Book::Book(Rules rules, Clock clock, Lines& lines, Shelf& shelf, privacy::Naming& naming)
    : rules_(rules), clock_(std::move(clock)), records_(lines), rows_(shelf), naming_(&naming) {}

Moment Book::now() {
    const Moment moment = clock_();
    const auto before = std::exchange(last_, moment);
    if (before) {
        note_suspension(*before, moment);
    }
    return moment;
}

// While the machine slept nobody was at work. When it slept is only known as "that long between two looks": what is
// certain of it goes into the lines.
void Book::note_suspension(const Moment& before, const Moment& moment) {
    const std::uint64_t passed = moment.stamp.up_ms - before.stamp.up_ms;
    const std::uint64_t awake = moment.awake_ms - before.awake_ms;
    if (passed < awake + least_suspension_ms) {
        return;
    }
    const std::uint64_t asleep = passed - awake;
    const When certain = When::between(moment.stamp.up_ms - asleep, before.stamp.up_ms + asleep);
    for (auto& [seq, session] : sessions_) {
        if (certain.from_ms < certain.to_ms && !session.late && session.is_held() && !idle_since(session)) {
            const Span span = span_of(certain, session.clock_ms);
            write_idle(session, span.from_ms, span.to_ms);
        }
    }
}

std::string Book::spelled(pseudonym::Field field, const std::string& raw, std::size_t most_raw) {
    if (naming_->in_clear()) {
        return encoded(raw, most_raw);
    }
    return naming_->spellings().front().of(field, std::string_view(raw).substr(0, most_raw)).text;
}

SessionKey Book::key_of(const Subject& subject, bool idle_known) {
    SessionKey key;
    key.product = encoded(subject.product, most_product);
    key.version = encoded(subject.version, most_version);
    key.user = spelled(pseudonym::Field::user, subject.user, most_name);
    if (!naming_->in_clear()) {
        const std::string_view user = std::string_view(subject.user).substr(0, most_name);
        key.domain = naming_->spellings().front().of(pseudonym::Field::user, user).domain;
    }
    key.account = subject.account.empty() ? "" : spelled(pseudonym::Field::account, subject.account, most_name);
    key.address = subject.address.empty() ? "" : spelled(pseudonym::Field::address, subject.address, most_address);
    key.pool = subject.pool.empty() ? "" : spelled(pseudonym::Field::pool, subject.pool, most_pool);
    key.user_class = subject.user_class;
    key.idle_known = idle_known;
    return key;
}

void Book::resume(const Host& host, const std::vector<Off>& off) {
    Rows::Kept kept = rows_.load();
    sessions_ = std::move(kept.sessions);
    processes_ = std::move(kept.processes);
    reports_ = std::move(kept.reports);
    ended_ = std::move(kept.ended);
    host_ = std::move(kept.host);
    before_ = std::move(kept.life);
    const Moment moment = now();
    resumed_ms_ = moment.stamp.up_ms;
    counts_written_ms_ = moment.stamp.up_ms;
    for (auto& [seq, session] : sessions_) {
        if (!session.late) {
            by_key_[session.key] = seq;
        }
        if (!session.is_held()) {
            session.end = session.end.value_or(End{session.start, std::string(name_of(Ending::exit))});
            leaving_.insert(seq);
        }
    }
    for (auto& [id, report] : reports_) {
        report.rejoining = true;
    }
    identity(host);
    if (before_) {
        if (before_->boot != moment.stamp.boot || before_->up_ms > moment.stamp.up_ms) {
            end_all_after_reboot(off, moment);
        }
        write_gaps(off, moment);
    }
    const auto now_s = static_cast<std::int64_t>(moment.stamp.wall_ms / 1000);
    for (auto entry = ended_.begin(); entry != ended_.end();) {
        const bool old = entry->second + rules_.remember_ended_s < now_s;
        if (old) {
            rows_.drop_ended(entry->first);
        }
        entry = old ? ended_.erase(entry) : std::next(entry);
    }
    changed_ = true;
    tick();
}

// Nothing outlives a boot: between the last sign of life and the first sign that the machine was off, or had started
// again, each of them ended.
void Book::end_all_after_reboot(const std::vector<Off>& off, const Moment& moment) {
    std::int64_t absent_ms = clock_of(moment);
    for (const Off& span : off) {
        const std::int64_t went_ms = span.from_s * 1000;
        if (went_ms >= static_cast<std::int64_t>(before_->wall_ms)) {
            absent_ms = std::min(absent_ms, went_ms);
        }
    }
    std::vector<std::uint64_t> held;
    for (auto& [seq, session] : sessions_) {
        if (session.is_held()) {
            held.push_back(seq);
        }
    }
    for (const std::uint64_t seq : held) {
        Session& session = sessions_.at(seq);
        const std::int64_t alive_ms = static_cast<std::int64_t>(before_->up_ms) + session.clock_ms;
        const End end{{alive_ms, std::max(alive_ms, absent_ms)}, "lost_reboot"};
        while (!session.processes.empty()) {
            const ProcessId process = *session.processes.begin();
            session.processes.erase(process);
            processes_.erase(process);
            rows_.drop(process);
            leaves(session, end, std::nullopt);
        }
        while (!session.reports.empty()) {
            release(*session.reports.begin(), end);
        }
    }
    while (!leaving_.empty()) {
        finish(*leaving_.begin());
    }
}

void Book::write_gaps(const std::vector<Off>& off, const Moment& moment) {
    const auto wall = static_cast<std::int64_t>(moment.stamp.wall_ms);
    const bool same_boot = before_->boot == moment.stamp.boot && before_->up_ms <= moment.stamp.up_ms;
    const std::int64_t from = same_boot ? wall - static_cast<std::int64_t>(moment.stamp.up_ms - before_->up_ms)
                                        : static_cast<std::int64_t>(before_->wall_ms);
    for (const Gap& gap : gaps_between(std::max<std::int64_t>(from, 0) / 1000, wall / 1000, off)) {
        records_.gap(gap);
    }
}

void Book::scanned(const std::function<bool(const ProcessId&)>& runs) {
    const Moment moment = now();
    if (before_) {
        const When unseen = When::between(std::min(before_->up_ms, moment.stamp.up_ms), moment.stamp.up_ms);
        for (const ProcessId& process : processes()) {
            if (!runs(process)) {
                gone(process, "lost_recorder_restart", unseen);
            }
        }
    }
    before_.reset();
}

std::set<ProcessId> Book::processes() const {
    std::set<ProcessId> all;
    for (const auto& [process, seq] : processes_) {
        all.insert(process);
    }
    for (const auto& [id, report] : reports_) {
        if (report.process.pid != 0 && report.bound == Bound::process) {
            all.insert(report.process);
        }
    }
    return all;
}

void Book::stop() {
    changed_ = true;
    tick();
}

void Book::identity(const Host& host) {
    const Moment moment = now();
    client_ = spelled(pseudonym::Field::client, host.name, most_name);
    if (host_ == host) {
        return;
    }
    records_.identity(client_, spelled(pseudonym::Field::domain, host.domain, most_name),
                      spelled(pseudonym::Field::address, host.address, most_address), encoded(host.os, most_name),
                      static_cast<std::int64_t>(moment.stamp.wall_ms / 1000));
    host_ = host;
    rows_.put(host);
    changed_ = true;
}

Session* Book::joined(const SessionKey& key, const When& when) {
    const auto place = by_key_.find(key);
    if (place == by_key_.end() || when.scale == When::Scale::utc) {
        return nullptr;
    }
    Session& session = sessions_.at(place->second);
    const bool in_time = !session.end || span_of(when, session.clock_ms).from_ms <=
                                             session.end->at.to_ms + static_cast<std::int64_t>(rules_.merge_gap_ms);
    return session.is_held() || in_time ? &session : nullptr;
}

// Whoever comes is at work: what was idle until then is told.
void Book::joins(Session& session, const When& when) {
    if (const auto since = idle_since(session)) {
        write_idle(session, *since, span_of(when, session.clock_ms).from_ms);
    }
    leaving_.erase(session.seq);
}

Session& Book::session_for(const Subject& subject, const When& when, bool idle_known, std::string_view fidelity) {
    const Moment moment = now();
    SessionKey key = key_of(subject, idle_known);
    if (Session* const session = joined(key, when)) {
        joins(*session, when);
        return *session;
    }
    Session session;
    session.clock_ms = clock_of(moment);
    session.late = when.scale == When::Scale::utc;
    When began = when;
    if (before_ && before_->boot == moment.stamp.boot && !session.late) {
        began.from_ms = std::min(std::max(began.from_ms, before_->up_ms), began.to_ms); // it was not there before
    }
    session.start = span_of(began, session.clock_ms);
    session.key = std::move(key);
    session.seq = records_.start(session.key, session.start, client_, fidelity);
    rows_.put(session);
    if (!session.late) {
        by_key_[session.key] = session.seq;
    }
    return sessions_[session.seq] = session;
}

void Book::started(const Started& process) {
    if (processes_.contains(process.process)) {
        return;
    }
    const auto own = std::find_if(reports_.begin(), reports_.end(),
                                  [&](const auto& entry) { return entry.second.process == process.process; });
    Session& session = own != reports_.end() ? sessions_.at(own->second.session)
                                             : session_for(process.subject, process.when, false, process.fidelity);
    session.processes.insert(process.process);
    processes_[process.process] = session.seq;
    rows_.put(process.process, session.seq);
    changed_ = true;
}

void Book::ended(const ProcessId& process, Ending ending, const When& when) { gone(process, name_of(ending), when); }

void Book::gone(const ProcessId& process, std::string_view kind, const When& when) {
    std::vector<std::string> reports;
    for (const auto& [id, report] : reports_) {
        if (report.process == process && report.bound == Bound::process) {
            reports.push_back(id);
        }
    }
    for (const std::string& id : reports) {
        release(id, {span_of(when, sessions_.at(reports_.at(id).session).clock_ms), std::string(kind)});
    }
    if (const auto place = processes_.find(process); place != processes_.end()) {
        Session& session = sessions_.at(place->second);
        const auto idle_before = idle_since(session);
        session.processes.erase(process);
        processes_.erase(place);
        rows_.drop(process);
        leaves(session, {span_of(when, session.clock_ms), std::string(kind)}, idle_before);
    }
}

// The last one's end is the session's; of ends that are ranges, the later of both bounds.
void Book::leaves(Session& session, End end, std::optional<std::int64_t> idle_before) {
    end.at.from_ms = std::max(end.at.from_ms, session.start.from_ms);
    end.at.to_ms = std::max({end.at.to_ms, end.at.from_ms, session.start.from_ms});
    if (session.end) {
        const bool later = end.at.to_ms >= session.end->at.to_ms;
        end.at = {std::max(end.at.from_ms, session.end->at.from_ms), std::max(end.at.to_ms, session.end->at.to_ms)};
        end.kind = later ? end.kind : session.end->kind;
    }
    if (session.is_held()) {
        // Until then it was at work, whatever those say that still hold it.
        session.idle_until_ms = std::max(session.idle_until_ms, idle_before.value_or(end.at.to_ms));
    } else {
        if (idle_before) {
            write_idle(session, *idle_before, end.at.from_ms);
        }
        leaving_.insert(session.seq);
    }
    session.end = std::move(end);
    rows_.put(session);
    changed_ = true;
}

// From when on nothing can join it any more.
std::uint64_t Book::due_ms(const Session& session) const {
    const std::int64_t up_ms =
        session.end->at.to_ms - session.clock_ms + static_cast<std::int64_t>(rules_.merge_gap_ms);
    return session.late || up_ms < 0 ? 0 : static_cast<std::uint64_t>(up_ms) + 1;
}

void Book::settle(const Moment& moment) {
    for (auto next = leaving_.begin(); next != leaving_.end();) {
        const std::uint64_t seq = *next++;
        if (due_ms(sessions_.at(seq)) <= moment.stamp.up_ms) {
            finish(seq);
        }
    }
}

void Book::finish(std::uint64_t seq) {
    const Session& session = sessions_.at(seq);
    records_.end(seq, *session.end);
    rows_.drop(session);
    if (const auto place = by_key_.find(session.key); place != by_key_.end() && place->second == seq) {
        by_key_.erase(place);
    }
    leaving_.erase(seq);
    sessions_.erase(seq);
    changed_ = true;
}

void Book::lost(std::uint64_t count, const When& between) {
    const Span span = span_of(between, clock_of(now()));
    records_.loss(count, std::max<std::int64_t>(span.from_ms, 0) / 1000, span.to_ms / 1000);
    changed_ = true;
}

void Book::tick() {
    const Moment moment = now();
    end_silent(moment);
    settle(moment);
    const bool is_due = life_.boot.empty() || moment.stamp.up_ms - life_.up_ms >= rules_.heartbeat_ms;
    if (is_due) {
        write_due_counts(moment);
    }
    if (is_due || changed_) {
        life_ = {moment.stamp.boot, moment.stamp.up_ms, moment.stamp.wall_ms};
        rows_.put(life_);
        changed_ = false;
    }
}

std::uint64_t Book::next_wake() const {
    std::uint64_t wake = life_.up_ms + rules_.heartbeat_ms;
    for (const std::uint64_t seq : leaving_) {
        wake = std::min(wake, due_ms(sessions_.at(seq)));
    }
    for (const auto& [id, report] : reports_) {
        wake = std::min(wake, silent_at(report).value_or(wake));
    }
    return wake;
}

void Book::tell_open() {
    const Moment moment = now();
    for (const auto& [seq, session] : sessions_) {
        if (session.is_held()) {
            records_.open(seq, (static_cast<std::int64_t>(moment.stamp.up_ms) + session.clock_ms) / 1000);
        }
    }
}

} // namespace tally::sessions
