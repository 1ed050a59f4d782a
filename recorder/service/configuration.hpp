// What an administrator decides about a running recorder (docs/operations/service.md): a small text, KEY = VALUE, strict.
// A key that is not known, given twice, or has a value out of its bounds is refused with the number of its line.
#pragma once

#include "tally/base/result.hpp"
#include "tally/session_socket/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tally::service {

inline constexpr std::string_view first_line = "tally-recorder 1";
inline constexpr std::size_t largest_configuration = 64U << 10U;

struct Configuration {
    std::string socket = session_socket::usual_path;
    std::uint64_t socket_mode = 0666;  // who may report: octal permissions of the socket
    std::uint64_t seal_every_min = 60; // lines not sealed yet are sealed, segments dropped; 0: only at the end
    std::uint64_t connections_per_user = 64;
    std::uint64_t sessions_per_user = 256;    // open ones
    std::uint64_t messages_per_second = 2000; // of one user
    std::uint64_t messages_at_once = 10000;   // of one user, before that counts
    std::uint64_t merge_gap_s = 0;            // a start so soon after the end goes on with the session
    std::uint64_t heartbeat_s = 60;           // between two durable signs of life of the recorder itself
    std::uint64_t report_s = 900;             // counts of features and commands are gathered so long
};

// Fault.at: number of the line.
[[nodiscard]] Result<Configuration> read_configuration(std::string_view text);
// Every key with its value, as read_configuration takes it.
[[nodiscard]] std::string configuration_text(const Configuration& configuration);

} // namespace tally::service
