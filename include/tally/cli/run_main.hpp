// The one place where a program's Errors end: message and hints on stderr, exit code to the shell.
// Messages: "PROGRAM: error: WHAT: REASON", lower case, no full stop; then "hint:" lines. A program that dies leaves no core
// file: secret keys and passphrases would be in it.
#pragma once

#include "tally/cli/output.hpp"

#include <csignal>
#include <new>
#include <string>
#include <sys/resource.h>

namespace tally::cli {

inline void complain(const std::string& program, const std::string& what, const std::vector<std::string>& hints = {}) {
    std::fprintf(stderr, "%s: error: %s\n", program.c_str(), what.c_str());
    for (const auto& hint : hints) {
        std::fprintf(stderr, "hint: %s\n", hint.c_str());
    }
}

// Runs `body` (returns Exit) and flushes standard output.
template <class Body>
int run_main(const std::string& program, Body body) {
    std::signal(SIGPIPE, SIG_IGN);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    try {
        const Exit exit = body();
        flush_output();
        return static_cast<int>(exit);
    } catch (const ReaderLeft&) {
        return static_cast<int>(Exit::failure);
    } catch (const Error& error) {
        complain(program, error.what(), error.hints);
        return static_cast<int>(error.exit);
    } catch (const std::bad_alloc&) {
        complain(program, "out of memory");
    } catch (const std::exception& error) {
        complain(program, error.what());
    }
    return static_cast<int>(Exit::failure);
}

} // namespace tally::cli
