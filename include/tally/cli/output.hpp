// Standard output of a program. Output that could not be written is an error, never a silent 0; a reader that has seen
// enough and closed the pipe is none, and ends the program quietly.
#pragma once

#include "tally/base/error.hpp"

#include <cerrno>
#include <cstdio>
#include <string_view>

namespace tally::cli {

struct ReaderLeft {}; // thrown through the program up to run_main

[[noreturn]] inline void output_failed() {
    if (errno == EPIPE) {
        throw ReaderLeft();
    }
    throw Error::system("write", "standard output");
}

inline void print(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
        output_failed();
    }
}

// What was printed reaches the reader now.
inline void flush_output() {
    if (std::fflush(stdout) != 0) {
        output_failed();
    }
}

} // namespace tally::cli
