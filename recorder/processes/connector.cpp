#include "recorder/processes/connector.hpp"

#include "tally/os/clock.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

namespace tally::processes {
namespace {

constexpr std::uint64_t patience_ms = 500;
constexpr int most_datagrams = 4096; // at one time

} // namespace

Connector Connector::open(int buffer_bytes) {
    Connector connector;
    if (!connector.subscribe(buffer_bytes) || !connector.is_acknowledged()) {
        connector.socket_ = os::Descriptor();
    }
    return connector;
}

bool Connector::subscribe(int buffer_bytes) {
    const auto failed = [this](const char* what) {
        why_ = std::string(what) + ": " + std::strerror(errno);
        return false;
    };
    socket_ = os::Descriptor(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR));
    if (!socket_.is_open()) {
        return failed("socket");
    }
    // What the kernel gives without the right to force is less, and losses are counted.
    if (::setsockopt(get(), SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof buffer_bytes) != 0) {
        ::setsockopt(get(), SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
    }
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = CN_IDX_PROC;
    if (::bind(get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return failed("bind");
    }
    // Without the kernel's filter: what it leaves out consumes numbers, and losses could not be told any more.
    constexpr proc_cn_mcast_op listen = PROC_CN_MCAST_LISTEN;
    std::array<char, NLMSG_SPACE(sizeof(cn_msg) + sizeof listen)> message{};
    nlmsghdr header{};
    header.nlmsg_len = NLMSG_LENGTH(sizeof(cn_msg) + sizeof listen);
    header.nlmsg_type = NLMSG_DONE;
    cn_msg body{};
    body.id = {CN_IDX_PROC, CN_VAL_PROC};
    body.len = sizeof listen;
    std::memcpy(message.data(), &header, sizeof header);
    std::memcpy(message.data() + sizeof header, &body, sizeof body);
    std::memcpy(message.data() + sizeof header + sizeof body, &listen, sizeof listen);
    return ::send(get(), message.data(), header.nlmsg_len, 0) >= 0 || failed("subscribe");
}

// A namespace that has no connector answers nothing at all.
bool Connector::is_acknowledged() {
    const std::uint64_t until = os::clock_ms(CLOCK_MONOTONIC) + patience_ms;
    bool acknowledged = false;
    while (!acknowledged && why_.empty()) {
        const std::uint64_t now = os::clock_ms(CLOCK_MONOTONIC);
        pollfd look{get(), POLLIN, 0};
        if (now >= until || ::poll(&look, 1, static_cast<int>(until - now)) == 0) {
            why_ = "no answer of the kernel: not in the machine's own namespaces?";
        } else {
            drain([&](const ProcessEvent& event) {
                if (event.what == What::acknowledged && event.exit_code != 0) {
                    why_ = std::string("subscribe: ") + std::strerror(static_cast<int>(event.exit_code));
                }
                acknowledged = acknowledged || event.what == What::acknowledged;
            });
        }
    }
    return acknowledged && why_.empty();
}

Connector::Drained Connector::drain(const std::function<void(const ProcessEvent&)>& visit) {
    alignas(nlmsghdr) std::array<std::uint8_t, 8192> datagram;
    Drained drained;
    for (int i = 0; i < most_datagrams; ++i) {
        sockaddr_nl from{};
        socklen_t from_size = sizeof from;
        const ssize_t got =
            ::recvfrom(get(), datagram.data(), datagram.size(), 0, reinterpret_cast<sockaddr*>(&from), &from_size);
        if (got >= 0 && from.nl_pid == 0) { // the kernel, and not somebody who writes to our address
            read_events(Bytes(datagram).first(static_cast<std::size_t>(got)), visit);
        } else if (got < 0 && errno == ENOBUFS) {
            drained.overflown = true;
        } else if (got < 0 && errno != EINTR) {
            drained.emptied = errno == EAGAIN || errno == EWOULDBLOCK;
            drained.failed = !drained.emptied;
            break;
        }
    }
    return drained;
}

} // namespace tally::processes
