// One thing that a log tells about use, whatever kind of log it is: what a reader (log_format.hpp) makes of a line.
// Names are raw, as the log writes them: views into the line or into the reader, valid until the next line is read.
// Does not know zones (time_zone.hpp), nor which start an end belongs to unless the log says so itself (pairing.hpp).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tally::capture {

enum class Verb : std::uint8_t { out, in, denied, queued, dequeued, unsupported, upgrade, downgrade, expired, inuse };
inline constexpr std::array<std::string_view, 10> verb_names{
    "OUT", "IN", "DENIED", "QUEUED", "DEQUEUED", "UNSUPPORTED", "UPGRADE", "DOWNGRADE", "EXPIRED", "INUSE"};
// The word that records have for it.
[[nodiscard]] constexpr std::string_view name_of(Verb verb) { return verb_names[static_cast<std::size_t>(verb)]; }

enum class Form : std::uint8_t {
    other,     // no event: a banner, a head line, text of a daemon, blank
    activity,  // a licence event: verb, feature, user, client
    started,   // a daemon was started: `subject` is its name; what it had given out is not held any more
    stopped,   // a daemon ended: `subject` is its name, empty = all of this log
    lost,      // `count` events that the log should hold are not there, between the two instants of `at`
    malformed, // meant as an event, but cannot be one: `problem` says why
};

// By the clock of whoever wrote the log. A second is day × 86400 + second of the day (civil.hpp).
struct LogTime {
    std::int64_t from_s = 0;
    std::int64_t to_s = 0;                // from_s when the log tells the second, else the latest that it can be
    std::optional<std::int32_t> offset_s; // east of Greenwich, when the log tells it
};

// Why a session ended, as far as the log tells.
enum class Ending : std::uint8_t { returned, server_shutdown, exit, core, superseded };

struct UsageEvent {
    Form form = Form::other;
    std::optional<LogTime> at; // nothing: the line has no time
    Verb verb = Verb::out;
    Ending ending = Ending::returned; // of an `in`, or of `ended`
    std::uint32_t count = 1;
    std::string_view daemon; // which of the log's daemons speaks; empty where a log has none
    std::string_view feature;
    std::string_view user;
    std::string_view domain; // of the user, where the log tells it apart
    std::string_view client;
    std::string_view version;
    std::string_view cdata;
    std::string_view reason;
    std::string_view subject;
    std::string_view problem;
    std::optional<LogTime> begun; // of an `in`: when the session began that it ends, when the log tells
    // Of an `out` whose line tells a whole session: when it ended, or how long it lasted.
    std::optional<LogTime> ended;
    std::optional<std::int64_t> lasted_s;
    bool is_automation = false; // of an `out`: a batch program, nobody before it
};

// No name holds them: a line that has them inside an event was damaged.
[[nodiscard]] inline bool has_control_bytes(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7F; });
}

} // namespace tally::capture
