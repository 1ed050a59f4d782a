// The process at the other end of a connection, as the kernel knows it: who it runs as, a descriptor that tells its end,
// and how it ended. A process number alone is never trusted: the next process may have it.
#pragma once

#include "recorder/sessions/event.hpp"
#include "tally/os/file.hpp"

#include <optional>

namespace tally::service {

struct Process {
    sessions::ProcessId id; // pid 0: the kernel names none (another namespace)
    os::Descriptor ends;    // a pidfd, readable when it has ended; not open when id.pid is 0
};

struct Peer {
    uid_t user = 0;
    Process process;
};

// Of the other end, as it was when the connection was made. Nothing when the kernel does not tell.
[[nodiscard]] std::optional<Peer> peer_of(const os::Descriptor& connection);
// A process that was known before; nothing when it does not run any more.
[[nodiscard]] std::optional<Process> find_process(const sessions::ProcessId& id);
// Of a process that has ended; exit where the kernel does not tell more.
[[nodiscard]] sessions::Ending ending_of(const os::Descriptor& pidfd);

} // namespace tally::service
