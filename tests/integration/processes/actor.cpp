// A program that behaves as the test of the process watcher wants it: actor WHAT [ARGUMENT…]. It lives until its standard
// input ends. No library of ours: it is copied to the places of pretended products.
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace {

void wait_for_end() {
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) > 0) {
    }
}

void* wait_and_exit(void* code) {
    wait_for_end();
    std::_Exit(std::atoi(static_cast<const char*>(code)));
}

char** arguments = nullptr;

void* become(void*) {
    ::execv(arguments[0], arguments);
    std::_Exit(99);
}

pthread_t start(void* (*body)(void*), void* argument) {
    pthread_t thread{};
    if (pthread_create(&thread, nullptr, body, argument) != 0) {
        std::_Exit(98);
    }
    return thread;
}

[[noreturn]] void crash() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    wait_for_end();
    std::signal(SIGSEGV, SIG_DFL);
    std::raise(SIGSEGV);
    std::_Exit(97);
}

} // namespace

int main(int count, char** words) {
    const std::string what = count > 1 ? words[1] : "";
    if (what == "wait") { // CODE
        wait_for_end();
        return std::atoi(words[2]);
    }
    if (what == "leader") { // CODE: the first thread leaves, another one goes on
        start(wait_and_exit, words[2]);
        pthread_exit(nullptr);
    }
    if (what == "become") { // PROGRAM ARGUMENT…: after one byte
        char byte = 0;
        if (::read(STDIN_FILENO, &byte, 1) != 1) {
            return 93;
        }
        arguments = words + 2;
        become(nullptr);
    }
    if (what == "thread") { // PROGRAM ARGUMENT…: becomes it from another thread
        arguments = words + 2;
        pthread_join(start(become, nullptr), nullptr);
    }
    if (what == "crash") {
        crash();
    }
    if (what == "daemon") { // the child goes on, under the same program
        if (::fork() == 0) {
            wait_for_end();
        }
        return 0;
    }
    if (what == "login") { // NUMBER PROGRAM ARGUMENT…: as one who logged in
        if (::setresuid(static_cast<uid_t>(std::atoi(words[2])), 0, 0) != 0) {
            return 96;
        }
        arguments = words + 3;
        become(nullptr);
    }
    return 95;
}
