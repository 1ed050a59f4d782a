// One message to the running recorder and its answer, for commands. Waits: at most so long.
#pragma once

#include "tally/os/file.hpp"
#include "tally/session_socket/message.hpp"

#include <string>

namespace tally::recorder {

class SessionClient {
public:
    // Error with a hint when nobody listens there, or this user may not.
    explicit SessionClient(const std::string& path);

    struct Reply {
        session_socket::State state = session_socket::State::held;
        std::string why;
    };
    // Error when no answer comes within ten seconds.
    Reply ask(session_socket::Message message);

private:
    std::string path_;
    os::Descriptor socket_;
};

} // namespace tally::recorder
