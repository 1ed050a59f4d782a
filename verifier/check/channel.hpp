// Messages between the confined process and its parent: a kind, a length, bytes. The child writes to a pipe, the only
// descriptor it may write to; the parent answers over a socket, so that a dead child is an error and not a signal.
#pragma once

#include "tally/os/file.hpp"

#include <cstring>
#include <optional>
#include <string>
#include <sys/socket.h>

namespace tally::check {

inline constexpr std::size_t max_message = 64U << 20U; // a roster of 65 536 logs is a quarter of it

// Child to parent, then parent to child.
enum class Message : std::uint8_t { sandbox, question, report, verified, seals, rows, fault, error, end, answer, more };

struct MessageHead {
    std::uint32_t size = 0;
    Message kind = Message::end;
    std::uint8_t unused[3] = {};
};
static_assert(sizeof(MessageHead) == 8);

inline std::string headed(Message kind, std::string_view bytes) {
    if (bytes.size() > max_message) {
        throw Error("check", "", "more than " + std::to_string(max_message) + " bytes at once for the other process");
    }
    const MessageHead head{static_cast<std::uint32_t>(bytes.size()), kind, {}};
    std::string message(reinterpret_cast<const char*>(&head), sizeof head);
    return message.append(bytes);
}

// False at the end of the stream, also in the middle of `size` bytes.
inline bool read_whole(const os::Descriptor& from, char* into, std::size_t size) {
    while (size > 0) {
        const std::size_t got = os::read_some(from, into, size, "(between processes)");
        if (got == 0) {
            return false;
        }
        into += got;
        size -= got;
    }
    return true;
}

// The bytes of the next message replace `bytes`; nothing when the other side is gone or makes no sense.
inline std::optional<Message> receive(const os::Descriptor& from, std::string& bytes) {
    MessageHead head;
    if (!read_whole(from, reinterpret_cast<char*>(&head), sizeof head) || head.size > max_message ||
        head.kind > Message::more) {
        return std::nullopt;
    }
    bytes.clear();
    while (bytes.size() < head.size) { // grows with what comes, not with what is announced
        const std::size_t before = bytes.size();
        bytes.resize(std::min<std::size_t>(head.size, std::max<std::size_t>(2 * before, 1U << 20U)));
        if (!read_whole(from, bytes.data() + before, bytes.size() - before)) {
            return std::nullopt;
        }
    }
    return head.kind;
}

// Of the parent. False when the child is gone.
inline bool tell(const os::Descriptor& socket, Message kind, std::string_view bytes) {
    const std::string message = headed(kind, bytes);
    std::string_view rest = message;
    while (!rest.empty()) {
        const ssize_t put = ::send(socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (put < 0 && errno != EINTR) {
            return false;
        }
        rest.remove_prefix(put < 0 ? 0 : static_cast<std::size_t>(put));
    }
    return true;
}

} // namespace tally::check
