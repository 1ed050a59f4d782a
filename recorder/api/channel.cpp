#include "recorder/api/channel.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace tally::api {
namespace {

constexpr std::uint64_t pause_ms = 1000; // between attempts

std::uint64_t coarse(clockid_t clock, std::uint64_t per_second) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * per_second +
           static_cast<std::uint64_t>(now.tv_nsec) / (1'000'000'000U / per_second);
}

} // namespace

std::uint64_t monotonic_ms() { return coarse(CLOCK_MONOTONIC_COARSE, 1000); }
std::uint64_t wall_s() { return coarse(CLOCK_REALTIME_COARSE, 1); }

Fate Channel::tell(Told& session, wire::Message& message) {
    attend();
    message.id = session.id;
    message.n = ++session.n;
    message.at = wall_s();
    if (message.kind == wire::Kind::sample) {
        message.at = *message.at - std::min(*message.at, message.ms / 1000);
    }
    if (socket_ >= 0 && own_.is_empty()) {
        wire::write_message(message, text_);
        if (send(text_)) {
            session.asked = message.durable == wire::Durable::yes ? session.n : session.asked;
            return Fate::sent;
        }
    }
    const Fate fate = keep(message);
    session.lost = session.lost || fate == Fate::lost;
    return fate;
}

Fate Channel::keep(wire::Message& message) {
    message.late = wire::Late::own;
    message.durable = wire::Durable::yes;
    wire::write_message(message, text_);
    if ((own_.is_open() || own_.create(places_.spool)) && own_.append(text_)) {
        return Fate::spooled;
    }
    lost_from_ = lost_ == 0 ? *message.at : lost_from_;
    lost_to_ = std::max(lost_from_, *message.at);
    ++lost_;
    return Fate::lost;
}

void Channel::attend() {
    const auto waits = [](const Told* session) { return session->asked > session->answered(); };
    if (replaying_ != nullptr || std::any_of(sessions_.begin(), sessions_.end(), waits)) {
        read_answers();
    }
    connect_if_due();
    if (socket_ >= 0 && replaying_ == nullptr && (looks_for_left_ || own_.is_open() || lost_ > 0)) {
        replay();
    }
}

void Channel::connect_if_due() {
    if (socket_ >= 0 || monotonic_ms() < not_before_ms_) {
        return;
    }
    not_before_ms_ = monotonic_ms() + pause_ms;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (places_.socket.size() >= sizeof address.sun_path) {
        return;
    }
    std::memcpy(&address.sun_path, places_.socket.data(), places_.socket.size());
    const int made = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0) {
        return;
    }
    if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
        0) { // NOLINT(*-reinterpret-cast)
        ::close(made);
        return;
    }
    socket_ = made;
    looks_for_left_ = true;
    not_before_ms_ = 0;
}

void Channel::disconnect() {
    if (socket_ >= 0) {
        ::close(socket_);
    }
    socket_ = -1;
    replaying_ = nullptr; // what was not answered is sent again: its number tells that it is the same
}

bool Channel::send(std::string_view text) {
    for (;;) {
        if (::send(socket_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
            return true;
        }
        if (errno == EINTR) {
            continue;
        }
        if (errno != EAGAIN && errno != ENOBUFS) {
            disconnect();
        }
        return false;
    }
}

void Channel::read_answers() {
    std::array<char, wire::max_message> buffer{};
    while (socket_ >= 0) {
        const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got <= 0) {
            if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
                disconnect();
            }
            return;
        }
        if (const auto answer = wire::read_answer({buffer.data(), static_cast<std::size_t>(got)})) {
            take(*answer);
        }
    }
}

void Channel::take(const wire::Answer& answer) {
    for (Told* session : sessions_) {
        if (session->id == answer.id) {
            auto& upto = answer.state == wire::State::durable ? session->durable
                         : answer.state == wire::State::held  ? session->held
                                                              : session->refused;
            upto = std::max(upto, answer.n);
        }
    }
    if (replaying_ == nullptr || answer.n != last_n_ || answer.id != last_id_) {
        return;
    }
    if (answer.state == wire::State::held) {
        not_before_ms_ = monotonic_ms() + pause_ms;
    } else {
        replaying_->acknowledge(replayed_);
    }
    replaying_ = nullptr;
}

// What others have left first: it is older.
void Channel::replay() {
    if (monotonic_ms() < not_before_ms_) {
        return;
    }
    if (looks_for_left_ && !left_.is_open()) {
        looks_for_left_ = left_.adopt(places_.spool);
    }
    if (left_.is_open()) {
        replay(left_);
    } else if (own_.is_open()) {
        replay(own_);
    } else if (lost_ > 0) {
        tell_of_loss();
    }
}

void Channel::replay(Spool& spool) {
    const std::string_view lines = spool.read();
    std::size_t sent = 0;
    std::size_t at = 0;
    last_n_ = 0;
    while (at < lines.size() && socket_ >= 0) {
        const std::size_t end = lines.find('\n', at);
        auto message = wire::read_message(lines.substr(at, end - at));
        at = end + 1;
        if (!message) {
            sent = at; // nothing that we wrote: passed over
            continue;
        }
        message->late = &spool == &left_ ? wire::Late::left : wire::Late::own;
        wire::write_message(*message, text_);
        if (!send(text_)) {
            break;
        }
        sent = at;
        last_id_ = message->id;
        last_n_ = message->n;
    }
    if (socket_ < 0) {
        return;
    }
    if (last_n_ == 0) {
        spool.acknowledge(sent);
        return;
    }
    replaying_ = &spool;
    replayed_ = sent;
}

void Channel::tell_of_loss() {
    wire::Message message;
    message.kind = wire::Kind::lost;
    message.count = lost_;
    message.from = lost_from_;
    message.to = lost_to_;
    wire::write_message(message, text_);
    if (send(text_)) {
        lost_ = 0;
    }
}

void Channel::forget() {
    if (socket_ >= 0) {
        ::close(socket_);
    }
    socket_ = -1;
    replaying_ = nullptr;
    own_.forget();
    left_.forget();
}

} // namespace tally::api
