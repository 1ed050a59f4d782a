#include "tally/cli/run_main.hpp"
#include "tally/os/file.hpp"
#include "tally/os/lock.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <sys/wait.h>

using namespace tally;

namespace {

// Runs `body` in a child whose files may not grow above `bytes`: writing more fails as on a device without room.
template <class Body>
int in_child_with_file_limit(rlim_t bytes, Body body) {
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{bytes, bytes};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        ::_exit(body());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string message_of(const std::function<void()>& body) {
    try {
        body();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

} // namespace

TEST_CASE("a file is read whole or refused, never cut") {
    const test::TempDir dir;
    os::replace_file(dir.path() / "f", std::string(1000, 'x'));

    CHECK(os::read_file(dir.path() / "f", 1000).size() == 1000);
    CHECK_THROWS_AS(os::read_file(dir.path() / "f", 999), Error);
    CHECK(os::read_file(dir.path() / "f", 1U << 20U).size() == 1000);
}

TEST_CASE("what is no regular file is refused without waiting for it") {
    const test::TempDir dir;
    os::replace_file(dir.path() / "target", "x");
    os::fs::create_symlink("target", dir.path() / "link");
    os::fs::create_directory(dir.path() / "folder");
    REQUIRE(::mkfifo((dir.path() / "pipe").c_str(), 0600) == 0);

    for (const char* name : {"link", "folder", "pipe", "missing"}) {
        CAPTURE(name);
        CHECK_THROWS_AS(os::open_regular(dir.path() / name), Error);
    }
    CHECK_THROWS_AS(os::open_regular("/dev/zero"), Error);
}

TEST_CASE("a replaced file holds the new bytes or, when writing fails, the old ones and nothing beside them") {
    const test::TempDir dir;
    const auto file = dir.path() / "f";
    os::replace_file(file, "old");
    os::replace_file(file, "older still");

    const int exit = in_child_with_file_limit(1000, [&] {
        return message_of([&] { os::replace_file(file, std::string(5000, 'x')); }).find("write") == 0 ? 7 : 1;
    });

    CHECK(exit == 7);
    CHECK(os::read_file(file, 100) == "older still");
    CHECK(std::distance(os::fs::directory_iterator(dir.path()), os::fs::directory_iterator()) == 1);
}

TEST_CASE("replacing a link replaces the link, not what it points to") {
    const test::TempDir dir;
    os::replace_file(dir.path() / "target", "precious");
    os::fs::create_symlink("target", dir.path() / "link");
    os::fs::create_symlink("target", dir.path() / "link.part");

    os::replace_file(dir.path() / "link", "new");

    CHECK(os::read_file(dir.path() / "target", 100) == "precious");
    CHECK(os::read_file(dir.path() / "link", 100) == "new");
}

TEST_CASE("a second process that wants a lock is told at once, and a dead one holds none") {
    const test::TempDir dir;
    const auto held = std::make_unique<os::ExclusiveLock>(dir.path() / "lock");
    try {
        const os::ExclusiveLock second(dir.path() / "lock");
        FAIL("two holders of one lock");
    } catch (const Error& error) {
        CHECK(error.exit == Exit::locked);
        CHECK(error.hints.size() == 1);
    }

    const pid_t child = ::fork();
    if (child == 0) {
        const os::ExclusiveLock own(dir.path() / "other");
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    CHECK_NOTHROW(os::ExclusiveLock(dir.path() / "other"));
}

TEST_CASE("an error names operation, subject and reason, and what to do about a full disk") {
    const auto error = Error::system("write", "/media/x", ENOSPC);

    CHECK(std::string(error.what()) == "write /media/x: no space left on device");
    CHECK(error.hints.size() == 1);
    CHECK(error.exit == Exit::failure);
}

TEST_CASE("every way out of a program has its exit code") {
    CHECK(cli::run_main("p", [] { return Exit::ok; }) == 0);
    CHECK(cli::run_main("p", [] { return Exit::findings; }) == 3);
    CHECK(cli::run_main("p", []() -> Exit { throw Error("lock", "x", "in use", {}, Exit::locked); }) == 10);
    CHECK(cli::run_main("p", []() -> Exit { throw std::bad_alloc(); }) == 1);
    CHECK(cli::run_main("p", []() -> Exit { throw std::runtime_error("odd"); }) == 1);
}
