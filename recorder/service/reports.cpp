#include "recorder/service/reports.hpp"

#include "tally/line/write.hpp"

#include <algorithm>

namespace tally::service {
namespace {

namespace wire = session_socket;
using sessions::Book;
using sessions::When;

constexpr std::uint64_t left_quiet_ms = 10'000; // a spool that is sent makes no longer pauses

std::uint64_t wall_ms() { return os::clock_ms(CLOCK_REALTIME); }

// When it happened: by our clock, but for what comes out of a spool.
When time_of(const wire::Message& message) {
    if (message.late != wire::Late::no) {
        return When::at_utc(std::min(message.at.value_or(0), wall_ms() / 1000) * 1000);
    }
    const std::uint64_t now = os::up_ms();
    return When::at(now - (message.kind == wire::Kind::sample ? std::min(now, message.ms) : 0));
}

sessions::Class class_of(const wire::Message& message) {
    return message.session_class == "interactive"  ? sessions::Class::interactive
           : message.session_class == "automation" ? sessions::Class::automation
                                                   : sessions::Class::unknown;
}

Verdict verdict_of(sessions::Taken taken) {
    switch (taken) {
    case sessions::Taken::taken:
    case sessions::Taken::known:
        break;
    case sessions::Taken::not_open:
        return {Verdict::Fate::refused, "the session is not open"};
    case sessions::Taken::too_many_names:
        return {Verdict::Fate::refused, "too many names in this session"};
    }
    return {};
}

} // namespace

template <class Change>
Verdict Reports::apply(const Message& message, Change change) {
    const auto again = message.durable == wire::Durable::yes ? Recording::Again::yes : Recording::Again::no;
    const auto taken = recording_->apply(std::move(change), again);
    return taken ? verdict_of(*taken) : Verdict{Verdict::Fate::held, ""};
}

Verdict Reports::take(const Message& message, uid_t user, const sessions::ProcessId& process) {
    if (message.kind == wire::Kind::lost) {
        return lost(message);
    }
    const std::string id(message.id);
    const sessions::Report* report = recording_->book().report(id);
    if (report != nullptr && report->owner != user) {
        return {Verdict::Fate::refused, "the session is another user's"};
    }
    if (message.late == wire::Late::left && (report == nullptr || report->process.pid == 0)) {
        left_[id] = {*message.at, os::up_ms() + left_quiet_ms};
    } else if (message.late != wire::Late::left && report != nullptr && report->bound == sessions::Bound::process &&
               process.pid != 0 && report->process != process) {
        recording_->apply([&](Book& book) {
            book.bind(id, process);
            return sessions::Taken::taken;
        });
    }
    if (message.kind == wire::Kind::begin) {
        return begin(message, user, process);
    }
    if (message.kind == wire::Kind::end) {
        sessions::Subject subject;
        subject.product = line::decode_text(message.product);
        name(subject, user);
        return apply(message, [&](Book& book) { return book.end(id, message.n, time_of(message), subject); });
    }
    return inside(message, id, time_of(message));
}

Verdict Reports::begin(const Message& message, uid_t user, const sessions::ProcessId& process) {
    const auto is_open = [this](const std::string& other) { return recording_->book().report(other) != nullptr; };
    sessions::Begun begun;
    begun.id = message.id;
    if (!users_->begin(user, begun.id, is_open)) {
        return {Verdict::Fate::refused, "this user has too many open sessions"};
    }
    begun.subject.product = line::decode_text(message.product);
    begun.subject.version = line::decode_text(message.version);
    begun.subject.pool = line::decode_text(message.pool);
    name(begun.subject, user);
    begun.subject.user_class = class_of(message);
    begun.when = time_of(message);
    begun.owner = user;
    begun.n = message.n;
    const bool is_gone = message.late == wire::Late::left;
    const bool by_heartbeat = message.bind == wire::Bind::heartbeat || is_gone || process.pid == 0;
    begun.bound = by_heartbeat ? sessions::Bound::heartbeat : sessions::Bound::process;
    begun.process = by_heartbeat ? sessions::ProcessId() : process;
    begun.beat_ms = 1000 * (message.beat_s > 0 ? message.beat_s : by_heartbeat && !is_gone ? wire::usual_beat_s : 0);
    return apply(message, [&](Book& book) { return book.begin(begun); });
}

Verdict Reports::inside(const Message& message, const std::string& id, const When& when) {
    switch (message.kind) {
    case wire::Kind::feature:
        return apply(message, [&](Book& book) {
            return book.feature(id, message.n, line::decode_text(message.name), message.count);
        });
    case wire::Kind::commands:
        return apply(message, [&](Book& book) {
            const auto& totals = message.totals;
            return book.commands(id, message.n, line::decode_text(message.name),
                                 {totals.started, totals.completed, totals.cancelled, totals.undone});
        });
    case wire::Kind::sample:
        return apply(message, [&](Book& book) {
            return book.sample(id, message.n, {std::string(message.name), when, message.ms, message.bytes.value_or(0)});
        });
    default:
        return apply(message, [&](Book& book) { return book.heartbeat(id, message.n); });
    }
}

Verdict Reports::lost(const Message& message) {
    return apply(message, [&](Book& book) {
        const std::uint64_t now_s = wall_ms() / 1000;
        When between;
        between.scale = When::Scale::utc;
        between.from_ms = std::min(message.from, now_s) * 1000;
        between.to_ms = std::min(message.to, now_s) * 1000;
        book.lost(message.count, between);
        return sessions::Taken::taken;
    });
}

void Reports::name(sessions::Subject& subject, uid_t user) {
    const auto account = accounts_.of(user, os::up_ms());
    subject.user = account.user;
    subject.account = account.account;
}

bool Reports::ended(const sessions::ProcessId& process, sessions::Ending ending) {
    const auto change = [&](Book& book) {
        book.ended(process, ending, When::at(os::up_ms()));
        return sessions::Taken::taken;
    };
    return recording_->apply(change, Recording::Again::yes).has_value();
}

void Reports::close_left() {
    const std::uint64_t now = os::up_ms();
    for (auto place = left_.begin(); place != left_.end();) {
        if (place->second.until_ms > now) {
            ++place;
            continue;
        }
        When between;
        between.scale = When::Scale::utc;
        between.from_ms = place->second.last_s * 1000;
        between.to_ms = std::max(between.from_ms, wall_ms());
        recording_->apply([&](Book& book) { return book.abandon(place->first, between); });
        place = left_.erase(place);
    }
}

} // namespace tally::service
