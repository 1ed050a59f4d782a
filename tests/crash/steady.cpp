#include "tests/crash/steady.hpp"

#include "tally/crypto/sha256.hpp"

#include <cstdio>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <sodium.h>
#include <string>
#include <unistd.h>

namespace tally::crash {
namespace {

constexpr time_t now = 1'790'000'000;

bool stands_still = false;
std::uint64_t drawn = 0;

const char* name() { return "fixed order"; }
void fill(void* into, std::size_t size) {
    auto* at = static_cast<char*>(into);
    const std::string number = std::to_string(drawn++);
    for (std::uint64_t part = 0; size > 0; ++part) {
        const auto bytes = crypto::sha256(number + "/" + std::to_string(part));
        const std::size_t count = size < bytes.size() ? size : bytes.size();
        std::memcpy(at, bytes.data(), count);
        at += count;
        size -= count;
    }
}
std::uint32_t word() {
    std::uint32_t value = 0;
    fill(&value, sizeof value);
    return value;
}

randombytes_implementation fixed_order{name, word, nullptr, nullptr, fill, nullptr};

} // namespace

Steady::Steady() {
    stands_still = true;
    randombytes_set_implementation(&fixed_order);
}
Steady::~Steady() {
    stands_still = false;
    randombytes_set_implementation(&randombytes_sysrandom_implementation);
}
void Steady::draw_from(std::uint64_t number) { drawn = number; }

Silence::Silence() : out_(::dup(STDOUT_FILENO)), error_(::dup(STDERR_FILENO)) {
    std::fflush(stdout);
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC); // NOLINT(*-vararg)
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
    ::close(nowhere);
}
Silence::~Silence() {
    std::fflush(stdout);
    ::dup2(out_, STDOUT_FILENO);
    ::dup2(error_, STDERR_FILENO);
    ::close(out_);
    ::close(error_);
}

} // namespace tally::crash

// Found here before the C library's, like those of calls.cpp.
extern "C" {

int clock_gettime(clockid_t id, timespec* into) noexcept {
    using Function = int(clockid_t, timespec*);
    static auto* const real = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, "clock_gettime")); // NOLINT
    if (!tally::crash::stands_still) {
        return real(id, into);
    }
    *into = {tally::crash::now, 0};
    return 0;
}

time_t time(time_t* into) noexcept {
    timespec at{};
    clock_gettime(CLOCK_REALTIME, &at);
    if (into != nullptr) {
        *into = at.tv_sec;
    }
    return at.tv_sec;
}

} // extern "C"
