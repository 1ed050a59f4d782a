// What programs tell the recorder over its socket, and what it answers (docs/formats/session-socket.md): one canonical
// line a message. The reader takes one spelling, bounded before it looks inside; texts stay in the encoding of lines and
// point into the message. Knows no sessions: whether a message fits to what was said before is the recorder's question.
#pragma once

#include "tally/base/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tally::session_socket {

inline constexpr std::size_t max_message = 1024;
inline constexpr std::uint64_t max_beat_s = 86400;
inline constexpr std::uint64_t usual_beat_s = 60; // of a session that only its heartbeat keeps alive
inline constexpr const char* usual_path = "/run/tallystick/session.sock";

enum class Kind : std::uint8_t { begin, heartbeat, feature, commands, sample, end, lost };
[[nodiscard]] std::string_view name_of(Kind kind);

enum class Durable : std::uint8_t { no, yes };         // yes: an answer is asked for
enum class Late : std::uint8_t { no, own, left };      // out of a spool
enum class Bind : std::uint8_t { process, heartbeat }; // what keeps a session alive

// How often altogether, in a session.
struct Totals {
    std::uint64_t started = 0;
    std::uint64_t completed = 0;
    std::uint64_t cancelled = 0;
    std::uint64_t undone = 0;
};

struct Message {
    Kind kind = Kind::heartbeat;
    std::string_view id; // 32 lower-case hex digits; of `lost` possibly empty
    std::uint64_t n = 0; // 0: not numbered
    std::optional<std::uint64_t> at;
    Durable durable = Durable::no;
    Late late = Late::no;
    std::string_view product; // begin, end
    std::string_view version;
    std::string_view session_class; // interactive, automation, or empty
    std::string_view pool;
    Bind bind = Bind::process;
    std::uint64_t beat_s = 0; // 0: not said
    std::string_view name;    // feature, commands; of a sample its kind
    std::uint64_t count = 1;  // feature, lost
    Totals totals;            // commands
    std::uint64_t ms = 0;     // sample
    std::optional<std::uint64_t> bytes;
    std::uint64_t from = 0; // lost
    std::uint64_t to = 0;
};

// Fault.at: byte offset where the line is not canonical, else 0. What lives in `bytes` must outlive the message.
[[nodiscard]] Result<Message> read_message(std::string_view bytes);
// The one spelling, in place of what `into` held. Texts must be such as read_message gives them.
void write_message(const Message& message, std::string& into);

enum class State : std::uint8_t { durable, held, refused };
[[nodiscard]] std::string_view name_of(State state);

struct Answer {
    std::string_view id; // empty where the message had none
    std::uint64_t n = 0;
    State state = State::durable;
    std::string_view why; // of a refusal, in the encoding of lines
};
void write_answer(const Answer& answer, std::string& into);
[[nodiscard]] Result<Answer> read_answer(std::string_view bytes);

} // namespace tally::session_socket
