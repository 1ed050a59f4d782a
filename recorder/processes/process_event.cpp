#include "recorder/processes/process_event.hpp"

#include <algorithm>
#include <cstring>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <utility>

namespace tally::processes {
namespace {

constexpr std::size_t head_size = 16; // what, cpu, timestamp_ns
constexpr std::size_t least_body = 8; // pid and thread group; an acknowledgement has four bytes

template <class Header>
bool take(Bytes& rest, Header& header) {
    if (rest.size() < sizeof header) {
        return false;
    }
    std::memcpy(&header, rest.data(), sizeof header);
    rest = rest.subspan(sizeof header);
    return true;
}

std::uint32_t word(Bytes body, std::size_t index) {
    std::uint32_t value = 0;
    if (body.size() >= (index + 1) * sizeof value) {
        std::memcpy(&value, body.data() + index * sizeof value, sizeof value);
    }
    return value;
}

std::int32_t number(Bytes body, std::size_t index) { return static_cast<std::int32_t>(word(body, index)); }

// The numbers of the kernel's interface; the header's enumeration was renamed on the way.
What what_of(std::uint32_t value) {
    switch (value) {
    case 0x00000000:
        return What::acknowledged;
    case 0x00000001:
        return What::fork;
    case 0x00000002:
        return What::exec;
    case 0x40000000:
        return What::core_dump;
    case 0x80000000:
        return What::exit;
    default:
        return What::other;
    }
}

bool read_event(Bytes message, ProcessEvent& event) {
    cn_msg connector{};
    if (!take(message, connector) || connector.id.idx != CN_IDX_PROC || connector.id.val != CN_VAL_PROC ||
        connector.len > message.size() || connector.len < head_size) {
        return false;
    }
    message = message.first(connector.len);
    event.what = what_of(word(message, 0));
    event.cpu = word(message, 1);
    event.sequence = connector.seq;
    std::memcpy(&event.monotonic_ns, message.data() + 8, sizeof event.monotonic_ns);
    const Bytes body = message.subspan(head_size);
    if (event.what == What::acknowledged) {
        event.exit_code = word(body, 0);
        return body.size() >= 4;
    }
    if (event.what == What::fork) { // parent_pid, parent_tgid, child_pid, child_tgid
        event.parent = number(body, 1);
        event.pid = number(body, 2);
        event.process = number(body, 3);
        return body.size() >= 2 * least_body;
    }
    event.pid = number(body, 0);
    event.process = number(body, 1);
    event.exit_code = event.what == What::exit ? word(body, 2) : 0;
    return body.size() >= (event.what == What::exit ? least_body + 4 : least_body);
}

} // namespace

bool read_events(Bytes datagram, const std::function<void(const ProcessEvent&)>& visit) {
    while (!datagram.empty()) {
        nlmsghdr header{};
        Bytes rest = datagram;
        if (!take(rest, header) || header.nlmsg_len < sizeof header || header.nlmsg_len > datagram.size()) {
            return false;
        }
        ProcessEvent event;
        if (header.nlmsg_type != NLMSG_DONE || !read_event(rest.first(header.nlmsg_len - sizeof header), event)) {
            return false;
        }
        visit(event);
        datagram = datagram.subspan(std::min<std::size_t>(datagram.size(), NLMSG_ALIGN(header.nlmsg_len)));
    }
    return true;
}

void SequenceCount::see(const ProcessEvent& event) {
    if (event.what == What::acknowledged) { // answers have no number of their own
        return;
    }
    const Last now{event.sequence, event.monotonic_ns};
    const auto [place, is_first] = last_.try_emplace(event.cpu, now);
    const Last before = std::exchange(place->second, now);
    const std::uint32_t missing = event.sequence - before.sequence - 1; // numbers begin again after 2^32
    if (is_first || missing == 0) {
        return;
    }
    loss_.from_ns = loss_.count == 0 ? before.at_ns : std::min(loss_.from_ns, before.at_ns);
    loss_.to_ns = std::max(loss_.to_ns, event.monotonic_ns);
    loss_.count += missing;
}

SequenceCount::Loss SequenceCount::take() { return std::exchange(loss_, {}); }

} // namespace tally::processes
