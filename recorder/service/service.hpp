// The running recorder: listens on the session socket, watches the processes behind it, commits group by group, answers
// after the commit, until it is told to stop. One thread, one loop. Errors of the disk do not end it, errors at its start do.
#pragma once

#include "recorder/processes/watcher.hpp"
#include "recorder/service/configuration.hpp"
#include "recorder/service/event_loop.hpp"
#include "recorder/service/reports.hpp"

#include <map>
#include <memory>

namespace tally::service {

// For `status` and `doctor`: STATE/service.json, written now and then, gone when the service has stopped.
inline constexpr const char* running_name = "service.json";

class Service {
public:
    // `read_again` gives the configuration anew when the service is asked to (SIGHUP); an Error keeps the old one.
    // `catalogue`: whose programs are watched; nullptr: none. It must outlive the service.
    Service(journal::Journal& journal, privacy::Naming naming, Configuration configuration,
            const catalogue::Catalogue* catalogue, std::function<Configuration()> read_again);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    // How programs are watched, for people; empty when they are not.
    [[nodiscard]] std::string watching() const;
    // Returns after SIGTERM or SIGINT, everything committed and sealed. Signals must be blocked: block_signals().
    void run();
    static void block_signals();

private:
    struct Connection;
    struct Waiting; // for an answer
    struct Received;

    void accept_all();
    void drop(EventLoop::Token token);
    void read(EventLoop::Token token);
    void take(EventLoop::Token token, Connection& connection, std::string_view bytes);
    void watch(Process process);
    void watch_known_processes();
    void process_ended(const sessions::ProcessId& process);
    void after_turn(bool more);
    void commit();
    void answer_all(bool durable);
    [[nodiscard]] static bool is_answered_by(const Waiting& one, const Waiting& next);
    void go_on_reading();
    void signalled();
    void tell_running();
    [[nodiscard]] int timeout_ms() const;
    void scan_first(sessions::Book& book);
    void watch_programs();

    journal::Journal* journal_;
    Configuration configuration_;
    std::function<Configuration()> read_again_;
    const catalogue::Catalogue* catalogue_;
    EventLoop loop_;
    std::optional<processes::Watcher> watcher_;
    EventLoop::Token watcher_token_ = 0;
    Users users_;
    Recording recording_;
    Reports reports_;
    os::Descriptor listening_;
    EventLoop::Token listening_token_ = 0;
    os::Descriptor signals_;
    std::unique_ptr<Received> received_;
    std::map<EventLoop::Token, Connection> connections_;
    std::map<EventLoop::Token, std::uint64_t> paused_; // until, since boot
    std::map<sessions::ProcessId, std::pair<EventLoop::Token, os::Descriptor>> processes_;
    std::vector<Waiting> waiting_;
    std::uint64_t messages_ = 0;
    std::uint64_t refused_ = 0;
    std::uint64_t sealed_ms_ = 0;
    std::uint64_t told_ms_ = 0;
    std::uint64_t began_s_ = 0;
    std::string said_trouble_;
    bool stops_ = false;
};

} // namespace tally::service
