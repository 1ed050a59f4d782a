#include "recorder/running.hpp"

#include "recorder/service/service.hpp"
#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"

#include <sys/file.h>

namespace tally::recorder {
namespace {

bool is_locked(const os::fs::path& state) {
    const os::Descriptor file(::open((state / "lock").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)); // NOLINT(*-vararg)
    return file.is_open() && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

std::optional<RunningService> read_running(const os::fs::path& file) {
    line::Fields fields;
    std::string text;
    try {
        text = os::read_file(file, line::max_record);
    } catch (const Error&) {
        return std::nullopt; // gone in between, or another user's
    }
    if (text.empty() || text.back() != '\n') {
        return std::nullopt;
    }
    text.pop_back();
    if (fields.parse(text, line::max_record)) {
        return std::nullopt;
    }
    const auto number = [&](std::string_view key) { return fields.integer(key).value_or(0); };
    const auto word = [&](std::string_view key) { return line::decode_text(fields.string(key).value_or("")); };
    RunningService service;
    service.pid = number("pid");
    service.since_s = number("since");
    service.alive_s = number("alive");
    service.connections = number("connections");
    service.sessions = number("sessions");
    service.messages = number("messages");
    service.refused = number("refused");
    service.lost = number("lost");
    service.watched = number("watched");
    service.denied = number("denied");
    service.socket = word("socket");
    service.watch = word("watch");
    service.trouble = word("trouble");
    service.text = text;
    return service;
}

} // namespace

Running find_running(const os::fs::path& state) {
    Running running;
    if (!is_locked(state)) {
        return running; // what a killed service has left says nothing
    }
    running.service = read_running(state / service::running_name);
    running.holder = running.service ? Holder::service : Holder::command;
    return running;
}

} // namespace tally::recorder
