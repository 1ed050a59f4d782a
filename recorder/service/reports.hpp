// What a message of a program means for the book of sessions (docs/formats/session-socket.md): who may say it, when it
// happened, which process keeps the session alive. The text of a message is not needed any more after take().
#pragma once

#include "recorder/processes/accounts.hpp"
#include "recorder/service/process.hpp"
#include "recorder/service/recording.hpp"
#include "recorder/service/users.hpp"

#include <map>

namespace tally::service {

struct Verdict {
    // taken: durable with the next commit. held: waits in memory, or is full. refused: never.
    enum class Fate : std::uint8_t { taken, held, refused };
    Fate fate = Fate::taken;
    std::string_view why; // a literal
};

class Reports {
public:
    Reports(Recording& recording, Users& users) : recording_(&recording), users_(&users) {}

    Verdict take(const session_socket::Message& message, uid_t user, const sessions::ProcessId& process);
    // False when that has to be told again later.
    [[nodiscard]] bool ended(const sessions::ProcessId& process, sessions::Ending ending);

    // Sessions of processes that were gone before they were told of, and of whose end nothing came for a while.
    void close_left();
    [[nodiscard]] bool has_left() const { return !left_.empty(); }

private:
    using Message = session_socket::Message;
    [[nodiscard]] Verdict begin(const Message& message, uid_t user, const sessions::ProcessId& process);
    [[nodiscard]] Verdict inside(const Message& message, const std::string& id, const sessions::When& when);
    void name(sessions::Subject& subject, uid_t user);
    [[nodiscard]] Verdict lost(const Message& message);
    template <class Change>
    [[nodiscard]] Verdict apply(const Message& message, Change change);

    struct Left {
        std::uint64_t last_s = 0;   // UTC, of its last message
        std::uint64_t until_ms = 0; // since boot: then nothing more comes
    };
    Recording* recording_;
    Users* users_;
    processes::Accounts accounts_;
    std::map<std::string, Left> left_;
};

} // namespace tally::service
