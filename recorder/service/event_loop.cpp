#include "recorder/service/event_loop.hpp"

#include <array>

namespace tally::service {

EventLoop::EventLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!epoll_.is_open()) {
        throw Error::system("create", "epoll");
    }
}

EventLoop::Token EventLoop::watch(int descriptor, Handler when_readable) {
    const Token token = ++last_;
    watched_[token] = {descriptor, std::move(when_readable)};
    try {
        set(token, EPOLL_CTL_ADD, EPOLLIN);
    } catch (...) {
        watched_.erase(token);
        throw;
    }
    return token;
}

void EventLoop::pause(Token token) { set(token, EPOLL_CTL_MOD, 0); }
void EventLoop::go_on(Token token) { set(token, EPOLL_CTL_MOD, EPOLLIN); }

void EventLoop::set(Token token, int operation, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = token;
    if (::epoll_ctl(epoll_.get(), operation, watched_.at(token).descriptor, &event) != 0) {
        throw Error::system("watch", "descriptor");
    }
}

void EventLoop::forget(Token token) {
    if (const auto place = watched_.find(token); place != watched_.end()) {
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, place->second.descriptor, nullptr);
        watched_.erase(place);
    }
}

bool EventLoop::wait(int timeout_ms) {
    std::array<epoll_event, 64> events{};
    const int ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout_ms);
    if (ready < 0 && errno != EINTR) {
        throw Error::system("wait", "epoll");
    }
    for (int i = 0; i < ready; ++i) {
        const auto place = watched_.find(events.at(static_cast<std::size_t>(i)).data.u64);
        if (place != watched_.end()) {
            const Handler handler = place->second.handler; // it may remove itself
            handler();
        }
    }
    return ready > 0;
}

} // namespace tally::service
