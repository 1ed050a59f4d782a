// Runs a shell command from a test, for the stock tools that ours are compared with.
#pragma once

#include <array>
#include <cstdio>
#include <string>
#include <sys/wait.h>

namespace tally::test {

struct Ran {
    int exit = -1;
    std::string out; // stdout and stderr together
};

inline Ran run(const std::string& command) {
    Ran ran;
    std::FILE* pipe = ::popen(("( " + command + " ) 2>&1").c_str(), "r");
    if (pipe == nullptr) {
        return ran;
    }
    std::array<char, 4096> chunk;
    std::size_t got = 0;
    while ((got = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0) {
        ran.out.append(chunk.data(), got);
    }
    const int status = ::pclose(pipe);
    ran.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    return ran;
}

} // namespace tally::test
