// The watcher over the real kernel: processes are started, changed and ended, and the lines have to be right. Waits for
// what the kernel tells, never for a time.
#include "recorder/processes/watcher.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/sessions/scripted_day.hpp"

#include <array>
#include <csignal>
#include <linux/sched.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

using namespace tally;
using namespace tally::processes;
using test::Drawer, test::Notes;

namespace {

constexpr int patience = 2000; // of a hundredth of a second each; only a test that fails waits so long

catalogue::Catalogue demo() {
    const auto bytes =
        R"({"format":"tally-catalogue-1","made":"2026-11-23","name":"test","t":"catalogue"})"
        "\n"
        R"({"mark":"measured","name":"Demo","source":"test","t":"product","word":"demo"})"
        "\n"
        R"({"mark":"measured","name":"Other","source":"test","t":"product","word":"other"})"
        "\n"
        R"({"mark":"measured","path":"demo{version}/actor","product":"demo","source":"test","system":"posix","t":"program"})"
        "\n"
        R"({"class":"automation","mark":"measured","path":"batch/actor","product":"other","source":"test","system":"posix","t":"program"})"
        "\n";
    auto catalogue = catalogue::read_catalogue(bytes);
    REQUIRE(catalogue.ok());
    return std::move(catalogue).value();
}

struct Child {
    pid_t pid = 0;
    os::Descriptor input;

    void end() { input = os::Descriptor(); }
    int reap() {
        int status = 0;
        ::waitpid(pid, &status, 0);
        return status;
    }
    int end_and_reap() {
        end();
        return reap();
    }
};

// `number`: the process number it has to get.
pid_t fork_as(pid_t number) {
    if (number == 0) {
        return ::fork();
    }
    clone_args wanted{};
    wanted.exit_signal = SIGCHLD;
    wanted.set_tid = reinterpret_cast<std::uint64_t>(&number);
    wanted.set_tid_size = 1;
    return static_cast<pid_t>(::syscall(SYS_clone3, &wanted, sizeof wanted)); // NOLINT(*-vararg)
}

Child spawn(std::vector<std::string> words, pid_t number = 0, const std::string& login = "") {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    std::vector<char*> arguments;
    for (auto& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    Child child{fork_as(number), os::Descriptor(pipe[1])};
    if (child.pid == 0) {
        ::dup2(pipe[0], STDIN_FILENO);
        if (!login.empty()) {
            const int file = ::open("/proc/self/loginuid", O_WRONLY); // NOLINT(*-vararg)
            if (::write(file, login.data(), login.size()) < 0) {
                ::_exit(94);
            }
            ::close(file);
        }
        ::execv(arguments[0], arguments.data());
        ::_exit(99);
    }
    ::close(pipe[0]);
    REQUIRE(child.pid > 0);
    return child;
}

class Machine {
public:
    explicit Machine(Source source = Source::automatic, int buffer_bytes = Connector::usual_bytes)
        : source_(source), buffer_bytes_(buffer_bytes) {
        for (const char* place : {"demo2025", "demo2026", "batch", "none"}) {
            os::fs::create_directory(directory_ / place);
            os::fs::copy_file(TALLY_ACTOR, directory_ / place / "actor");
        }
    }
    [[nodiscard]] std::string actor(const std::string& place = "demo2026") const {
        return (directory_ / place / "actor").string();
    }
    void run() { // the recorder begins
        watcher_.reset();
        book_ = std::make_unique<sessions::Book>(sessions::Rules(), clock(), notes, drawer, naming_);
        watcher_ = std::make_unique<Watcher>(source_, catalogue_, *book_, clock(), buffer_bytes_);
        book_->resume({"n04", "", "", ""}, {});
        watcher_->begin();
        book_->tick();
        if (source_ == Source::automatic && watcher_->fidelity() != "exact") {
            std::printf("skip: no process connector here: %s\n", watcher_->why().c_str());
            std::_Exit(77);
        }
    }
    void stop() {
        book_->stop();
        watcher_.reset();
    }
    // Until the lines of that type are so many; then all of them.
    test::Texts until(const std::string& type, std::size_t count) {
        for (int i = 0; i < patience && lines(type).size() < count; ++i) {
            pollfd look{watcher_->descriptor(), POLLIN, 0};
            ::poll(&look, 1, 10);
            look_now();
        }
        REQUIRE(lines(type).size() == count);
        return lines(type);
    }
    void look_now() {
        watcher_->on_readable();
        if (clock()().stamp.up_ms >= watcher_->next_wake()) {
            watcher_->on_time();
        }
        book_->tick();
    }
    [[nodiscard]] test::Texts lines(const std::string& type) const {
        test::Texts found;
        for (const auto& line : notes.all) {
            if (line.find("t:" + type + ",") != std::string::npos ||
                line.find("t:" + type + "}") != std::string::npos) {
                found.push_back(line);
            }
        }
        return found;
    }
    void pass(std::uint64_t ms) { ahead_ms_ += ms; }
    [[nodiscard]] Watcher& watcher() { return *watcher_; }
    [[nodiscard]] sessions::Book& book() { return *book_; }

    Notes notes;
    Drawer drawer;

private:
    [[nodiscard]] sessions::Clock clock() const {
        return [this, real = sessions::system_clock()] {
            sessions::Moment moment = real();
            moment.stamp.up_ms += ahead_ms_;
            moment.stamp.wall_ms += ahead_ms_;
            moment.awake_ms += ahead_ms_;
            return moment;
        };
    }
    test::TempDir directory_;
    catalogue::Catalogue catalogue_ = demo();
    privacy::Naming naming_;
    std::uint64_t ahead_ms_ = 0;
    Source source_;
    int buffer_bytes_;
    std::unique_ptr<sessions::Book> book_;
    std::unique_ptr<Watcher> watcher_;
};

bool has(const std::string& line, const std::string& part) { return line.find(part) != std::string::npos; }

} // namespace

TEST_CASE("a program begins and ends, and only those of the catalogue count") {
    Machine machine;
    machine.run();
    auto other = spawn({machine.actor("none"), "wait", "0"});
    auto child = spawn({machine.actor(), "wait", "3"});
    const auto start = machine.until("start", 1).front();
    CHECK(has(start, "{at:"));
    CHECK(has(start, "class:interactive,client:n04,feature:demo,fidelity:exact,"));
    CHECK(has(start, "user:root,version:2026}"));
    child.end_and_reap();
    CHECK(has(machine.until("end", 1).front(), "kind:exit,start:1,t:end}"));
    other.end_and_reap();
    machine.look_now();
    CHECK(machine.lines("start").size() == 1);
    CHECK(machine.watcher().watched() == 0);
}

TEST_CASE("what ran before the recorder is found, and what a recorder knew before goes on") {
    Machine machine;
    auto child = spawn({machine.actor(), "wait", "0"});
    for (int i = 0; i < patience && !has(program_of(child.pid).path, "demo2026"); ++i) {
        ::poll(nullptr, 0, 10);
    }
    machine.run();
    CHECK(machine.lines("start").size() == 1);
    machine.stop();
    machine.run();
    CHECK(machine.lines("start").size() == 1);
    machine.stop();
    child.end_and_reap();
    machine.run();
    CHECK(has(machine.until("end", 1).front(), "kind:lost_recorder_restart,start:1,"));
}

TEST_CASE("a wrapper becomes the program, and the program another one") {
    Machine machine;
    machine.run();
    auto child = spawn({"/bin/sh", "-c", "exec \"$@\"", "sh", machine.actor("demo2025"), "become",
                        machine.actor("batch"), "wait", "0"});
    CHECK(has(machine.until("start", 1).front(), "feature:demo,"));
    REQUIRE(::write(child.input.get(), "x", 1) == 1);
    const auto other = machine.until("start", 2).back();
    CHECK(has(other, "class:automation,"));
    CHECK(has(other, "feature:other,"));
    CHECK(has(machine.until("end", 1).front(), "kind:exit,start:1,"));
    child.end_and_reap();
    CHECK(has(machine.until("end", 2).back(), "kind:exit,start:2,"));
}

TEST_CASE("a program whose first thread leaves, or that becomes itself from another thread, goes on") {
    const bool leaves = GENERATE(true, false);
    Machine machine;
    machine.run();
    const std::string actor = machine.actor();
    auto child = leaves ? spawn({actor, "leader", "0"}) : spawn({actor, "thread", actor, "wait", "0"});
    machine.until("start", 1);
    const std::uint64_t before = machine.watcher().seen().events;
    for (int i = 0; i < patience && machine.watcher().seen().events < before + (leaves ? 1 : 2); ++i) {
        ::poll(nullptr, 0, 10);
        machine.look_now();
    }
    CHECK(machine.lines("end").empty());
    CHECK(machine.watcher().watched() == 1);
    child.end_and_reap();
    CHECK(has(machine.until("end", 1).front(), "{at:"));
    CHECK(machine.lines("start").size() == 1);
}

TEST_CASE("a kill and a crash are told apart from an exit") {
    Machine machine;
    machine.run();
    auto killed = spawn({machine.actor("demo2025"), "wait", "0"});
    auto crashing = spawn({machine.actor("demo2026"), "crash"});
    machine.until("start", 2);
    ::kill(killed.pid, SIGKILL);
    killed.reap();
    CHECK(has(machine.until("end", 1).back(), "kind:signal,"));
    crashing.end_and_reap();
    CHECK(has(machine.until("end", 2).back(), "kind:core,"));
}

TEST_CASE("a program that goes on as its own child is one session") {
    Machine machine;
    machine.run();
    auto child = spawn({machine.actor(), "daemon"});
    child.reap();
    machine.until("start", 1);
    machine.pass(1500); // by then a child is known to stay what its parent was
    for (int i = 0; i < patience && machine.watcher().watched() != 1; ++i) {
        ::poll(nullptr, 0, 10);
        machine.look_now();
    }
    CHECK(machine.book().sessions().size() == 1);
    child.end();
    CHECK(machine.until("end", 1).size() == machine.lines("start").size());
}

TEST_CASE("a number that is given to another process at once is another process") {
    Machine machine;
    machine.run();
    auto first = spawn({machine.actor("demo2025"), "wait", "0"});
    machine.until("start", 1);
    ::kill(first.pid, SIGKILL);
    first.reap();
    auto second = spawn({machine.actor("demo2026"), "wait", "0"}, first.pid);
    CHECK(second.pid == first.pid);
    const auto starts = machine.until("start", 2);
    CHECK(has(machine.until("end", 1).front(), "kind:signal,start:1,"));
    CHECK(has(starts[1], "version:2026}"));
    CHECK(machine.watcher().watched() == 1);
    second.end_and_reap();
    CHECK(has(machine.until("end", 2).back(), "kind:exit,"));
}

TEST_CASE("the user is who logged in, whoever the program runs as") {
    Machine machine;
    machine.run();
    auto login = spawn({machine.actor("demo2025"), "wait", "0"}, 0, "2");
    auto real = spawn({machine.actor("none"), "login", "1", machine.actor("demo2026"), "wait", "0"});
    const auto starts = machine.until("start", 2);
    const auto& of_login = has(starts[0], "2025") ? starts[0] : starts[1];
    const auto& of_real = has(starts[0], "2025") ? starts[1] : starts[0];
    CHECK(has(of_login, "user:bin,"));
    CHECK(has(of_real, "user:daemon,"));
    login.end_and_reap();
    real.end_and_reap();
    machine.until("end", 2);
}

TEST_CASE("a program in a container is seen from outside") {
    Machine machine;
    machine.run();
    auto child = spawn({"/usr/bin/unshare", "--pid", "--fork", machine.actor(), "wait", "0"});
    machine.until("start", 1);
    child.end_and_reap();
    machine.until("end", 1);
}

TEST_CASE("what was lost is counted, told, and searched for") {
    Machine machine(Source::automatic, 4096);
    machine.run();
    for (int i = 0; i < 100; ++i) {
        auto burst = spawn({machine.actor("none"), "wait", "0"});
        burst.end_and_reap();
    }
    auto child = spawn({machine.actor(), "wait", "0"});
    for (int i = 0; i < patience && !has(program_of(child.pid).path, "demo2026"); ++i) {
        ::poll(nullptr, 0, 10);
    }
    machine.look_now();
    CHECK(has(machine.until("start", 1).front(), "feature:demo,"));
    auto next = spawn({machine.actor("none"), "wait", "0"}); // its numbers show what is missing
    next.end_and_reap();
    for (int i = 0; i < patience && machine.watcher().seen().lost == 0; ++i) {
        auto another = spawn({machine.actor("none"), "wait", "0"});
        another.end_and_reap();
        machine.look_now();
    }
    CHECK(machine.watcher().seen().lost > 0);
    std::uint64_t told = 0;
    for (const auto& line : machine.lines("loss")) {
        told += std::stoull(line.substr(line.find("count:") + 6));
    }
    CHECK(told == machine.watcher().seen().lost);
    child.end_and_reap();
    machine.until("end", 1);
}

TEST_CASE("without the connector programs are found by looking, and the lines say so") {
    Machine machine(Source::scan_only);
    machine.run();
    CHECK(machine.watcher().fidelity() == "poll_2");
    auto child = spawn({machine.actor(), "wait", "7"});
    for (int i = 0; i < patience && !has(program_of(child.pid).path, "demo2026"); ++i) {
        ::poll(nullptr, 0, 10);
    }
    machine.look_now();
    CHECK(machine.lines("start").empty());
    machine.pass(2000);
    machine.look_now();
    REQUIRE(machine.lines("start").size() == 1);
    CHECK(has(machine.lines("start").front(), "{at_from:"));
    CHECK(has(machine.lines("start").front(), "fidelity:poll_2,"));
    child.end_and_reap();
    machine.until("end", 1);
}
