#include "recorder/session_client.hpp"
#include "recorder/state.hpp"
#include "tally/line/write.hpp"

#include <array>
#include <cstring>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace tally::recorder {
namespace {

namespace wire = session_socket;

constexpr int patience_ms = 10'000;

std::string new_id() {
    std::array<std::uint8_t, 16> random{};
    if (::getrandom(random.data(), random.size(), 0) != ssize_t{random.size()}) {
        throw Error::system("read", "random numbers");
    }
    return to_hex(random);
}

// A word of the command line, in the encoding of lines.
std::string word(const std::string& option, const std::string& given) {
    std::string encoded = line::encode_text(given);
    if (given.empty() || given.size() > 64) {
        throw Error("use", option, "a word of 1 to 64 bytes", {}, Exit::usage);
    }
    return encoded;
}

Error not_connected(const std::string& path, int why) {
    Error error = Error::system("connect to", path, why);
    if (why == ENOENT || why == ECONNREFUSED) {
        error.hints.emplace_back("is the recorder running? Start it: tally-recorder run --state DIR");
    }
    return error;
}

} // namespace

SessionClient::SessionClient(const std::string& path)
    : path_(path), socket_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        throw Error("connect to", path, "no path of at most 107 bytes", {}, Exit::usage);
    }
    std::memcpy(&address.sun_path, path.data(), path.size());
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) { // NOLINT
        throw not_connected(path, errno);
    }
}

SessionClient::Reply SessionClient::ask(wire::Message message) {
    message.durable = wire::Durable::yes;
    std::string text;
    wire::write_message(message, text);
    if (::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0) {
        throw Error::system("send to", path_);
    }
    pollfd ready{socket_.get(), POLLIN, 0};
    std::array<char, wire::max_message> bytes{};
    const ssize_t got =
        ::poll(&ready, 1, patience_ms) == 1 ? ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) : -1;
    const auto answer =
        wire::read_answer({bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0}); // else it is none
    if (!answer) {
        throw Error("ask", path_, "the recorder does not answer",
                    {"see what it does: tally-recorder doctor --state DIR"});
    }
    return {answer->state, line::decode_text(answer->why)};
}

Exit run_session(const SessionOptions& options) {
    std::string id = options.id;
    const std::string product = options.product.empty() ? "" : word("--product", options.product);
    const std::string version = options.version.empty() ? "" : word("--version-of", options.version);
    const std::string pool = options.pool.empty() ? "" : word("--pool", options.pool);
    const std::string name = options.name.empty() ? "" : word("name", options.name);
    wire::Message message;
    message.kind = options.kind;
    message.product = product;
    message.version = version;
    message.pool = pool;
    message.name = name;
    message.count = options.count;
    message.totals = options.totals;
    message.ms = options.ms;
    message.bytes = options.bytes > 0 ? std::optional(options.bytes) : std::nullopt;
    if (options.kind == wire::Kind::begin) {
        id = new_id();
        message.session_class = options.automation ? "automation" : "";
        message.bind = wire::Bind::heartbeat;
        message.beat_s = options.beat_s;
    }
    message.id = id;
    std::string text;
    wire::write_message(message, text);
    if (const auto good = wire::read_message(text); !good) {
        throw Error("use", "the command line", good.fault().what, {}, Exit::usage);
    }
    const auto reply = SessionClient(options.socket).ask(message);
    if (reply.state == wire::State::refused) {
        throw Error(std::string(wire::name_of(options.kind)), id, reply.why);
    }
    if (reply.state == wire::State::held) {
        std::fprintf(stderr, "tally-recorder: warning: the recorder cannot write at present: kept in its memory\n");
    }
    if (options.output == Output::json) {
        print(line::Object().token("id", id).token("state", wire::name_of(reply.state)).str() + "\n");
    } else if (options.kind == wire::Kind::begin) {
        print(id + "\n");
    }
    return Exit::ok;
}

} // namespace tally::recorder
