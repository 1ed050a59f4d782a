#include "recorder/service/listening.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>

namespace tally::service {
namespace {

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(&address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
    return address;
}

os::Descriptor new_socket() {
    os::Descriptor made(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made.is_open()) {
        throw Error::system("create", "socket");
    }
    return made;
}

// A socket that another recorder has left; one that somebody listens on is his.
void remove_abandoned(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        return;
    }
    if (!S_ISSOCK(status.st_mode)) {
        throw Error("listen on", path, "there is a file of that name that is no socket");
    }
    const os::Descriptor probe = new_socket();
    const auto address = address_of(path);
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
        errno == EAGAIN) { // NOLINT
        throw Error("listen on", path, "another recorder listens there",
                    {"stop it, or name another place: --socket PATH"}, Exit::locked);
    }
    ::unlink(path.c_str());
}

Error not_to_listen(const std::string& path, int why) {
    Error error = Error::system("listen on", path, why);
    if (why == ENOENT) {
        error.hints.push_back("make its folder: mkdir -p " + os::fs::path(path).parent_path().string());
    }
    return error;
}

} // namespace

os::Descriptor listen_on(const std::string& path, mode_t mode) {
    remove_abandoned(path);
    os::Descriptor listening = new_socket();
    const auto address = address_of(path);
    if (::bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) { // NOLINT
        throw not_to_listen(path, errno);
    }
    if (::chmod(path.c_str(), mode) != 0 || ::listen(listening.get(), SOMAXCONN) != 0) {
        throw Error::system("listen on", path);
    }
    return listening;
}

void notify_manager(const char* state) {              // systemd, Type=notify
    const char* place = std::getenv("NOTIFY_SOCKET"); // NOLINT(concurrency-mt-unsafe)
    if (place == nullptr || (*place != '/' && *place != '@')) {
        return;
    }
    auto address = address_of(place);
    address.sun_path[0] = *place == '@' ? '\0' : '/'; // NOLINT(*-array-index)
    const os::Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(place));
    ::sendto(socket.get(), state, std::strlen(state), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
             size); // NOLINT
}

} // namespace tally::service
