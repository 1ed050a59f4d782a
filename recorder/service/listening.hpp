// The session socket as a file, and the word to whoever started the service that it is there. One recorder a place: what
// another one has left is removed, where another one listens is an Error.
#pragma once

#include "tally/os/file.hpp"

#include <string>

namespace tally::service {

// Does not block. The file is its maker's to remove.
[[nodiscard]] os::Descriptor listen_on(const std::string& path, mode_t mode);

// To systemd (Type=notify): READY=1, STOPPING=1. Nothing when it did not start us.
void notify_manager(const char* state);

} // namespace tally::service
