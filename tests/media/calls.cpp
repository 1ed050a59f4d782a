#include "tests/media/calls.hpp"

#include <cstdarg>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace tally::media_test {
namespace {

bool armed = false;
std::uint64_t wanted = never;
std::uint64_t count = 0;
std::function<void()> action;

void pass() {
    if (armed && count++ == wanted) {
        armed = false; // what the action calls is not counted
        action();
        armed = true;
    }
}

template <class Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name)); // NOLINT(*-reinterpret-cast)
}

} // namespace

void arm(std::uint64_t at, std::function<void()> then) {
    action = std::move(then);
    wanted = at;
    count = 0;
    armed = true;
}
std::uint64_t disarm() {
    armed = false;
    return count;
}

} // namespace tally::media_test

using tally::media_test::pass;
using tally::media_test::real;

// NOLINTBEGIN(*-vararg,readability-inconsistent-declaration-parameter-name)
extern "C" {

int openat(int folder, const char* path, int flags, ...) {
    static auto* const next = real<int(int, const char*, int, ...)>("openat");
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(arguments, unsigned)) : 0;
    va_end(arguments);
    pass();
    return next(folder, path, flags, mode);
}

#define TALLY_COUNTED(result, name, parameters, arguments) \
    result name parameters { \
        static auto* const next = real<result parameters>(#name); \
        pass(); \
        return next arguments; \
    }

TALLY_COUNTED(ssize_t, write, (int file, const void* from, size_t size), (file, from, size))
TALLY_COUNTED(ssize_t, pread, (int file, void* into, size_t size, off_t at), (file, into, size, at))
TALLY_COUNTED(int, fsync, (int file), (file))
TALLY_COUNTED(int, syncfs, (int file) noexcept, (file))
TALLY_COUNTED(int, mkdirat, (int folder, const char* path, mode_t mode) noexcept, (folder, path, mode))
TALLY_COUNTED(int, unlinkat, (int folder, const char* path, int flags) noexcept, (folder, path, flags))
TALLY_COUNTED(int, renameat, (int from_folder, const char* from, int to_folder, const char* to) noexcept,
              (from_folder, from, to_folder, to))
TALLY_COUNTED(int, renameat2,
              (int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept,
              (from_folder, from, to_folder, to, flags))
}
// NOLINTEND(*-vararg,readability-inconsistent-declaration-parameter-name)
