#include "recorder/processes/watcher.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <sys/epoll.h>
#include <sys/wait.h>

namespace tally::processes {
namespace {

using sessions::Ending;
using sessions::ProcessId;
using sessions::When;

constexpr std::uint64_t poll_ms = 2000;
constexpr std::uint64_t reconcile_ms = 300'000;
constexpr std::uint64_t fork_patience_ms = 1000; // by then a child that wants to be another program is one
constexpr std::size_t most_forks = 4096;
constexpr std::uint64_t tick_ms = 10; // start times of /proc

constexpr std::int32_t connector_place = 0; // no process has this number

void add_to(const os::Descriptor& poll, int descriptor, std::int32_t pid) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = static_cast<std::uint32_t>(pid);
    if (::epoll_ctl(poll.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) {
        throw Error::system("watch", "process " + std::to_string(pid));
    }
}

Ending ending_of(std::uint32_t code, bool dumped) {
    const int status = static_cast<int>(code);
    return dumped || (code & 0x80U) != 0 ? Ending::core : WIFSIGNALED(status) ? Ending::signal : Ending::exit;
}

} // namespace

Watcher::Watcher(Source source, const catalogue::Catalogue& catalogue, sessions::Book& book, sessions::Clock clock,
                 int buffer_bytes)
    : catalogue_(&catalogue), book_(&book), clock_(std::move(clock)), source_(source), buffer_bytes_(buffer_bytes),
      poll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!poll_.is_open()) {
        throw Error::system("watch", "processes");
    }
}

// Subscribed before the first scan: what starts meanwhile is seen by one of them, or by both.
void Watcher::begin() {
    if (source_ == Source::automatic) {
        connector_ = Connector::open(buffer_bytes_);
    }
    if (connector_.is_open()) {
        add_to(poll_, connector_.get(), connector_place);
    }
    alive_ms_ = now_ms();
    scan(0);
    book_->scanned(is_running);
    for (const ProcessId& process : book_->processes()) {
        follow(process);
    }
}

std::uint64_t Watcher::next_wake() const {
    std::uint64_t wake = scanned_ms_ + (connector_.is_open() ? reconcile_ms : poll_ms);
    if (!without_handle_.empty()) {
        wake = std::min(wake, alive_ms_ + poll_ms);
    }
    for (const auto& [pid, fork] : forks_) {
        wake = std::min(wake, fork.up_ms + fork_patience_ms);
    }
    return wake;
}

void Watcher::on_time() {
    const std::uint64_t now = now_ms();
    on_readable();
    if (now >= fork_patience_ms) {
        keep_forks(now - fork_patience_ms, 0);
    }
    if (must_scan_ || now >= scanned_ms_ + (connector_.is_open() ? reconcile_ms : poll_ms)) {
        scan(scanned_ms_);
    }
}

// Who has ended is asked first: the kernel tells of an exit before the handle shows it, so then all is in the queue.
void Watcher::on_readable() {
    const std::uint64_t now = now_ms();
    const std::set<ProcessId> ended = ended_now();
    drain();
    for (const ProcessId& process : ended) {
        const auto place = tracked_.find(process.pid);
        if (place != tracked_.end() &&
            place->second.id == process) { // else its number was given to another one already
            finish(process.pid);
        }
    }
    alive_ms_ = now;
}

std::set<ProcessId> Watcher::ended_now() const {
    std::vector<epoll_event> events(tracked_.size() + 1);
    const int count = ::epoll_wait(poll_.get(), events.data(), static_cast<int>(events.size()), 0);
    std::set<ProcessId> ended;
    for (std::size_t i = 0; i < events.size() && static_cast<int>(i) < count; ++i) {
        const auto place = tracked_.find(static_cast<std::int32_t>(events[i].data.u32));
        if (place != tracked_.end()) { // else the connector
            ended.insert(place->second.id);
        }
    }
    for (const std::int32_t pid : without_handle_) {
        const auto place = tracked_.find(pid);
        if (place != tracked_.end() && !is_running(place->second.id)) {
            ended.insert(place->second.id);
        }
    }
    return ended;
}

void Watcher::drain() {
    if (!connector_.is_open()) {
        return;
    }
    const sessions::Moment moment = clock_();
    suspended_ms_ = static_cast<std::int64_t>(moment.stamp.up_ms) - static_cast<std::int64_t>(moment.awake_ms);
    Connector::Drained drained;
    do {
        drained = connector_.drain([this](const ProcessEvent& event) { see(event); });
        must_scan_ = must_scan_ || drained.overflown;
    } while (!drained.emptied && !drained.failed);
    const auto up_of = [this](std::uint64_t ns) {
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(ns / 1'000'000) + suspended_ms_);
    };
    if (const auto loss = sequence_.take(); loss.count > 0) {
        seen_.lost += loss.count;
        book_->lost(loss.count, When::between(up_of(loss.from_ns), up_of(loss.to_ns)));
        must_scan_ = true;
    }
    if (drained.failed) { // from now on by looking
        connector_ = Connector();
        must_scan_ = true;
    }
    if (must_scan_) {
        scan(alive_ms_);
    }
}

void Watcher::see(const ProcessEvent& event) {
    const auto up_ms =
        static_cast<std::uint64_t>(static_cast<std::int64_t>(event.monotonic_ns / 1'000'000) + suspended_ms_);
    sequence_.see(event);
    ++seen_.events;
    if (event.what == What::exec) {
        on_exec(event.process, up_ms);
    } else if (event.what == What::exit) {
        on_exit(event, up_ms);
    } else if (event.what == What::fork && event.pid == event.process) {
        on_fork(event, up_ms);
    } else if (event.what == What::core_dump) {
        if (const auto place = tracked_.find(event.process); place != tracked_.end()) {
            place->second.dumped = true;
        }
    }
}

void Watcher::on_fork(const ProcessEvent& event, std::uint64_t up_ms) {
    if (tracked_.contains(event.parent) && forks_.size() < most_forks) {
        forks_[event.process] = {event.parent, up_ms};
    } else if (const auto place = unread_.find(event.parent); place != unread_.end()) {
        look_at(event.process, When::at(place->second)); // the program goes on as its own child
    }
}

// A process may become another program, also from a thread that is not its first one.
void Watcher::on_exec(std::int32_t pid, std::uint64_t up_ms) {
    forks_.erase(pid);
    if (const auto place = tracked_.find(pid); place != tracked_.end()) {
        Tracked& process = place->second;
        if (process.handle.has_ended() && process.exit) { // the number was given to another one
            finish(pid);
        } else {
            process.exit.reset(); // of its former first thread
            const auto subject = subject_of(pid);
            if (process.product.empty() || (subject && subject->product == process.product) ||
                (!subject && process.handle.has_ended())) {
                return;
            }
            book_->ended(process.id, Ending::exit, When::at(up_ms));
            without_handle_.erase(pid);
            tracked_.erase(place);
        }
    }
    const std::uint64_t unread = seen_.unread;
    look_at(pid, When::at(up_ms));
    if (seen_.unread > unread && unread_.size() < most_forks) {
        unread_[pid] = up_ms;
    }
}

void Watcher::on_exit(const ProcessEvent& event, std::uint64_t up_ms) {
    if (event.pid == event.process) {
        forks_.erase(event.process);
        unread_.erase(event.process);
    }
    if (const auto place = tracked_.find(event.process); place != tracked_.end()) {
        place->second.exit = Exit{up_ms, event.exit_code};
    }
}

// Children that are still the program of their parent: begun with the fork. `parent` 0: those forked until then.
void Watcher::keep_forks(std::uint64_t until_ms, std::int32_t parent) {
    for (auto next = forks_.begin(); next != forks_.end();) {
        const auto fork = next++;
        if (parent == 0 ? fork->second.up_ms > until_ms : fork->second.parent != parent) {
            continue;
        }
        const auto [pid, told] = *fork;
        forks_.erase(fork);
        if (const auto place = tracked_.find(told.parent); place != tracked_.end() && !place->second.product.empty()) {
            track(pid, place->second.subject, When::at(told.up_ms));
        }
    }
}

// Whatever runs and is not known yet began some time since `since_ms`.
void Watcher::scan(std::uint64_t since_ms) {
    const std::uint64_t now = now_ms();
    must_scan_ = false;
    for (const std::int32_t pid : all_processes()) {
        if (!tracked_.contains(pid) && !forks_.contains(pid)) {
            const auto stat = stat_of(pid);
            const std::uint64_t from = std::max(since_ms, stat ? std::min(stat->start * tick_ms, now) : 0);
            look_at(pid, When::between(std::min(from, now), now));
        }
    }
    scanned_ms_ = now;
}

void Watcher::look_at(std::int32_t pid, const When& when) {
    if (auto subject = subject_of(pid)) {
        track(pid, std::move(*subject), when);
    }
}

std::optional<sessions::Subject> Watcher::subject_of(std::int32_t pid) {
    const auto [program, denied] = program_of(pid);
    if (program.empty()) {
        seen_.denied += denied ? 1U : 0U;
        seen_.unread += denied || stat_of(pid) ? 0U : 1U;
        return std::nullopt;
    }
    if (!catalogue_->program(catalogue::System::posix, program, std::nullopt)) {
        return std::nullopt;
    }
    const std::string command_line = command_line_of(pid);
    const auto match = catalogue_->program(catalogue::System::posix, program, command_line);
    const auto uid = user_of(pid);
    if (!match || !uid) {
        return std::nullopt;
    }
    Account account = accounts_.of(*uid, now_ms());
    sessions::Subject subject;
    subject.product = match->product;
    subject.version = match->version;
    subject.user = std::move(account.user);
    subject.account = std::move(account.account);
    subject.user_class =
        match->use == catalogue::Class::automation ? sessions::Class::automation : sessions::Class::interactive;
    return subject;
}

void Watcher::track(std::int32_t pid, sessions::Subject subject, const When& when) {
    Tracked process;
    process.handle = Handle::open(pid);
    const auto stat = stat_of(pid); // nothing: gone since its program was read; its exit is in the queue
    process.id = {pid, stat ? stat->start : when.to_ms / tick_ms,
                  process.handle.is_open() ? process.handle.instance() : 0};
    process.product = subject.product;
    process.subject = subject;
    book_->started({process.id, std::move(subject), when, fidelity()});
    ++seen_.matched;
    keep(std::move(process));
}

void Watcher::follow(const ProcessId& process) {
    if (tracked_.contains(process.pid)) {
        return;
    }
    Tracked followed;
    followed.id = process;
    if (is_running(process)) {
        followed.handle = Handle::open(process.pid);
    }
    keep(std::move(followed));
}

void Watcher::keep(Tracked process) {
    const std::int32_t pid = process.id.pid;
    if (process.handle.is_open()) {
        without_handle_.erase(pid);
        add_to(poll_, process.handle.get(), pid);
    } else {
        without_handle_.insert(pid);
    }
    tracked_.insert_or_assign(pid, std::move(process));
}

// The end of a process: when and how its last thread said, else some time since all were seen there.
void Watcher::finish(std::int32_t pid) {
    const auto place = tracked_.find(pid);
    if (place == tracked_.end()) {
        return;
    }
    keep_forks(0, pid);
    const Tracked& process = place->second;
    if (process.exit) {
        book_->ended(process.id, ending_of(process.exit->code, process.dumped), When::at(process.exit->up_ms));
    } else {
        const std::uint64_t now = now_ms();
        book_->ended(process.id, Ending::exit, When::between(std::min(alive_ms_, now), now));
    }
    without_handle_.erase(pid);
    tracked_.erase(place);
}

} // namespace tally::processes
