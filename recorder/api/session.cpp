// The functions of tally/api.h: arguments, locks, forks, waiting. Everything else is Channel's.
#include "recorder/api/channel.hpp"
#include "tally/line/limits.hpp"

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <poll.h>
#include <pthread.h>
#include <sys/random.h>
#include <tally/api.h>
#include <unistd.h>

namespace api = tally::api;
namespace wire = tally::session_socket;

struct tally_session {
    api::Told told;
    std::string product; // encoded
    std::uint64_t process = 0;
};

namespace {

constexpr std::size_t most_text = 64;
constexpr int look_again_ms = 20; // another thread may have read the answer that this one waits for

std::mutex lock;
api::Channel* channel = nullptr; // never deleted: when the program ends, another thread may still be in here
std::uint64_t process = 1;       // grows with each fork on the way down

// The caller's errno, whatever happens in between.
class KeepErrno {
public:
    KeepErrno() = default;
    KeepErrno(const KeepErrno&) = delete;
    KeepErrno& operator=(const KeepErrno&) = delete;
    ~KeepErrno() { errno = before_; }

private:
    int before_ = errno;
};

std::string place(const char* variable, const std::string& otherwise) {
    const char* given = ::secure_getenv(variable);
    return given != nullptr && *given != 0 ? given : otherwise;
}

api::Channel::Places places() {
    const std::string home = place("HOME", "");
    const std::string state = place("XDG_STATE_HOME", home.empty() ? "" : home + "/.local/state");
    return {place("TALLY_SOCKET", wire::usual_path),
            place("TALLY_SPOOL", state.empty() ? "" : state + "/tallystick/spool")};
}

api::Channel& opened_channel() {
    if (channel == nullptr) {
        channel = new api::Channel(places());
        ::pthread_atfork([] { lock.lock(); }, [] { lock.unlock(); },
                         [] {
                             ++process;
                             channel->forget(); // its memory is left alone: no allocator may be called here
                             channel = nullptr;
                             lock.unlock();
                         });
    }
    return *channel;
}

tally_outcome outcome_of(api::Fate fate) {
    switch (fate) {
    case api::Fate::durable:
        return TALLY_DURABLE;
    case api::Fate::sent:
        return TALLY_SENT;
    case api::Fate::spooled:
        return TALLY_SPOOLED;
    case api::Fate::refused:
        return TALLY_REFUSED;
    case api::Fate::lost:
        break;
    }
    return TALLY_LOST;
}

// False when it is no text that may be told; else its encoding.
bool encode(const char* text, std::string& into) {
    into.clear();
    for (std::size_t i = 0; text != nullptr && text[i] != 0; ++i) { // NOLINT(*-pointer-arithmetic)
        const auto byte = static_cast<unsigned char>(text[i]);      // NOLINT(*-pointer-arithmetic)
        if (i == most_text) {
            return false;
        }
        if (byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '%' && byte != '\\') {
            into += static_cast<char>(byte);
        } else {
            static constexpr std::string_view digits = "0123456789ABCDEF";
            into.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
        }
    }
    return !into.empty();
}

// Runs `body` under the lock for a session of this process; want of memory is a loss like any other.
template <class Body>
tally_outcome with(tally_session* session, Body body) noexcept {
    const KeepErrno keep;
    if (session == nullptr) {
        return TALLY_INVALID;
    }
    try {
        const std::lock_guard guard(lock);
        if (session->process != process) {
            return TALLY_NOT_YOURS;
        }
        return body(opened_channel());
    } catch (...) {
        return TALLY_LOST;
    }
}

tally_outcome tell(tally_session* session, wire::Message& message) noexcept {
    return with(session, [&](api::Channel& to) { return outcome_of(to.tell(session->told, message)); });
}

// What is known by now of everything up to message `n`.
std::optional<tally_outcome> verdict(const api::Told& told, std::uint64_t n) {
    if (told.lost) {
        return TALLY_LOST;
    }
    if (told.refused >= n) {
        return TALLY_REFUSED;
    }
    if (told.durable >= n) {
        return TALLY_DURABLE;
    }
    return told.held >= n ? std::optional(TALLY_SENT) : std::nullopt;
}

// Without the lock while it sleeps.
tally_outcome wait(tally_session* session, std::uint64_t n, unsigned wait_ms, tally_outcome otherwise) noexcept {
    const KeepErrno keep;
    const std::uint64_t until = api::monotonic_ms() + wait_ms;
    for (;;) {
        int descriptor = -1;
        try {
            const std::lock_guard guard(lock);
            opened_channel().attend();
            if (const auto known = verdict(session->told, n)) {
                return *known;
            }
            descriptor = channel->descriptor();
        } catch (...) {
            return otherwise;
        }
        const std::uint64_t now = api::monotonic_ms();
        if (now >= until) {
            return otherwise;
        }
        pollfd ready{descriptor, POLLIN, 0};
        ::poll(&ready, 1, static_cast<int>(std::min<std::uint64_t>(until - now, look_again_ms)));
    }
}

bool make_id(std::string& id) {
    std::array<std::uint8_t, 16> random{};
    if (::getrandom(random.data(), random.size(), GRND_NONBLOCK) != ssize_t{random.size()}) {
        return false;
    }
    for (const auto byte : random) {
        static constexpr std::string_view digits = "0123456789abcdef";
        id.append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }
    return true;
}

// As far as the caller's version of the structure goes.
tally_options known_part(const tally_options* given) {
    tally_options options{};
    if (given != nullptr) {
        std::copy_n(reinterpret_cast<const char*>(given), std::min(given->size, sizeof options), // NOLINT
                    reinterpret_cast<char*>(&options));                                          // NOLINT
    }
    return options;
}

tally_outcome begin(tally_session*& session, const char* product, const tally_options& options) {
    auto made = std::make_unique<tally_session>();
    std::string version;
    std::string pool;
    if (!encode(product, made->product) || (options.version != nullptr && !encode(options.version, version)) ||
        (options.pool != nullptr && !encode(options.pool, pool)) || options.beat_s > wire::max_beat_s) {
        return TALLY_INVALID;
    }
    if (!make_id(made->told.id)) {
        return TALLY_LOST;
    }
    wire::Message message;
    message.kind = wire::Kind::begin;
    message.product = made->product;
    message.version = version;
    message.pool = pool;
    message.session_class = options.automation != 0 ? "automation" : "";
    message.beat_s = options.beat_s;
    message.durable = options.wait_ms > 0 ? wire::Durable::yes : wire::Durable::no;
    tally_outcome outcome = TALLY_LOST;
    {
        const std::lock_guard guard(lock);
        auto& to = opened_channel();
        made->process = process;
        to.follow(made->told);
        session = made.release();
        outcome = outcome_of(to.tell(session->told, message));
    }
    return options.wait_ms > 0 && outcome != TALLY_LOST ? wait(session, 1, options.wait_ms, outcome) : outcome;
}

} // namespace

extern "C" {

#define TALLY_EXPORTED __attribute__((visibility("default")))

TALLY_EXPORTED const char* tally_outcome_text(tally_outcome outcome) {
    switch (outcome) {
    case TALLY_DURABLE:
        return "durable";
    case TALLY_SENT:
        return "sent";
    case TALLY_SPOOLED:
        return "spooled";
    case TALLY_LOST:
        return "lost";
    case TALLY_REFUSED:
        return "refused";
    case TALLY_INVALID:
        return "invalid argument";
    case TALLY_NOT_YOURS:
        return "session of another process";
    }
    return "unknown";
}

TALLY_EXPORTED tally_outcome tally_begin(tally_session** session, const char* product, const tally_options* options) {
    const KeepErrno keep;
    if (session == nullptr) {
        return TALLY_INVALID;
    }
    *session = nullptr;
    try {
        return begin(*session, product, known_part(options));
    } catch (...) {
        return TALLY_LOST;
    }
}

TALLY_EXPORTED tally_outcome tally_heartbeat(tally_session* session) {
    wire::Message message;
    return tell(session, message);
}

TALLY_EXPORTED tally_outcome tally_feature(tally_session* session, const char* name) {
    return with(session, [&](api::Channel& to) {
        std::string encoded;
        if (!encode(name, encoded)) {
            return TALLY_INVALID;
        }
        wire::Message message;
        message.kind = wire::Kind::feature;
        message.name = encoded;
        return outcome_of(to.tell(session->told, message));
    });
}

TALLY_EXPORTED tally_outcome tally_commands(tally_session* session, const char* name, const tally_totals* totals) {
    return with(session, [&](api::Channel& to) {
        std::string encoded;
        constexpr auto most = tally::line::max_integer;
        if (totals == nullptr || !encode(name, encoded) || totals->started > most || totals->completed > most ||
            totals->cancelled > most || totals->undone > most) {
            return TALLY_INVALID;
        }
        wire::Message message;
        message.kind = wire::Kind::commands;
        message.name = encoded;
        message.totals = {totals->started, totals->completed, totals->cancelled, totals->undone};
        return outcome_of(to.tell(session->told, message));
    });
}

TALLY_EXPORTED tally_outcome tally_sample(tally_session* session, tally_sample_kind kind, uint64_t ms, uint64_t bytes) {
    static constexpr std::array<std::string_view, 3> kinds{"startup", "open", "save"};
    const auto which = static_cast<std::size_t>(kind);
    if (which >= kinds.size() || ms > tally::line::max_integer || bytes > tally::line::max_integer) {
        return TALLY_INVALID;
    }
    wire::Message message;
    message.kind = wire::Kind::sample;
    message.name = kinds[which]; // NOLINT(*-constant-array-index): bounded above
    message.ms = ms;
    message.bytes = bytes > 0 ? std::optional(bytes) : std::nullopt;
    return tell(session, message);
}

TALLY_EXPORTED tally_outcome tally_flush(tally_session* session, unsigned wait_ms) {
    wire::Message message;
    message.durable = wire::Durable::yes;
    const tally_outcome outcome = tell(session, message);
    return outcome == TALLY_SENT || outcome == TALLY_SPOOLED ? wait(session, session->told.n, wait_ms, outcome)
                                                             : outcome;
}

TALLY_EXPORTED tally_outcome tally_end(tally_session* session, unsigned wait_ms) {
    if (session == nullptr) {
        return TALLY_INVALID;
    }
    wire::Message message;
    message.kind = wire::Kind::end;
    message.product = session->product;
    message.durable = wait_ms > 0 ? wire::Durable::yes : wire::Durable::no;
    tally_outcome outcome = tell(session, message);
    if (wait_ms > 0 && (outcome == TALLY_SENT || outcome == TALLY_SPOOLED)) {
        outcome = wait(session, session->told.n, wait_ms, outcome);
    }
    with(session, [&](api::Channel& to) {
        to.leave(session->told);
        return TALLY_SENT;
    });
    delete session;
    return outcome;
}

} // extern "C"
