// Waits for descriptors and calls who wants to know, in one thread. What a call removes is not called any more, also
// when it was ready in the same moment.
#pragma once

#include "tally/os/file.hpp"

#include <functional>
#include <sys/epoll.h>
#include <unordered_map>

namespace tally::service {

class EventLoop {
public:
    using Handler = std::function<void()>;
    using Token = std::uint64_t; // never given twice

    EventLoop();

    // `descriptor` must stay open until forget().
    Token watch(int descriptor, Handler when_readable);
    // Not called until it is told to go on.
    void pause(Token token);
    void go_on(Token token);
    void forget(Token token);

    // Sleeps at most so long; -1: until something happens. Calls the handlers; false when there was nothing to call.
    bool wait(int timeout_ms);

private:
    void set(Token token, int operation, std::uint32_t events);

    struct Watched {
        int descriptor = -1;
        Handler handler;
    };
    os::Descriptor epoll_;
    std::unordered_map<Token, Watched> watched_;
    Token last_ = 0;
};

} // namespace tally::service
