// The way of one process to its recorder: one connection, one spool, and what became of each session's messages. Not
// thread-safe: session.cpp holds a lock around it. Never blocks, never throws past its functions but for want of memory.
#pragma once

#include "recorder/api/spool.hpp"
#include "tally/session_socket/message.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace tally::api {

namespace wire = session_socket;

enum class Fate : std::uint8_t { durable, sent, spooled, lost, refused };

// Of a session: what was told, and what is answered.
struct Told {
    std::string id;
    std::uint64_t n = 0;       // last message
    std::uint64_t asked = 0;   // the last one that an answer was asked for
    std::uint64_t durable = 0; // up to this one all are
    std::uint64_t refused = 0; // the last one that was
    std::uint64_t held = 0;    // the last one that the recorder keeps in memory
    bool lost = false;         // one of them is

    [[nodiscard]] std::uint64_t answered() const { return std::max({durable, refused, held}); }
};

class Channel {
public:
    struct Places {
        std::string socket;
        std::string spool; // folder; empty: there is none
    };
    explicit Channel(Places places) : places_(std::move(places)) {}

    // Numbers the message and sends it, or puts it into the spool.
    Fate tell(Told& session, wire::Message& message);
    // Reads answers, connects again when it is time, sends what waits in the spool.
    void attend();
    void follow(Told& session) { sessions_.push_back(&session); }
    void leave(const Told& session) { std::erase(sessions_, &session); }

    // To wait for answers at; -1 when there is no connection.
    [[nodiscard]] int descriptor() const { return socket_; }
    [[nodiscard]] bool all_is_sent() const { return own_.is_empty(); }
    // In the child of a fork: lets go of everything. Only calls that are safe there.
    void forget();

private:
    void connect_if_due();
    void disconnect();
    bool send(std::string_view text);
    void read_answers();
    void take(const wire::Answer& answer);
    void replay();
    void replay(Spool& spool);
    Fate keep(wire::Message& message);
    void tell_of_loss();

    Places places_;
    int socket_ = -1;
    std::uint64_t not_before_ms_ = 0; // of the next attempt to connect, or to replay
    Spool own_;
    Spool left_;
    bool looks_for_left_ = true;
    Spool* replaying_ = nullptr; // what is on its way and not answered
    std::size_t replayed_ = 0;   // bytes
    std::string last_id_;        // the last message of these
    std::uint64_t last_n_ = 0;
    std::uint64_t lost_ = 0;
    std::uint64_t lost_from_ = 0;
    std::uint64_t lost_to_ = 0;
    std::string text_;
    std::vector<Told*> sessions_;
};

[[nodiscard]] std::uint64_t monotonic_ms();
[[nodiscard]] std::uint64_t wall_s();

} // namespace tally::api
