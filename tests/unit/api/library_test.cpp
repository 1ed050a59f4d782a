// The library as a program sees it, against a recorder that the test plays.
#include "tally/os/file.hpp"
#include "tally/session_socket/message.hpp"
#include "tests/support/temp_dir.hpp"

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <poll.h>
#include <set>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <tally/api.h>
#include <thread>
#include <vector>

using namespace tally;
namespace wire = tally::session_socket;

namespace {

constexpr unsigned long_enough_ms = 20'000; // a bound for a test that fails, nothing is measured

// One for the whole program: the library looks where it is once.
const test::TempDir& place() {
    static const test::TempDir dir;
    static const bool told = [] {
        ::setenv("TALLY_SOCKET", (dir / "s").c_str(), 1);
        ::setenv("TALLY_SPOOL", (dir / "spool" / "of" / "user").c_str(), 1);
        return true;
    }();
    return told ? dir : dir;
}

// Takes what comes over any connection and answers what asks for it. `deaf_after`: so many answers, then the connection
// is closed instead.
class Recorder {
public:
    explicit Recorder(std::size_t deaf_after = SIZE_MAX, wire::State state = wire::State::durable)
        : left_(deaf_after), state_(state), listening_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) {
        const std::string path = (place() / "s").string();
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(&address.sun_path, path.data(), path.size());
        REQUIRE(::bind(listening_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(listening_.get(), 8) == 0);
        thread_ = std::thread([this] { serve(); });
    }
    ~Recorder() {
        ::unlink((place() / "s").c_str());
        ends_ = true;
        thread_.join();
    }
    std::vector<std::string> heard() {
        const std::lock_guard guard(lock_);
        return heard_;
    }

private:
    void serve() {
        std::vector<os::Descriptor> open;
        while (!ends_) {
            std::vector<pollfd> ready{{listening_.get(), POLLIN, 0}};
            for (const auto& connection : open) {
                ready.push_back({connection.get(), POLLIN, 0});
            }
            ::poll(ready.data(), ready.size(), 5);
            for (std::size_t i = ready.size() - 1; i > 0; --i) {
                if (ready[i].revents != 0 && !serve(open[i - 1])) {
                    open.erase(open.begin() + static_cast<std::ptrdiff_t>(i - 1));
                }
            }
            if ((ready[0].revents & POLLIN) != 0) {
                open.emplace_back(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            }
        }
    }
    bool serve(const os::Descriptor& connection) {
        std::array<char, 2048> bytes{};
        const ssize_t got = ::recv(connection.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (got <= 0) {
            return false;
        }
        const std::string text(bytes.data(), static_cast<std::size_t>(got));
        {
            const std::lock_guard guard(lock_);
            heard_.push_back(text);
        }
        const auto message = wire::read_message(text);
        if (!message || message->durable == wire::Durable::no) {
            return message.ok();
        }
        if (left_ == 0) {
            left_ = SIZE_MAX;
            return false;
        }
        --left_;
        std::string answer;
        wire::write_answer({message->id, message->n, state_, ""}, answer);
        return ::send(connection.get(), answer.data(), answer.size(), MSG_NOSIGNAL) > 0;
    }

    std::size_t left_;
    wire::State state_;
    os::Descriptor listening_;
    std::atomic<bool> ends_{false};
    std::mutex lock_;
    std::vector<std::string> heard_;
    std::thread thread_;
};

std::size_t spools() {
    std::size_t count = 0;
    boost::system::error_code none;
    for (os::fs::recursive_directory_iterator at(place() / "spool", none), end; !none && at != end;
         at.increment(none)) {
        count += os::fs::is_regular_file(at->path()) ? 1U : 0U;
    }
    return count;
}

// Numbers in the order in which they came, of the session of the first message.
std::vector<std::uint64_t> numbers(const std::vector<std::string>& texts) {
    std::vector<std::uint64_t> all;
    for (const auto& text : texts) {
        all.push_back(wire::read_message(text)->n);
    }
    return all;
}

tally_session* begun(unsigned wait_ms) {
    tally_options options{};
    options.size = sizeof options;
    options.version = "2026";
    options.wait_ms = wait_ms;
    tally_session* session = nullptr;
    tally_begin(&session, "revit", &options);
    REQUIRE(session != nullptr);
    return session;
}

} // namespace

TEST_CASE("without a recorder a program goes on, and the next recorder hears each event once") {
    place();
    errno = 4711;
    tally_session* session = begun(0);
    CHECK(tally_feature(session, "NASTRAN") == TALLY_SPOOLED);
    CHECK(tally_flush(session, 0) == TALLY_SPOOLED);
    CHECK(errno == 4711);
    CHECK(spools() == 1);

    Recorder recorder;
    CHECK(tally_flush(session, long_enough_ms) == TALLY_DURABLE);
    CHECK(tally_feature(session, "NASTRAN") == TALLY_SENT); // the way is free again
    CHECK(tally_end(session, long_enough_ms) == TALLY_DURABLE);
    const auto heard = recorder.heard();
    CHECK(numbers(heard) == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6});
    CHECK(heard[0].find(R"("late":"own")") != std::string::npos);
    CHECK(heard[1].find(R"("name":"NASTRAN")") != std::string::npos);
    CHECK(heard[4].find("late") == std::string::npos);
    CHECK(heard[5].find(R"("product":"revit")") != std::string::npos);
    CHECK(spools() == 0);
}

TEST_CASE("what was not answered comes again with the number it had") {
    place();
    tally_session* session = begun(0);
    tally_feature(session, "NASTRAN");
    tally_feature(session, "PATRAN");

    Recorder recorder(2); // closes the connection instead of the third answer
    CHECK(tally_flush(session, long_enough_ms) == TALLY_DURABLE);
    tally_end(session, long_enough_ms);
    const auto heard = numbers(recorder.heard());
    CHECK(std::set<std::uint64_t>(heard.begin(), heard.end()).size() == 5);
    CHECK(std::count(heard.begin(), heard.end(), 3) == 2);
    CHECK(spools() == 0);
}

TEST_CASE("a begin that waits says durable only when the recorder did") {
    Recorder recorder(SIZE_MAX, wire::State::refused);
    tally_options options{};
    options.size = sizeof options;
    options.wait_ms = long_enough_ms;
    tally_session* session = nullptr;
    CHECK(tally_begin(&session, "revit", &options) != TALLY_DURABLE); // spooled while it comes up, or refused
    CHECK(tally_flush(session, long_enough_ms) == TALLY_REFUSED);
    CHECK(tally_end(session, long_enough_ms) == TALLY_REFUSED);
}

TEST_CASE("a recorder that only holds in memory makes nothing durable") {
    Recorder recorder(SIZE_MAX, wire::State::held);
    tally_session* session = begun(0);
    CHECK(tally_flush(session, 50) != TALLY_DURABLE);
    tally_end(session, 0);
}

TEST_CASE("after a fork the child has no part in the session, and the parent keeps it") {
    Recorder recorder;
    tally_session* session = begun(0);
    REQUIRE(tally_flush(session, long_enough_ms) == TALLY_DURABLE);
    const pid_t child = ::fork();
    if (child == 0) {
        const bool good = tally_feature(session, "CHILD") == TALLY_NOT_YOURS &&
                          tally_end(session, 0) == TALLY_NOT_YOURS &&
                          tally_begin(&session, "child", nullptr) <= TALLY_SENT;
        ::_exit(good ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(tally_feature(session, "PARENT") == TALLY_SENT);
    CHECK(tally_end(session, long_enough_ms) == TALLY_DURABLE);
    const auto heard = recorder.heard();
    const auto of = [&](const std::string& word) {
        return std::count_if(heard.begin(), heard.end(),
                             [&](const auto& text) { return text.find(word) != std::string::npos; });
    };
    CHECK(of(R"("CHILD")") == 0);
    CHECK(of(R"("child")") == 1);
    CHECK(of(R"("PARENT")") == 1);
}

TEST_CASE("a process that was killed leaves its spool to the next one of its user") {
    place();
    const pid_t child = ::fork();
    if (child == 0) {
        tally_session* session = nullptr;
        tally_begin(&session, "killed", nullptr);
        tally_feature(session, "NASTRAN");
        ::raise(SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
    REQUIRE(spools() == 1);
    Recorder recorder;
    tally_session* session = begun(0);
    CHECK(tally_flush(session, long_enough_ms) == TALLY_DURABLE);
    while (spools() > 0) {
        REQUIRE(tally_flush(session, long_enough_ms) == TALLY_DURABLE);
    }
    tally_end(session, 0);
    const auto heard = recorder.heard();
    const auto left = std::count_if(heard.begin(), heard.end(), [](const std::string& text) {
        return text.find(R"("late":"left")") != std::string::npos;
    });
    CHECK(left == 2);
}

TEST_CASE("eight threads tell of one session, and every message has its own number") {
    Recorder recorder;
    tally_session* session = begun(0);
    REQUIRE(tally_flush(session, long_enough_ms) == TALLY_DURABLE);
    std::vector<std::thread> threads;
    std::atomic<int> lost{0};
    for (int thread = 0; thread < 8; ++thread) {
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i) {
                lost += tally_feature(session, "NASTRAN") > TALLY_SPOOLED ? 1 : 0;
            }
            lost += tally_flush(session, long_enough_ms) == TALLY_DURABLE ? 0 : 1;
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(lost == 0);
    REQUIRE(tally_end(session, long_enough_ms) == TALLY_DURABLE);
    const auto heard = numbers(recorder.heard());
    CHECK(std::set<std::uint64_t>(heard.begin(), heard.end()).size() == 8 * 200 + 8 + 3);
}

TEST_CASE("a full spool loses, says so, and tells the recorder how much") {
    place();
    tally_session* session = begun(0);
    int lost = 0;
    for (int i = 0; i < 2500; ++i) {
        lost += tally_feature(session, "A NAME OF USUAL LENGTH FOR A FEATURE OF A PRODUCT") == TALLY_LOST ? 1 : 0;
    }
    CHECK(lost > 0);
    CHECK(lost < 2000);
    Recorder recorder;
    while (tally_feature(session, "x") != TALLY_SENT) {
        tally_flush(session, 100);
    }
    CHECK(tally_end(session, long_enough_ms) == TALLY_LOST); // of what it told, some is
    REQUIRE(tally_end(begun(0), long_enough_ms) == TALLY_DURABLE);
    std::uint64_t told = 0;
    for (const auto& text : recorder.heard()) {
        const auto message = wire::read_message(text);
        told += message->kind == wire::Kind::lost ? message->count : 0;
    }
    CHECK(told >= static_cast<std::uint64_t>(lost));
}

TEST_CASE("wrong arguments do nothing") {
    place();
    tally_session* session = nullptr;
    CHECK(tally_begin(nullptr, "revit", nullptr) == TALLY_INVALID);
    CHECK(tally_begin(&session, nullptr, nullptr) == TALLY_INVALID);
    CHECK(tally_begin(&session, "", nullptr) == TALLY_INVALID);
    CHECK(tally_begin(&session, std::string(65, 'x').c_str(), nullptr) == TALLY_INVALID);
    CHECK(session == nullptr);
    CHECK(tally_heartbeat(nullptr) == TALLY_INVALID);
    CHECK(tally_end(nullptr, 0) == TALLY_INVALID);
    session = begun(0);
    CHECK(tally_feature(session, "") == TALLY_INVALID);
    CHECK(tally_commands(session, "TRIM", nullptr) == TALLY_INVALID);
    CHECK(tally_sample(session, TALLY_SAVE, UINT64_MAX, 1) == TALLY_INVALID);
    tally_end(session, 0);
}
