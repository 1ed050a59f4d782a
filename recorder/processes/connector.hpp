// The kernel's process connector as a socket: every fork, exec and exit of the machine, with numbers that show what was
// lost. Not there in a pid, user or network namespace of its own, nor without the right to ask.
#pragma once

#include "recorder/processes/process_event.hpp"
#include "tally/os/file.hpp"

#include <string>

namespace tally::processes {

class Connector {
public:
    static constexpr int usual_bytes = 8 << 20;
    // Subscribes and waits until the kernel says yes, at most half a second. Else not open, and why() tells the reason.
    // `buffer_bytes`: what the kernel may keep for us.
    static Connector open(int buffer_bytes = usual_bytes);

    [[nodiscard]] bool is_open() const { return socket_.is_open(); }
    [[nodiscard]] int get() const { return socket_.get(); }
    [[nodiscard]] const std::string& why() const { return why_; }

    struct Drained {
        bool emptied = false;   // else there is more
        bool overflown = false; // the kernel had no room and dropped events: the numbers of later ones say how many
        bool failed = false;    // the socket is of no use any more
    };
    // Tells what waits, up to a bound.
    Drained drain(const std::function<void(const ProcessEvent&)>& visit);

private:
    [[nodiscard]] bool subscribe(int buffer_bytes);
    [[nodiscard]] bool is_acknowledged();

    os::Descriptor socket_;
    std::string why_;
};

} // namespace tally::processes
