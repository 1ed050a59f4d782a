#include "recorder/service/service.hpp"

#include "recorder/service/listening.hpp"
#include "tally/line/write.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <sys/signalfd.h>
#include <sys/socket.h>

namespace tally::service {
namespace {

namespace wire = session_socket;

constexpr std::size_t messages_a_turn = 64; // of one connection, then it is the others' turn
constexpr std::size_t most_connections = 1000;
constexpr std::uint64_t tell_every_ms = 60'000;
constexpr std::uint64_t short_pause_ms = 1000;

sigset_t our_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        ::sigaddset(&set, number);
    }
    return set;
}

void complain(const std::string& text) { std::fprintf(stderr, "tally-recorder: warning: %s\n", text.c_str()); }

} // namespace

struct Service::Connection {
    os::Descriptor socket;
    uid_t user = 0;
    sessions::ProcessId process;
};

struct Service::Waiting {
    EventLoop::Token connection = 0;
    std::string id;
    std::uint64_t n = 0;
    Verdict verdict;
};

// Room for the messages of one turn.
struct Service::Received {
    std::array<std::array<char, wire::max_message + 1>, messages_a_turn> bytes;
    std::array<iovec, messages_a_turn> parts{};
    std::array<mmsghdr, messages_a_turn> headers{};
    Received() {
        for (std::size_t i = 0; i < messages_a_turn; ++i) {
            parts.at(i) = {bytes.at(i).data(), bytes.at(i).size()};
            headers.at(i).msg_hdr.msg_iov = &parts.at(i);
            headers.at(i).msg_hdr.msg_iovlen = 1;
        }
    }
};

Service::Service(journal::Journal& journal, privacy::Naming naming, Configuration configuration,
                 const catalogue::Catalogue* catalogue, std::function<Configuration()> read_again)
    : journal_(&journal), configuration_(std::move(configuration)), read_again_(std::move(read_again)),
      catalogue_(catalogue), users_(configuration_),
      recording_(journal,
                 {.merge_gap_ms = configuration_.merge_gap_s * 1000,
                  .heartbeat_ms = configuration_.heartbeat_s * 1000,
                  .report_ms = configuration_.report_s * 1000},
                 std::move(naming), [this](sessions::Book& book) { scan_first(book); }),
      reports_(recording_, users_), received_(std::make_unique<Received>()), sealed_ms_(os::up_ms()),
      began_s_(os::clock_ms(CLOCK_REALTIME) / 1000) {
    listening_ = listen_on(configuration_.socket, static_cast<mode_t>(configuration_.socket_mode));
    const sigset_t set = our_signals();
    signals_ = os::Descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    loop_.watch(signals_.get(), [this] { signalled(); });
    listening_token_ = loop_.watch(listening_.get(), [this] { accept_all(); });
    watch_known_processes();
}

Service::~Service() {
    ::unlink(configuration_.socket.c_str());
    ::unlink((journal_->directory() / running_name).c_str());
}

// The watcher is of this book: another book gets another one.
void Service::scan_first(sessions::Book& book) {
    if (catalogue_ == nullptr) {
        book.scanned(processes::is_running);
        return;
    }
    if (watcher_) {
        loop_.forget(watcher_token_);
        paused_.erase(watcher_token_);
    }
    watcher_.emplace(processes::Source::automatic, *catalogue_, book, sessions::system_clock());
    watcher_->begin();
    watcher_token_ = loop_.watch(watcher_->descriptor(), [this] { watch_programs(); });
}

// Nothing is read while memory is full: the kernel keeps events so long, and tells how many it had to drop.
void Service::watch_programs() {
    const auto taken = recording_.apply(
        [this](sessions::Book&) {
            watcher_->on_readable();
            watcher_->on_time();
            return sessions::Taken::taken;
        },
        Recording::Again::yes);
    if (!taken) {
        loop_.pause(watcher_token_);
        paused_[watcher_token_] = os::up_ms() + short_pause_ms;
    }
}

std::string Service::watching() const {
    if (!watcher_) {
        return "";
    }
    return watcher_->why().empty() ? "every program, as the kernel tells"
                                   : "programs, looked for every 2 seconds (" + watcher_->why() + ")";
}

void Service::block_signals() {
    const sigset_t set = our_signals();
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
}

void Service::run() {
    tell_running();
    notify_manager("READY=1");
    while (!stops_) {
        const bool more = loop_.wait(waiting_.empty() ? timeout_ms() : 0); // who comes meanwhile shares the commit
        after_turn(more);
    }
    notify_manager("STOPPING=1");
    recording_.stop("stop");
    answer_all(!recording_.is_stuck());
}

int Service::timeout_ms() const {
    const std::uint64_t now = os::up_ms();
    std::uint64_t until = std::min(recording_.next_wake_ms(), told_ms_ + tell_every_ms);
    if (configuration_.seal_every_min > 0) {
        until = std::min(until, sealed_ms_ + configuration_.seal_every_min * 60'000);
    }
    if (watcher_) {
        until = std::min(until, watcher_->next_wake());
    }
    for (const auto& [token, when] : paused_) {
        until = std::min(until, when);
    }
    if (reports_.has_left()) {
        until = std::min(until, now + 1000);
    }
    return until <= now ? 0 : static_cast<int>(std::min<std::uint64_t>(until - now, 3'600'000));
}

void Service::accept_all() {
    for (std::size_t i = 0; i < messages_a_turn; ++i) {
        os::Descriptor socket(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!socket.is_open()) {
            if (errno == EMFILE || errno == ENFILE) { // whoever waits is served when others have left
                loop_.pause(listening_token_);
                paused_[listening_token_] = os::up_ms() + short_pause_ms;
            }
            return;
        }
        auto peer = peer_of(socket);
        if (!peer || connections_.size() >= most_connections || !users_.connect(peer->user)) {
            ++refused_;
            continue;
        }
        const int number = socket.get();
        const auto token = std::make_shared<EventLoop::Token>(0);
        *token = loop_.watch(number, [this, token] { read(*token); });
        connections_.emplace(*token, Connection{std::move(socket), peer->user, peer->process.id});
        watch(std::move(peer->process));
    }
}

void Service::drop(EventLoop::Token token) {
    const auto place = connections_.find(token);
    users_.disconnect(place->second.user);
    loop_.forget(token);
    paused_.erase(token);
    connections_.erase(place);
}

void Service::read(EventLoop::Token token) {
    Connection& connection = connections_.at(token);
    const int got =
        ::recvmmsg(connection.socket.get(), received_->headers.data(), messages_a_turn, MSG_DONTWAIT, nullptr);
    if (got < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            drop(token);
        }
        return;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
        const auto& header = received_->headers.at(i);
        if (header.msg_len == 0) { // the other end is closed: nobody sends an empty message for anything else
            drop(token);
            return;
        }
        take(token, connection, {received_->bytes.at(i).data(), header.msg_len});
    }
    messages_ += static_cast<std::uint64_t>(got);
    const std::uint64_t now = os::up_ms();
    if (const std::uint64_t pause = users_.spend(connection.user, static_cast<std::uint64_t>(got), now); pause > 0) {
        loop_.pause(token);
        paused_[token] = now + pause;
    }
}

void Service::take(EventLoop::Token token, Connection& connection, std::string_view bytes) {
    const auto message = wire::read_message(bytes); // one byte too long is too long
    if (!message) {
        ++refused_;
        return;
    }
    const Verdict verdict = reports_.take(*message, connection.user, connection.process);
    refused_ += verdict.fate == Verdict::Fate::refused ? 1 : 0;
    if (message->durable == wire::Durable::yes) {
        waiting_.push_back({token, std::string(message->id), message->n, verdict});
    }
    if (recording_.is_due()) {
        commit();
    }
}

void Service::watch(Process process) {
    if (process.id.pid == 0 || processes_.contains(process.id)) {
        return;
    }
    const auto id = process.id;
    const auto token = loop_.watch(process.ends.get(), [this, id] { process_ended(id); });
    processes_.emplace(id, std::pair(token, std::move(process.ends)));
}

void Service::watch_known_processes() {
    for (const auto& id : recording_.book().processes()) {
        if (auto process = find_process(id)) {
            watch(std::move(*process));
        }
    }
}

// What it sent before is read first: connections become readable before their process is gone.
void Service::process_ended(const sessions::ProcessId& process) {
    if (watcher_) { // it knows how the process ended, where it watches it too
        watch_programs();
    }
    const auto place = processes_.find(process);
    std::vector<EventLoop::Token> its;
    for (const auto& [token, connection] : connections_) {
        if (connection.process == process) {
            its.push_back(token);
        }
    }
    for (const auto token : its) {
        while (connections_.contains(token)) {
            const auto before = messages_;
            read(token);
            if (messages_ == before) {
                break;
            }
        }
    }
    const auto token = place->second.first;
    if (!reports_.ended(process, ending_of(place->second.second))) {
        loop_.pause(token); // an end is not lost for want of memory: it is asked for again
        paused_[token] = os::up_ms() + short_pause_ms;
        return;
    }
    loop_.forget(token);
    processes_.erase(place);
}

void Service::after_turn(bool more) {
    go_on_reading();
    reports_.close_left();
    const std::uint64_t now = os::up_ms();
    if (watcher_ && now >= watcher_->next_wake()) {
        watch_programs();
    }
    if ((!waiting_.empty() && (!more || waiting_.size() >= group_lines)) || recording_.is_due()) {
        commit();
    }
    if (configuration_.seal_every_min > 0 && now >= sealed_ms_ + configuration_.seal_every_min * 60'000) {
        sealed_ms_ = now;
        recording_.seal("schedule");
    }
    if (now >= told_ms_ + tell_every_ms) {
        tell_running();
    }
}

void Service::commit() {
    answer_all(recording_.commit());
    if (recording_.trouble() != said_trouble_) {
        said_trouble_ = recording_.trouble();
        complain(said_trouble_.empty() ? "the log is written again" : said_trouble_ + "; what happens waits in memory");
        tell_running();
    }
}

// What became durable together is answered once for each session: with the last number.
bool Service::is_answered_by(const Waiting& one, const Waiting& next) {
    return one.n > 0 && one.n < next.n && one.connection == next.connection && one.id == next.id &&
           one.verdict.fate == Verdict::Fate::taken && next.verdict.fate == Verdict::Fate::taken;
}

void Service::answer_all(bool durable) {
    std::string text;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
        const Waiting& one = waiting_[i];
        const auto place = connections_.find(one.connection);
        if (place == connections_.end() || (i + 1 < waiting_.size() && is_answered_by(one, waiting_[i + 1]))) {
            continue;
        }
        const bool refused = one.verdict.fate == Verdict::Fate::refused;
        const bool good = durable && one.verdict.fate == Verdict::Fate::taken;
        const auto state = refused ? wire::State::refused : good ? wire::State::durable : wire::State::held;
        wire::write_answer({one.id, one.n, state, one.verdict.why}, text);
        ::send(place->second.socket.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT); // or it is lost
    }
    waiting_.clear();
}

void Service::go_on_reading() {
    const std::uint64_t now = os::up_ms();
    for (auto place = paused_.begin(); place != paused_.end();) {
        if (place->second > now) {
            ++place;
        } else {
            loop_.go_on(place->first);
            place = paused_.erase(place);
        }
    }
}

void Service::signalled() {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) == ssize_t{sizeof info}) {
        if (info.ssi_signo != SIGHUP) {
            stops_ = true;
            continue;
        }
        try {
            Configuration next = read_again_();
            next.socket = configuration_.socket; // these follow from the start
            next.socket_mode = configuration_.socket_mode;
            configuration_ = next;
            complain("the configuration was read again");
        } catch (const Error& error) {
            complain(std::string("the configuration stays as it is: ") + error.what());
        }
    }
}

void Service::tell_running() {
    told_ms_ = os::up_ms();
    line::Object object;
    object.integer("pid", static_cast<std::uint64_t>(::getpid())).text("socket", configuration_.socket);
    object.integer("since", began_s_).integer("alive", os::clock_ms(CLOCK_REALTIME) / 1000);
    object.integer("connections", connections_.size()).integer("sessions", recording_.book().sessions().size());
    object.integer("messages", messages_).integer("refused", refused_).integer("lost", recording_.lost());
    object.token("watch", !watcher_ ? "no" : watcher_->fidelity());
    if (watcher_) {
        object.integer("watched", watcher_->watched()).integer("denied", watcher_->seen().denied);
    }
    if (recording_.is_stuck()) {
        object.text("trouble", recording_.trouble());
    }
    const os::fs::path path = journal_->directory() / running_name;
    const os::Descriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)); // NOLINT
    const std::string text = object.str() + "\n";
    if (file.is_open() && ::write(file.get(), text.data(), text.size()) < 0) {
        ::unlink(path.c_str()); // a disk that is full has no room for it either
    }
}

} // namespace tally::service
